#include "model/time.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

struct ParseCase {
  const char* text;
  std::int64_t ns;
};

TEST(Time, TextsThatNameAnInstant) {
  const ParseCase kCases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-04-02T06:30:00Z", 1'775'111'400'000'000'000},
      {"2026-04-02t06:30:00z", 1'775'111'400'000'000'000},
      {"2026-04-02 06:30:00Z", 1'775'111'400'000'000'000},
      {"2026-04-02T06:30Z", 1'775'111'400'000'000'000},
      {"2026-04-02T08:30:00+02:00", 1'775'111'400'000'000'000},
      {"2026-04-02T08:30:00+0200", 1'775'111'400'000'000'000},
      {"2026-04-02T08:30:00+02", 1'775'111'400'000'000'000},
      {"2026-04-01T23:45:00-06:45", 1'775'111'400'000'000'000},
      {"2026-04-02T06:30:00-00:00", 1'775'111'400'000'000'000},
      {"2026-04-02T06:30:00.25Z", 1'775'111'400'250'000'000},
      {"2026-04-02T06:30:00,25Z", 1'775'111'400'250'000'000},
      {"2026-04-02T06:30:00.123456789Z", 1'775'111'400'123'456'789},
      {"2026-04-02T06:30:00.1234567899999999999999999999Z", 1'775'111'400'123'456'789},
      {"2026-04-02T06:30:00.000000001Z", 1'775'111'400'000'000'001},
      {"1969-12-31T23:59:59.999999999Z", -1},
      {"1969-12-31T23:59:59Z", -1'000'000'000},
      {"2000-02-29T00:00:00Z", 951'782'400'000'000'000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000'000'000},
      {"1900-03-01T00:00:00Z", -2'203'891'200'000'000'000},
      {"2016-12-31T23:59:60Z", 1'483'228'799'999'999'999},
      {"2016-12-31T23:59:60.5Z", 1'483'228'799'999'999'999},
      {"2017-01-01T00:59:60+01:00", 1'483'228'799'999'999'999},
      {"1677-09-21T00:12:43.145224192Z", kMin},
      {"2262-04-11T23:47:16.854775807Z", kMax},
      {"2262-04-12T01:47:16.854775807+02:00", kMax},
      {"1677-09-20T22:12:43.145224192-02:00", kMin},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto time = parse_timestamp(c.text, OffsetRule::required);
    ASSERT_TRUE(time.has_value()) << time.error().detail;
    EXPECT_EQ(time->unix_ns(), c.ns);
  }
}

TEST(Time, TextsThatDoNot) {
  const char* kCases[] = {"",
                          "now",
                          "2026",
                          "2026-04",
                          "2026-04-02",
                          "2026-04-02T",
                          "2026-04-02T06",
                          "2026-04-02T06:3Z",
                          "2026-04-02T06:30:0Z",
                          "2026-04-02T06:30:00.Z",
                          "2026-04-02T06:30:00Zx",
                          "2026-04-02T06:30:00+",
                          "2026-04-02T06:30:00+2",
                          "2026-04-02T06:30:00+02:",
                          "2026-04-02T06:30:00+02:0",
                          "2026-04-02T06:30:00+02:000",
                          "2026-04-02T06:30:00+24:00",
                          "2026-04-02T06:30:00+02:60",
                          "2026-13-02T06:30:00Z",
                          "2026-00-02T06:30:00Z",
                          "2026-04-31T06:30:00Z",
                          "2026-04-00T06:30:00Z",
                          "2026-02-29T06:30:00Z",
                          "1900-02-29T00:00:00Z",
                          "2026-04-02T24:00:00Z",
                          "2026-04-02T06:60:00Z",
                          "2026-04-02T06:30:61Z",
                          "26-04-02T06:30:00Z",
                          "+2026-04-02T06:30:00Z",
                          "2026/04/02T06:30:00Z",
                          "2026-04-02X06:30:00Z",
                          " 2026-04-02T06:30:00Z",
                          "2026-04-02T06:30:00 Z",
                          "2026-04-02T06:30:60.Z",
                          "2026-4-2T06:30:00Z"};
  for (const char* text : kCases) {
    SCOPED_TRACE(text);
    const auto time = parse_timestamp(text, OffsetRule::utc_if_absent);
    ASSERT_FALSE(time.has_value());
    EXPECT_EQ(time.error().code, ErrorCode::invalid_time);
  }
}

TEST(Time, TextsBeyondTheRange) {
  const char* kCases[] = {"1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z",
                          "0000-01-01T00:00:00Z",           "9999-12-31T23:59:59.9999999Z",
                          "0001-01-01T00:00:00Z",           "2262-04-11T23:47:16.854775807-00:01"};
  for (const char* text : kCases) {
    SCOPED_TRACE(text);
    const auto time = parse_timestamp(text, OffsetRule::required);
    ASSERT_FALSE(time.has_value());
    EXPECT_EQ(time.error().code, ErrorCode::time_out_of_range);
  }
}

TEST(Time, ATextWithoutZoneFollowsTheRule) {
  EXPECT_FALSE(parse_timestamp("2026-04-02T06:30:00", OffsetRule::required).has_value());
  const auto time = parse_timestamp("2026-04-02T06:30:00", OffsetRule::utc_if_absent);
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(time->unix_ns(), 1'775'111'400'000'000'000);
  const auto parsed = parse_iso8601("2026-04-02T06:30");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_FALSE(parsed->has_offset);
  EXPECT_EQ(parsed->local.hour, 6);
}

TEST(Time, ALeapSecondIsTheLastNanosecondBeforeIt) {
  const auto parsed = parse_iso8601("2016-12-31T23:59:60Z");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->leap_second);
  EXPECT_EQ(parsed->local.second, 59);
  EXPECT_EQ(parsed->local.nanosecond, 999'999'999);
  EXPECT_FALSE(parse_iso8601("2016-12-31T23:59:59Z")->leap_second);
}

