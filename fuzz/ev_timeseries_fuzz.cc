// Rooms: dialects/energyview
// Any bytes as a body of series: a refusal, or columns that fit each other with times that can be shown.

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "catalog/energyview.h"
#include "dialects/energyview/parse.h"
#include "dialects/energyview/render.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects;
  using namespace penstock::dialects::energyview;
  static const Zone zone = Zone::find("Europe/Stockholm").value();
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto entries = parse_series(http::Body{text}, zone);
  if (!entries) {
    const http::Response answer = render_refusal(entries.error());
    CHECK(answer.status == 400);
    return 0;
  }
  CHECK(!entries->empty());
  Offsets offsets{zone};
  for (const SeriesEntry& entry : *entries) {
    CHECK(catalog::is_ev_tag(entry.tag));
    CHECK(entry.data.times.size() == entry.data.numbers.size());
    for (std::size_t i = 0; i < entry.data.size(); ++i) {
      CHECK(std::isfinite(entry.data.numbers[i]));
      const Timestamp time = entry.data.time(i);
      CHECK(time.floor_to(kNsPerMicrosecond) == time);
      std::string shown;
      append_local(shown, time, offsets);
      CHECK(TimeReader{zone}.read(shown) == time);
      for (const Resolution resolution : {Resolution::minute5, Resolution::day, Resolution::millennia}) {
        CHECK(bucket_of(time, resolution, offsets) <= time);
      }
    }
  }
  return 0;
}
