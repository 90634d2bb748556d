#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/paging.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/target.h"

/// *PI Web API Reference, "AssetServer"*, "AssetDatabase", "Element" and "Attribute".
namespace penstock::dialects::piwebapi {
namespace {

http::Response missing_path() {
  return error_response(400, "The parameter 'path' is required.");
}

http::Response one_asset_server(const Call& call) {
  std::string body;
  http::JsonWriter json{body};
  write_asset_server(json, call.naming, call.now);
  return answer(call, std::move(body));
}

http::Response one_database(const Call& call, const Result<const catalog::AfDatabase*>& database) {
  if (!database) return error_response(database.error());
  std::string body;
  http::JsonWriter json{body};
  write_database(json, call.naming, **database);
  return answer(call, std::move(body));
}

http::Response one_element(const Call& call, const catalog::Tables& tables,
                           const Result<const catalog::AfElement*>& element) {
  if (!element) return error_response(element.error());
  std::string body;
  http::JsonWriter json{body};
  write_element(json, call.naming, tables, **element);
  return answer(call, std::move(body));
}

http::Response one_attribute(const Call& call, const catalog::Tables& tables,
                             const Result<const catalog::AfAttribute*>& attribute) {
  if (!attribute) return error_response(attribute.error());
  std::string body;
  http::JsonWriter json{body};
  write_attribute(json, call.naming, tables, **attribute);
  return answer(call, std::move(body));
}

bool fits_categories(const Call& call, const std::vector<std::string>& categories) {
  const std::string_view wanted = call.parameter_or("categoryName", "");
  if (wanted.empty()) return true;
  for (const std::string& category : categories) {
    if (glob_match(wanted, category)) return true;
  }
  return false;
}

/// An element with several parents is found once; the first way to it leads on.
void collect_elements(const Call& call, const catalog::Tables& tables, const Uuid& parent, bool deep,
                      int depth, std::set<Uuid>& seen, std::vector<const catalog::AfElement*>& rows) {
  for (const catalog::AfElement* element : tables.af_elements.children(parent)) {
    if (deep && !seen.insert(element->id).second) continue;
    if (fits_filter(call, "nameFilter", element->name) &&
        fits_filter(call, "descriptionFilter", element->description) &&
        fits_filter(call, "templateName", element->template_name) &&
        fits_categories(call, element->categories)) {
      rows.push_back(element);
    }
    if (deep && depth < 64) collect_elements(call, tables, element->id, deep, depth + 1, seen, rows);
  }
}

void collect_attributes(const Call& call, const catalog::Tables& tables, const Uuid& owner, bool deep,
                        bool hidden, bool excluded, int depth,
                        std::vector<const catalog::AfAttribute*>& rows) {
  for (const catalog::AfAttribute* attribute : tables.af_attributes.children(owner)) {
    const bool shown = (hidden || !attribute->hidden) && (excluded || !attribute->excluded);
    const std::string_view type = call.parameter_or("valueType", "");
    if (shown && fits_filter(call, "nameFilter", attribute->name) &&
        (type.empty() || iequals(type, attribute->type)) && fits_categories(call, attribute->categories)) {
      rows.push_back(attribute);
    }
    if (deep && depth < 64) {
      collect_attributes(call, tables, attribute->id, deep, hidden, excluded, depth + 1, rows);
    }
  }
}

/// Sorts by name as asked, and cuts the page out.
template <class Row>
Result<void> sort_rows(const Call& call, std::vector<const Row*>& rows) {
  const std::string_view order = call.parameter_or("sortOrder", "Ascending");
  if (iequals(order, "Descending") || order == "1") {
    std::reverse(rows.begin(), rows.end());
  } else if (!iequals(order, "Ascending") && order != "0") {
    return fail(ErrorCode::invalid_argument, "sortOrder", "Parameter (sortOrder) has an unknown value.");
  }
  return {};
}

template <class Row, class Write>
http::Response page_of(const Call& call, std::vector<const Row*> rows, const Write& write) {
  const auto page = Page::of(call);
  if (!page) return error_response(page.error());
  if (const auto sorted = sort_rows(call, rows); !sorted) return error_response(sorted.error());
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  write_page_links(json, call, *page, rows.size());
  json.key("Items").array_begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (page->has(i)) write(json, *rows[i]);
  }
  json.array_end().object_end();
  return answer(call, std::move(body));
}

http::Response elements_below(const Call& call, const catalog::Tables& tables, const Uuid& parent) {
  const auto deep = call.flag("searchFullHierarchy", false);
  if (!deep) return error_response(deep.error());
  std::vector<const catalog::AfElement*> rows;
  std::set<Uuid> seen;
  collect_elements(call, tables, parent, *deep, 0, seen, rows);
  return page_of(call, std::move(rows), [&](http::JsonWriter& json, const catalog::AfElement& element) {
    write_element(json, call.naming, tables, element);
  });
}

http::Response attributes_below(const Call& call, const catalog::Tables& tables, const Uuid& owner) {
  const auto deep = call.flag("searchFullHierarchy", false);
  const auto hidden = call.flag("showHidden", false);
  const auto excluded = call.flag("showExcluded", false);
  for (const auto* flag : {&deep, &hidden, &excluded}) {
    if (!*flag) return error_response(flag->error());
  }
  std::vector<const catalog::AfAttribute*> rows;
  collect_attributes(call, tables, owner, *deep, *hidden, *excluded, 0, rows);
  return page_of(call, std::move(rows), [&](http::JsonWriter& json, const catalog::AfAttribute& attribute) {
    write_attribute(json, call.naming, tables, attribute);
  });
}

Result<void> check_asset_server(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return check_server(call.identity, id, WebIdKind::asset_server);
}

Result<const catalog::AfDatabase*> database_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_database(tables, call.identity, id);
}
Result<const catalog::AfElement*> element_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_element(tables, call.identity, id);
}
Result<const catalog::AfAttribute*> attribute_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_attribute(tables, call.identity, id);
}

}  // namespace

