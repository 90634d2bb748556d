#include <algorithm>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/query_terms.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Element Search"* (FindElementsByQuery) and *"Attribute Search"*: a subset of the
/// AF query syntax, terms `field:value` that all have to hold.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttribute;
using catalog::AfElement;

bool fits_any(const std::string& wanted, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return glob_match(wanted, name); });
}

/// The database that `databaseWebId` names; nothing: all of them. Errors: those of find_database.
Result<std::optional<Uuid>> wanted_database(const Call& call, const catalog::Tables& tables) {
  const std::string_view text = call.parameter_or("databaseWebId", "");
  if (text.empty()) return std::nullopt;
  TRY(const WebId id, parse_webid(text));
  TRY(const catalog::AfDatabase* database, find_database(tables, call.identity, id));
  return std::optional{database->id};
}

Result<void> check_fields(const std::vector<QueryTerm>& terms,
                          std::initializer_list<std::string_view> known) {
  for (const QueryTerm& term : terms) {
    if (term.field.empty()) continue;
    if (std::find(known.begin(), known.end(), term.field) == known.end()) {
      return unknown_query_field(term.field);
    }
  }
  return {};
}

bool fits(const QueryTerm& term, const AfElement& row) {
  if (term.field == "description") return glob_match(term.value, row.description);
  if (term.field == "template") return glob_match(term.value, row.template_name);
  if (term.field == "category" || term.field == "categoryname") return fits_any(term.value, row.categories);
  return glob_match(term.value, row.name);
}

bool fits(const QueryTerm& term, const catalog::Tables& tables, const AfAttribute& row) {
  if (term.field == "description") return glob_match(term.value, row.description);
  if (term.field == "category" || term.field == "categoryname") return fits_any(term.value, row.categories);
  if (term.field == "type" || term.field == "valuetype") return glob_match(term.value, row.type);
  if (term.field == "plugin" || term.field == "datareference") {
    return glob_match(term.value, row.data_reference.empty() ? "None" : row.data_reference);
  }
  if (term.field == "element" || term.field == "template") {
    const AfElement* element = tables.af_elements.find(row.element);
    if (element == nullptr) return false;
    return glob_match(term.value, term.field == "element" ? element->name : element->template_name);
  }
  return glob_match(term.value, row.name);
}

}  // namespace

http::Response get_elements_search(Call& call) {
  const auto terms = parse_query_terms(call.parameter_or("query", ""));
  if (!terms) return error_response(terms.error());
  const auto known = check_fields(*terms, {"name", "description", "template", "category", "categoryname"});
  if (!known) return error_response(known.error());
  const auto reader = call.archive().catalog();
  const auto database = wanted_database(call, *reader);
  if (!database) return error_response(database.error());
  std::vector<const AfElement*> rows;
  for (const auto& [key, row] : reader->af_elements.rows()) {
    if (*database && row.database != **database) continue;
    if (std::all_of(terms->begin(), terms->end(), [&](const QueryTerm& term) { return fits(term, row); })) {
      rows.push_back(&row);
    }
  }
  sort_by_name(rows);  // The rows of a table stand in the order of their ids.
  return page_of(call, rows, [&](http::JsonWriter& json, const AfElement& row) {
    write_element(json, call.naming, *reader, row);
  });
}

http::Response get_attributes_search(Call& call) {
  const auto terms = parse_query_terms(call.parameter_or("query", ""));
  if (!terms) return error_response(terms.error());
  const auto known = check_fields(*terms, {"name", "description", "template", "category", "categoryname",
                                           "type", "valuetype", "plugin", "datareference", "element"});
  if (!known) return error_response(known.error());
  const auto reader = call.archive().catalog();
  const auto database = wanted_database(call, *reader);
  if (!database) return error_response(database.error());
  std::vector<const AfAttribute*> rows;
  for (const auto& [key, row] : reader->af_attributes.rows()) {
    if (row.hidden || row.excluded) continue;
    if (!std::all_of(terms->begin(), terms->end(),
                     [&](const QueryTerm& term) { return fits(term, *reader, row); })) {
      continue;
    }
    const catalog::AfDatabase* owner = *database ? database_of(*reader, row) : nullptr;
    if (*database && (owner == nullptr || owner->id != **database)) continue;
    rows.push_back(&row);
  }
  sort_by_name(rows);  // The rows of a table stand in the order of their ids.
  return page_of(call, rows, [&](http::JsonWriter& json, const AfAttribute& row) {
    write_attribute(json, call, *reader, row);
  });
}

}  // namespace penstock::dialects::piwebapi
