#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "archive/compression/swinging_door.h"
#include "archive/slots.h"

namespace penstock::archive {

/// A compressing point: its settings and its state, pending changes of the running group included.
struct CompressingPoint {
  CompressionSettings settings;
  CompressionState state;
  /// Different after every group that touched the point, and never the same again.
  std::uint64_t edits = 0;
  bool changed = false;  ///< Its row in the store is not of this state.
};

/// What a command needs to know of the samples before those that it takes away. See Predecessor.
struct Behind {
  std::uint64_t edits = 0;  ///< As of which groups.
  bool is_known = false;    ///< False: asked too often in vain; the band may be lost.
  Predecessor before;
};

/// All compressing points.
///
/// Threads: changed by the leader (or at start) alone, under `mutex`; the leader reads without it, all others
/// read with `look`.
class CompressingPoints {
 public:
  CompressingPoint* find(PointId id) {
    const auto at = points_.find(to_number(id));
    return at == points_.end() ? nullptr : at->second.get();
  }
  CompressingPoint& make(PointId id);
  void remove(PointId id);  ///< Its row in the store goes with the next flush.
  /// Settings, state and edits of a point, from any thread.
  std::optional<CompressingPoint> look(PointId id) const;
  void touch(PointId id, CompressingPoint& point);  ///< A group with a change of it is durable.
  /// What others read of it in between does not count. The caller holds `mutex`.
  void renew(CompressingPoint& point) { point.edits = ++edits_; }
  /// Numbers of the points whose rows are to be written, and forgets them.
  std::vector<std::uint32_t> take_changed();

  mutable std::mutex mutex;

 private:
  std::unordered_map<std::uint32_t, std::unique_ptr<CompressingPoint>> points_;
  std::vector<std::uint32_t> changed_;
  std::uint64_t edits_ = 0;
};

}  // namespace penstock::archive
