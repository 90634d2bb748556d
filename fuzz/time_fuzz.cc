// Rooms: model
// Any text as a time: an error, or an instant whose own text names it again.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "model/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto parsed = parse_iso8601(text);
  const auto time = parse_timestamp(text, OffsetRule::utc_if_absent);
  if (!parsed) {
    CHECK(!time.has_value() && time.error().code == ErrorCode::invalid_time);
    return 0;
  }
  if (!time) {
    CHECK(time.error().code == ErrorCode::time_out_of_range);
    return 0;
  }
  CHECK(parse_timestamp(format_trimmed(*time), OffsetRule::required) == *time);
  CHECK(parse_timestamp(format_fixed(*time, 9), OffsetRule::required) == *time);
  CHECK(time->floor_to(kNsPerSecond) <= *time);
  return 0;
}
