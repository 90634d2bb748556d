#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/time.h"

namespace penstock::cli {

/// A named time zone: "Europe/Berlin", "UTC".
class Zone {
 public:
  /// Errors: invalid_argument if there is no zone of that name.
  static Result<Zone> find(const std::string& name);

  /// The instant that a wall clock in this zone shows as `local`. A time that the clock skips moves ahead by
  /// the gap. One that it shows twice is the earlier instant, unless that does not come after `before` and
  /// the later one does: a logger that goes on writing shows by its order which of the two it means.
  /// Errors: time_out_of_range.
  Result<Timestamp> to_instant(const CivilTime& local, std::optional<Timestamp> before) const;

 private:
  explicit Zone(const void* zone) : zone_{zone} {}
  const void* zone_;  // A date::time_zone, which lives as long as the process; null: UTC.
};

}  // namespace penstock::cli
