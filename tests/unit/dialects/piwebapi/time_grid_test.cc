#include "dialects/piwebapi/time_grid.h"

#include <gtest/gtest.h>

namespace penstock::dialects::piwebapi {
namespace {

Timestamp at(std::string_view text) {
  return *parse_timestamp(text, OffsetRule::utc_if_absent);
}

struct GridCase {
  const char* name;
  const char *start, *end, *step;
  const char* zone;
  const char* sync;  // Null: none.
  bool outside;
  const char* times;  // Month, day and hour of each.
};
const GridCase kGrids[] = {
    {"from the start", "2026-04-02T00:30", "2026-04-02T03:00", "1h", "", nullptr, false,
     "04-02T00:30 04-02T01:30 04-02T02:30"},
    {"both ends", "2026-04-02T00:00", "2026-04-02T02:00", "1h", "", nullptr, false,
     "04-02T00:00 04-02T01:00 04-02T02:00"},
    {"backwards", "2026-04-02T03:00", "2026-04-02T00:30", "1h", "", nullptr, false,
     "04-02T03:00 04-02T02:00 04-02T01:00"},
    {"one instant", "2026-04-02T03:00", "2026-04-02T03:00", "1h", "", nullptr, false, "04-02T03:00"},
    {"a step longer than the range", "2026-04-02T03:00", "2026-04-02T04:00", "1d", "", nullptr, false,
     "04-02T03:00"},
    {"through a sync time before", "2026-04-02T00:30", "2026-04-02T03:00", "1h", "", "2026-04-01T00:00",
     false, "04-02T01:00 04-02T02:00 04-02T03:00"},
    {"through a sync time behind", "2026-04-02T00:30", "2026-04-02T02:45", "1h", "", "2027-01-01T00:15",
     false, "04-02T01:15 04-02T02:15"},
    {"outside of the range", "2026-04-02T00:30", "2026-04-02T02:30", "1h", "", "2026-04-01T00:00", true,
     "04-02T00:00 04-02T01:00 04-02T02:00 04-02T03:00"},
    {"outside, aligned", "2026-04-02T00:00", "2026-04-02T02:00", "1h", "", "2026-04-01T00:00", true,
     "04-02T00:00 04-02T01:00 04-02T02:00"},
    {"outside, backwards", "2026-04-02T02:30", "2026-04-02T00:30", "1h", "", "2026-04-01T00:00", true,
     "04-02T03:00 04-02T02:00 04-02T01:00 04-02T00:00"},
    {"outside, nothing inside", "2026-04-02T00:10", "2026-04-02T00:20", "1h", "", "2026-04-01T00:00", true,
     "04-02T00:00 04-02T01:00"},
    {"days of a zone over a clock change", "2026-03-27T23:00", "2026-03-30T22:00", "1d", "Europe/Berlin",
     nullptr, false, "03-27T23:00 03-28T23:00 03-29T22:00 03-30T22:00"},
    {"hours over it are exact", "2026-03-29T00:00", "2026-03-29T03:00", "1h", "Europe/Berlin", nullptr, false,
     "03-29T00:00 03-29T01:00 03-29T02:00 03-29T03:00"},
    {"months clamp", "2026-01-31T00:00", "2026-04-30T00:00", "1mo", "", nullptr, false,
     "01-31T00:00 02-28T00:00 03-31T00:00 04-30T00:00"},
};
TEST(TimeGrids, Are) {
  for (const auto& c : kGrids) {
    SCOPED_TRACE(c.name);
    TimeGrid grid{at(c.start),           at(c.end),    *parse_pi_interval(c.step),
                  *PiZone::find(c.zone), std::nullopt, c.outside};
    if (c.sync != nullptr) grid.sync = at(c.sync);
    const auto times = times_of(grid, 1000);
    ASSERT_TRUE(times.has_value()) << times.error().detail;
    std::string line;
    for (const Timestamp time : *times)
      line += (line.empty() ? "" : " ") + format_trimmed(time).substr(5, 11);
    EXPECT_EQ(line, c.times);
  }
}

struct RefusedGrid {
  const char* name;
  const char *start, *end, *step;
};
const RefusedGrid kRefused[] = {
    {"no step", "2026-04-02", "2026-04-03", "0h"},
    {"a negative step", "2026-04-02", "2026-04-03", "-1h"},
    {"a step that is partly negative", "2026-04-02", "2026-04-03", "1mo-29d"},
    {"too many", "2026-04-02", "2026-04-03", "1s"},
    {"far too many", "1970-01-01", "2038-01-01", "1ms"},
};
TEST(TimeGrids, AreRefused) {
  for (const auto& c : kRefused) {
    SCOPED_TRACE(c.name);
    const auto start = parse_pi_time(c.start, at("2026-11-20T00:00")), end = parse_pi_time(c.end, *start);
    ASSERT_TRUE(start && end);
    const auto step = parse_pi_interval(c.step);
    if (!step) continue;
    const auto times = times_of(TimeGrid{*start, *end, *step, {}, std::nullopt, false}, 1000);
    ASSERT_FALSE(times.has_value());
    EXPECT_EQ(times.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
