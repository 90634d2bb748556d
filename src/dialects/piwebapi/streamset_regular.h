#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "dialects/piwebapi/call.h"
#include "model/write.h"

namespace penstock::dialects::piwebapi {

enum class SetShape {
  one,  ///< `{"WebId":…,"Value":{timed value}}` per stream
  list  ///< `{"WebId":…,"Items":[timed value,…]}` per stream
};

/// The values of a regular body, one part per entry of it.
struct RegularSet {
  std::vector<PointSample> slice;  ///< SetShape::one
  std::vector<PointWrite> writes;  ///< SetShape::list
};

/// A body of timed values of many points, read by its layout: entries that are alike, points named by WebID,
/// which the caller may write, plain good numbers that they take as they are. At most `values_max` of them.
/// Nothing on any surprise, and then nothing was decided.
std::optional<RegularSet> parse_regular_set(const Call& call, const catalog::Tables& tables, SetShape form,
                                            std::size_t values_max);

}  // namespace penstock::dialects::piwebapi
