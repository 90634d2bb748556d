#pragma once

#include <vector>

#include "archive/layer.h"

namespace penstock::archive {

/// The samples of `run` that are not at times of the ascending, disjoint `mask`.
inline Run without_masked(Run run, const std::vector<Interval>& mask) {
  if (mask.empty()) return run;
  Run kept;
  kept.kind = run.kind;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (!contains(mask, run.times[i])) kept.append(run, i, 1);
  }
  return kept;
}

}  // namespace penstock::archive
