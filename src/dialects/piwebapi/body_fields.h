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

/// An array of texts. Errors: invalid_argument.
Result<std::optional<std::vector<std::string>>> texts_field(const json::Value& object, std::string_view name);
/// A whole number that fits 32 bits. Errors: invalid_argument.
Result<std::optional<std::int32_t>> int32_field(const json::Value& object, std::string_view name);
/// `ExtendedProperties`: names with scalars or `{"Value":scalar}`, kept as texts. Errors: invalid_argument.
Result<std::optional<catalog::Properties>> extended_field(const json::Value& object);

/// What objects may be called. *PI System Explorer, "Object names"*. Errors: missing_argument,
/// invalid_argument.
Result<void> check_object_name(std::string_view name);

/// Sets what every object has. Errors: of text_field and check_object_name.
template <class Row>
Result<void> set_name_and_description(Row& row, const json::Value& body) {
  TRY(const auto name, text_field(body, "Name"));
  TRY(const auto description, text_field(body, "Description"));
  if (name) row.name = *name;
  if (description) row.description = *description;
  return check_object_name(row.name);
}

/// 204 once the edit is durable, or what it was refused with.
Task<http::Response> changed(Call& call, archive::Archive::Edit edit);

/// 201 with the object's own link.
http::Response created(const Call& call, const std::string& link);

/// The asset database whose WebID is the path's second segment, for calls that put something into it.
/// Errors: those of parse_webid, not_found.
Result<Uuid> database_in_path(const Call& call);

/// Errors: forbidden, where the caller may not write what has that name.
Result<void> check_may_write(const Call& call, std::string_view name);
/// The same by an AF path: what patterns of rights are matched with is the path below the server.
Result<void> check_may_write_path(const Call& call, std::string_view path);

}  // namespace penstock::dialects::piwebapi
