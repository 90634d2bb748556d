#pragma once

#include "dialects/energyview/errors.h"
#include "model/point.h"

namespace penstock::dialects::energyview {

/// Turns numbers as sent into values of another kind of point, for a point that was bound to a series.
/// `param` is the place of the run in the request. Errors: invalid_value.
Checked<void> coerce(Run& run, const Point& point, const DigitalSet* set, std::string_view param);

}  // namespace penstock::dialects::energyview
