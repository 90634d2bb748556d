#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/result.h"
#include "http/message.h"

namespace penstock::dialects::energyview {

/// The short machine codes of error objects.
enum class Code : std::uint8_t {
  invalid_json,
  missing_parameter,
  invalid_parameter,
  invalid_timestamp,
  invalid_value,
  unknown_node,
  unknown_tag,
  invalid_key,
  forbidden,
  not_found,
  method_not_allowed,
  conflict,
  payload_too_large,
  unsupported_media_type,
  rate_limited,
  internal,
  unavailable
};

/// One error object: what is wrong, and with which parameter ("[0].data[2].ts").
struct Refusal {
  Code code = Code::internal;
  std::string param;
  std::string error;
};
template <class T>
using Checked = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(Code code, std::string param, std::string error) {
  return tl::unexpected(Refusal{code, std::move(param), std::move(error)});
}

/// The one place where our errors get this vendor's words.
Refusal refusal_of(const Error& error);
inline tl::unexpected<Refusal> refuse_as(ErrorCode code) {
  return tl::unexpected(refusal_of(Error{code, {}, {}}));
}

/// The HTTP status of a code.
int status_of(Code code);

/// The error object of API v1 with the status of its code; the content type is `application/json` and nothing
/// else, as the vendor's client compares the whole header.
http::Response render_refusal(const Refusal& refusal);

}  // namespace penstock::dialects::energyview
