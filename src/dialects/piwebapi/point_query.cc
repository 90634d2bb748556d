#include "dialects/piwebapi/point_query.h"

#include "base/text.h"

namespace penstock::dialects::piwebapi {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

tl::unexpected<Error> bad_query(std::string why) {
  return fail(ErrorCode::invalid_argument, "query", "Parameter (query) is not valid: " + std::move(why));
}

/// A quoted text or a run without blanks, from `at` on; `at` goes behind it. False for an open quote.
bool take_value(std::string_view text, std::size_t& at, std::string& value) {
  value.clear();
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const std::size_t end = text.find(text[at], at + 1);
    if (end == std::string_view::npos) return false;
    value = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }
  const std::size_t first = at;
  while (at < text.size() && !is_blank(text[at])) ++at;
  value = text.substr(first, at - first);
  return true;
}

bool fits_flag(std::string_view wanted, bool flag) {
  return iequals(wanted, "true") || wanted == "1" ? flag
                                                  : (iequals(wanted, "false") || wanted == "0") && !flag;
}

}  // namespace

Result<PointQuery::Field> PointQuery::field_of(std::string_view name) {
  struct Name {
    std::string_view name;
    Field field;
  };
  static constexpr Name kNames[] = {{"tag", Field::name},
                                    {"name", Field::name},
                                    {"descriptor", Field::descriptor},
                                    {"description", Field::descriptor},
                                    {"pointsource", Field::source},
                                    {"pointtype", Field::type},
                                    {"pointclass", Field::point_class},
                                    {"ptclassname", Field::point_class},
                                    {"engunits", Field::units},
                                    {"engineeringunits", Field::units},
                                    {"pointid", Field::id},
                                    {"step", Field::step},
                                    {"future", Field::future},
                                    {"digitalset", Field::digital_set},
                                    {"compressing", Field::compressing}};
  for (const Name& known : kNames) {
    if (iequals(known.name, name)) return known.field;
  }
  return bad_query("there is no field '" + std::string{name.substr(0, 40)} + "'.");
}

Result<PointQuery> PointQuery::parse(std::string_view text, bool or_descriptor) {
  PointQuery query;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) return query;
    // A field's name is letters up to a colon; anything else is a bare word.
    std::size_t colon = at;
    while (colon < text.size() && ((text[colon] | 0x20) >= 'a' && (text[colon] | 0x20) <= 'z')) ++colon;
    Term term{or_descriptor ? Field::any : Field::name, {}};
    if (colon > at && colon < text.size() && text[colon] == ':') {
      TRY(const Field field, field_of(text.substr(at, colon - at)));
      term.field = field;
      at = colon + 1;
      if (at < text.size() && (text[at] == '<' || text[at] == '>')) {
        return bad_query("only the operators : and := are offered.");
      }
      if (at < text.size() && text[at] == '=') ++at;
      if (!take_value(text, at, term.value)) return bad_query("a quote is not closed.");
    } else {
      const bool quoted = text[at] == '"' || text[at] == '\'';
      if (!take_value(text, at, term.value)) return bad_query("a quote is not closed.");
      if (!quoted && iequals(term.value, "AND")) continue;
      if (!quoted && iequals(term.value, "OR")) return bad_query("OR is not offered.");
    }
    query.terms_.push_back(std::move(term));
  }
}

bool PointQuery::matches(const catalog::Tables& tables, const Point& point) const {
  for (const Term& term : terms_) {
    if (!fits(term, tables, point)) return false;
  }
  return true;
}

bool PointQuery::fits(const Term& term, const catalog::Tables& tables, const Point& point) {
  switch (term.field) {
    case Field::any: return glob_match(term.value, point.tag) || glob_match(term.value, point.descriptor);
    case Field::name: return glob_match(term.value, point.tag);
    case Field::descriptor: return glob_match(term.value, point.descriptor);
    case Field::source: return glob_match(term.value, point.point_source);
    case Field::type: return glob_match(term.value, to_string(point.type));
    case Field::point_class: return glob_match(term.value, point.point_class);
    case Field::units: return glob_match(term.value, point.eng_units);
    case Field::id: return glob_match(term.value, std::to_string(to_number(point.id)));
    case Field::step: return fits_flag(term.value, point.step);
    case Field::future: return fits_flag(term.value, point.future);
    case Field::compressing: return fits_flag(term.value, point.compressing);
    case Field::digital_set: {
      const DigitalSet* set =
          point.type == PointType::digital ? tables.digital_sets.find(point.digital_set) : nullptr;
      return set != nullptr && glob_match(term.value, set->name);
    }
  }
  return false;
}

}  // namespace penstock::dialects::piwebapi
