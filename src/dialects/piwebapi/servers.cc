#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/paging.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

namespace penstock::dialects::piwebapi {
namespace {

/// Errors: invalid_argument, not_found.
Result<void> check_data_server(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return check_server(call.identity, id, WebIdKind::data_server);
}

http::Response one_data_server(Call& call) {
  std::string body;
  http::JsonWriter json{body};
  write_data_server(json, call.naming, call.now);
  return answer(call, std::move(body));
}

/// The points that the caller sees and the filters let through, by name.
std::vector<const Point*> matching_points(const Call& call, const catalog::Tables& tables, const Page& page,
                                          std::size_t& total) {
  std::vector<const Point*> rows;
  const auto take = [&](const Point* point) {
    if (point == nullptr || !call.may_see(point->tag)) return;
    if (!fits_filter(call, "nameFilter", point->tag)) return;
    if (!fits_filter(call, "sourceFilter", point->point_source)) return;
    if (page.has(total++)) rows.push_back(point);
  };
  const std::string_view name = call.parameter_or("nameFilter", "*");
  if (name.find_first_of("*?[\\") == std::string_view::npos) {
    take(tables.points.find_tag(name));
  } else {
    tables.points.each_by_tag({}, [&](const Point& point) {
      take(&point);
      return true;
    });
  }
  return rows;
}

}  // namespace

/// *PI Web API Reference, "DataServer List"*, "GetByName" and "GetByPath".
http::Response get_data_servers(Call& call) {
  const std::string_view name = call.parameter_or("name", "");
  const std::string_view path = call.parameter_or("path", "");
  if (!name.empty() || !path.empty()) {
    std::string_view rest;
    std::string asked{name.empty() ? path : name};
    // Both `\\PIServer[name]` and the `PIServers` of an object's own Path.
    if (const std::size_t at = to_lower(asked).find("piservers["); at != std::string::npos)
      asked.erase(at + 8, 1);
    if (!strip_server(asked, call.identity, call.identity.data_server, rest) || !rest.empty()) {
      return error_response(404, "No data server matches the given name or path.");
    }
    return one_data_server(call);
  }
  std::string body;
  http::JsonWriter json{body};
  json.object_begin()
      .key("Links")
      .object_begin()
      .member("Self", call.naming.link("dataservers"))
      .object_end();
  json.key("Items").array_begin();
  write_data_server(json, call.naming, call.now);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "DataServer Get"*.
http::Response get_data_server(Call& call) {
  if (const auto known = check_data_server(call); !known) return error_response(known.error());
  return one_data_server(call);
}

/// *PI Web API Reference, "DataServer GetPoints"*.
http::Response get_server_points(Call& call) {
  if (const auto known = check_data_server(call); !known) return error_response(known.error());
  const auto page = Page::of(call);
  if (!page) return error_response(page.error());
  const auto reader = call.archive().catalog();
  std::size_t total = 0;
  const auto rows = matching_points(call, *reader, *page, total);
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  write_page_links(json, call, *page, total);
  json.key("Items").array_begin();
  for (const Point* point : rows) write_point(json, call.naming, *reader, *point);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "DataServer GetEnumerationSets"*.
http::Response get_server_sets(Call& call) {
  if (const auto known = check_data_server(call); !known) return error_response(known.error());
  const auto reader = call.archive().catalog();
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  write_set(json, call.naming, system_set());
  for (const auto& [key, set] : reader->digital_sets.rows()) write_set(json, call.naming, set);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

}  // namespace penstock::dialects::piwebapi
