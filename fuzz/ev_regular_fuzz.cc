// Rooms: dialects/energyview
// Any bytes as a body of series: what is taken by its layout is what the reading by item gives, bit for bit.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/energyview/parse.h"
#include "dialects/energyview/parse_regular.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects;
  using namespace penstock::dialects::energyview;
  static const Zone zone = Zone::find("Europe/Stockholm").value();
  const http::Body body{std::string_view{reinterpret_cast<const char*>(data), size}};
  const auto regular = parse_regular_series(body);
  if (!regular) return 0;
  const auto careful = parse_series_by_item(body, zone);
  CHECK(careful && careful->size() == regular->size());
  for (std::size_t i = 0; i < regular->size(); ++i) {
    const SeriesEntry &a = (*regular)[i], &b = (*careful)[i];
    CHECK(a.node.to_string() == b.node.to_string() && a.node.by_uuid == b.node.by_uuid);
    CHECK(a.has_second_name == b.has_second_name && (!a.has_second_name || a.second_name == b.second_name));
    CHECK(a.tag == b.tag && a.data == b.data);
  }
  return 0;
}
