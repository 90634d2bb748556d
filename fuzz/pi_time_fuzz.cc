// Rooms: dialects/common
// Any text as a PI time and as an interval, in a zone with summer time: an error, or an instant on a 100 ns
// step.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/common/pi_time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects;
  static const PiZone zone = PiZone::find("Europe/Berlin").value_or(PiZone{});
  const Timestamp now = Timestamp::from_unix_ns(1'795'178'600'123'456'700);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const PiZone& in : {PiZone{}, zone}) {
    const auto time = parse_pi_time(text, now, in);
    if (!time) {
      CHECK(time.error().code == ErrorCode::invalid_time ||
            time.error().code == ErrorCode::time_out_of_range);
      continue;
    }
    CHECK(time->unix_ns() % kNsPerTick == 0 || *time == Timestamp::min());
    // Years of more than four digits have no text.
    if (time->unix_ns() > 0) CHECK(parse_pi_time(format_trimmed(*time), now, in) == *time);
  }
  if (const auto interval = parse_pi_interval(text)) (void)add_interval(now, *interval, zone);
  return 0;
}
