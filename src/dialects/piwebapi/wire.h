#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/point.h"
#include "model/write.h"

/// The vendor's shapes and words as plain structs. *PI Web API Reference, "Stream UpdateValue"*.
namespace penstock::dialects::piwebapi {

inline constexpr std::size_t kStringMax = 976;  ///< Characters of a String value, bytes of a Blob.
inline constexpr std::int64_t kFutureAllowanceNs =
    600 * kNsPerSecond;  ///< *AF SDK Reference, "Future Data"*.
inline constexpr std::int64_t kWriteTimeMaxNs = 2'147'483'647 * kNsPerSecond;  ///< 2038-01-19T03:14:07Z.

/// *PI Web API Reference, "Update Option"*; the numbers are those of AF.
enum class UpdateOption : std::uint8_t {
  replace = 0,
  insert = 1,
  no_replace = 2,
  replace_only = 3,
  insert_no_compression = 5,
  remove = 6
};
/// *PI Web API Reference, "Buffer Option"*.
enum class BufferOption : std::uint8_t { do_not_buffer = 0, buffer_if_possible = 1, buffer = 2 };

std::optional<UpdateOption> parse_update_option(
    std::string_view text);  ///< Name in any letter case, or number.
std::optional<BufferOption> parse_buffer_option(std::string_view text);
UpdateMode mode_of(UpdateOption option);

/// What stands under `Value`. Texts are borrowed from the parser.
struct WireValue {
  enum class Type : std::uint8_t { absent, null, boolean, integer, number, text, state, array };
  Type type = Type::absent;
  bool flag = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;
  // An object `{"Name","Value","IsSystem"}`.
  std::optional<std::string_view> state_name;
  std::optional<double> state_code;
  bool is_system = false;
  // An array of bytes; only Blob points take it.
  std::string bytes;
  bool bytes_fit = false;
};

/// A timed value as it came. *PI Web API Reference, "Stream UpdateValue", request body*.
struct WireTimedValue {
  std::string_view timestamp;     ///< Empty: absent, null or blank, which means now.
  bool timestamp_is_text = true;  ///< False: a number, an object … which is refused.
  WireValue value;
  bool good = true;
  bool questionable = false;
  std::string_view units;

  bool is_object = true;  ///< False: the item was no JSON object at all.

  /// As new, without touching what only rare values fill: their readers begin with a clean slate.
  void reset() {
    timestamp = {};
    timestamp_is_text = good = is_object = true;
    questionable = false;
    value.type = WireValue::Type::absent;
  }
};

/// What has to be known of a point to read and write its values, free of the catalog's lock.
struct Stream {
  PointId point{};
  std::string tag;
  PointType type = PointType::float32;
  bool step = false, future = false;
  bool boolean = false;  ///< Integers are shown as false and true: an attribute of that type.
  double zero = 0, span = 100;
  Timestamp created = Timestamp::from_unix_ns(0);
  std::optional<DigitalSet> set;  ///< Of a digital point.

  Kind kind() const { return kind_of(type); }
};

}  // namespace penstock::dialects::piwebapi
