#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace penstock {

/// What went wrong, in our words. Each dialect translates a code once, in a switch without `default`.
enum class ErrorCode {
  invalid_json,         ///< The bytes are not the JSON that was asked for.
  invalid_argument,     ///< A field, parameter or header has a value that is not allowed.
  missing_argument,     ///< A required field, parameter or header is absent.
  invalid_time,         ///< A text that should be a time is none.
  time_out_of_range,    ///< A time outside of what can be stored or is allowed here.
  value_type_mismatch,  ///< A value that does not fit the type of its point.
  value_out_of_range,   ///< A value of the right type beyond the range of its point.
  limit_exceeded,       ///< More items, bytes or depth than allowed.
  unauthenticated,      ///< No credentials, or wrong ones.
  forbidden,            ///< Known caller without the right.
  not_found,            ///< No such point, object or route.
  conflict,             ///< Exists already, is in use, or the slot is taken.
  unsupported,          ///< A feature that is not offered.
  overloaded,           ///< Queues or disks are full. Worth retrying.
  store_unavailable,    ///< The archive can't be reached. Worth retrying.
  store_corrupt,        ///< Stored bytes fail their checks.
  internal,             ///< Our fault.
};

/// True where the same request may succeed later without a change.
constexpr bool is_retryable(ErrorCode code) {
  return code == ErrorCode::overloaded || code == ErrorCode::store_unavailable;
}

/// The code's own name, for logs and metrics: "invalid_json".
std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string where;   ///< Where in the caller's input, as a JSON pointer or a parameter name; may be empty.
  std::string detail;  ///< One sentence for a person.
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::limit_exceeded, "/data", "...")` from any function that returns a Result.
inline tl::unexpected<Error> fail(ErrorCode code, std::string where = {}, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(where), std::move(detail)});
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace penstock

#define PENSTOCK_CONCAT_(a, b) a##b
#define PENSTOCK_CONCAT(a, b) PENSTOCK_CONCAT_(a, b)
#define PENSTOCK_TRY_(name, declaration, ...)                  \
  auto name = (__VA_ARGS__);                                   \
  if (!name) return ::tl::unexpected(std::move(name).error()); \
  declaration = *std::move(name)

/// `TRY(const auto x, f());` declares x from the Result of f, or returns its error from the function around
/// it.
#define TRY(declaration, ...) PENSTOCK_TRY_(PENSTOCK_CONCAT(try_, __LINE__), declaration, __VA_ARGS__)

/// `TRY_VOID(f());` returns the error of a Result<void> from the function around it.
#define TRY_VOID(...)                                                                         \
  if (auto PENSTOCK_CONCAT(try_, __LINE__) = (__VA_ARGS__); !PENSTOCK_CONCAT(try_, __LINE__)) \
  return ::tl::unexpected(std::move(PENSTOCK_CONCAT(try_, __LINE__)).error())
