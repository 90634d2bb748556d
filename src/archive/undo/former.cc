// What replace_range is about to destroy: blocks of the window on the caller's thread, the head by the
// leader.
#include <algorithm>

#include "archive/engine.h"
#include "archive/masked.h"

namespace penstock::archive {
namespace {

/// Samples of `run` (ascending) in the interval.
Run cut_to(const Run& run, const Interval& interval) {
  const auto first = std::lower_bound(run.times.begin(), run.times.end(), interval.first) - run.times.begin();
  const auto end = std::upper_bound(run.times.begin(), run.times.end(), interval.last) - run.times.begin();
  Run part;
  part.kind = run.kind;
  if (first < end) part.append(run, static_cast<std::size_t>(first), static_cast<std::size_t>(end - first));
  return part;
}

/// What `layer` makes of the samples below it. Nothing if it has more than is kept.
std::optional<Run> with_layer(const Layer& layer, const Interval& range, const Run& below) {
  Run own;  // Of the layer's runs, which are ascending and disjoint.
  own.kind = below.kind;
  std::size_t samples = 0;
  for (const EncodedRun& each : layer.runs()) {
    if (each.last < range.first || range.last < each.first) continue;
    samples += each.count;
    // Two frames may reach in with one sample each.
    if (samples > Engine::kFormerMax + 2 * codec::kFrameSamplesMax) return std::nullopt;
    const Run inside = cut_to(decode_run(each), range);
    own.append(inside, 0, inside.size());
  }
  own = merge_runs(cut_to(layer.tail(), range), own);
  return merge_runs(own, without_masked(below, layer.mask()));
}

}  // namespace

Result<void> Engine::collect_former(Part& part, const Slot& slot) const {
  part.evidence.reset();
  part.former_lost = false;
  if (!options_.audit) return {};
  const std::span<const std::int64_t> times = part.ordered.times(part.write.run);
  const Interval range{times.front(), times.back()};
  {
    const std::lock_guard lock{slots_.stripe(part.write.point)};
    if (!slot.sealed.overlaps(range.first, range.last)) return {};
  }
  const auto as_of = version();
  Evidence evidence{as_of->gen, Matches{part.write.run.kind, 0}};
  SealedFrames frames{*as_of->snapshot, part.write.point, range, false};
  Run frame;
  while (true) {
    TRY(const codec::FrameSummary* const summary, frames.peek());
    if (summary == nullptr) break;
    if (evidence.matches.found.size() + summary->count > kFormerMax + codec::kFrameSamplesMax) {
      part.former_lost = true;
      evidence.matches.found.clear();
      break;
    }
    TRY_VOID(frames.decode(frame));
    const Run inside = cut_to(frame, range);
    evidence.matches.found.append(inside, 0, inside.size());
    frames.skip();
  }
  part.evidence = std::make_unique<Evidence>(std::move(evidence));
  return {};
}

Engine::Former Engine::former(const Part& part, const Slot& slot, Run& destroyed) const {
  destroyed.clear();
  destroyed.kind = part.write.run.kind;
  const std::span<const std::int64_t> times = part.ordered.times(part.write.run);
  const Interval range{times.front(), times.back()};
  if (part.evidence) destroyed = part.evidence->matches.found;
  {
    const std::lock_guard lock{slots_.stripe(part.write.point)};
    if (part.evidence ? slot.sealed_gen > part.evidence->gen : slot.sealed.overlaps(range.first, range.last))
      return Former::stale;
    if (part.former_lost) return Former::lost;
    for (const Layer* const layer : {slot.frozen.get(), slot.active.get()}) {
      if (layer == nullptr || !layer->touches(range)) continue;
      std::optional<Run> run = with_layer(*layer, range, destroyed);
      if (!run) return Former::lost;
      destroyed = std::move(*run);
    }
  }
  // Pending operations of commands before this one, oldest first. What this command did itself is no former
  // sample.
  std::vector<std::uint32_t> pending;
  for (std::uint32_t at = slot.pending; at != Slot::kNone; at = ops_[at].before) {
    if (at < command_first_op_) pending.push_back(at);
  }
  for (auto at = pending.rbegin(); at != pending.rend(); ++at) {
    const PendingOp& op = ops_[*at];
    switch (op.what) {
      case PendingOp::What::frame:
        destroyed = merge_runs(cut_to(decode_run(frames_[op.frame]), range), destroyed);
        break;
      case PendingOp::What::one: destroyed = merge_runs(cut_to(op.as_run(), range), destroyed); break;
      case PendingOp::What::erase:
      case PendingOp::What::drop: destroyed = without_masked(std::move(destroyed), {op.times}); break;
    }
  }
  return destroyed.size() > kFormerMax ? Former::lost : Former::known;
}

}  // namespace penstock::archive
