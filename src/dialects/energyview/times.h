#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/common/zone.h"
#include "dialects/energyview/wire.h"

namespace penstock::dialects::energyview {

/// Reads many RFC 3339 times of one domain, cut to their microsecond. Quick where they look alike and lie
/// close together.
class TimeReader {
 public:
  explicit TimeReader(Zone zone) : zone_{zone} {}

  /// Besides RFC 3339: no offset (a clock time of the domain), `±hh`, `±hhmm`, a blank for the `T`.
  /// Errors: invalid_time, time_out_of_range.
  Result<Timestamp> read(std::string_view text);

 private:
  bool read_on_same_day(std::string_view text, std::int64_t& ns) const;

  Zone zone_;
  bool has_day_ = false;
  char date_[10] = {};       // The last date read, as text,
  std::int64_t day_ns_ = 0;  // and when it began.
};

/// `2024-05-01T08:00:00+02:00` on the clock of the domain; a fraction only where there is one, six digits at
/// most.
void append_local(std::string& out, Timestamp time, Offsets& offsets);

/// Seconds since 1970 as a JSON number, with a fraction only where there is one.
void append_epoch(std::string& out, Timestamp time);

/// The begin of the bucket that an instant falls into, on the clock of the domain: minutes count from the
/// full hour, days from local midnight, weeks from Monday, decades from years divisible by ten, centuries
/// from years ending in 01.
Timestamp bucket_of(Timestamp time, Resolution resolution, Offsets& offsets);

}  // namespace penstock::dialects::energyview
