#include "dialects/common/pi_time.h"

#include <gtest/gtest.h>

namespace penstock::dialects {
namespace {

// A Friday.
const Timestamp kNow = *parse_timestamp("2026-11-20T12:43:20.1234567Z", OffsetRule::required);

struct TimeCase {
  const char* text;
  const char* zone;
  const char* utc;  // Null: refused.
};

const TimeCase kTimes[] = {
    {"*", "", "2026-11-20T12:43:20.1234567Z"},
    {"", "", "2026-11-20T12:43:20.1234567Z"},
    {" * ", "", "2026-11-20T12:43:20.1234567Z"},
    {"T", "", "2026-11-20T00:00:00Z"},
    {"today", "", "2026-11-20T00:00:00Z"},
    {"Y", "", "2026-11-19T00:00:00Z"},
    {"YESTERDAY", "", "2026-11-19T00:00:00Z"},
    {"Fri", "", "2026-11-20T00:00:00Z"},
    {"Saturday", "", "2026-11-14T00:00:00Z"},
    {"Mon+2h", "", "2026-11-16T02:00:00Z"},
    {"Nov", "", "2026-11-20T00:00:00Z"},
    {"december", "", "2025-12-20T00:00:00Z"},
    {"feb", "", "2026-02-20T00:00:00Z"},
    {"1", "", "2026-11-01T00:00:00Z"},
    {"30", "", "2026-11-30T00:00:00Z"},
    {"31", "", nullptr},
    {"2024", "", "2024-11-20T00:00:00Z"},
    {"1969", "", nullptr},
    {"14:30", "", "2026-11-20T14:30:00Z"},
    {"14:30:15", "", "2026-11-20T14:30:15Z"},
    {"14:30:15:250", "", "2026-11-20T14:30:15.25Z"},
    {"14:30:15.25", "", "2026-11-20T14:30:15.25Z"},
    {"25:30", "", nullptr},
    {"2026-04-02T06:30:00Z", "", "2026-04-02T06:30:00Z"},
    {"2026-04-02T06:30:00.1234567Z", "", "2026-04-02T06:30:00.1234567Z"},
    {"2026-04-02T06:30:00.12345678Z", "", "2026-04-02T06:30:00.1234567Z"},
    {"2026-04-02 06:30:00", "", "2026-04-02T06:30:00Z"},
    {"2026-04-02", "", "2026-04-02T00:00:00Z"},
    {"2026-04-02T06:30", "", "2026-04-02T06:30:00Z"},
    {"2026-04-02T06:30:00+02:00", "", "2026-04-02T04:30:00Z"},
    {"2026-04-02T06:30:00+0200", "", "2026-04-02T04:30:00Z"},
    {"2026-04-02T06:30:00.5-05:00", "", "2026-04-02T11:30:00.5Z"},
    {"2026-04-02T06:30:00 02:00", "", "2026-04-02T04:30:00Z"},
    {"2026-04-02T06:30:00 00:00", "", "2026-04-02T06:30:00Z"},
    {"2026-04-02T06:30:00Z-1h", "", "2026-04-02T05:30:00Z"},
    {"2026-04-02T06:30:00-1h30m", "", "2026-04-02T05:00:00Z"},
    {"2026-04-02 +2d", "", "2026-04-04T00:00:00Z"},
    {"2-Apr-2026 06:30:00", "", "2026-04-02T06:30:00Z"},
    {"20-Nov-26 04:00:00", "", "2026-11-20T04:00:00Z"},
    {"20-Nov-86", "", "1986-11-20T00:00:00Z"},
    {"04/02/2026 6:30 AM", "", "2026-04-02T06:30:00Z"},
    {"4/2/2026 12:05:01 PM", "", "2026-04-02T12:05:01Z"},
    {"4/2/2026 12:05 am", "", "2026-04-02T00:05:00Z"},
    {"13/13/2026", "", nullptr},
    {"Wed, 18 Nov 2026 00:00:00 GMT", "", "2026-11-18T00:00:00Z"},
    {"Wed, 18 Nov 2026 10:00:00 +0100", "", "2026-11-18T09:00:00Z"},
    {"*-1h", "", "2026-11-20T11:43:20.1234567Z"},
    {"*-1h30m", "", "2026-11-20T11:13:20.1234567Z"},
    {"* - 1 h 30 m", "", "2026-11-20T11:13:20.1234567Z"},
    {"*-1.5h", "", "2026-11-20T11:13:20.1234567Z"},
    {"*-250ms", "", "2026-11-20T12:43:19.8734567Z"},
    {"*-8", "", "2026-11-20T04:43:20.1234567Z"},
    {"*-0:30", "", "2026-11-20T12:13:20.1234567Z"},
    {"*-1:00:00.5", "", "2026-11-20T11:43:19.6234567Z"},
    {"-1h", "", "2026-11-20T11:43:20.1234567Z"},
    {"+9m", "", "2026-11-20T12:52:20.1234567Z"},
    {"* 5d", "", "2026-11-25T12:43:20.1234567Z"},
    {"T+8h", "", "2026-11-20T08:00:00Z"},
    {"Y-2d+30m", "", "2026-11-17T00:30:00Z"},
    {"T-1mo", "", "2026-10-20T00:00:00Z"},
    {"2026-03-31 -1mo", "", "2026-02-28T00:00:00Z"},
    {"T-1y", "", "2025-11-20T00:00:00Z"},
    {"T-2weeks", "", "2026-11-06T00:00:00Z"},
    {"T-1yd-1wd", "", "2026-11-18T00:00:00Z"},
    {"*-1.5d", "", nullptr},
    {"*-1x", "", nullptr},
    {"*-", "", nullptr},
    {"*1h", "", nullptr},
    {"1h", "", nullptr},
    {"nonsense", "", nullptr},
    {"2026-02-29", "", nullptr},
    {"2026-13-01T00:00:00Z", "", nullptr},
    {"T-9999999y", "", nullptr},
    {"*-999999999h", "", nullptr},
    // Zones: what has no offset is a clock time there.
    {"T", "Europe/Berlin", "2026-11-19T23:00:00Z"},
    {"2026-07-01 12:00", "W. Europe Standard Time", "2026-07-01T10:00:00Z"},
    {"2026-07-01T12:00:00Z", "Europe/Berlin", "2026-07-01T12:00:00Z"},
    {"2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T01:30:00Z"},  // Twice: standard time.
    {"2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:30:00Z"},  // Never: forward.
    {"2026-10-26 -1d", "Europe/Berlin", "2026-10-24T22:00:00Z"},       // 25 hours before.
    {"2026-10-26 -24h", "Europe/Berlin", "2026-10-24T23:00:00Z"},
    {"2026-567890111-20T10:00:00Z", "", nullptr},  // No month, and none to count days of.
    {"2026-13-01", "", nullptr},
};

TEST(PiTime, Texts) {
  for (const auto& c : kTimes) {
    SCOPED_TRACE(std::string{c.text} + " in " + c.zone);
    const auto zone = PiZone::find(c.zone);
    ASSERT_TRUE(zone);
    const auto time = parse_pi_time(c.text, kNow, *zone);
    if (c.utc == nullptr) {
      EXPECT_FALSE(time) << format_trimmed(*time);
    } else if (!time) {
      ADD_FAILURE() << time.error().detail;
    } else {
      EXPECT_EQ(format_trimmed(*time), c.utc);
    }
  }
}

TEST(PiTime, RefusesUnknownZones) {
  EXPECT_FALSE(PiZone::find("Mars/Olympus"));
  EXPECT_FALSE(PiZone::find("../../etc/passwd"));
  EXPECT_TRUE(PiZone::find("utc")->is_utc());
}

TEST(PiTime, Intervals) {
  EXPECT_EQ(parse_pi_interval("1h30m")->ns, 5400 * kNsPerSecond);
  EXPECT_EQ(parse_pi_interval("-2d")->days, -2);
  EXPECT_EQ(parse_pi_interval("00:00:10")->ns, 10 * kNsPerSecond);
  EXPECT_EQ(parse_pi_interval("15 minutes")->ns, 900 * kNsPerSecond);
  EXPECT_FALSE(parse_pi_interval(""));
  EXPECT_FALSE(parse_pi_interval("hour"));
}

}  // namespace
}  // namespace penstock::dialects
