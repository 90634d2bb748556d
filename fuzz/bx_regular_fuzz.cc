// Rooms: dialects/buildingx
// Any bytes as a body of point values: what is taken by its layout is what the reading by item gives, bit for
// bit.

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "dialects/buildingx/parse.h"
#include "dialects/buildingx/parse_regular.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::buildingx;
  const http::Body body{std::string_view{reinterpret_cast<const char*>(data), size}};
  for (const PointType type : {PointType::float64, PointType::float32, PointType::int32}) {
    Point point;
    point.type = type;
    const PointFormat format{point};
    const auto regular = parse_regular_values(body, format, Timestamp::max());
    if (!regular) continue;
    const auto careful = parse_point_values(body);
    CHECK(careful && careful->items.size() == regular->size());
    Run run;
    run.kind = point.kind();
    for (const PointValue& item : careful->items) {
      auto value = parse_value(item.value, format);
      CHECK(value && item.quality_of_value == 0);
      run.push(Timestamp::from_unix_ns(item.time_ns), *std::move(value));
    }
    CHECK(run == *regular);
  }
  return 0;
}
