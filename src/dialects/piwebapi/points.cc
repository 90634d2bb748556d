#include <algorithm>

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/point_attributes.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Point"* and *"DataServer CreatePoint"*.
namespace penstock::dialects::piwebapi {
namespace {

tl::unexpected<Error> no_point() {
  return fail(ErrorCode::not_found, {}, "No point matches the given path or WebID.");
}

/// A point that the caller may not see does not exist for it.
Result<const Point*> visible(const Call& call, const Result<const Point*>& point) {
  if (!point) return fail(point.error());
  if (!call.may_see((*point)->tag)) return no_point();
  return *point;
}

Result<const Point*> point_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return visible(call, find_point(tables, call.identity, id));
}

http::Response one_point(const Call& call, const catalog::Tables& tables, const Result<const Point*>& point) {
  if (!point) return error_response(point.error());
  std::string body;
  http::JsonWriter json{body};
  write_point(json, call.naming, tables, **point);
  return answer(call, std::move(body));
}

/// A new point from the body of CreatePoint. `set_name` gets the name of the digital set that was asked for.
Result<Point> parse_new_point(const json::Value& document, const Settings& settings, std::string& set_name) {
  if (!document.is_object())
    return fail(ErrorCode::invalid_argument, {}, "The request body must be a point.");
  Point point;
  point.compressing = settings.compressing_default;
  bool has_class = false, has_type = false;
  std::vector<std::string> unknown;
  for (const json::Member* of_body : by_attribute_rank(document)) {
    const json::Member& member = *of_body;
    const std::string_view name = member.name;
    if (iequals(name, "Name")) {
      if (!member.value.is_string()) return fail(ErrorCode::invalid_argument, "Name", "Name must be a text.");
      point.tag = *member.value.as_string();
    } else if (iequals(name, "PointType")) {
      const auto type = parse_point_type(member.value.as_string().value_or(std::string_view{}));
      if (!type)
        return fail(ErrorCode::invalid_argument, "PointType", "The property PointType has an unknown value.");
      point.type = *type;
      has_type = true;
    } else if (iequals(name, "PointClass")) {
      const auto text = member.value.as_string();
      if (!text || text->empty()) continue;
      point.point_class = iequals(*text, "classic") ? "classic" : "base";
      has_class = true;
    } else if (iequals(name, "DigitalSetName")) {
      set_name = std::string{member.value.as_string().value_or(std::string_view{})};
    } else if (iequals(name, "Future")) {
      point.future = member.value.as_bool().value_or(false);
    } else if (iequals(name, "WebId") || iequals(name, "Id") || iequals(name, "Path") ||
               iequals(name, "Links") || iequals(name, "WebException")) {
      continue;  // Of an object that was read and is sent back.
    } else {
      TRY(const bool known, set_point_attribute(point, name, member.value));
      if (!known) unknown.push_back(member.name);
    }
  }
  if (!unknown.empty()) {
    std::string list;
    for (const std::string& name : unknown) list += (list.empty() ? "" : ", ") + name;
    return fail(ErrorCode::invalid_argument, {}, "Properties [" + list + "] are not allowed.");
  }
  TRY_VOID(check_tag(point.tag));
  if (!has_class)
    return fail(ErrorCode::missing_argument, "PointClass", "The property PointClass is required.");
  if (!has_type) return fail(ErrorCode::missing_argument, "PointType", "The property PointType is required.");
  return point;
}

}  // namespace

http::Response get_point_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return error_response(400, "The parameter 'path' is required.");
  const auto reader = call.archive().catalog();
  return one_point(call, *reader, visible(call, find_point_path(*reader, call.identity, path)));
}

http::Response get_point(Call& call) {
  const auto reader = call.archive().catalog();
  return one_point(call, *reader, point_of(call, *reader));
}

http::Response get_point_attributes(Call& call) {
  const auto reader = call.archive().catalog();
  const auto point = point_of(call, *reader);
  if (!point) return error_response(point.error());
  auto attributes = point_attributes(*reader, **point);
  const auto names = call.query.all("name", http::Parameters::Case::insensitive);
  for (const std::string_view name : names) {
    const bool known = std::any_of(attributes.begin(), attributes.end(),
                                   [&](const PointAttribute& one) { return iequals(one.name, name); });
    if (!known)
      return error_response(400, "The point has no attribute '" + std::string{name.substr(0, 80)} + "'.");
  }
  const std::string_view filter = call.parameter_or("nameFilter", "*");
  const std::string id = call.naming.point((*point)->id, (*point)->tag);
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin();
  json.member("Self", call.naming.link("points/" + id + "/attributes"));
  json.object_end().key("Items").array_begin();
  for (const PointAttribute& attribute : attributes) {
    const bool named = names.empty() || std::any_of(names.begin(), names.end(), [&](std::string_view name) {
                         return iequals(attribute.name, name);
                       });
    if (!named || !glob_match(filter, attribute.name)) continue;
    write_point_attribute(json, call.naming, id, attribute);
  }
  json.array_end().object_end();
  return answer(call, std::move(body));
}

http::Response get_point_attribute(Call& call) {
  const auto reader = call.archive().catalog();
  const auto point = point_of(call, *reader);
  if (!point) return error_response(point.error());
  for (const PointAttribute& attribute : point_attributes(*reader, **point)) {
    if (!iequals(attribute.name, call.segments[3])) continue;
    std::string body;
    http::JsonWriter json{body};
    write_point_attribute(json, call.naming, call.naming.point((*point)->id, (*point)->tag), attribute);
    return answer(call, std::move(body));
  }
  return error_response(404, "The point has no attribute '" + call.segments[3].substr(0, 80) + "'.");
}

Task<http::Response> post_point(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) co_return error_response(id.error());
  if (const auto known = check_server(call.identity, *id, WebIdKind::data_server); !known) {
    co_return error_response(known.error());
  }
  const auto document = parse_document(call.request.body);
  if (!document) co_return error_response(document.error());
  std::string set_name;
  auto parsed = parse_new_point(*document, call.settings, set_name);
  if (!parsed) co_return error_response(parsed.error());
  if (!call.caller.may(auth::Right::write, parsed->tag)) {
    co_return error_response(403,
                             "The user does not have permission to create the point " + parsed->tag + ".");
  }
  Point point = *std::move(parsed);
  point.created = point.changed = call.now.floor_to(kNsPerTick);
  point.creator = point.changer = call.caller.name;
  PointId made{};
  // The edit may run more than once: it changes nothing outside but `made`.
  archive::Archive::Edit edit = [&point, &set_name, &made](catalog::Editor& editor) -> Result<void> {
    Point added = point;
    if (added.type == PointType::digital && !set_name.empty()) {
      const DigitalSet* set = editor.tables().digital_sets.find_name(set_name);
      if (set == nullptr) {
        return fail(ErrorCode::invalid_argument, "DigitalSetName",
                    "The digital set '" + set_name + "' does not exist.");
      }
      added.digital_set = set->id;
    }
    if (editor.tables().points.find_tag(added.tag) != nullptr) {
      return fail(ErrorCode::conflict, "Name", "A point with the name '" + added.tag + "' already exists.");
    }
    TRY(made, editor.add_point(std::move(added)));
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  http::Response response = empty_response(201);
  response.headers.add("Location", call.naming.link("points/" + call.naming.point(made, point.tag)));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
