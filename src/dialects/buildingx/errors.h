#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace penstock::dialects::buildingx {

/// What can be wrong with a request, one for each `code` of an error document.
enum class ProblemKind : std::uint8_t {
  invalid_json,
  invalid_document,
  batch_size,
  invalid_timestamp,
  invalid_value,
  invalid_quality,
  invalid_parameter,
  unauthorized,
  forbidden,
  client_generated_id,
  not_found,
  method_not_allowed,
  not_acceptable,
  unsupported_media_type,
  type_mismatch,
  payload_too_large,
  value_type_mismatch,
  timestamp_out_of_range,
  rate_limited,
  internal,
  unavailable
};

/// One entry of an error document. At most one of pointer, parameter and header is filled.
struct Problem {
  ProblemKind kind = ProblemKind::internal;
  std::string detail;
  std::string pointer;    ///< JSON Pointer into the body.
  std::string parameter;  ///< Name of a query parameter.
  std::string header;     ///< Name of a header.
};
using Problems = std::vector<Problem>;

int status_of(ProblemKind kind);

/// The one place where our errors get this vendor's words.
Problem problem_of(const Error& error);

/// A JSON:API error document (*JSON:API 1.1, "Error Objects"*): the status that all problems share, else 400.
http::Response render_problems(const Problems& problems);
http::Response render_problem(Problem problem);

/// OAuth 2.0 error object (*RFC 6749, 5.2*) of the token endpoint.
http::Response render_oauth_error(int status, std::string_view error, std::string_view description);

/// 429 of an API call, and of the token endpoint. `wait_s` goes to `Retry-After`.
http::Response render_rate_limited(std::int64_t wait_s);
http::Response render_too_many_attempts(std::int64_t wait_s);

}  // namespace penstock::dialects::buildingx
