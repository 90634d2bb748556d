#include "archive/retrieval/interpolate.h"

#include "table_series.h"

namespace penstock::archive::retrieval {
namespace {

struct BetweenCase {
  const char* name;
  Kind kind;
  Course course;
  const char* stored;
  double horizon;  // Seconds.
  double time;
  const char* value;
};
const BetweenCase kBetween[] = {
    {"a line between two", Kind::float64, Course::line, "0=10 10=20", 100, 2.5, "2.5=12.5"},
    {"on a sample", Kind::float64, Course::line, "0=10 10=20", 100, 10, "10=20"},
    {"steps hold", Kind::float64, Course::steps, "0=10 10=20", 100, 9, "9=10"},
    {"an integer is rounded to the nearest", Kind::int64, Course::line, "0=10 10=20", 100, 2.6, "2.6=13"},
    {"a code never runs on a line", Kind::digital, Course::line, "0=0 10=4", 100, 5, "5=0"},
    {"a text never does", Kind::text, Course::line, "0=a 10=b", 100, 5, "5=a"},
    {"before a bad one the value holds", Kind::float64, Course::line, "0=10 10=!", 100, 5, "5=10"},
    {"a bad one is carried", Kind::float64, Course::line, "0=! 10=20", 100, 5, "5=!"},
    {"nothing before", Kind::float64, Course::line, "10=20", 100, 5, "5=none"},
    {"nothing at all", Kind::float64, Course::line, "", 100, 5, "5=none"},
    {"behind the last, within the horizon", Kind::float64, Course::line, "0=10", 100, 100, "100=10"},
    {"behind the last, beyond it", Kind::float64, Course::line, "0=10", 100, 100.5, "100.5=none"},
    {"beyond it, between two", Kind::float64, Course::line, "0=10 300=40", 100, 150, "150=25"},
};
TEST(Interpolation, BetweenSamples) {
  for (const auto& c : kBetween) {
    SCOPED_TRACE(c.name);
    const penstock::Run stored = run_of(c.stored, c.kind);
    Series series = series_of(c.kind, c.course);
    series.horizon = at_second(c.horizon);
    const auto value = value_at(scanner_of(stored), series, at_second(c.time));
    ASSERT_TRUE(value.has_value());
    penstock::Run got;
    got.kind = c.kind;
    got.push(*value);
    EXPECT_EQ(text_of(got), c.value);
  }
}

TEST(Interpolation, AFloat32StaysOne) {
  const penstock::Run stored = run_of("0=0 10=1", Kind::float32);
  const Series series = series_of(Kind::float32);
  const auto value = value_at(scanner_of(stored), series, at_second(1));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(std::get<double>(value->value), static_cast<double>(0.1F));
}

TEST(Interpolation, ManyTimesReadAsOneByOne) {
  penstock::Run stored;
  for (int i = 0; i < 3000; ++i) stored.push(at_second(i * 10), static_cast<double>(i % 17));
  const Series series = series_of(Kind::float64);
  std::vector<Timestamp> times;
  for (int i = 0; i < 400; ++i) times.push_back(at_second(i * 3.7));          // Closer than the samples,
  for (int i = 0; i < 40; ++i) times.push_back(at_second(2000 + i * 777.7));  // far apart and beyond the end.
  std::size_t scans = 0;
  const auto plain = scanner_of(stored);
  const Scanner counting = [&](const Scan& request) {
    ++scans;
    return plain(request);
  };
  const auto together = values_at(counting, series, times);
  ASSERT_TRUE(together.has_value());
  ASSERT_EQ(together->size(), times.size());
  EXPECT_LT(scans, 50u);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto alone = value_at(plain, series, times[i]);
    ASSERT_TRUE(alone.has_value());
    EXPECT_EQ(alone->value, together->value(i)) << i;
  }
}

TEST(Interpolation, AnErrorOfTheScanIsPassedOn) {
  const Scanner broken = [](const Scan&) -> Result<penstock::Run> {
    return fail(ErrorCode::store_unavailable);
  };
  const auto value = value_at(broken, series_of(Kind::float64), at_second(0));
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().code, ErrorCode::store_unavailable);
}

TEST(Chunks, CoverARangeInBothDirections) {
  penstock::Run stored;
  for (int i = 0; i < 100; ++i) stored.push(at_second(i), static_cast<double>(i));
  for (const bool newest_first : {false, true}) {
    std::vector<std::int64_t> seen;
    const auto take = [&](const penstock::Run& run) -> Result<bool> {
      seen.insert(seen.end(), run.times.begin(), run.times.end());
      return true;
    };
    ASSERT_TRUE(
        each_chunk(scanner_of(stored), PointId{1}, at_second(10), at_second(59), newest_first, 7, take)
            .has_value());
    ASSERT_EQ(seen.size(), 50u);
    EXPECT_EQ(seen.front(), at_second(newest_first ? 59 : 10).unix_ns());
    EXPECT_EQ(seen.back(), at_second(newest_first ? 10 : 59).unix_ns());
  }
}

}  // namespace
}  // namespace penstock::archive::retrieval
