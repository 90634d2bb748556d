// Steps W7 and W8: what a group decided, durable by now, becomes what readers see.
#include <algorithm>

#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"

namespace penstock::archive {
namespace {

constexpr Interval kAllTimes{std::numeric_limits<std::int64_t>::min(),
                             std::numeric_limits<std::int64_t>::max()};

}  // namespace

Layer& Engine::active_layer(Slot& slot, PointId point) {
  if (slot.active && slot.gen != gen_) {
    // The running flush has not come by yet: its layer steps back by our hand.
    CHECK(!slot.frozen);
    slot.frozen = std::move(slot.active);
    slot.frozen_gen = slot.gen;
  }
  if (!slot.active) {
    slot.active = std::make_unique<Layer>(static_cast<Kind>(slot.kind.load(std::memory_order_relaxed)));
    slot.gen = gen_;
    dirty_.push_back(point);
  }
  return *slot.active;
}

void Engine::apply_op(const PendingOp& op) {
  Layer& layer = active_layer(*op.slot, op.point);
  const std::size_t bytes = layer.bytes(), samples = layer.samples();
  switch (op.what) {
    case PendingOp::What::frame: layer.put_encoded(frames_[op.frame]); break;
    case PendingOp::What::one: layer.put_one(op.times.first, op.bits, op.quality); break;
    case PendingOp::What::erase: layer.erase(op.times); break;
    case PendingOp::What::drop: {
      const Slot& slot = *op.slot;
      const bool below = (slot.frozen && slot.frozen->touches(op.times)) ||
                         slot.sealed.overlaps(op.times.first, op.times.last);
      if (below) {
        layer.erase(op.times);
      } else {
        layer.drop(op.times.first);
      }
      break;
    }
  }
  op.slot->pending = Slot::kNone;
  head_bytes_.fetch_add(static_cast<std::int64_t>(layer.bytes()) - static_cast<std::int64_t>(bytes),
                        std::memory_order_relaxed);
  head_samples_.fetch_add(static_cast<std::int64_t>(layer.samples()) - static_cast<std::int64_t>(samples),
                          std::memory_order_relaxed);
}

void Engine::erase_whole_point(PointId point) {
  PendingOp op;
  op.what = PendingOp::What::erase;
  op.point = point;
  op.slot = &slots_.make(point);
  op.times = kAllTimes;
  const std::lock_guard lock{slots_.stripe(point)};
  apply_op(op);
}

void Engine::apply_group() {
  keep_notes();
  for (std::size_t i = 0; i < ops_.size();) {
    // One lock over all that a command does to a point: no reader sees a range erased and not yet filled
    // again.
    const PointId point = ops_[i].point;
    const std::lock_guard lock{slots_.stripe(point)};
    for (; i < ops_.size() && ops_[i].point == point; ++i) apply_op(ops_[i]);
  }
  publish_states();
  for (catalog::RowChange& change : edit_changes_) {
    catalog_changed(change);
    changed_rows_[{change.table, std::move(change.key)}] = std::move(change.row);
  }
  for (const PointId point : edit_erased_) erase_whole_point(point);
  if (catalog_lock_.owns_lock()) catalog_lock_.unlock();
  apply_buffer();
  last_seq_ += batches_;
  seq_published_.store(last_seq_, std::memory_order_release);
  groups_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t now = steady_clock_ns();
  last_write_ns_.store(now, std::memory_order_relaxed);
  if (first_dirty_ns_.load(std::memory_order_relaxed) == 0)
    first_dirty_ns_.store(now, std::memory_order_relaxed);
}

}  // namespace penstock::archive
