#pragma once

#include "archive/archive.h"
#include "base/result.h"
#include "dialects/piwebapi/wire.h"

/// What a stream's value is at a time where no event stands. Errors are those of Archive::scan.
namespace penstock::dialects::piwebapi {

/// The event at `time`; else on the straight line between its neighbours where the point is a number without
/// Step and both are good; else the event before. Nothing before, or beyond `now` on a point that is not
/// Future and has no later event: the state No Data. *PI System Explorer, "Time retrieval options"*.
Result<Sample> value_at(const archive::Archive& archive, const Stream& stream, Timestamp time, Timestamp now);

/// The snapshot; on a Future point the event of now. Pt Created while nothing was ever written.
Result<Sample> current_value(const archive::Archive& archive, const Stream& stream, Timestamp now);

}  // namespace penstock::dialects::piwebapi
