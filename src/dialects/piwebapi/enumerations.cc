#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// Digital sets of the data server and enumeration sets of asset databases, as *PI Web API Reference,
/// "EnumerationSet"* and *"EnumerationValue"* have them.
namespace penstock::dialects::piwebapi {
namespace {

http::Response missing_path() {
  return error_response(400, "The parameter 'path' is required.");
}

/// The set that the path segment names.
Result<FoundSet> set_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_any_set(tables, call.identity, id);
}

http::Response one_set(const Call& call, const catalog::Tables& tables, const Result<FoundSet>& set) {
  if (!set) return error_response(set.error());
  return object_of(call, [&](http::JsonWriter& json) {
    if (set->asset != nullptr) {
      write_asset_set(json, call.naming, tables, *set->asset);
    } else {
      write_set(json, call.naming, *set->digital);
    }
  });
}

http::Response one_state(const Call& call, const Result<FoundState>& found) {
  if (!found) return error_response(found.error());
  return object_of(
      call, [&](http::JsonWriter& json) { write_state(json, call.naming, *found->set, *found->state); });
}

http::Response one_value(const Call& call, const catalog::Tables& tables, const Result<FoundValue>& found) {
  if (!found) return error_response(found.error());
  return object_of(call, [&](http::JsonWriter& json) {
    write_asset_value(json, call.naming, tables, *found->set, *found->value);
  });
}

}  // namespace

http::Response get_database_sets(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto database = find_database(*reader, call.identity, *id);
  if (!database) return error_response(database.error());
  const auto rows = reader->af_enumeration_sets.all((*database)->id);
  return list_of(call, rows, [&](http::JsonWriter& json, const catalog::AfEnumerationSet& row) {
    write_asset_set(json, call.naming, *reader, row);
  });
}

http::Response get_set_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_set(call, *reader, find_any_set_path(*reader, call.identity, path));
}

http::Response get_set(Call& call) {
  const auto reader = call.archive().catalog();
  return one_set(call, *reader, set_of(call, *reader));
}

http::Response get_set_values(Call& call) {
  const auto reader = call.archive().catalog();
  const auto set = set_of(call, *reader);
  if (!set) return error_response(set.error());
  if (set->asset == nullptr) {
    std::vector<const DigitalState*> rows;
    for (const DigitalState& state : set->digital->states) rows.push_back(&state);
    return list_of(call, rows, [&](http::JsonWriter& json, const DigitalState& state) {
      write_state(json, call.naming, *set->digital, state);
    });
  }
  std::vector<const catalog::AfEnumerationValue*> rows;
  for (const catalog::AfEnumerationValue& value : set->asset->values) rows.push_back(&value);
  return list_of(call, rows, [&](http::JsonWriter& json, const catalog::AfEnumerationValue& value) {
    write_asset_value(json, call.naming, *reader, *set->asset, value);
  });
}

http::Response get_state_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  const auto state = find_state_path(*reader, call.identity, path);
  if (state) return one_state(call, state);
  return one_value(call, *reader, find_asset_value_path(*reader, call.identity, path));
}

http::Response get_state(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  if (id->owner == WebIdOwner::asset_server) {
    return one_value(call, *reader, find_asset_value(*reader, call.identity, *id));
  }
  return one_state(call, find_state(*reader, call.identity, *id));
}

}  // namespace penstock::dialects::piwebapi
