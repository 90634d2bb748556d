#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace penstock::http {
class JsonWriter;
}

namespace penstock::json {

struct Member;
enum class Case : std::uint8_t { sensitive, insensitive };

/// Arrays and objects nested deeper than this are refused.
inline constexpr int kDepthMax = 128;

/// A JSON value that owns all of itself: for every body but the hottest. A number keeps whether its text was
/// an integer; integers beyond 64 bits become doubles. Members keep their order; of a repeated name the last
/// counts.
class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  Value() = default;  ///< null
  explicit Value(bool flag);
  explicit Value(std::int64_t number);
  explicit Value(std::uint64_t number);  ///< Kept as int64 where it fits.
  explicit Value(double number);
  explicit Value(std::string text);
  explicit Value(Array items);
  explicit Value(Object members);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(data_); }
  bool is_integer() const {  ///< Was written without fraction and exponent, and fits 64 bits.
    return std::holds_alternative<std::int64_t>(data_) || std::holds_alternative<std::uint64_t>(data_);
  }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }
  std::string_view type_name() const;  ///< "null", "boolean", "number", "string", "array", "object".

  std::optional<bool> as_bool() const;
  std::optional<std::int64_t> as_int64() const;    ///< Whole numbers in range; 5.0 and 5e0 are whole too.
  std::optional<std::uint64_t> as_uint64() const;  ///< As as_int64.
  std::optional<double> as_double() const;  ///< Any number; infinite where the text is beyond a double.
  std::optional<std::string_view> as_string() const;
  const Array& array() const;    ///< Empty if this is no array.
  const Object& object() const;  ///< Empty if this is no object.

  /// The member of that name, or null: not there, or this is no object.
  const Value* find(std::string_view name, Case how = Case::sensitive) const;

  void write(http::JsonWriter& to) const;
  std::string to_string() const;  ///< Compact JSON.

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string name;
  Value value;
};

// Here and not in the class: they need to know what a Member is.
inline Value::Value(bool flag) : data_{flag} {}
inline Value::Value(std::int64_t number) : data_{number} {}
inline Value::Value(double number) : data_{number} {}
inline Value::Value(std::string text) : data_{std::move(text)} {}
inline Value::Value(Array items) : data_{std::move(items)} {}

/// Strict JSON (RFC 8259); a byte order mark in front is passed over.
/// Errors: invalid_json, with the byte where it goes wrong in `detail`.
Result<Value> parse(std::string_view text);
Result<Value> parse(const http::Body& body);  ///< The same without a copy of the bytes.

/// What permissive .NET readers take besides: single-quoted strings, a comma behind the last item, raw
/// control characters in strings, unknown backslash escapes (kept as they are), Python's None, True and
/// False. Slow; only for bodies that `parse` refuses. Errors: invalid_json.
Result<Value> parse_lenient(std::string_view text);

}  // namespace penstock::json
