#pragma once

#include "archive/retrieval/series.h"
#include "base/result.h"
#include "dialects/piwebapi/wire.h"

/// What a stream's value is at a time where no event stands. Errors are those of Archive::scan.
namespace penstock::dialects::piwebapi {

bool is_numeric(PointType type);

/// How a stream runs between its events: numbers without Step on lines, all others in steps. Behind the last
/// event its value holds until `now`, on a Future point for good. *PI System Explorer, "Time retrieval
/// options"*.
archive::retrieval::Series series_of(const Stream& stream, Timestamp now);

/// The event at `time`, else what retrieval::value_between says; No Data where nothing is known.
Result<Sample> value_at(const archive::Archive& archive, const Stream& stream, Timestamp time, Timestamp now);

/// The snapshot; on a Future point the event of now. Pt Created while nothing was ever written.
Result<Sample> current_value(const archive::Archive& archive, const Stream& stream, Timestamp now);

}  // namespace penstock::dialects::piwebapi
