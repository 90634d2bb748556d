#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "base/interned_text.h"
#include "base/result.h"
#include "http/json.h"
#include "http/json_writer.h"
#include "http/message.h"
#include "model/point.h"
#include "model/time.h"

namespace penstock::console {

/// What a handler knows of its request.
struct Call {
  const http::Request& request;
  std::vector<std::string> parts;  ///< What stands at the stars of its route, decoded.
  auth::PrincipalPtr caller;
  json::Value body;  ///< Null where none was sent.
  Timestamp now;

  const std::string& part(std::size_t i) const { return parts[i]; }
  std::int64_t now_s() const { return now.unix_ns() / kNsPerSecond; }
};

/// Members of a request's object. Each is read once; what is left at the end was a typing error.
class Fields {
 public:
  /// Errors: invalid_argument (no object).
  static Result<Fields> of(const json::Value& body);

  /// Each puts what is there into `to` and leaves it alone where the member is absent; the first error is
  /// kept for `end`. null is an empty text.
  Fields& text(std::string_view name, std::string& to);
  Fields& text(std::string_view name, InternedText& to);
  Fields& flag(std::string_view name, bool& to);
  Fields& seconds(std::string_view name, std::int64_t& to);  ///< Whole, not negative.
  /// The member itself, or null.
  const json::Value* take(std::string_view name);
  void refuse(Error error);

  /// Errors: what was wrong first; invalid_argument for a member that nobody took.
  Result<void> end() const;

 private:
  explicit Fields(const json::Value& object) : object_{object}, taken_(object.object().size()) {}

  const json::Value& object_;
  std::vector<bool> taken_;
  Error first_;
  bool failed_ = false;
};

/// A whole number without anything else.
std::optional<std::uint64_t> parse_number(std::string_view text);
/// A point by its number, known or not.
std::optional<PointId> parse_point_id(std::string_view text);
/// How many items a page of a list may have: `max`, 1 to 1000, 100 where it is absent. Errors:
/// invalid_argument.
Result<std::size_t> parse_list_max(const http::Parameters& parameters);

/// What a call is told whose pool has no room for more.
Error too_many();

http::Response render_json(int status, std::string body);
http::Response render_created(std::string location, std::string body);
http::Response render_empty();
/// `{"error":sentence,"code":…,"where":…}` with the status of the code.
http::Response render_error(const Error& error);

/// A time of whole seconds as RFC 3339; 0 is null.
void append_seconds(http::JsonWriter& w, std::string_view name, std::int64_t unix_s);

/// Words of rights: read, write, admin; points.read, pointvalues.read, pointvalues.write. Bit i is word i.
void append_rights(http::JsonWriter& w, std::uint8_t rights);
void append_partition_rights(http::JsonWriter& w, std::uint8_t rights);
Result<std::uint8_t> parse_rights(const json::Value* words, const std::string& where);
Result<std::uint8_t> parse_partition_rights(const json::Value* words, const std::string& where);

}  // namespace penstock::console
