#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

/// An instant in UTC: whole nanoseconds since 1970-01-01T00:00:00Z, years 1677 to 2262.
class Timestamp {
 public:
  static constexpr Timestamp from_unix_ns(std::int64_t ns) { return Timestamp{ns}; }
  static constexpr Timestamp min() { return Timestamp{std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp max() { return Timestamp{std::numeric_limits<std::int64_t>::max()}; }
  constexpr std::int64_t unix_ns() const { return ns_; }
  constexpr auto operator<=>(const Timestamp&) const = default;

  /// Down to a multiple of `slot_ns`, also before 1970.
  constexpr Timestamp floor_to(std::int64_t slot_ns) const {
    const std::int64_t rest = ns_ % slot_ns;
    const std::int64_t down = rest < 0 ? rest + slot_ns : rest;
    // The lowest slot is cut by the range: it begins where int64 does.
    return Timestamp{ns_ < std::numeric_limits<std::int64_t>::min() + down
                         ? std::numeric_limits<std::int64_t>::min()
                         : ns_ - down};
  }
  constexpr Timestamp plus_ns(std::int64_t ns) const { return Timestamp{ns_ + ns}; }

 private:
  explicit constexpr Timestamp(std::int64_t ns) : ns_{ns} {}
  std::int64_t ns_;
};

/// Both ends belong to it. Empty when last < first.
struct TimeRange {
  Timestamp first, last;
};

constexpr std::int64_t kNsPerMicrosecond = 1'000;
constexpr std::int64_t kNsPerTick = 100;  ///< PI and OMF keep 100 ns.
constexpr std::int64_t kNsPerMillisecond = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// A time on the clock and calendar without a zone; `month` and `day` from 1.
struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
};

/// Days since 1970-01-01 of a proleptic Gregorian date. `month` 1 to 12, any `day`.
std::int64_t days_from_civil(int year, int month, int day);
CivilTime civil_from(Timestamp time);  ///< In UTC.
/// Reads the fields as UTC. Errors: time_out_of_range.
Result<Timestamp> from_civil(const CivilTime& civil);

enum class OffsetRule {
  required,      ///< A text without an offset is an invalid_time.
  utc_if_absent  ///< A text without an offset is UTC.
};

/// A parsed RFC 3339 or ISO 8601 text. `has_offset` is false where the text names no zone: then `local` is to
/// be read in a zone that the caller knows.
struct ParsedTime {
  CivilTime local;
  bool has_offset = false;
  int offset_seconds = 0;
  bool leap_second = false;  ///< The text said :60; `local` is :59.999999999.
};

/// `YYYY-MM-DDThh:mm[:ss[.f{1,9}]]` and `Z`, `±hh:mm`, `±hhmm`, `±hh`, or no zone; `T`, `t` or a blank
/// between; `z` too. More than nine fraction digits are cut. Errors: invalid_time.
Result<ParsedTime> parse_iso8601(std::string_view text);

/// parse_iso8601 to an instant. Errors: invalid_time, time_out_of_range.
Result<Timestamp> parse_timestamp(std::string_view text, OffsetRule rule);

/// `2026-04-02T06:30:00.25Z`: UTC, fraction without trailing zeros, none if it is zero. PI's form.
std::string format_trimmed(Timestamp time);
void append_trimmed(std::string& out, Timestamp time);
/// Exactly `digits` (0 to 9) fraction digits, `Z`. Building X has three.
std::string format_fixed(Timestamp time, int digits);

}  // namespace penstock
