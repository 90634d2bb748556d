// Rooms: dialects/piwebapi
// A list of timed values, to points that are read by layout: what the layout takes is what the reading by
// item gives, bit for bit.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/piwebapi/parse_regular.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::piwebapi;
  const http::Body body{std::string_view{reinterpret_cast<const char*>(data), size}};
  const ParseRules rules{true, Timestamp::from_unix_ns(1'795'178'600'123'456'700), 100};
  for (const PointType type :
       {PointType::float64, PointType::float32, PointType::int32, PointType::digital}) {
    Stream stream;
    stream.type = type;
    if (type == PointType::digital) {
      stream.set.emplace();
      stream.set->id = static_cast<SetId>(1);
      for (int code = 0; code < 80; ++code)
        stream.set->states.push_back({code, "S" + std::to_string(code), {}});
    }
    const auto regular = parse_regular_values(body, stream, rules);
    if (!regular) continue;
    const auto careful = parse_values_by_item(body, BodyShape::list, stream, rules);
    CHECK(careful && careful->errors.empty() && careful->positions.empty());
    CHECK(regular->errors.empty() && regular->positions.empty());
    CHECK(regular->sent == careful->sent && regular->run == careful->run);
  }
  return 0;
}
