#pragma once

#include <span>

#include "archive/retrieval/series.h"

namespace penstock::archive::retrieval {

/// Where the straight line through (t0, v0) and (t1, v1) is at `t`. t0 < t1.
double on_line(std::int64_t t0, double v0, std::int64_t t1, double v1, std::int64_t t);

/// What a series is at `time`, given its neighbours: `before` is at or before it, `after` behind it.
///
/// On a line between two good samples: the point of the line, rounded to what the kind can hold. Else the
/// sample before, carried to `time`. The state No Data where nothing is before, or where nothing is behind
/// and `time` lies beyond the horizon.
Sample value_between(const Series& series, const Sample* before, const Sample* after, Timestamp time);

/// One sample for each of `times`, which ascend. Errors are those of the scanner.
Result<Run> values_at(const Scanner& scan, const Series& series, std::span<const Timestamp> times);
Result<Sample> value_at(const Scanner& scan, const Series& series, Timestamp time);

}  // namespace penstock::archive::retrieval
