// Rooms: dialects/piwebapi
// Any text as a filter expression, asked of a number, a state, a text and a system state: an error of two
// kinds, or an answer that is the same when asked again.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/piwebapi/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::piwebapi;
  const Timestamp now = Timestamp::from_unix_ns(1'795'178'600'123'456'700);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto filter = FilterExpression::parse(text, now, {});
  if (!filter) {
    CHECK(filter.error().code == ErrorCode::invalid_argument ||
          filter.error().code == ErrorCode::unsupported);
    return 0;
  }
  Quality bad;
  bad.state = system_state::kBadInput;
  const std::pair<PointType, Sample> samples[] = {
      {PointType::float64, {now, 71.25, {}}},           {PointType::digital, {now, std::int64_t{1}, {}}},
      {PointType::timestamp, {now, now.unix_ns(), {}}}, {PointType::string, {now, std::string{"abc"}, {}}},
      {PointType::int32, {now, std::int64_t{0}, bad}},
  };
  for (const auto& [type, sample] : samples) {
    Stream stream;
    stream.type = type;
    if (type == PointType::digital)
      stream.set = DigitalSet{SetId{5}, "Modes", "", {{0, "Off", ""}, {1, "On", ""}}};
    CHECK(filter->passes(stream, sample) == filter->passes(stream, sample));
  }
  return 0;
}
