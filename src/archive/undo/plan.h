#pragma once

#include <map>
#include <span>
#include <vector>

#include "archive/archive.h"
#include "archive/layer.h"
#include "archive/undo/preimage.h"

namespace penstock::archive {

/// What a plan does to one point. Erases take effect before puts.
struct PlanPart {
  PointId point{};
  std::vector<Interval> touched;    ///< Undo: what comes here behind Plan::as_of makes the part wrong.
  std::vector<Interval> erases;     ///< Ascending, disjoint.
  Run puts;                         ///< Ascending, with final flags.
  std::vector<EncodedRun> puts_as;  ///< The same as frames; none for a single sample that is not text.
  Run destroyed;                    ///< What the erases and puts meet in the view, ascending.
  std::vector<EncodedRun> destroyed_as;
  Outcomes outcomes;  ///< Of `destroyed` that is gone, then of `puts`.
};

/// Changes that were worked out on the caller's thread, as of one place in the order: an undo, or a step of
/// retention. The leader does all of it or, if one of its ranges was touched meanwhile, nothing.
struct Plan {
  BatchOrigin origin = BatchOrigin::undo;
  std::uint64_t other = 0;  ///< Undo: the batch that it is about.
  std::uint64_t as_of = 0;  ///< Undo: nothing behind it is known to the plan.
  std::vector<PlanPart> parts;

  bool for_good() const { return origin == BatchOrigin::retention; }  ///< Nothing is kept of what goes.
};

/// What a batch did to one point, as ledger and preimages tell.
struct Undoing {
  std::vector<Interval> touched;   ///< As the ledger has them: nobody may have come there later.
  std::vector<Interval> appended;  ///< Those in which the batch found nothing.
  std::vector<std::int64_t> put;   ///< Times of other samples that it put, ascending, without repeats.
  Run before;                      ///< Samples that it destroyed, ascending.
};
using UndoingByPoint = std::map<PointId, Undoing>;

/// What `seq` did, point by point. Errors: unsupported (it destroyed more than is kept).
Result<UndoingByPoint> undoing_of(const BatchRecord& record, std::span<const Preimage> preimages);

/// Plans one point: away with what the batch put, back with what it destroyed. `archive` is the view that the
/// plan will meet. Errors: those of scan.
Result<PlanPart> plan_point(const Archive& archive, PointId point, Undoing undoing);

/// The newest batch behind `record` that stands in the way of its undo: one that touched a range of its
/// points, or its undo. Batches that were undone, and their undos, do not. Errors: those of audit.
Result<std::optional<BatchRecord>> later_touch(const Archive& archive, const BatchRecord& record,
                                               const UndoingByPoint& points);

bool overlap(std::span<const Interval> some, const Interval& one);

}  // namespace penstock::archive
