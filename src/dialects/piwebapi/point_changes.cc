#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/point_attributes.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Point Update"*, *"Point Delete"* and *"Point UpdateAttributeValue"*.
namespace penstock::dialects::piwebapi {
namespace {

/// The point of the call, if the caller may change it. Errors: also forbidden.
Result<Point> writable_point(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const Point* point, find_point(*reader, call.identity, id));
  if (!call.may_see(point->tag)) {
    return fail(ErrorCode::not_found, {}, "No point matches the given path or WebID.");
  }
  TRY_VOID(check_may_write(call, point->tag));
  return *point;
}

/// One member of a change. Errors: invalid_argument; not_found for a name that points do not have.
Result<void> set_member(const Call& call, Point& point, std::string_view name, const json::Value& value) {
  if (iequals(name, "Name") || iequals(name, "tag")) {
    if (!value.is_string()) return fail(ErrorCode::invalid_argument, "Name", "Name must be a text.");
    const std::string tag{*value.as_string()};
    TRY_VOID(check_tag(tag));
    TRY_VOID(check_may_write(call, tag));
    point.tag = tag;
    return {};
  }
  for (const std::string_view fixed :
       {"PointType", "Future", "PointClass", "ptclassname", "DigitalSetName", "digitalset", "pointid",
        "creationdate", "changedate", "creator", "changer"}) {
    if (iequals(name, fixed)) {
      return fail(ErrorCode::invalid_argument, std::string{fixed},
                  "The property " + std::string{fixed} + " of a point cannot be changed.");
    }
  }
  TRY(const bool known, set_point_attribute(point, name, value));
  if (!known) {
    return fail(ErrorCode::not_found, {},
                "The point has no attribute '" + std::string{name.substr(0, 80)} + "'.");
  }
  return {};
}

Result<void> set_members(const Call& call, Point& point, const json::Value& document) {
  for (const json::Member* of_body : by_attribute_rank(document)) {
    const json::Member& member = *of_body;
    const std::string_view name = member.name;
    if (iequals(name, "WebId") || iequals(name, "Id") || iequals(name, "Path") || iequals(name, "Links") ||
        iequals(name, "WebException")) {
      continue;  // Of an object that was read and is sent back.
    }
    const auto set = set_member(call, point, name, member.value);
    if (!set && set.error().code == ErrorCode::not_found) {
      return fail(ErrorCode::invalid_argument, {}, "Properties [" + member.name + "] are not allowed.");
    }
    TRY_VOID(set);
  }
  return {};
}

using Change = std::function<Result<void>(Point&)>;

/// Changes the row as it is at its place in the order of everything.
archive::Archive::Edit change_point(const Call& call, PointId id, Change change) {
  return [&call, id, change = std::move(change)](catalog::Editor& editor) -> Result<void> {
    const Point* known = editor.tables().points.find(id);
    if (known == nullptr) return fail(ErrorCode::not_found, {}, "The point does not exist any more.");
    Point point = *known;
    TRY_VOID(change(point));
    const Point* other = editor.tables().points.find_tag(point.tag);
    if (other != nullptr && other->id != id) {
      return fail(ErrorCode::conflict, "Name", "A point with the name '" + point.tag + "' already exists.");
    }
    point.changed = call.now.floor_to(kNsPerTick);
    point.changer = call.caller.name;
    return editor.update_point(point);
  };
}

}  // namespace

Task<http::Response> patch_point(Call& call) {
  const auto point = writable_point(call);
  if (!point) co_return error_response(point.error());
  const auto document = parse_object(call);
  if (!document) co_return error_response(document.error());
  const json::Value& body = *document;
  Change change = [&call, &body](Point& changed) { return set_members(call, changed, body); };
  archive::Archive::Edit edit = change_point(call, point->id, std::move(change));
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  co_return done ? empty_response(204) : error_response(done.error());
}

Task<http::Response> put_point_attribute(Call& call) {
  const auto point = writable_point(call);
  if (!point) co_return error_response(point.error());
  if (trim(call.request.body.view()).empty()) co_return error_response(400, "The request body is missing.");
  const auto document = parse_document(call.request.body);
  if (!document) co_return error_response(document.error());
  const json::Value& value = *document;
  Change change = [&call, &value](Point& changed) {
    return set_member(call, changed, call.segments[3], value);
  };
  archive::Archive::Edit edit = change_point(call, point->id, std::move(change));
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  http::Response response = empty_response(204);
  response.headers.add("Location", call.naming.link("points/" + call.segments[1] + "/attributes/" +
                                                    http::percent_encode(call.segments[3])));
  co_return std::move(response);
}

Task<http::Response> delete_point(Call& call) {
  const auto point = writable_point(call);
  if (!point) co_return error_response(point.error());
  const PointId id = point->id;
  archive::Archive::Edit edit = [id](catalog::Editor& editor) { return editor.erase_point(id); };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  co_return done ? empty_response(204) : error_response(done.error());
}

}  // namespace penstock::dialects::piwebapi
