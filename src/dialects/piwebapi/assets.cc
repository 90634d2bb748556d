#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
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
  return object_of(call, [&](http::JsonWriter& json) { write_asset_server(json, call.naming, call.now); });
}

http::Response one_database(const Call& call, const Result<const catalog::AfDatabase*>& database) {
  if (!database) return error_response(database.error());
  return object_of(call, [&](http::JsonWriter& json) { write_database(json, call.naming, **database); });
}

http::Response one_element(const Call& call, const catalog::Tables& tables,
                           const Result<const catalog::AfElement*>& element) {
  if (!element) return error_response(element.error());
  return object_of(call,
                   [&](http::JsonWriter& json) { write_element(json, call.naming, tables, **element); });
}

http::Response one_attribute(const Call& call, const catalog::Tables& tables,
                             const Result<const catalog::AfAttribute*>& attribute) {
  if (!attribute) return error_response(attribute.error());
  return object_of(call, [&](http::JsonWriter& json) { write_attribute(json, call, tables, **attribute); });
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
  std::vector<const catalog::AfDatabase*> rows;
  for (const auto& [key, database] : reader->af_databases.rows()) rows.push_back(&database);
  sort_by_name(rows);
  return list_of(call, rows, [&](http::JsonWriter& json, const catalog::AfDatabase& database) {
    write_database(json, call.naming, database);
  });
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

/// *PI Web API Reference, "Attribute GetValue"*: for attributes whose value is kept with them; a reference
/// answers as its stream does.
http::Response get_attribute_value(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  if (id->kind != WebIdKind::attribute) return error_response(400, "The WebID does not name an attribute.");
  return get_stream_value(call);
}

}  // namespace penstock::dialects::piwebapi
