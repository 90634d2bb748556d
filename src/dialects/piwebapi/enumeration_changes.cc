#include <algorithm>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/routes.h"

/// Making, changing and deleting digital sets and their states: *PI Web API Reference, "DataServer
/// CreateEnumerationSet"*, *"EnumerationSet CreateValue"* and their like.
namespace penstock::dialects::piwebapi {
namespace {

/// Codes of a user's set: those above belong to system states in some clients.
constexpr std::size_t kStatesMax = 32'767;

/// What patterns of rights are matched with.
std::string rights_name(std::string_view set) {
  return "EnumerationSets[" + std::string{set} + "]";
}

Result<void> check_set(const Call& call, const DigitalSet& set) {
  if (set.id == kSystemSet) {
    return fail(ErrorCode::forbidden, {}, "The enumeration set System cannot be changed.");
  }
  return check_may_write(call, rights_name(set.name));
}

Result<DigitalSet> writable_set(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const DigitalSet* set, find_set(*reader, call.identity, id));
  TRY_VOID(check_set(call, *set));
  return *set;
}

struct StateOfSet {
  SetId set;
  std::int32_t code;
};
Result<StateOfSet> writable_state(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const FoundState found, find_state(*reader, call.identity, id));
  TRY_VOID(check_set(call, *found.set));
  return StateOfSet{found.set->id, found.state->code};
}

tl::unexpected<Error> gone() {
  return fail(ErrorCode::not_found, {}, "The enumeration set does not exist any more.");
}

/// Runs `change` on the set as it is at its place in the order of everything.
template <class F>
archive::Archive::Edit change_set(SetId id, F change) {
  return [id, change](catalog::Editor& editor) -> Result<void> {
    const DigitalSet* known = editor.tables().digital_sets.find(id);
    if (known == nullptr) return gone();
    DigitalSet set = *known;
    TRY_VOID(change(set, editor.tables()));
    editor.update_digital_set(set);
    return {};
  };
}

Result<void> set_texts(std::string& name, std::string& description, const json::Value& body) {
  TRY(const auto new_name, text_field(body, "Name"));
  TRY(const auto new_description, text_field(body, "Description"));
  if (new_name) name = *new_name;
  if (new_description) description = *new_description;
  return check_object_name(name);
}

bool is_used(const catalog::Tables& tables, const DigitalSet& set) {
  bool has_points = false;
  tables.points.each([&](const Point& point) {
    has_points = point.type == PointType::digital && point.digital_set == set.id;
    return !has_points;
  });
  if (has_points) return true;
  // An attribute whose database has a set of that name takes its values from there.
  for (const catalog::AfAttribute* attribute : tables.af_attributes.of_qualifier(set.name)) {
    const catalog::AfDatabase* database = database_of(tables, *attribute);
    if (database == nullptr || tables.af_enumeration_sets.find_name(database->id, set.name) == nullptr) {
      return true;
    }
  }
  return false;
}

/// `Value` of a body. Errors: missing_argument, invalid_argument.
Result<std::int32_t> code_of(const json::Value& body) {
  const json::Value* value = body.find("Value", json::Case::insensitive);
  if (value == nullptr) return fail(ErrorCode::missing_argument, "Value", "The property Value is required.");
  const auto code = value->as_int64();
  if (!code || *code < 0 || *code > static_cast<std::int64_t>(kStatesMax)) {
    return fail(ErrorCode::invalid_argument, "Value", "The property Value must be a whole number from 0 on.");
  }
  return static_cast<std::int32_t>(*code);
}

Result<void> add_state(DigitalSet& set, const DigitalState& state) {
  if (set.find(state.name) != nullptr || set.find(state.code) != nullptr) {
    return fail(ErrorCode::conflict, {}, "The enumeration set has that name or value already.");
  }
  if (state.code != static_cast<std::int32_t>(set.states.size())) {
    return fail(ErrorCode::invalid_argument, "Value",
                "The values of a digital set run from 0 without holes: the next one is " +
                    std::to_string(set.states.size()) + ".");
  }
  set.states.push_back(state);
  return {};
}

/// Sets and values of asset databases are in asset_sets.cc.
bool names_asset_set(const Call& call) {
  const auto id = parse_webid(call.segments[1]);
  return id && id->owner == WebIdOwner::asset_server;
}

}  // namespace

