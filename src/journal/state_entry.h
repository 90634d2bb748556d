#pragma once

#include <string_view>

#include "base/result.h"
#include "journal/group.h"
#include "model/point.h"

namespace penstock::journal {

/// STATE: the whole state of a point's compression after the batch; only bytes here, the archive room knows
/// what is in them.
struct StateEntry {
  PointId point{};
  std::string_view state;  ///< Borrowed.
};
void write_state(GroupBuffer& group, const StateEntry& entry);
/// Errors: store_corrupt.
Result<StateEntry> parse_state(std::string_view body);

}  // namespace penstock::journal
