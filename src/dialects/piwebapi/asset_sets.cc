#include <algorithm>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/routes.h"

/// Enumeration sets of asset databases: *PI Web API Reference, "AssetDatabase CreateEnumerationSet"*,
/// *"EnumerationSet CreateValue"* and their like. Other than the values of a digital set theirs are free
/// numbers.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfEnumerationSet;
using catalog::AfEnumerationValue;
using catalog::Editor;

/// Values of one set.
constexpr std::size_t kValuesMax = 32'767;

tl::unexpected<Error> gone() {
  return fail(ErrorCode::not_found, {}, "The enumeration set does not exist any more.");
}

Result<void> check_set(const Call& call, const catalog::Tables& tables, const AfEnumerationSet& row) {
  return check_may_write_path(call, call.naming.asset_set_path(tables, row));
}

/// The ids of the set and, where the WebID names a value, of that: free of the catalog's lock.
struct Ids {
  Uuid set, value;
};
Result<Ids> ids_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  if (iequals(call.segments[0], "enumerationvalues")) {
    TRY(const FoundValue found, find_asset_value(*reader, call.identity, id));
    return Ids{found.set->id, found.value->id};
  }
  TRY(const FoundSet found, find_any_set(*reader, call.identity, id));
  if (found.asset == nullptr) return gone();
  return Ids{found.asset->id, Uuid{}};
}

/// Runs `change` on the set as it is at its place in the order of everything. Borrows `call`.
template <class F>
archive::Archive::Edit change_set(const Call& call, const Uuid& id, F change) {
  return [&call, id, change](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfEnumerationSet* known = tables.af_enumeration_sets.find(id);
    if (known == nullptr) return gone();
    AfEnumerationSet row = *known;
    TRY_VOID(check_set(call, tables, row));
    TRY_VOID(change(row));
    TRY_VOID(check_set(call, tables, row));
    return catalog::update_enumeration_set(editor, std::move(row));
  };
}

Result<void> set_value(AfEnumerationValue& row, const json::Value& body) {
  TRY_VOID(set_name_and_description(row, body));
  TRY(const auto number, int32_field(body, "Value"));
  if (number) row.value = *number;
  return {};
}

}  // namespace

Task<http::Response> post_database_set(Call& call) {
  AfEnumerationSet row;
  row.id = Uuid::random();
  const auto database = database_in_path(call);
  if (!database) co_return error_response(database.error());
  row.database = *database;
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  if (const auto set = set_name_and_description(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::AfDatabase* owner = editor.tables().af_databases.find(row.database);
    if (owner == nullptr) {
      return fail(ErrorCode::not_found, {}, "The asset database does not exist any more.");
    }
    TRY_VOID(check_may_write(call, owner->name));
    TRY_VOID(check_set(call, editor.tables(), row));
    return catalog::add_enumeration_set(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  co_return created(call, "enumerationsets/" + call.naming.asset_set(*reader, row));
}

Task<http::Response> patch_asset_set(Call& call) {
  const auto ids = ids_of_call(call);
  if (!ids) co_return error_response(ids.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit =
      change_set(call, ids->set, [&](AfEnumerationSet& row) { return set_name_and_description(row, *body); });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_asset_set(Call& call) {
  const auto ids = ids_of_call(call);
  if (!ids) co_return error_response(ids.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfEnumerationSet* known = editor.tables().af_enumeration_sets.find(ids->set);
    if (known == nullptr) return gone();
    TRY_VOID(check_set(call, editor.tables(), *known));
    return catalog::erase_enumeration_set(editor, ids->set);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_asset_value(Call& call) {
  const auto ids = ids_of_call(call);
  if (!ids) co_return error_response(ids.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  AfEnumerationValue value;
  value.id = Uuid::random();
  if (const auto set = set_value(value, *body); !set) co_return error_response(set.error());
  const json::Value* number = body->find("Value", json::Case::insensitive);
  if (number == nullptr || number->is_null())
    co_return error_response(400, "The property Value is required.");
  archive::Archive::Edit edit = change_set(call, ids->set, [&](AfEnumerationSet& row) -> Result<void> {
    if (row.values.size() >= kValuesMax) {
      return fail(ErrorCode::invalid_argument, {}, "The enumeration set is full.");
    }
    row.values.push_back(value);
    return {};
  });
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  const AfEnumerationSet* set = reader->af_enumeration_sets.find(ids->set);
  if (set == nullptr) co_return error_response(404, "The enumeration set does not exist any more.");
  co_return created(call, "enumerationvalues/" + call.naming.asset_value(*reader, *set, value));
}

Task<http::Response> patch_asset_value(Call& call) {
  const auto ids = ids_of_call(call);
  if (!ids) co_return error_response(ids.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = change_set(call, ids->set, [&](AfEnumerationSet& row) -> Result<void> {
    const auto value = std::find_if(row.values.begin(), row.values.end(),
                                    [&](const AfEnumerationValue& one) { return one.id == ids->value; });
    if (value == row.values.end()) return gone();
    return set_value(*value, *body);
  });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

/// A value may go while attributes use the set: what holds it then shows its number alone.
Task<http::Response> delete_asset_value(Call& call) {
  const auto ids = ids_of_call(call);
  if (!ids) co_return error_response(ids.error());
  archive::Archive::Edit edit = change_set(call, ids->set, [&](AfEnumerationSet& row) -> Result<void> {
    const std::size_t gone_values =
        std::erase_if(row.values, [&](const AfEnumerationValue& one) { return one.id == ids->value; });
    if (gone_values == 0) return gone();
    return {};
  });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
