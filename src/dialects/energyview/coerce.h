#pragma once

#include <cstddef>
#include <optional>

#include "model/point.h"

namespace penstock::dialects::energyview {

inline constexpr const char* kMisfit = "The value does not fit the type of the point";

/// Turns numbers as sent into values of another kind of point, for a point that was bound to a series.
/// Nothing if all fit, else the place of the first that does not; then the run is worthless.
std::optional<std::size_t> coerce(Run& run, const Point& point, const DigitalSet* set);

}  // namespace penstock::dialects::energyview
