#include "archive/retrieval/plot.h"

#include "table_series.h"

namespace penstock::archive::retrieval {
namespace {

struct PlotCase {
  const char* name;
  Kind kind;
  Course course;
  const char* stored;
  double first, last;
  std::size_t parts;
  const char* drawn;
};
const PlotCase kPlots[] = {
    {"first, last, lowest, highest", Kind::float64, Course::line, "0=5 1=9 2=7 3=1 4=2 10=6", 0, 10, 1,
     "0=5 1=9 3=1 10=6"},
    {"in each part", Kind::float64, Course::line, "0=5 1=9 2=7 3=1 4=2 5=3 6=4 7=3 8=8 10=6", 0, 10, 2,
     "0=5 1=9 3=1 4=2 5=3 8=8 10=6"},
    {"one odd one of a part", Kind::float64, Course::line, "0=5 1=! 2=! 3=9 4=7 5=1 6=2 10=3", 0, 10, 1,
     "0=5 1=! 3=9 5=1 10=3"},
    {"nothing but odd ones", Kind::float64, Course::line, "0=! 1=! 2=!", 0, 2, 1, "0=! 2=!"},
    {"values on the line at both ends", Kind::float64, Course::line, "0=0 4=4 8=8", 2, 6, 1, "2=2 4=4 6=6"},
    {"held values at both ends", Kind::float64, Course::steps, "0=0 4=4 8=8", 2, 6, 1, "2=0 4=4 6=4"},
    {"nothing known at the start", Kind::float64, Course::line, "4=4 8=8", 2, 6, 1, "4=4 6=6"},
    {"no samples inside", Kind::float64, Course::line, "0=0 8=8", 2, 6, 3, "2=2 6=6"},
    {"nothing at all", Kind::float64, Course::line, "", 2, 6, 3, ""},
    {"behind the horizon", Kind::float64, Course::line, "0=1", 0, 2000, 1, "0=1"},
    {"one instant", Kind::float64, Course::line, "0=0 8=8", 4, 4, 4, "4=4"},
    {"integers", Kind::int64, Course::line, "0=5 1=9 2=7 3=1 4=2", 0, 4, 1, "0=5 1=9 3=1 4=2"},
    {"codes: changes", Kind::digital, Course::line, "0=0 1=0 2=1 3=1 4=0 5=0 6=1 7=1 8=2 9=2 10=0", 0, 10, 1,
     "0=0 2=1 4=0 6=1 10=0"},
    {"texts: changes", Kind::text, Course::line, "0=a 1=a 2=b 3=b 4=! 5=b", 0, 5, 1, "0=a 2=b 4=! 5=b"},
};
TEST(Plot, OfAFewSamples) {
  for (const auto& c : kPlots) {
    SCOPED_TRACE(c.name);
    const penstock::Run stored = run_of(c.stored, c.kind);
    Series series = series_of(c.kind, c.course);
    series.horizon = at_second(1000);
    const auto drawn = plot(scanner_of(stored), series, {at_second(c.first), at_second(c.last)}, c.parts);
    ASSERT_TRUE(drawn.has_value());
    EXPECT_EQ(text_of(*drawn), c.drawn);
  }
}

TEST(Plot, OfManySamplesHasTheExtremesOfEachPart) {
  penstock::Run stored;
  const auto height = [](int i) { return static_cast<double>(i * 7919 % 1000); };
  for (int i = 0; i < 50'000; ++i) stored.push(at_second(i), height(i));  // More than one chunk.
  const Series series = series_of(Kind::float64);
  const auto drawn = plot(scanner_of(stored), series, {at_second(0), at_second(49'999)}, 10);
  ASSERT_TRUE(drawn.has_value());
  EXPECT_LE(drawn->size(), 42u);
  EXPECT_TRUE(std::is_sorted(drawn->times.begin(), drawn->times.end()));
  for (int part = 0; part < 10; ++part) {
    double low = 2000, high = -1;
    for (std::size_t i = 0; i < drawn->size(); ++i) {
      if (drawn->times[i] / 4'999'900'000'000 != part) continue;
      low = std::min(low, drawn->numbers[i]);
      high = std::max(high, drawn->numbers[i]);
    }
    EXPECT_EQ(low, 0) << part;
    EXPECT_EQ(high, 999) << part;
  }
}

}  // namespace
}  // namespace penstock::archive::retrieval
