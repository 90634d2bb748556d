// Steps W4 to W8 of a write: the leader. Whoever holds the role decides what waits, in one order, makes it
// durable as one group, applies it and answers. Nothing here reads the disk.
#include <unistd.h>

#include <algorithm>

#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

namespace penstock::archive {
namespace {

constexpr std::size_t kGroupBytes = 1u << 20;
constexpr std::size_t kGroupCommands = 4096;
constexpr Interval kAllTimes{std::numeric_limits<std::int64_t>::min(),
                             std::numeric_limits<std::int64_t>::max()};

tl::unexpected<Error> no_room() {
  return fail(ErrorCode::overloaded, {},
              "the disk of the journal is full, or writes come faster than they can be kept");
}

std::size_t bytes_of(const std::vector<catalog::RowChange>& changes) {
  std::size_t bytes = 512;
  for (const catalog::RowChange& change : changes)
    bytes += change.key.size() + (change.row ? change.row->size() : 0) + 32;
  return bytes;
}

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
    ops_.clear();
    made_runs_.clear();
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
        } else {
          decide_ticket(ticket);
        }
      }
      answered_.push_back(&ticket);
      ++next;
    }
    if (batches_ > 0) {
      const std::int64_t begin = steady_clock_ns();
      const Result<void> done = journal_->commit(group_, last_seq_ + 1, batches_, wall_clock_ns());
      if (!done) die(done.error());
      commit_ns_.fetch_add(static_cast<std::uint64_t>(steady_clock_ns() - begin));
      apply_group();
    }
    // From `post` on, a ticket belongs to its coroutine, which may be gone at once.
    for (Ticket* const ticket : answered_) ticket->executor->post(ticket->waiter);
  }
}

bool Engine::match_view(const Part& part, Slot& slot, Matches& matches) const {
  const std::span<const std::int64_t> times = part.ordered.times(part.write.run);
  for (std::uint32_t at = slot.pending; at != Slot::kNone; at = ops_[at].before) {
    const PendingOp& op = ops_[at];
    switch (op.what) {
      case PendingOp::What::frame: match_run(decode_run(op.frame), times, matches); break;
      case PendingOp::What::one: {
        Run one;
        one.kind = op.run->kind;
        one.append(*op.run, op.index, 1);
        match_run(one, times, matches);
        break;
      }
      case PendingOp::What::erase: match_erase(op.interval, times, matches); break;
    }
  }
  {
    const std::lock_guard lock{slots_.stripe(part.write.point)};
    // Evidence is exact unless a frozen layer was dropped into blocks after it was taken.
    if (part.evidence ? slot.sealed_gen > part.evidence->gen
                      : slot.sealed.overlaps(times.front(), times.back())) {
      return false;
    }
    if (slot.active) slot.active->match(times, matches);
    if (slot.frozen) slot.frozen->match(times, matches);
  }
  if (part.evidence) {
    const Matches& stored = part.evidence->matches;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (matches.where[i] == Matches::kUnknown && stored.taken(i)) {
        matches.take(i, stored.found, static_cast<std::size_t>(stored.where[i]));
      }
    }
  }
  return true;
}

Engine::Decided Engine::decide_part(const WriteCommand& command, const Part& part, Outcomes& outcomes,
                                    std::vector<PendingOp>& ops) {
  const Run& run = part.write.run;
  if (run.empty()) return Decided::yes;
  Slot* const slot = slots_.find(part.write.point);
  if (slot == nullptr || !slot->exists.load(std::memory_order_relaxed) || !part.fits) {
    outcomes.reason = part.fits ? RejectReason::point_gone : RejectReason::type_mismatch;
    outcomes.push(Outcome::rejected, run.size());
    return Decided::yes;
  }
  const auto add = [&](PendingOp op) {
    op.point = part.write.point;
    op.slot = slot;
    op.before = slot->pending;
    slot->pending = static_cast<std::uint32_t>(ops.size());
    ops.push_back(std::move(op));
  };
  const auto add_puts = [&](const Run& puts, const std::vector<EncodedRun>& frames) {
    slot->newest = std::max(slot->newest, puts.times.back());
    if (frames.empty()) {
      PendingOp op;
      op.what = PendingOp::What::one;
      op.run = &puts;
      add(std::move(op));
    }
    for (const EncodedRun& frame : frames) {
      PendingOp op;
      op.what = PendingOp::What::frame;
      op.frame = frame;
      add(std::move(op));
    }
  };

  // The common case costs nothing: all newer than everything there is, in order, so stored as it came.
  const UpdateMode mode = command.mode;
  if (part.ordered.ascending() && run.times.front() > slot->newest) {
    const Outcome outcome = outcome_if_free(mode);
    outcomes.push(outcome, run.size());
    if (outcome == Outcome::stored) add_puts(run, part.frames);
    return Decided::yes;
  }

  Matches matches{run.kind, part.ordered.times(run).size()};
  if (mode != UpdateMode::replace_range && !match_view(part, *slot, matches)) return Decided::bounced;
  Decision decision = decide(mode, run, part.ordered, matches);
  if (command.all_or_none && decision.outcomes.count(Outcome::ignored) > 0) return Decided::refused;
  outcomes = std::move(decision.outcomes);
  for (const Interval& interval : decision.erases) {
    PendingOp op;
    op.what = PendingOp::What::erase;
    op.interval = interval;
    add(std::move(op));
  }
  if (!decision.puts.empty()) {
    const Run& puts = *made_runs_.emplace_back(std::make_unique<Run>(std::move(decision.puts)));
    const bool as_one = puts.size() == 1 && puts.kind != Kind::text;
    add_puts(puts, as_one ? std::vector<EncodedRun>{} : encode_runs(puts, 0, puts.size()));
  }
  return Decided::yes;
}