Task<http::Response> post_server_set(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) co_return error_response(id.error());
  if (const auto known = check_server(call.identity, *id, WebIdKind::data_server); !known) {
    co_return error_response(known.error());
  }
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  DigitalSet set;
  if (const auto texts = set_texts(set.name, set.description, *body); !texts) {
    co_return error_response(texts.error());
  }
  if (const auto may = check_may_write(call, rights_name(set.name)); !may)
    co_return error_response(may.error());
  SetId made{};
  archive::Archive::Edit edit = [&set, &made](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().digital_sets.find_name(set.name) != nullptr) {
      return fail(ErrorCode::conflict, "Name", "The enumeration set '" + set.name + "' already exists.");
    }
    TRY(made, editor.add_digital_set(set));
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  set.id = made;
  co_return created(call, "enumerationsets/" + call.naming.set(set));
}

Task<http::Response> patch_set(Call& call) {
  if (names_asset_set(call)) {
    http::Response response = co_await patch_asset_set(call);
    co_return std::move(response);
  }
  const auto known = writable_set(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const json::Value& document = *body;
  archive::Archive::Edit edit = change_set(
      known->id, [&call, &document](DigitalSet& set, const catalog::Tables& tables) -> Result<void> {
        TRY_VOID(set_texts(set.name, set.description, document));
        TRY_VOID(check_may_write(call, rights_name(set.name)));
        const DigitalSet* other = tables.digital_sets.find_name(set.name);
        if (other != nullptr && other->id != set.id) {
          return fail(ErrorCode::conflict, "Name", "The enumeration set '" + set.name + "' already exists.");
        }
        return {};
      });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_set(Call& call) {
  if (names_asset_set(call)) {
    http::Response response = co_await delete_asset_set(call);
    co_return std::move(response);
  }
  const auto known = writable_set(call);
  if (!known) co_return error_response(known.error());
  const SetId id = known->id;
  archive::Archive::Edit edit = [id](catalog::Editor& editor) -> Result<void> {
    const DigitalSet* set = editor.tables().digital_sets.find(id);
    if (set == nullptr) return gone();
    if (is_used(editor.tables(), *set)) {
      return fail(ErrorCode::conflict, {}, "The enumeration set '" + set->name + "' is in use.");
    }
    editor.erase(catalog::TableId::digital_sets, catalog::DigitalSetRow::key_of(id));
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_set_value(Call& call) {
  if (names_asset_set(call)) {
    http::Response response = co_await post_asset_value(call);
    co_return std::move(response);
  }
  const auto known = writable_set(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  DigitalState state;
  if (const auto texts = set_texts(state.name, state.description, *body); !texts) {
    co_return error_response(texts.error());
  }
  const auto code = code_of(*body);
  if (!code) co_return error_response(code.error());
  state.code = *code;
  archive::Archive::Edit edit = change_set(
      known->id, [&state](DigitalSet& set, const catalog::Tables&) { return add_state(set, state); });
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  co_return created(call, "enumerationvalues/" + call.naming.state(*known, state));
}

Task<http::Response> patch_state(Call& call) {
  if (names_asset_set(call)) {
    http::Response response = co_await patch_asset_value(call);
    co_return std::move(response);
  }
  const auto known = writable_state(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const json::Value& document = *body;
  const std::int32_t code = known->code;
  archive::Archive::Edit edit =
      change_set(known->set, [&document, code](DigitalSet& set, const catalog::Tables&) -> Result<void> {
        const auto state = std::find_if(set.states.begin(), set.states.end(),
                                        [&](const DigitalState& one) { return one.code == code; });
        if (state == set.states.end()) return gone();
        TRY_VOID(set_texts(state->name, state->description, document));
        if (document.find("Value", json::Case::insensitive) != nullptr) {
          TRY(const std::int32_t wanted, code_of(document));
          if (wanted != code) {
            return fail(ErrorCode::invalid_argument, "Value",
                        "The value of a digital state cannot be changed.");
          }
        }
        for (const DigitalState& other : set.states) {
          if (other.code != code && iequals(other.name, state->name)) {
            return fail(ErrorCode::conflict, "Name", "The enumeration set has that name already.");
          }
        }
        return {};
      });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_state(Call& call) {
  if (names_asset_set(call)) {
    http::Response response = co_await delete_asset_value(call);
    co_return std::move(response);
  }
  const auto known = writable_state(call);
  if (!known) co_return error_response(known.error());
  const std::int32_t code = known->code;
  archive::Archive::Edit edit =
      change_set(known->set, [code](DigitalSet& set, const catalog::Tables& tables) -> Result<void> {
        if (set.find(code) == nullptr) return gone();
        if (is_used(tables, set)) {
          return fail(ErrorCode::conflict, {}, "The enumeration set '" + set.name + "' is in use.");
        }
        if (set.states.back().code != code) {
          return fail(ErrorCode::conflict, {}, "Only the last value of a digital set can be deleted.");
        }
        set.states.pop_back();
        return {};
      });
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
