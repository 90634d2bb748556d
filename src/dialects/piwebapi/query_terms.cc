#include "dialects/piwebapi/query_terms.h"

#include "base/text.h"

namespace penstock::dialects::piwebapi {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
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

}  // namespace

tl::unexpected<Error> bad_query(std::string why) {
  return fail(ErrorCode::invalid_argument, "query", "Parameter (query) is not valid: " + std::move(why));
}

tl::unexpected<Error> unknown_query_field(std::string_view field) {
  return bad_query("there is no field '" + std::string{field.substr(0, 40)} + "'.");
}

Result<std::vector<QueryTerm>> parse_query_terms(std::string_view text) {
  std::vector<QueryTerm> terms;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) return terms;
    // A field's name is letters up to a colon; anything else is a bare word.
    std::size_t colon = at;
    while (colon < text.size() && ((text[colon] | 0x20) >= 'a' && (text[colon] | 0x20) <= 'z')) ++colon;
    QueryTerm term;
    if (colon > at && colon < text.size() && text[colon] == ':') {
      term.field = to_lower(text.substr(at, colon - at));
      at = colon + 1;
      if (at < text.size() && (text[at] == '<' || text[at] == '>')) {
        return bad_query("only the operators : and := are offered.");
      }
      if (at < text.size() && text[at] == '=') ++at;
      if (at < text.size() && text[at] == '{') return bad_query("queries in queries are not offered.");
      if (!take_value(text, at, term.value)) return bad_query("a quote is not closed.");
    } else {
      const bool quoted = text[at] == '"' || text[at] == '\'';
      if (!take_value(text, at, term.value)) return bad_query("a quote is not closed.");
      if (!quoted && iequals(term.value, "AND")) continue;
      if (!quoted && iequals(term.value, "OR")) return bad_query("OR is not offered.");
    }
    terms.push_back(std::move(term));
  }
}

}  // namespace penstock::dialects::piwebapi
