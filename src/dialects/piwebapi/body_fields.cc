#include "dialects/piwebapi/body_fields.h"

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/parse.h"

namespace penstock::dialects::piwebapi {

Result<json::Value> parse_object(const Call& call) {
  if (trim(call.request.body.view()).empty()) {
    return fail(ErrorCode::missing_argument, {}, "The request body is missing.");
  }
  TRY(json::Value document, parse_document(call.request.body));
  if (!document.is_object()) {
    return fail(ErrorCode::invalid_argument, {}, "The request body must be an object.");
  }
  return document;
}

Result<std::optional<std::string>> text_field(const json::Value& object, std::string_view name) {
  const json::Value* member = object.find(name, json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const auto text = member->as_string();
  if (!text) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "The property " + std::string{name} + " must be a text.");
  }
  return std::string{*text};
}

Result<std::optional<bool>> flag_field(const json::Value& object, std::string_view name) {
  const json::Value* member = object.find(name, json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const auto flag = member->as_bool();
  if (!flag) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "The property " + std::string{name} + " must be true or false.");
  }
  return *flag;
}

Result<std::optional<std::vector<std::string>>> texts_field(const json::Value& object,
                                                            std::string_view name) {
  const json::Value* member = object.find(name, json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  std::vector<std::string> texts;
  for (const json::Value& item : member->array()) {
    const auto text = item.as_string();
    if (text) texts.emplace_back(*text);
  }
  if (!member->is_array() || texts.size() != member->array().size()) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "The property " + std::string{name} + " must be an array of texts.");
  }
  return texts;
}

Result<std::optional<std::int32_t>> int32_field(const json::Value& object, std::string_view name) {
  const json::Value* member = object.find(name, json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const auto number = member->as_int64();
  if (!number || *number < INT32_MIN || *number > INT32_MAX) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "The property " + std::string{name} + " must be a whole number.");
  }
  return static_cast<std::int32_t>(*number);
}

Result<std::optional<catalog::Properties>> extended_field(const json::Value& object) {
  const json::Value* member = object.find("ExtendedProperties", json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const auto refused = [](const char* why) {
    return fail(ErrorCode::invalid_argument, "ExtendedProperties", why);
  };
  if (!member->is_object()) return refused("The property ExtendedProperties must be an object.");
  catalog::Properties properties;
  for (const json::Member& one : member->object()) {
    const json::Value* inner = one.value.find("Value", json::Case::insensitive);
    const json::Value& value = inner != nullptr ? *inner : one.value;
    if (value.is_object() || value.is_array()) {
      return refused("The values of ExtendedProperties must be texts, numbers, true or false.");
    }
    if (value.is_null()) continue;
    const auto text = value.as_string();
    properties.emplace_back(one.name, text ? std::string{*text} : value.to_string());
  }
  return properties;
}

Result<void> check_object_name(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::missing_argument, "Name", "The property Name is required.");
  const auto refused = [&](const char* why) {
    return fail(ErrorCode::invalid_argument, "Name",
                "The name '" + std::string{name.substr(0, 80)} + "' " + why);
  };
  if (name.size() > 259) return refused("is longer than 259 characters.");
  if (!is_valid_utf8(name)) return refused("is not valid UTF-8.");
  if (trim(name).size() != name.size()) return refused("begins or ends with a blank.");
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 ||
        std::string_view{"*?;{}[]|\\`'\""}.find(c) != std::string_view::npos) {
      return refused("has a character that is not allowed.");
    }
  }
  return {};
}

Task<http::Response> changed(Call& call, archive::Archive::Edit edit) {
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  co_return done ? empty_response(204) : error_response(done.error());
}

http::Response created(const Call& call, const std::string& link) {
  http::Response response = empty_response(201);
  response.headers.add("Location", call.naming.link(link));
  return response;
}

Result<Uuid> database_in_path(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const catalog::AfDatabase* const database, find_database(*reader, call.identity, id));
  return database->id;
}

Result<void> check_may_write(const Call& call, std::string_view name) {
  if (call.caller.may(auth::Right::write, name)) return {};
  return fail(ErrorCode::forbidden, {},
              "The user does not have write permission on " + std::string{name} + ".");
}

Result<void> check_may_write_path(const Call& call, std::string_view path) {
  return check_may_write(call, path.substr(std::min(path.size(), call.naming.server_path().size() + 1)));
}

}  // namespace penstock::dialects::piwebapi
