// Rooms: dialects/piwebapi
// Any bytes as the body of a stream write, to a point of every type: an error, or columns that fit each
// other.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/piwebapi/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::piwebapi;
  if (size < 1) return 0;
  Stream stream;
  stream.type = static_cast<PointType>(data[0] % 9);
  const BodyShape shape = (data[0] & 0x80) != 0 ? BodyShape::one : BodyShape::list;
  const bool values_needed = (data[0] & 0x40) == 0;
  const http::Body body{std::string_view{reinterpret_cast<const char*>(data) + 1, size - 1}};
  const ParseRules rules{values_needed, Timestamp::from_unix_ns(1'795'178'600'123'456'700), 100};
  const auto parsed = parse_values(body, shape, stream, rules);
  if (!parsed) return 0;
  const Run& run = parsed->run;
  CHECK(run.size() + parsed->errors.size() == parsed->sent && parsed->sent <= rules.items_max);
  CHECK(parsed->positions.empty() ? parsed->errors.empty() || run.empty()
                                  : parsed->positions.size() == run.size());
  CHECK(run.qualities.empty() || run.qualities.size() == run.size());
  CHECK((is_number(run.kind)    ? run.numbers.size()
         : is_integer(run.kind) ? run.integers.size()
                                : run.texts.size()) == run.size());
  for (std::size_t i = 0; i < run.size(); ++i) {
    CHECK(run.times[i] > 0 && run.times[i] <= kWriteTimeMaxNs && run.times[i] % kNsPerTick == 0);
  }
  return 0;
}
