#include "archive/retrieval/summary.h"

#include "table_series.h"

namespace penstock::archive::retrieval {
namespace {

/// `looked_at good mean variance min@time max@time`, numbers as short as they go.
std::string text_of(const Summary& summary) {
  char text[200];
  const double variance = summary.good > 0 ? summary.squares / summary.good : 0;
  std::snprintf(text, sizeof text, "%g %g %g %.4g", summary.looked_at, summary.good, summary.mean, variance);
  std::string line = text;
  for (const auto& extreme : {summary.minimum, summary.maximum}) {
    if (!extreme) {
      line += " -";
      continue;
    }
    std::snprintf(text, sizeof text, " %g@%g", extreme->value,
                  static_cast<double>(extreme->time.unix_ns()) / 1e9);
    line += text;
  }
  return line;
}

struct SummaryCase {
  const char* name;
  Kind kind;
  Course course;
  Weighting weighting;
  Ends ends;
  const char* stored;
  std::vector<double> edges;
  const char* result;  // Intervals parted by " | ".
};
const auto kLine = Course::line;
const auto kSteps = Course::steps;
const auto kTime = Weighting::time;
const auto kEvents = Weighting::events;

const SummaryCase kSummaries[] = {
    {"a line", Kind::float64, kLine, kTime, Ends::both, "0=0 10=10", {0, 10}, "10 10 5 8.333 0@0 10@10"},
    {"a line, cut at both ends",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=0 10=10",
     {2, 6},
     "4 4 4 1.333 2@2 6@6"},
    {"steps", Kind::float64, kSteps, kTime, Ends::both, "0=0 5=10 10=4", {0, 10}, "10 10 5 25 0@0 10@5"},
    {"steps: a sample on the end is seen",
     Kind::float64,
     kSteps,
     kTime,
     Ends::both,
     "0=1 10=7",
     {0, 10},
     "10 10 1 0 1@0 7@10"},
    {"two intervals of a line",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=0 10=10",
     {0, 5, 10},
     "5 5 2.5 2.083 0@0 5@5 | 5 5 7.5 2.083 5@5 10@10"},
    {"a bad stretch counts as looked at",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=4 5=! 10=4",
     {0, 20},
     "20 15 4 0 4@0 4@0"},
    {"before a bad one the value holds",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=4 5=!",
     {0, 5},
     "5 5 4 0 4@0 4@0"},
    {"before the first nothing is known",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "5=2",
     {0, 10},
     "10 5 2 0 2@5 2@5"},
    {"beyond the horizon nothing is known",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=2",
     {0, 200},
     "200 100 2 0 2@0 2@0"},
    {"the sample behind the range draws the line",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=0 20=20",
     {5, 10},
     "5 5 7.5 2.083 5@5 10@10"},
    {"nothing at all", Kind::float64, kLine, kTime, Ends::both, "", {0, 10}, "10 0 0 0 - -"},
    {"one instant has no time",
     Kind::float64,
     kLine,
     kTime,
     Ends::both,
     "0=0 5=5",
     {5, 5},
     "0 0 0 0 5@5 5@5"},
    {"codes: only time and share",
     Kind::digital,
     kLine,
     kTime,
     Ends::both,
     "0=1 5=! 10=2",
     {0, 20},
     "20 15 0 0 - -"},

    {"events", Kind::float64, kLine, kEvents, Ends::both, "0=1 5=2 10=6", {0, 10}, "3 3 3 4.667 1@0 6@10"},
    {"events: a bad one",
     Kind::float64,
     kLine,
     kEvents,
     Ends::both,
     "0=1 5=! 10=5",
     {0, 10},
     "3 2 3 4 1@0 5@10"},
    {"events: none inside", Kind::float64, kLine, kEvents, Ends::both, "0=1 10=5", {2, 8}, "0 0 0 0 - -"},
    {"events: one instant",
     Kind::float64,
     kLine,
     kEvents,
     Ends::both,
     "0=1 10=5",
     {10, 10},
     "1 1 5 0 5@10 5@10"},
    {"events: first ends",
     Kind::float64,
     kLine,
     kEvents,
     Ends::first,
     "0=1 5=2 10=6",
     {0, 5, 10},
     "1 1 1 0 1@0 1@0 | 1 1 2 0 2@5 2@5"},
    {"events: last ends",
     Kind::float64,
     kLine,
     kEvents,
     Ends::last,
     "0=1 5=2 10=6",
     {0, 5, 10},
     "1 1 2 0 2@5 2@5 | 1 1 6 0 6@10 6@10"},
    {"events: both ends",
     Kind::float64,
     kLine,
     kEvents,
     Ends::both,
     "0=1 5=2 10=6",
     {0, 5, 10},
     "2 2 1.5 0.25 1@0 2@5 | 2 2 4 4 2@5 6@10"},
    {"events of codes", Kind::digital, kLine, kEvents, Ends::both, "0=1 5=! 10=2", {0, 10}, "3 2 0 0 - -"},
};
TEST(Summaries, OfAFewSamples) {
  for (const auto& c : kSummaries) {
    SCOPED_TRACE(c.name);
    const penstock::Run stored = run_of(c.stored, c.kind);
    Series series = series_of(c.kind, c.course);
    series.horizon = at_second(100);
    std::vector<Timestamp> edges;
    for (const double edge : c.edges) edges.push_back(at_second(edge));
    SummaryRequest request;
    request.edges = edges;
    request.weighting = c.weighting;
    request.ends = c.ends;
    const auto summaries = summarize(scanner_of(stored), series, request);
    ASSERT_TRUE(summaries.has_value());
    std::string line;
    for (const Summary& summary : *summaries) line += (line.empty() ? "" : " | ") + text_of(summary);
    EXPECT_EQ(line, c.result);
  }
}

struct FilterCase {
  const char* name;
  Weighting weighting;
  const char* stored;
  std::vector<double> asked;  // Where the filter is asked; empty: at each sample.
  double over;                // The filter passes numbers above this.
  const char* result;         // Of [0, 10].
};
const FilterCase kFilters[] = {
    {"a sample's verdict holds until the next", kTime, "0=0 4=4 10=10", {}, 2, "6 6 7 3 4@4 10@10"},
    {"nothing passes", kTime, "0=0 4=4 10=10", {}, 20, "0 0 0 0 - -"},
    {"events that pass", kEvents, "0=0 4=4 10=10", {}, 2, "2 2 7 9 4@4 10@10"},
    {"asked at times of its own", kTime, "0=0 10=10", {0, 2, 4, 6, 8, 10}, 5, "4 4 8 1.333 6@6 10@10"},
    {"asked at its own times, events", kEvents, "0=0 5=5 7=7 9=9 10=10", {0, 8}, 5, "2 2 9.5 0.25 9@9 10@10"},
};
TEST(Summaries, OfWhatAFilterLetsPass) {
  for (const auto& c : kFilters) {
    SCOPED_TRACE(c.name);
    const penstock::Run stored = run_of(c.stored);
    const std::vector<Timestamp> edges{at_second(0), at_second(10)};
    std::vector<Timestamp> asked;
    for (const double time : c.asked) asked.push_back(at_second(time));
    SummaryRequest request;
    request.edges = edges;
    request.weighting = c.weighting;
    request.filter = [&](const Sample& sample) {
      return is_good(sample) && number_of(sample.value) > c.over;
    };
    request.filter_times = asked;
    const auto summaries = summarize(scanner_of(stored), series_of(Kind::float64), request);
    ASSERT_TRUE(summaries.has_value());
    EXPECT_EQ(text_of(summaries->front()), c.result);
  }
}

TEST(Summaries, OfLargeNumbersKeepTheirSpread) {
  penstock::Run stored;
  for (int i = 0; i < 1000; ++i) stored.push(at_second(i), 1e9 + i % 2);
  const std::vector<Timestamp> edges{at_second(0), at_second(999)};
  SummaryRequest request;
  request.edges = edges;
  request.weighting = Weighting::events;
  const auto summaries = summarize(scanner_of(stored), series_of(Kind::float64), request);
  ASSERT_TRUE(summaries.has_value());
  EXPECT_NEAR(summaries->front().squares / summaries->front().good, 0.25, 1e-9);
}

}  // namespace
}  // namespace penstock::archive::retrieval
