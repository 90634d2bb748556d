#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
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

}  // namespace

http::Response get_points_multiple(Call& call) {
  if (const auto parallel = call.flag("asParallel", false); !parallel)
    return error_response(parallel.error());
  const auto reader = call.archive().catalog();
  const auto by_webid = [&](std::string_view text) -> Result<const Point*> {
    TRY(const WebId id, parse_webid(text));
    return visible(call, find_point(*reader, call.identity, id));
  };
  const auto by_name = [&](std::string_view path) {
    return visible(call, find_point_path(*reader, call.identity, path));
  };
  return multiple_of(call, by_webid, by_name, [&](http::JsonWriter& json, const Point& point) {
    write_point(json, call.naming, *reader, point);
  });
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
  reader->points.each_by_tag({}, [&](const Point& point) {
    if (call.may_see(point.tag) && query->matches(*reader, point) && page->has(total++)) {
      rows.push_back(&point);
    }
    return true;
  });
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