http::Response get_asset_servers(Call& call) {
  const std::string_view name = call.parameter_or("name", "");
  const std::string_view path = call.parameter_or("path", "");
  if (!name.empty() || !path.empty()) {
    std::string_view rest;
    if (!strip_server(name.empty() ? path : name, call.identity, call.identity.asset_server, rest) ||
        !rest.empty()) {
      return error_response(404, "No asset server matches the given name or path.");
    }
    return one_asset_server(call);
  }
  std::string body;
  http::JsonWriter json{body};
  json.object_begin()
      .key("Links")
      .object_begin()
      .member("Self", call.naming.link("assetservers"))
      .object_end();
  json.key("Items").array_begin();
  write_asset_server(json, call.naming, call.now);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

http::Response get_asset_server(Call& call) {
  if (const auto known = check_asset_server(call); !known) return error_response(known.error());
  return one_asset_server(call);
}

http::Response get_databases(Call& call) {
  if (const auto known = check_asset_server(call); !known) return error_response(known.error());
  const auto reader = call.archive().catalog();
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const auto& [key, database] : reader->af_databases.rows()) write_database(json, call.naming, database);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

http::Response get_database_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_database(call, find_database_path(*reader, call.identity, path));
}

http::Response get_database(Call& call) {
  const auto reader = call.archive().catalog();
  return one_database(call, database_of(call, *reader));
}

http::Response get_database_elements(Call& call) {
  const auto reader = call.archive().catalog();
  const auto database = database_of(call, *reader);
  if (!database) return error_response(database.error());
  return elements_below(call, *reader, (*database)->id);
}

http::Response get_element_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_element(call, *reader, find_element_path(*reader, call.identity, path));
}

http::Response get_element(Call& call) {
  const auto reader = call.archive().catalog();
  return one_element(call, *reader, element_of(call, *reader));
}

http::Response get_element_elements(Call& call) {
  const auto reader = call.archive().catalog();
  const auto element = element_of(call, *reader);
  if (!element) return error_response(element.error());
  return elements_below(call, *reader, (*element)->id);
}

http::Response get_element_attributes(Call& call) {
  const auto reader = call.archive().catalog();
  const auto element = element_of(call, *reader);
  if (!element) return error_response(element.error());
  return attributes_below(call, *reader, (*element)->id);
}

/// Event frames are not kept: the list is empty, so that browsers of the asset tree go on.
http::Response get_no_event_frames(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto page = Page::of(call);
  if (!page) return error_response(page.error());
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  write_page_links(json, call, *page, 0);
  json.key("Items").array_begin().array_end().object_end();
  return answer(call, std::move(body));
}

http::Response get_attribute_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_attribute(call, *reader, find_attribute_path(*reader, call.identity, path));
}

http::Response get_attribute(Call& call) {
  const auto reader = call.archive().catalog();
  return one_attribute(call, *reader, attribute_of(call, *reader));
}

http::Response get_attribute_attributes(Call& call) {
  const auto reader = call.archive().catalog();
  const auto attribute = attribute_of(call, *reader);
  if (!attribute) return error_response(attribute.error());
  return attributes_below(call, *reader, (*attribute)->id);
}

/// *PI Web API Reference, "Attribute GetValue"*: for attributes whose value is kept with them; a reference
/// answers as its stream does.
http::Response get_attribute_value(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  if (id->kind != WebIdKind::attribute) return error_response(400, "The WebID does not name an attribute.");
  return get_stream_value(call);
}

}  // namespace penstock::dialects::piwebapi
