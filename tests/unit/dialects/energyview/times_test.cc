#include "dialects/energyview/times.h"

#include <gtest/gtest.h>

#include "dialects/energyview/buckets.h"

namespace penstock::dialects::energyview {
namespace {

Timestamp at(const char* text) {
  return parse_timestamp(text, OffsetRule::utc_if_absent).value();
}
Zone zone(const char* name) {
  return Zone::find(name).value();
}
std::string local(const char* utc, const char* name) {
  Offsets offsets{zone(name)};
  std::string text;
  append_local(text, at(utc), offsets);
  return text;
}

TEST(Zone, IsFoundByItsName) {
  EXPECT_TRUE(Zone::find("Europe/Stockholm").has_value());
  EXPECT_TRUE(Zone::find("UTC")->is_utc());
  ASSERT_FALSE(Zone::find("Mars/Base").has_value());
}

TEST(Zone, SkippedTimesMoveForwardAndRepeatedOnesAreTheEarlier) {
  TimeReader times{zone("Europe/Stockholm")};
  // 2024-03-31 02:00 became 03:00; 2024-10-27 03:00 became 02:00 again.
  EXPECT_EQ(times.read("2024-03-31T02:30:00").value(), at("2024-03-31T01:30:00Z"));
  EXPECT_EQ(times.read("2024-10-27T02:30:00").value(), at("2024-10-27T00:30:00Z"));
  EXPECT_EQ(times.read("2024-10-27T03:30:00").value(), at("2024-10-27T02:30:00Z"));
}

TEST(TimeReader, ReadsEveryFormAlikeOnTheFirstAndOnTheNextCall) {
  struct {
    const char* text;
    const char* utc;
  } const cases[] = {
      {"2024-05-01T06:00:00Z", "2024-05-01T06:00:00Z"},
      {"2024-05-01t06:00:00z", "2024-05-01T06:00:00Z"},
      {"2024-05-01 06:00:00Z", "2024-05-01T06:00:00Z"},
      {"2024-05-01T08:15:00+02:00", "2024-05-01T06:15:00Z"},
      {"2024-05-01T08:15:00+0200", "2024-05-01T06:15:00Z"},
      {"2024-05-01T08:15:00+02", "2024-05-01T06:15:00Z"},
      {"2024-05-01T00:15:00-11:30", "2024-05-01T11:45:00Z"},
      {"2024-05-01T06:00:00.5Z", "2024-05-01T06:00:00.5Z"},
      {"2024-05-01T06:00:00.123456789Z", "2024-05-01T06:00:00.123456Z"},
      {"1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z"},
      {"2024-05-01T06:00:00", "2024-05-01T06:00:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    TimeReader times{Zone{}};
    EXPECT_EQ(times.read(c.text).value(), at(c.utc));
    EXPECT_EQ(times.read(c.text).value(), at(c.utc));
  }
}

TEST(TimeReader, RefusesWhatIsNoTimeAlsoOnAKnownDay) {
  TimeReader times{Zone{}};
  ASSERT_TRUE(times.read("2024-05-01T06:00:00Z").has_value());
  for (const char* text : {"2024-05-01", "2024-05-01T24:00:00Z", "2024-05-01T06:60:00Z",
                           "2024-05-01T06:00:61Z", "2024-05-01T06:00:00.Z", "2024-05-01T06:00:00X",
                           "2024-05-01T06:00:00+2:00", "2024-05-01T06:00:00+24:00", "2024-05-01T06-00-00Z",
                           "2024-02-30T06:00:00Z", "2300-01-01T00:00:00Z", "tomorrow", ""}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(times.read(text).has_value());
  }
}

TEST(TimeReader, KnowsNoDayBeforeItReadOne) {
  TimeReader times{Zone{}};
  EXPECT_FALSE(times.read(std::string(10, '\0') + "T06:00:00Z").has_value());
}

TEST(LocalTimes, CarryTheOffsetOfTheirInstant) {
  EXPECT_EQ(local("2024-05-01T06:00:00Z", "Europe/Stockholm"), "2024-05-01T08:00:00+02:00");
  EXPECT_EQ(local("2024-01-01T06:00:00.25Z", "Europe/Stockholm"), "2024-01-01T07:00:00.25+01:00");
  EXPECT_EQ(local("2024-05-01T06:00:00Z", "UTC"), "2024-05-01T06:00:00+00:00");
  EXPECT_EQ(local("2024-05-01T02:00:00.000001Z", "America/St_Johns"), "2024-04-30T23:30:00.000001-02:30");
  // Local mean time had seconds in its offset; the instant stays the same.
  const std::string old_time = local("1800-01-01T00:00:00Z", "Europe/Stockholm");
  EXPECT_EQ(at(old_time.c_str()), at("1800-01-01T00:00:00Z"));
}

TEST(Epochs, AreWholeOrFractions) {
  const auto epoch = [](const char* utc) {
    std::string text;
    append_epoch(text, at(utc));
    return text;
  };
  EXPECT_EQ(epoch("2024-05-01T10:00:00Z"), "1714557600");
  EXPECT_EQ(epoch("2024-05-01T10:00:00.25Z"), "1714557600.25");
  EXPECT_EQ(epoch("1969-12-31T23:59:58.5Z"), "-1.5");
  EXPECT_EQ(epoch("1970-01-01T00:00:00Z"), "0");
}

TEST(Buckets, BeginOnTheClockOfTheDomain) {
  struct {
    Resolution resolution;
    const char* zone;
    const char* utc;
    const char* bucket;
  } const cases[] = {
      {Resolution::second, "UTC", "2024-05-01T06:07:08.9Z", "2024-05-01T06:07:08Z"},
      {Resolution::minute, "UTC", "2024-05-01T06:07:08Z", "2024-05-01T06:07:00Z"},
      {Resolution::minute5, "UTC", "2024-05-01T06:09:59Z", "2024-05-01T06:05:00Z"},
      {Resolution::minute20, "UTC", "2024-05-01T06:59:59Z", "2024-05-01T06:40:00Z"},
      {Resolution::hour, "Asia/Kolkata", "2024-05-01T06:10:00Z", "2024-05-01T05:30:00Z"},
      {Resolution::day, "Europe/Stockholm", "2024-05-01T22:30:00Z", "2024-05-01T22:00:00Z"},
      {Resolution::day, "Europe/Stockholm", "2024-05-01T21:59:59Z", "2024-04-30T22:00:00Z"},
      {Resolution::day, "Europe/Stockholm", "2024-03-31T20:00:00Z", "2024-03-30T23:00:00Z"},
      {Resolution::month, "Europe/Stockholm", "2024-04-15T00:00:00Z", "2024-03-31T22:00:00Z"},
      {Resolution::year, "UTC", "2024-05-01T00:00:00Z", "2024-01-01T00:00:00Z"},
      {Resolution::decade, "UTC", "2024-05-01T00:00:00Z", "2020-01-01T00:00:00Z"},
      {Resolution::century, "UTC", "2000-05-01T00:00:00Z", "1901-01-01T00:00:00Z"},
      {Resolution::century, "UTC", "2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"},
      {Resolution::millennia, "UTC", "2024-05-01T00:00:00Z", "2001-01-01T00:00:00Z"},
      {Resolution::minute, "UTC", "1969-12-31T23:59:30Z", "1969-12-31T23:59:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.utc);
    Offsets offsets{zone(c.zone)};
    EXPECT_EQ(format_trimmed(bucket_of(at(c.utc), c.resolution, offsets)), c.bucket);
  }
}

TEST(Buckets, AggregateWhatFallsIntoThem) {
  Rows rows;
  rows.data = {
      {at("2024-05-01T10:00:00Z"), 1}, {at("2024-05-01T10:30:00Z"), 4}, {at("2024-05-01T12:00:00Z"), 7}};
  struct {
    Aggregate aggregate;
    double first, second;
  } const cases[] = {{Aggregate::avg, 2.5, 7},
                     {Aggregate::min, 1, 7},
                     {Aggregate::max, 4, 7},
                     {Aggregate::sum, 5, 7},
                     {Aggregate::count, 2, 1}};
  for (const auto& c : cases) {
    const Rows made = aggregated(rows, Resolution::hour, c.aggregate, {});
    ASSERT_EQ(made.data.size(), 2u);
    EXPECT_EQ(made.data[0], (std::pair{at("2024-05-01T10:00:00Z"), c.first}));
    EXPECT_EQ(made.data[1], (std::pair{at("2024-05-01T12:00:00Z"), c.second}));
  }
}

TEST(Rows, ShowTheLatestOfAMicrosecondAndNoStates) {
  penstock::Run run;
  const Timestamp start = at("2024-05-01T10:00:00Z");
  run.push(start, 1.0);
  run.push(start.plus_ns(100), 2.0);
  Quality no_data;
  no_data.state = system_state::kNoData;
  run.push(start.plus_ns(5000), 0.0, no_data);
  run.push(start.plus_ns(6000), 3.0);
  const Rows rows = shown_rows(run);
  ASSERT_EQ(rows.data.size(), 2u);
  EXPECT_EQ(rows.data[0], (std::pair{start, 2.0}));
  EXPECT_EQ(rows.data[1].second, 3.0);
}

TEST(Rows, AcceptedAreAscendingAndTheLastOfEachTime) {
  penstock::Run sent;
  const Timestamp start = at("2024-05-01T10:00:00Z");
  sent.push(start.plus_ns(2000), 2.0);
  sent.push(start, 1.0);
  sent.push(start.plus_ns(2000), 3.0);
  sent.push(start.plus_ns(9000), 9.0);
  Outcomes outcomes;
  outcomes.push(Outcome::stored, 2);
  outcomes.push(Outcome::replaced);
  outcomes.push(Outcome::ignored);
  const Rows rows = accepted_rows(sent, outcomes);
  ASSERT_EQ(rows.data.size(), 2u);
  EXPECT_EQ(rows.data[0], (std::pair{start, 1.0}));
  EXPECT_EQ(rows.data[1], (std::pair{start.plus_ns(2000), 3.0}));
}

}  // namespace
}  // namespace penstock::dialects::energyview
