#pragma once

#include "dialects/common/shape.h"
#include "model/point.h"

// What regular lists of timed values have in common, of one stream and of many. For parse .cc files.

namespace penstock::dialects::piwebapi {

/// How the numbers of a point can stand in a body without any coercion.
struct PlainValues {
  shape::Role role = shape::Role::fixed;  ///< Fixed: none are.
  std::int64_t low = 0, high = 0;         ///< Of integers.
};

/// `set` is that of a digital point.
PlainValues plain_values(PointType type, const DigitalSet* set);

/// Learning a layout pays only where some rows follow.
inline constexpr std::size_t kRegularBytesMin = 256;

/// Gives the members of a timed value their roles: those of the row itself, or of the object that its member
/// `parent` holds. False where the item says more than a time and a good number.
bool give_item_roles(shape::Row& row, std::string_view parent, shape::Role value_role);

/// What a time has to be on a point without future data.
shape::TimeRule write_times(Timestamp now, bool future);

}  // namespace penstock::dialects::piwebapi
