// Rooms: dialects/piwebapi
// Any text as the query of a point search: an error, or terms that can be asked of a point.

#include <cstdint>
#include <string_view>

#include "dialects/piwebapi/point_query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  if (size > 4096) return 0;
  static const catalog::Tables tables;
  const Point point;
  const auto query = dialects::piwebapi::PointQuery::parse({reinterpret_cast<const char*>(data), size}, true);
  if (query) (void)query->matches(tables, point);
  return 0;
}
