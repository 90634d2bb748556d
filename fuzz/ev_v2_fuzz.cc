// Rooms: dialects/energyview
// Any bytes as each body of API v2 and as a query: a refusal, or wishes and columns that keep their promises.

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/energyview/v2/address.h"
#include "dialects/energyview/v2/parse.h"
#include "dialects/energyview/v2/render.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects;
  using namespace penstock::dialects::energyview;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const http::Body body{text};
  if (const auto run = v2::parse_points(body)) {
    CHECK(!run->empty() && run->times.size() == run->numbers.size());
    for (std::size_t i = 0; i < run->size(); ++i) {
      CHECK(std::isfinite(run->numbers[i]));
      CHECK(run->time(i).floor_to(kNsPerMicrosecond) == run->time(i));
    }
    CHECK(v2::render_rows(shown_rows(*run), Zone{}).status == 200);
  } else {
    const http::Response answer = v2::render_refusal(run.error(), "demo");
    CHECK(answer.status == 400);
    CHECK(answer.headers.get("Content-Type") == "text/plain; charset=utf-8");
  }
  if (const auto wish = v2::parse_series_wish(body, v2::Deed::create)) {
    CHECK(wish->name && wish->si_unit && wish->thing);
    for (const auto& bound : {wish->lower_bound, wish->upper_bound}) {
      CHECK(!bound || !*bound || std::isfinite(**bound));
    }
  }
  if (const auto wish = v2::parse_thing_wish(body, v2::Deed::update)) {
    CHECK(!wish->parent || wish->parent->by_uuid);
    CHECK(wish->state.has_value() == wish->enabled.has_value());
  }
  const auto parameters = http::Parameters::parse(text);
  if (const auto query = v2::parse_data_query(parameters, v2::Span::read)) {
    CHECK(query->start <= query->end);
    Offsets offsets{query->zone};
    if (query->precision != Resolution::none) {
      CHECK(bucket_of(query->start, query->precision, offsets) <= query->start);
    }
  }
  if (const auto page = v2::parse_page(parameters)) {
    CHECK(page->limit >= 1 && page->limit <= 100 && page->labels.size() <= 5);
  }
  http::Request request;
  request.set_target(text);
  (void)v2::find_target(request);
  (void)v2::parse_authorization(text);
  return 0;
}
