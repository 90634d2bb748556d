#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// Digital sets as *PI Web API Reference, "EnumerationSet"* and *"EnumerationValue"* have them.
namespace penstock::dialects::piwebapi {
namespace {

http::Response missing_path() {
  return error_response(400, "The parameter 'path' is required.");
}

/// The set that the path segment names.
Result<const DigitalSet*> set_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_set(tables, call.identity, id);
}

http::Response one_set(const Call& call, const Result<const DigitalSet*>& set) {
  if (!set) return error_response(set.error());
  std::string body;
  http::JsonWriter json{body};
  write_set(json, call.naming, **set);
  return answer(call, std::move(body));
}

http::Response one_state(const Call& call, const Result<FoundState>& found) {
  if (!found) return error_response(found.error());
  std::string body;
  http::JsonWriter json{body};
  write_state(json, call.naming, *found->set, *found->state);
  return answer(call, std::move(body));
}

}  // namespace

http::Response get_set_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_set(call, find_set_path(*reader, call.identity, path));
}

http::Response get_set(Call& call) {
  const auto reader = call.archive().catalog();
  return one_set(call, set_of(call, *reader));
}

http::Response get_set_values(Call& call) {
  const auto reader = call.archive().catalog();
  const auto set = set_of(call, *reader);
  if (!set) return error_response(set.error());
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const DigitalState& state : (*set)->states) write_state(json, call.naming, **set, state);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

http::Response get_state_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_state(call, find_state_path(*reader, call.identity, path));
}

http::Response get_state(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  return one_state(call, find_state(*reader, call.identity, *id));
}

}  // namespace penstock::dialects::piwebapi
