#pragma once

#include "dialects/energyview/errors.h"
#include "model/point.h"

namespace penstock::dialects::energyview {

/// Sorts a run by time; of several values at one time the last stays. What `replace_window` stores, so that
/// its first and last sample are the ends of the window, whatever the order in the body was.
void settle_window(Run& run);

/// Turns numbers as sent into values of another kind of point, for a point that was bound to a series.
/// `param` is the place of the run in the request. Errors: invalid_value.
Checked<void> coerce(Run& run, const Point& point, const DigitalSet* set, std::string_view param);

}  // namespace penstock::dialects::energyview
