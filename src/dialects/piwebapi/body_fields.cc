#include "dialects/piwebapi/body_fields.h"

#include "base/text.h"
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

http::Response created(const Call& call, const std::string& link) {
  http::Response response = empty_response(201);
  response.headers.add("Location", call.naming.link(link));
  return response;
}

Result<void> check_may_write(const Call& call, std::string_view name) {
  if (call.caller.may(auth::Right::write, name)) return {};
  return fail(ErrorCode::forbidden, {},
              "The user does not have write permission on " + std::string{name} + ".");
}

}  // namespace penstock::dialects::piwebapi
