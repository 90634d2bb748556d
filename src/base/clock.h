#pragma once

#include <cstdint>

namespace penstock {

/// Wall clock: whole nanoseconds since 1970-01-01T00:00:00Z. Deciding code never calls it, it is given the
/// time.
std::int64_t wall_clock_ns();

/// Monotonic clock, for durations and deadlines.
std::int64_t steady_clock_ns();

/// The same, as it stood at the last tick of the kernel: some milliseconds late, and far cheaper. For
/// deadlines.
std::int64_t coarse_clock_ns();

}  // namespace penstock
