#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "archive/archive.h"

namespace penstock::archive {

/// What a range holds.
struct RangeCount {
  std::uint64_t samples = 0;
  std::optional<Timestamp> first, last;  ///< Of the samples; none if there are none.
};

/// Counts the samples of a point in [first, last], both ends in. Stored frames that lie wholly in the range
/// are not decoded. May take long. Errors: those of walk.
Result<RangeCount> count_range(const Archive& archive, PointId point, Timestamp first, Timestamp last);

/// What an erasing of a range did.
struct RangeErased {
  RangeCount erased;
  std::vector<std::uint64_t>
      batches;                   ///< Each can be undone, the last one first where they are of one point.
  std::optional<Error> stopped;  ///< Why it ended before the end of the range.
};

/// Samples that one command erases at most.
inline constexpr std::size_t kEraseSamplesMax = 8192;

/// Why an erasing ends where its server does.
Error stopping();

/// Erases the samples of a point that are in [first, last] now, both ends in, by commands of kEraseSamplesMax
/// samples. What is written meanwhile at other times stays. `stop` is asked before each of them. For
/// background threads and pools: blocks.
RangeErased erase_range(
    Archive& archive, PointId point, Timestamp first, Timestamp last, const Actor& actor,
    const std::function<bool()>& stop = [] { return false; });

}  // namespace penstock::archive