Engine::Decided Engine::decide_ticket(Ticket& ticket) {
  const WriteCommand& command = ticket.command;
  const std::size_t first_op = ops_.size();
  WriteResult result;
  result.outcomes.resize(ticket.parts.size());
  Decided decided = Decided::yes;
  std::size_t sent = 0;
  for (std::size_t i = 0; i < ticket.parts.size() && decided == Decided::yes; ++i) {
    decided = decide_part(command, ticket.parts[i], result.outcomes[i], ops_);
    sent += ticket.parts[i].write.run.size();
  }
  if (decided != Decided::yes) {
    // Decided whole or not at all: what it had pending is taken back.
    while (ops_.size() > first_op) {
      ops_.back().slot->pending = ops_.back().before;
      ops_.pop_back();
    }
    if (decided == Decided::bounced) {
      ticket.bounced = true;
    } else {
      ticket.result = fail(ErrorCode::conflict, {}, "a time of the request is taken, so nothing was stored");
    }
    return decided;
  }
  if (sent > 0) {
    result.seq = last_seq_ + ++batches_;
    journal::Batch batch;
    batch.seq = result.seq;
    batch.principal = command.principal;
    batch.door = command.door;
    batch.mode = command.mode;
    batch.sent = static_cast<std::uint32_t>(sent);
    const std::int64_t late_us = (command.now.unix_ns() - wall_clock_ns()) / kNsPerMicrosecond;
    batch.wall_delta_us = static_cast<std::int32_t>(std::clamp<std::int64_t>(late_us, INT32_MIN, INT32_MAX));
    for (const Outcomes& some : result.outcomes) journal::append_outcomes(batch.outcomes, some);
    journal::write_batch(group_, batch);
    for (std::size_t i = first_op; i < ops_.size(); ++i) journal_op(ops_[i], command.mode);
    samples_.fetch_add(sent, std::memory_order_relaxed);
    commands_.fetch_add(1, std::memory_order_relaxed);
  }
  ticket.result = std::move(result);
  return decided;
}

void Engine::journal_op(const PendingOp& op, UpdateMode mode) {
  switch (op.what) {
    case PendingOp::What::frame: journal::write_run(group_, op.point, *op.frame.frame); break;
    case PendingOp::What::one:
      journal::write_one(group_, journal::One::of(op.point, op.run->kind, op.run->sample(op.index)));
      break;
    case PendingOp::What::erase:
      journal::write_erase(
          group_,
          {op.point, Timestamp::from_unix_ns(op.interval.first), Timestamp::from_unix_ns(op.interval.last),
           mode == UpdateMode::replace_range ? journal::EraseWhy::replaced_range : journal::EraseWhy::asked});
      break;
  }
}

bool Engine::decide_edit(Ticket& ticket) {
  catalog_lock_ = catalog_.lock();
  catalog::Editor editor{catalog_.tables(), edit_changes_};
  Result<void> edited = ticket.edit(editor);
  if (edited && !edit_changes_.empty() && !journal_->make_room(group_.size() + bytes_of(edit_changes_))) {
    edited = no_room();
  }
  if (!edited) {
    editor.undo();
    catalog_lock_.unlock();
    ticket.result = tl::unexpected(std::move(edited).error());
    return false;
  }
  WriteResult result;
  result.seq = last_seq_ + batches_;
  if (edit_changes_.empty()) {
    catalog_lock_.unlock();
    ticket.result = std::move(result);
    return false;
  }
  // The rows are in the tables, but the lock stays until they are durable: nobody reads what a crash could
  // take back.
  edit_erased_ = editor.erased_points();
  result.seq = last_seq_ + ++batches_;
  journal::Batch batch;
  batch.seq = result.seq;
  batch.principal = ticket.command.principal;
  batch.door = ticket.command.door;
  journal::write_batch(group_, batch);
  for (const catalog::RowChange& change : edit_changes_) {
    journal::CatalogRow row{static_cast<std::uint8_t>(change.table), change.key, std::nullopt};
    if (change.row) row.row = *change.row;
    journal::write_catalog(group_, row);
  }
  for (const PointId point : edit_erased_) {
    journal::write_erase(group_, {point, Timestamp::min(), Timestamp::max(), journal::EraseWhy::point_gone});
  }
  ticket.result = std::move(result);
  return true;
}

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
    case PendingOp::What::frame: layer.put_encoded(op.frame); break;
    case PendingOp::What::one: layer.put_one(*op.run, op.index); break;
    case PendingOp::What::erase: layer.erase(op.interval); break;
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
  op.interval = kAllTimes;
  const std::lock_guard lock{slots_.stripe(point)};
  apply_op(op);
}

void Engine::apply_group() {
  for (std::size_t i = 0; i < ops_.size();) {
    // One lock over all that a command does to a point: no reader sees a range erased and not yet filled
    // again.
    const PointId point = ops_[i].point;
    const std::lock_guard lock{slots_.stripe(point)};
    for (; i < ops_.size() && ops_[i].point == point; ++i) apply_op(ops_[i]);
  }
  for (catalog::RowChange& change : edit_changes_) {
    catalog_changed(change);
    changed_rows_[{change.table, std::move(change.key)}] = std::move(change.row);
  }
  for (const PointId point : edit_erased_) erase_whole_point(point);
  if (catalog_lock_.owns_lock()) catalog_lock_.unlock();
  last_seq_ += batches_;
  seq_published_.store(last_seq_, std::memory_order_release);
  groups_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t now = steady_clock_ns();
  last_write_ns_.store(now, std::memory_order_relaxed);
  if (first_dirty_ns_.load(std::memory_order_relaxed) == 0)
    first_dirty_ns_.store(now, std::memory_order_relaxed);
}

}  // namespace penstock::archive
