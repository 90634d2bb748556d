// Steps W4 to W8 of a write: the leader. Whoever holds the role decides what waits, in one order, makes it
// durable as one group, applies it and answers. Nothing here reads the disk.
#include <unistd.h>

#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

namespace penstock::archive {
namespace {

constexpr std::size_t kGroupBytes = 1u << 20;
constexpr std::size_t kGroupCommands = 4096;
}  // namespace

void Engine::die(const Error& error) {
  ready_.store(false, std::memory_order_release);
  log::critical("the archive can't go on: nothing more is acknowledged, the process ends",
                {{"error", to_string(error.code)}, {"detail", error.detail}});
  _exit(70);
}

void Engine::submit(Ticket& ticket) {
  const std::lock_guard lock{queue_mutex_};
  queue_.push_back(&ticket);
}

void Engine::lead() {
  while (true) {
    {
      const std::lock_guard lock{queue_mutex_};
      if (queue_.empty()) return;
    }
    std::unique_lock role{role_, std::try_to_lock};
    if (!role) return;  // Whoever holds it looks into the queue again after letting go: nobody is forgotten.
    std::vector<Ticket*> tickets;
    {
      const std::lock_guard lock{queue_mutex_};
      tickets.swap(queue_);
    }
    lead_once(tickets);
  }
}

void Engine::lead_once(std::vector<Ticket*>& tickets) {
  std::size_t next = 0;
  while (next < tickets.size()) {
    group_.clear();
    group_wall_ns_ = wall_clock_ns();
    ops_.clear();
    frames_.clear();
    notes_.clear();
    answered_.clear();
    edit_changes_.clear();
    edit_erased_.clear();
    batches_ = 0;
    bool edit_taken = false;
    while (next < tickets.size() && !edit_taken && answered_.size() < kGroupCommands &&
           group_.size() < kGroupBytes) {
      Ticket& ticket = *tickets[next];
      if (ticket.edit) {
        const bool first = batches_ == 0;
        edit_taken = decide_edit(ticket);
        // An edit that found no room in a group begun by others gets one of its own.
        if (!edit_taken && !ticket.result && ticket.result.error().code == ErrorCode::overloaded && !first)
          break;
      } else {
        if (head_bytes_.load() > static_cast<std::int64_t>(options_.head_bytes_max)) {
          ticket.result = no_room();
        } else if (!journal_->make_room(group_.size() + ticket.bytes_max)) {
          if (batches_ > 0) break;
          room_missing_.store(true, std::memory_order_relaxed);
          ticket.result = no_room();
        } else if (decide_ticket(ticket) == Decided::parked) {
          ++next;  // It comes again.
          continue;
        }
      }
      answered_.push_back(&ticket);
      ++next;
    }
    if (batches_ > 0) {
      const std::int64_t begin = steady_clock_ns();
      const Result<void> done = journal_->commit(group_, last_seq_ + 1, batches_, group_wall_ns_);
      if (!done) die(done.error());
      commit_ns_.fetch_add(static_cast<std::uint64_t>(steady_clock_ns() - begin));
      apply_group();
      if (watches_.any()) tell_watches();
    }
    // From `post` on, a ticket belongs to its coroutine, which may be gone at once.
    for (Ticket* const ticket : answered_) ticket->executor->post(ticket->waiter);
  }
}

void Engine::tell_watches() {
  for (const Ticket* const ticket : answered_) {
    if (ticket->bounced || !ticket->result || ticket->result->queued) continue;
    const WriteResult& result = *ticket->result;
    if (ticket->plan) {
      tell_plan(*ticket->plan);
      continue;
    }
    watches_.tell(ticket->command.mode, ticket->command.slice, result.slice);
    for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
      const PointWrite& write = ticket->parts[i].write;
      watches_.tell(ticket->command.mode, write.point, write.run, result.outcomes[i]);
    }
  }
  for (const PointId point : edit_erased_) watches_.tell_gone(point);
}

}  // namespace penstock::archive
