// Rooms: dialects/buildingx
// Any bytes as a body of point values: problems with their places, or values that keep the limits.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/buildingx/parse.h"
#include "dialects/buildingx/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::buildingx;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const http::Body body{text};
  const auto values = parse_point_values(body);
  if (!values) {
    CHECK(!values.error().empty());
    const http::Response answer = render_problems(values.error());
    CHECK(answer.status >= 400 && answer.status < 500);
    return 0;
  }
  CHECK(!values->items.empty() && values->items.size() <= kItemsMax);
  for (const PointValue& item : values->items) {
    CHECK(item.quality_of_value <= kGradeMax);
    CHECK(Timestamp::from_unix_ns(item.time_ns).floor_to(kNsPerMillisecond).unix_ns() == item.time_ns);
    for (const PointType type : {PointType::float64, PointType::float32, PointType::int32, PointType::string,
                                 PointType::timestamp}) {
      Point point;
      point.type = type;
      const PointFormat format{point, nullptr, nullptr};
      const auto value = parse_value(item.value, format);
      if (!value) continue;
      // What is shown reads back as what was kept.
      CHECK(parse_value(render_value(*value, {}, format).text, format) == *value);
    }
  }
  return 0;
}
