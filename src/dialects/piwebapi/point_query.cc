#include "dialects/piwebapi/point_query.h"

#include "base/text.h"
#include "dialects/piwebapi/query_terms.h"

namespace penstock::dialects::piwebapi {
namespace {

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
  return unknown_query_field(name);
}

Result<PointQuery> PointQuery::parse(std::string_view text, bool or_descriptor) {
  TRY(auto terms, parse_query_terms(text));
  PointQuery query;
  for (QueryTerm& term : terms) {
    Field field = or_descriptor ? Field::any : Field::name;
    if (!term.field.empty()) {
      TRY(field, field_of(term.field));
    }
    query.terms_.push_back({field, std::move(term.value)});
  }
  return query;
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
