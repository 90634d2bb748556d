#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "dialects/common/pi_time.h"

namespace penstock::dialects::piwebapi {

/// Times one step apart. *PI Web API Reference, "Stream GetInterpolated"*, *"Sync Time"*.
struct TimeGrid {
  Timestamp start, end;           ///< Both may be part of it; end before start counts backwards.
  PiInterval step;                ///< Longer than nothing, no part of it negative.
  PiZone zone;                    ///< Days and longer are those of its clock.
  std::optional<Timestamp> sync;  ///< A time that the grid runs through; absent: `start`.
  bool outside = false;  ///< One more time on either side, where the grid does not meet the end of the range.
};

/// The times of a grid, in the direction from start to end.
/// Errors: invalid_argument (the step is nothing or negative; more than `most` times).
Result<std::vector<Timestamp>> times_of(const TimeGrid& grid, std::size_t most);

}  // namespace penstock::dialects::piwebapi