TEST(Time, OffsetsAreSeconds) {
  EXPECT_EQ(parse_iso8601("2026-04-02T06:30:00+05:30")->offset_seconds, 19'800);
  EXPECT_EQ(parse_iso8601("2026-04-02T06:30:00-03")->offset_seconds, -10'800);
  EXPECT_EQ(parse_iso8601("2026-04-02T06:30:00Z")->offset_seconds, 0);
}

struct FormatCase {
  std::int64_t ns;
  const char* trimmed;
  const char* milliseconds;
};

TEST(Time, InstantsAsText) {
  const FormatCase kCases[] = {
      {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {1'775'111'400'250'000'000, "2026-04-02T06:30:00.25Z", "2026-04-02T06:30:00.250Z"},
      {1'775'111'400'999'999'999, "2026-04-02T06:30:00.999999999Z", "2026-04-02T06:30:00.999Z"},
      {1'775'111'400'000'000'100, "2026-04-02T06:30:00.0000001Z", "2026-04-02T06:30:00.000Z"},
      {-1, "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999Z"},
      {-1'000'000'000, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"},
      {951'782'400'000'000'000, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {kMin, "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.145Z"},
      {kMax, "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854Z"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.trimmed);
    const Timestamp time = Timestamp::from_unix_ns(c.ns);
    EXPECT_EQ(format_trimmed(time), c.trimmed);
    EXPECT_EQ(format_fixed(time, 3), c.milliseconds);
    EXPECT_EQ(parse_timestamp(format_trimmed(time), OffsetRule::required), time);
    EXPECT_EQ(parse_timestamp(format_fixed(time, 9), OffsetRule::required), time);
  }
  EXPECT_EQ(format_fixed(Timestamp::from_unix_ns(1), 0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_fixed(Timestamp::from_unix_ns(1), 7), "1970-01-01T00:00:00.0000000Z");
  std::string out = "at ";
  append_trimmed(out, Timestamp::from_unix_ns(0));
  EXPECT_EQ(out, "at 1970-01-01T00:00:00Z");
}

TEST(Time, EveryDayOfTheRangeIsItsOwnCalendarDay) {
  std::int64_t days = days_from_civil(1677, 9, 22);
  int month_days = 22, month = 9, year = 1677;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (; days <= days_from_civil(2262, 4, 11); ++days) {
    ASSERT_EQ(days_from_civil(year, month, month_days), days);
    const CivilTime civil = civil_from(Timestamp::from_unix_ns(days * 86'400 * kNsPerSecond));
    ASSERT_EQ(civil.year, year);
    ASSERT_EQ(civil.month, month);
    ASSERT_EQ(civil.day, month_days);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (++month_days > kDays[month - 1] + (month == 2 && leap ? 1 : 0)) {
      month_days = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
}

struct FloorCase {
  const char* name;
  std::int64_t ns, slot, floor;
};

TEST(Time, FloorGoesDownAlsoBefore1970) {
  const FloorCase kCases[] = {
      {"inside a slot", 1'999, 1'000, 1'000},
      {"on a slot", 2'000, 1'000, 2'000},
      {"just before 1970", -1, 1'000, -1'000},
      {"on a slot before 1970", -1'000, 1'000, -1'000},
      {"inside a slot before 1970", -1'001, 1'000, -2'000},
      {"zero", 0, 1'000, 0},
      {"the greatest", kMax, kNsPerSecond, kMax - 854'775'807},
      {"the least, whose slot is cut", kMin, kNsPerSecond, kMin},
      {"the first whole slot", -9'223'372'036'000'000'000, kNsPerSecond, -9'223'372'036'000'000'000},
      {"one slot for every nanosecond", -5, 1, -5},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Timestamp::from_unix_ns(c.ns).floor_to(c.slot).unix_ns(), c.floor);
  }
}

TEST(Time, FieldsBeyondTheRangeAreNoInstant) {
  EXPECT_FALSE(from_civil({2263, 1, 1, 0, 0, 0, 0}).has_value());
  EXPECT_FALSE(from_civil({1677, 1, 1, 0, 0, 0, 0}).has_value());
  EXPECT_EQ(from_civil({1970, 1, 2, 0, 0, 0, 7})->unix_ns(), 86'400 * kNsPerSecond + 7);
}

}  // namespace
}  // namespace penstock
