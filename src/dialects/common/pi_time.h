#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "model/time.h"

namespace penstock::dialects {

/// A time zone of the system's database. A small value; the zone itself lives as long as the process.
class PiZone {
 public:
  PiZone() = default;  ///< UTC.
  /// IANA names, Windows names (`W. Europe Standard Time`), `UTC`, no regard to case for the latter two.
  /// Errors: invalid_argument.
  static Result<PiZone> find(std::string_view name);

  /// The clock on the wall there.
  CivilTime to_local(Timestamp time) const;
  /// A clock time that happens twice is standard time (the later instant); one that is skipped is shifted
  /// forward by the gap. Fields may lie outside of their ranges (day 0, hour 25): they carry over.
  /// Errors: time_out_of_range.
  Result<Timestamp> to_utc(const CivilTime& local) const;
  bool is_utc() const { return zone_ == nullptr; }

 private:
  const void* zone_ = nullptr;  // A date::time_zone; null is UTC.
};

/// Steps of an interval text, in wall-clock and in exact parts.
struct PiInterval {
  std::int64_t years = 0, months = 0, days = 0;  ///< By the calendar, in the zone.
  std::int64_t ns = 0;                           ///< Hours and shorter: exact.
  bool is_zero() const { return years == 0 && months == 0 && days == 0 && ns == 0; }
};

/// A time as *PI Web API Reference, "Time Strings"* has it: `*`, `t-8h`, `Mon+2d`, `2026-04-02T06:30:00Z`,
/// `2-Apr-2026 06:30`, `-1h`, RFC 1123 …; a text without a zone is a clock time of `zone`. Cut to 100 ns.
/// Blank text is `now`. Errors: invalid_time, time_out_of_range.
Result<Timestamp> parse_pi_time(std::string_view text, Timestamp now, PiZone zone = {});

/// `1h30m`, `-2d`, `01:30:00`. A number without a unit is hours. Errors: invalid_time.
Result<PiInterval> parse_pi_interval(std::string_view text);

/// Steps from `time`; months clamp to the last day. Errors: time_out_of_range.
Result<Timestamp> add_interval(Timestamp time, const PiInterval& interval, PiZone zone = {});

}  // namespace penstock::dialects
