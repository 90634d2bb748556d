#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/piwebapi/call.h"
#include "http/json.h"

/// Bodies of calls that make and change objects.
namespace penstock::dialects::piwebapi {

/// The body, which has to be an object. Errors: invalid_json, invalid_argument, missing_argument (no body).
Result<json::Value> parse_object(const Call& call);

/// A text member in any letter case; nothing if it is absent or null. Errors: invalid_argument.
Result<std::optional<std::string>> text_field(const json::Value& object, std::string_view name);
/// The same for true and false.
Result<std::optional<bool>> flag_field(const json::Value& object, std::string_view name);

/// What objects may be called. *PI System Explorer, "Object names"*. Errors: missing_argument,
/// invalid_argument.
Result<void> check_object_name(std::string_view name);

/// 201 with the object's own link.
http::Response created(const Call& call, const std::string& link);

/// Errors: forbidden, where the caller may not write what has that name.
Result<void> check_may_write(const Call& call, std::string_view name);

}  // namespace penstock::dialects::piwebapi
