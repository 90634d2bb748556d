#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/paging.h"
#include "dialects/piwebapi/point_query.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Point GetMultiple"* and *"Point Search"*.
namespace penstock::dialects::piwebapi {
namespace {

Result<const Point*> visible(const Call& call, const Result<const Point*>& point) {
  if (!point) return fail(point.error());
  if (!call.may_see((*point)->tag)) {
    return fail(ErrorCode::not_found, {}, "No point matches the given path or WebID.");
  }
  return *point;
}

enum class Include { all, failed, found };

Result<Include> include_mode(const Call& call) {
  const std::string_view mode = call.parameter_or("includeMode", "All");
  if (iequals(mode, "All")) return Include::all;
  if (iequals(mode, "ItemsWithExceptions")) return Include::failed;
  if (iequals(mode, "ItemsWithoutExceptions")) return Include::found;
  return fail(ErrorCode::invalid_argument, "includeMode", "Parameter (includeMode) has an unknown value.");
}

}  // namespace

http::Response get_points_multiple(Call& call) {
  const auto include = include_mode(call);
  if (!include) return error_response(include.error());
  if (const auto parallel = call.flag("asParallel", false); !parallel)
    return error_response(parallel.error());
  const auto webids = call.query.all("webId", http::Parameters::Case::insensitive);
  const auto paths = call.query.all("path", http::Parameters::Case::insensitive);
  if (webids.empty() && paths.empty()) return error_response(400, "A webId or a path is required.");
  if (webids.size() + paths.size() > call.settings.max_returned_items) {
    return error_response(400, "More points were asked for than the server returns in one call.");
  }
  const auto reader = call.archive().catalog();
  std::string body;
  http::JsonWriter json{body};
  bool failed = false;
  const auto write = [&](std::string_view identifier, const char* type, const Result<const Point*>& point) {
    failed = failed || !point;
    if (*include != Include::all && (*include == Include::failed) == point.has_value()) return;
    json.object_begin().member("Identifier", identifier).member("IdentifierType", type);
    if (point) {
      json.key("Object");
      write_point(json, call.naming, *reader, **point);
    } else {
      json.key("Exception").object_begin().key("Errors").array_begin();
      json.value(point.error().detail).array_end().object_end();
    }
    json.object_end();
  };
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const std::string_view webid : webids) {
    const auto id = parse_webid(webid);
    if (id) {
      write(webid, "WebId", visible(call, find_point(*reader, call.identity, *id)));
    } else {
      write(webid, "WebId", Result<const Point*>{fail(id.error())});
    }
  }
  for (const std::string_view path : paths) {
    write(path, "Path", visible(call, find_point_path(*reader, call.identity, path)));
  }
  json.array_end().object_end();
  http::Response response = answer(call, std::move(body));
  if (failed) response.status = 207;
  return response;
}

http::Response get_points_search(Call& call) {
  if (const std::string_view server = call.parameter_or("dataServerWebId", ""); !server.empty()) {
    const auto id = parse_webid(server);
    if (!id) return error_response(id.error());
    if (const auto known = check_server(call.identity, *id, WebIdKind::data_server); !known) {
      return error_response(known.error());
    }
  }
  const auto both = call.flag("searchNameAndDescriptor", false);
  if (!both) return error_response(both.error());
  const auto query = PointQuery::parse(call.parameter_or("query", ""), *both);
  if (!query) return error_response(query.error());
  const auto page = Page::of(call);
  if (!page) return error_response(page.error());
  const auto reader = call.archive().catalog();
  std::vector<const Point*> rows;
  std::size_t total = 0;
  for (const auto& [tag, id] : reader->points.by_tag()) {
    const Point* point = reader->points.find(id);
    if (point == nullptr || !call.may_see(point->tag) || !query->matches(*reader, *point)) continue;
    if (page->has(total++)) rows.push_back(point);
  }
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  write_page_links(json, call, *page, total);
  json.key("Items").array_begin();
  for (const Point* point : rows) write_point(json, call.naming, *reader, *point);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

}  // namespace penstock::dialects::piwebapi
