#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "journal/journal.h"
#include "model/point.h"

namespace penstock::archive {

struct Ticket;

/// A command that was journalled before it was decided: all that memory keeps of it.
struct QueuedIntent {
  std::uint64_t seq = 0;
  std::int64_t received = 0;  ///< Unix nanoseconds.
  std::uint32_t samples = 0;
  journal::GroupPlace place;  ///< Of the group that has it.
};

/// What waits in the journal to be decided, in its order, and which points wait with it.
///
/// Intents are resolved strictly in the order of their seqs. So a point is *gated*, and later writes to it
/// have to stay behind, while the newest intent that touches it is not resolved.
///
/// Threads: in two halves, see below.
class Lane {
 public:
  // The leader's half: what it decided, durable or about to be. At start, before there is a leader, the
  // replay's.

  bool is_idle() const { return open_ == 0 && !is_away(); }
  std::uint64_t open() const { return open_; }  ///< How many intents are not resolved.
  std::uint64_t last_resolved() const { return last_resolved_; }
  bool gates(PointId point) const {
    const auto gate = gates_.find(point);
    return gate != gates_.end() && gate->second > last_resolved_;
  }
  void gate(PointId point, std::uint64_t seq) { gates_[point] = seq; }
  /// A new intent, whose points were gated. Its place is that of its group.
  void queue(QueuedIntent intent);
  /// The intent `seq`, which is the oldest one, is decided.
  void resolve(std::uint64_t seq);
  /// At start: the intent `seq` and all before it were. The journal may not have them any more.
  void replay_resolved(std::uint64_t seq);

  /// Puts a ticket off until the lane is empty, or its patience is over.
  void park(Ticket& ticket) {
    parked_.push_back(&ticket);
    parked_count_.store(parked_.size(), std::memory_order_relaxed);
  }
  /// Those that need not wait any longer.
  std::vector<Ticket*> take_parked(std::int64_t now_ns);

  /// The group is durable, and was written to `place`. True if there is something to do for who drains.
  bool publish(journal::GroupPlace place);

  // The other half: any thread.

  bool is_away() const { return away_.load(std::memory_order_acquire); }
  void set_away(bool away) { away_.store(away, std::memory_order_release); }
  bool any_parked() const { return parked_count_.load(std::memory_order_relaxed) > 0; }

  struct Waiting {
    std::uint64_t batches = 0, samples = 0;
    std::optional<QueuedIntent> oldest;
  };
  Waiting waiting() const;
  /// The oldest ones, at most `count` of at most `samples` in all (but at least one), and the seq of the one
  /// that was resolved before them.
  std::vector<QueuedIntent> oldest(std::size_t count, std::uint64_t samples,
                                   std::uint64_t& resolved_before) const;

 private:
  void drop_resolved();  // Under the mutex, but at start.

  // The leader's.
  std::unordered_map<PointId, std::uint64_t> gates_;  // The newest intent of each point, resolved or not.
  std::uint64_t open_ = 0, last_resolved_ = 0;
  std::vector<QueuedIntent> queued_now_;  // In the group being decided.
  std::vector<Ticket*> parked_;

  std::atomic<bool> away_{false};
  std::atomic<std::size_t> parked_count_{0};

  mutable std::mutex mutex_;  // Guards what is durable:
  std::deque<QueuedIntent> durable_;
  std::uint64_t durable_samples_ = 0, durable_resolved_ = 0;
};

}  // namespace penstock::archive
