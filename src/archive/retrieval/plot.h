#pragma once

#include "archive/retrieval/series.h"

namespace penstock::archive::retrieval {

/// The samples that a drawing of [range.first, range.last] in `parts` columns needs, oldest first: per part
/// the first and the last one, those with the lowest and the highest good number, and one that is a system
/// state. A series that is not numeric has per part the first, the last and up to three changes in between.
/// At both ends of the range there is one more, the value there, unless a sample is there or none is known.
///
/// At most 5 × parts + 2 samples; `parts` is at least 1. Errors are those of the scanner.
Result<Run> plot(const Scanner& scan, const Series& series, TimeRange range, std::size_t parts);

}  // namespace penstock::archive::retrieval
