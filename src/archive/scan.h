#pragma once

#include <memory>
#include <vector>

#include "archive/archive.h"
#include "archive/blocks.h"
#include "archive/slots.h"

namespace penstock::archive {

/// The parts of a layer that a read needs, copied under the stripe lock; frames are shared, not copied.
struct LayerCopy {
  std::vector<EncodedRun> runs;
  Run tail;
  std::vector<Interval> mask;
  bool cut = false;  ///< Runs far from the asked end were left out.
};

/// A point's view at one moment: layers newest first, then blocks as of one version.
struct ViewCopy {
  Kind kind{};
  std::vector<LayerCopy> layers;
  std::shared_ptr<const Version> version;
  Sealed sealed;
};

/// Copies what a layer holds in `range`, at most `runs_max` runs counted from the end that is asked first.
LayerCopy copy_layer(const Layer& layer, Interval range, bool newest_first, std::size_t runs_max);

/// Merges a view's layers and blocks: at most `limit` samples of the range in the asked direction, newer
/// layers over older. Where a layer was cut, `*complete` turns false if the answer may need what was left
/// out; then it is worthless.
Result<Run> merge_view(const ViewCopy& view, const Scan& request, bool* complete);

/// The same for all samples of the range, oldest first; no layer may be cut.
Result<void> walk_view(const ViewCopy& view, const Scan& request, Walker& walker);

}  // namespace penstock::archive
