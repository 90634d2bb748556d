#include "archive/buffer/lane.h"

#include <algorithm>

#include "archive/engine.h"

namespace penstock::archive {

void Lane::queue(QueuedIntent intent) {
  queued_now_.push_back(intent);
  ++open_;
}

void Lane::resolve(std::uint64_t seq) {
  last_resolved_ = seq;
  if (--open_ == 0) gates_.clear();
}

void Lane::replay_resolved(std::uint64_t seq) {
  last_resolved_ = seq;
  drop_resolved();
  // Those of the group that is being read are newer than what it resolves.
  open_ = durable_.size() + queued_now_.size();
  if (open_ == 0) gates_.clear();
}

void Lane::drop_resolved() {
  durable_resolved_ = last_resolved_;
  while (!durable_.empty() && durable_.front().seq <= durable_resolved_) {
    durable_samples_ -= durable_.front().samples;
    durable_.pop_front();
  }
}

std::vector<Ticket*> Lane::take_parked(std::int64_t now_ns) {
  std::vector<Ticket*> taken;
  const bool all = open_ == 0 || is_away();
  std::erase_if(parked_, [&](Ticket* ticket) {
    if (!all && ticket->patience_ns > now_ns) return false;
    taken.push_back(ticket);
    return true;
  });
  parked_count_.store(parked_.size(), std::memory_order_relaxed);
  return taken;
}

bool Lane::publish(journal::GroupPlace place) {
  const std::lock_guard lock{mutex_};
  for (QueuedIntent& intent : queued_now_) {
    intent.place = place;
    durable_.push_back(intent);
    durable_samples_ += intent.samples;
  }
  queued_now_.clear();
  drop_resolved();
  return !durable_.empty();
}

Lane::Waiting Lane::waiting() const {
  const std::lock_guard lock{mutex_};
  Waiting waiting{durable_.size(), durable_samples_, {}};
  if (!durable_.empty()) waiting.oldest = durable_.front();
  return waiting;
}

std::vector<QueuedIntent> Lane::oldest(std::size_t count, std::uint64_t samples,
                                       std::uint64_t& resolved_before) const {
  const std::lock_guard lock{mutex_};
  resolved_before = durable_resolved_;
  std::vector<QueuedIntent> oldest;
  std::uint64_t sum = 0;
  for (const QueuedIntent& intent : durable_) {
    sum += intent.samples;
    if (oldest.size() == count || (sum > samples && !oldest.empty())) break;
    oldest.push_back(intent);
  }
  return oldest;
}

}  // namespace penstock::archive
