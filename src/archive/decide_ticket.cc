// Step W5 of a write: the leader decides a command against the view of its points, and writes it into the
// group. Nothing here reads the disk.
#include <algorithm>

#include "archive/engine.h"
#include "base/clock.h"

namespace penstock::archive {

Run PendingOp::as_run() const {
  Run run;
  run.kind = kind();
  if (is_number(run.kind)) {
    run.numbers.push_back(std::bit_cast<double>(bits));
  } else {
    run.integers.push_back(std::bit_cast<std::int64_t>(bits));
  }
  run.times.push_back(times.first);
  if (!quality.is_plain()) run.qualities.push_back(quality);
  return run;
}

void Engine::add_op(PendingOp op, PointId point, Slot& slot) {
  op.point = point;
  op.slot = &slot;
  op.before = slot.pending;
  slot.pending = static_cast<std::uint32_t>(ops_.size());
  ops_.push_back(op);
}

void Engine::add_puts(const Run& puts, const std::vector<EncodedRun>& frames, bool append, PointId point,
                      Slot& slot) {
  slot.newest.store(std::max(slot.newest.load(std::memory_order_relaxed), puts.times.back()),
                    std::memory_order_relaxed);
  if (frames.empty()) {
    PendingOp op;
    op.what = PendingOp::What::one;
    op.times = {puts.times.front(), puts.times.front()};
    op.bits = is_number(puts.kind) ? std::bit_cast<std::uint64_t>(puts.numbers.front())
                                   : std::bit_cast<std::uint64_t>(puts.integers.front());
    op.quality = puts.quality(0);
    op.append = append;
    add_op(op, point, slot);
  }
  for (const EncodedRun& frame : frames) {
    PendingOp op;
    op.what = PendingOp::What::frame;
    op.times = {frame.first, frame.last};
    op.frame = static_cast<std::uint32_t>(frames_.size());
    op.append = append;
    frames_.push_back(frame);
    add_op(op, point, slot);
  }
}

bool Engine::match_view(const Part& part, Slot& slot, Matches& matches) const {
  const std::span<const std::int64_t> times = part.ordered.times(part.write.run);
  for (std::uint32_t at = slot.pending; at != Slot::kNone; at = ops_[at].before) {
    const PendingOp& op = ops_[at];
    switch (op.what) {
      case PendingOp::What::frame: match_run(decode_run(frames_[op.frame]), times, matches); break;
      case PendingOp::What::one: match_run(op.as_run(), times, matches); break;
      case PendingOp::What::erase:
      case PendingOp::What::drop: match_erase(op.times, times, matches); break;
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

Engine::Decided Engine::decide_part(const WriteCommand& command, const Part& part, Outcomes& outcomes) {
  const Run& run = part.write.run;
  if (run.empty()) return Decided::yes;
  Slot* const slot = slots_.find(part.write.point);
  if (slot == nullptr || !slot->exists.load(std::memory_order_relaxed) || !part.fits) {
    outcomes.reason = part.fits ? RejectReason::point_gone : RejectReason::type_mismatch;
    outcomes.push(Outcome::rejected, run.size());
    return Decided::yes;
  }
  if (slot->compresses.load(std::memory_order_relaxed)) {
    if (!part.has_state) return Decided::bounced;  // It began to after the command was prepared.
    return decide_compressing(command, part, *slot, outcomes);
  }
  // The common case costs nothing: all newer than everything there is, in order, so stored as it came.
  const UpdateMode mode = command.mode;
  const Outcome outcome = outcome_if_free(mode);
  // A point that compressed its samples when they were put in order has no frames of them.
  const bool framed =
      !part.frames.empty() || (run.size() == 1 && run.kind != Kind::text) || outcome != Outcome::stored;
  if (part.ordered.ascending() && framed && run.times.front() > slot->newest) {
    outcomes.push(outcome, run.size());
    if (outcome == Outcome::stored) {
      newest_met_ = std::max(newest_met_, slot->newest.load(std::memory_order_relaxed));
      add_puts(run, part.frames, true, part.write.point, *slot);
    }
    return Decided::yes;
  }

  Matches matches{run.kind, part.ordered.times(run).size()};
  if (mode != UpdateMode::replace_range && !match_view(part, *slot, matches)) return Decided::bounced;
  Decision decision = decide(mode, run, part.ordered, matches);
  bool former_known = true;
  if (mode == UpdateMode::replace_range && options_.audit) {
    const Former had = former(part, *slot, decision.destroyed);
    if (had == Former::stale) return Decided::bounced;
    former_known = had == Former::known;
  }
  if (command.all_or_none && decision.outcomes.count(Outcome::ignored) > 0) return Decided::refused;
  outcomes = std::move(decision.outcomes);
  const std::size_t first_op = ops_.size();
  for (const Interval& interval : decision.erases) {
    PendingOp op;
    op.what = PendingOp::What::erase;
    op.times = interval;
    add_op(op, part.write.point, *slot);
  }
  const Run& puts = decision.puts;
  if (!puts.empty()) {
    const bool as_one = puts.size() == 1 && puts.kind != Kind::text;
    add_puts(puts, as_one ? std::vector<EncodedRun>{} : encode_runs(puts, 0, puts.size()), false,
             part.write.point, *slot);
  }
  note_mixed(part.write.point, *slot, first_op, std::move(decision.destroyed), former_known);
  return Decided::yes;
}

Engine::Decided Engine::decide_slice(Ticket& ticket) {
  // Looked through before anything is changed: all that is regular is newer than all there is of its point,
  // or none of it is decided here.
  const std::vector<PointSample>& slice = ticket.command.slice;
  newest_before_.clear();
  bool regular = true;
  std::size_t moved = 0;
  for (std::size_t i = 0; i < slice.size(); ++i) {
    if (moved < ticket.moved.size() && ticket.moved[moved].sample == i) {
      ++moved;
      continue;
    }
    Slot* const slot = slots_.find(slice[i].point);
    const std::int64_t newest = slot->newest.load(std::memory_order_relaxed);
    if (slice[i].time <= newest || !slot->exists.load(std::memory_order_relaxed)) {
      ticket.not_regular.push_back(slice[i].point);
      regular = false;
      continue;
    }
    newest_before_.emplace_back(slot, newest);
    newest_met_ = std::max(newest_met_, newest);
    slot->newest.store(slice[i].time, std::memory_order_relaxed);
  }
  if (!regular) return Decided::bounced;
  moved = 0;
  for (std::size_t i = 0, at = 0; i < slice.size(); ++i) {
    if (moved < ticket.moved.size() && ticket.moved[moved].sample == i) {
      ++moved;
      continue;
    }
    Slot& slot = *newest_before_[at++].first;
    if (slot.compresses.load(std::memory_order_relaxed) && !arrive_newest(ticket.command, slice[i], slot)) {
      continue;
    }
    PendingOp op;
    op.what = PendingOp::What::one;
    op.times = {slice[i].time, slice[i].time};
    op.bits = slice[i].bits;
    op.append = true;
    add_op(op, slice[i].point, slot);
  }
  return Decided::yes;
}

namespace {

/// One outcome per sample of the slice: `stored`, but for those that were decided as parts.
Outcomes slice_outcomes(const Ticket& ticket, std::span<const Outcomes> of_parts) {
  Outcomes all;
  std::vector<std::vector<Outcome>> expanded(of_parts.size());
  std::vector<std::size_t> next(of_parts.size());
  std::size_t at = 0;
  for (const Moved& moved : ticket.moved) {
    const std::size_t part = moved.part - ticket.writes;
    if (expanded[part].empty()) expanded[part] = of_parts[part].expand();
    if (of_parts[part].reason != RejectReason::none) all.reason = of_parts[part].reason;
    all.push(Outcome::stored, moved.sample - at);
    all.push(expanded[part][next[part]++]);
    at = moved.sample + 1;
  }
  all.push(Outcome::stored, ticket.command.slice.size() - at);
  return all;
}

}  // namespace

void Engine::take_back(std::size_t first_op) {
  while (ops_.size() > first_op) {
    ops_.back().slot->pending = ops_.back().before;
    ops_.pop_back();
  }
  for (auto at = newest_before_.rbegin(); at != newest_before_.rend(); ++at) {
    at->first->newest.store(at->second, std::memory_order_relaxed);
  }
  newest_before_.clear();
  take_back_notes(first_op);
  take_back_states();
}

Engine::Decided Engine::decide_ticket(Ticket& ticket) {
  if (ticket.plan) return decide_plan(ticket);
  if (!lane_.is_idle() || ticket.purpose.origin != BatchOrigin::write) {
    if (const auto decided = decide_by_lane(ticket)) return *decided;
  }
  const WriteCommand& command = ticket.command;
  const std::size_t first_op = command_first_op_ = ops_.size();
  WriteResult result;
  result.outcomes.resize(ticket.parts.size());
  newest_before_.clear();
  newest_met_ = std::numeric_limits<std::int64_t>::min();
  first_state_ = state_changes_.size();
  command_first_op_ = first_op;
  Decided decided = command.slice.empty() ? Decided::yes : decide_slice(ticket);
  if (decided == Decided::bounced) {
    // A point that comes twice, or that a command before this one wrote to: it becomes a part here and now,
    // so that this command keeps its place among the others. Only what needs stored samples goes back to its
    // caller.
    take_back(first_op);
    prepare_slice(ticket);
    for (std::size_t i = ticket.writes; i < ticket.parts.size(); ++i) {
      order_part(command.mode, ticket.parts[i]);
    }
    result.outcomes.resize(ticket.parts.size());
    decided = decide_slice(ticket);
  }
  std::size_t sent = command.slice.size();
  idle_.clear();
  // Of the parts, those that came out of the slice are decided first, as the command has them first.
  for (std::size_t n = 0; n < ticket.parts.size() && decided == Decided::yes; ++n) {
    const std::size_t i = (ticket.writes + n) % ticket.parts.size();
    const std::size_t ops_before = ops_.size();
    decided = decide_part(command, ticket.parts[i], result.outcomes[i]);
    if (ops_.size() == ops_before && options_.audit) note_idle(ticket.parts[i].write);
    if (i < ticket.writes) sent += ticket.parts[i].write.run.size();
  }
  if (decided != Decided::yes) {
    take_back(first_op);  // Decided whole or not at all.
    if (decided == Decided::bounced) {
      ticket.bounced = true;
    } else {
      ticket.result = fail(ErrorCode::conflict, {}, "a time of the request is taken, so nothing was stored");
    }
    return decided;
  }
  const std::vector<journal::SetAside> letters = refused_for_good(ticket, result);
  if (!command.slice.empty()) {
    result.slice = slice_outcomes(ticket, std::span{result.outcomes}.subspan(ticket.writes));
    result.outcomes.resize(ticket.writes);
  }
  if (sent > 0) {
    result.seq = last_seq_ + ++batches_;
    journal::Batch batch = batch_of(ticket, result.seq, sent);
    journal::append_outcomes(batch.outcomes, result.slice);
    for (const Outcomes& some : result.outcomes) journal::append_outcomes(batch.outcomes, some);
    batch.idle = idle_;
    journal::write_batch(group_, batch);
    begin_row(batch);
    journal_notes(batch.seq, first_op, ticket.bytes_max);
    tell_guards(batch.seq, first_op);
    journal_ops(first_op, command.mode);
    journal_states();
    settle_purpose(ticket, batch, letters);
    end_row();
    for (const journal::OutcomeRun& run : batch.outcomes) {
      outcomes_[static_cast<std::size_t>(run.outcome)].fetch_add(run.count, std::memory_order_relaxed);
    }
    samples_.fetch_add(sent, std::memory_order_relaxed);
    commands_.fetch_add(1, std::memory_order_relaxed);
  }
  ticket.result = std::move(result);
  return decided;
}

void Engine::note_idle(const PointWrite& write) {
  if (write.run.empty()) return;
  const auto [first, last] = std::minmax_element(write.run.times.begin(), write.run.times.end());
  idle_.push_back({write.point, *first, *last, static_cast<std::uint32_t>(write.run.size())});
}

journal::Batch Engine::batch_of(const Ticket& ticket, std::uint64_t seq, std::size_t sent) const {
  const WriteCommand& command = ticket.command;
  journal::Batch batch;
  batch.seq = seq;
  batch.principal = command.principal;
  batch.door = command.door;
  batch.mode = command.mode;
  batch.origin = static_cast<std::uint8_t>(ticket.purpose.origin);
  batch.about = ticket.purpose.about;
  batch.sent = static_cast<std::uint32_t>(sent);
  // What was queued came long ago; its decision is of now.
  if (ticket.purpose.origin != BatchOrigin::resolved) {
    const std::int64_t late_us = (command.now.unix_ns() - group_wall_ns_) / kNsPerMicrosecond;
    batch.wall_delta_us = static_cast<std::int32_t>(std::clamp<std::int64_t>(late_us, INT32_MIN, INT32_MAX));
  }
  return batch;
}

void Engine::journal_ops(std::size_t first_op, UpdateMode mode) {
  const auto plain_one = [this](std::size_t i) {
    return i < ops_.size() && ops_[i].what == PendingOp::What::one && ops_[i].quality.is_plain();
  };
  for (std::size_t i = first_op; i < ops_.size();) {
    const std::uint8_t appended = ops_[i].append ? journal::kAppended : 0;
    if (plain_one(i) && plain_one(i + 1) && ops_[i].append == ops_[i + 1].append) {
      slice_.clear();
      std::int64_t earliest = ops_[i].times.first;
      for (; plain_one(i) && ops_[i].append == (appended != 0); ++i) {
        slice_.push_back({ops_[i].point, ops_[i].kind(), ops_[i].times.first, ops_[i].bits});
        earliest = std::min(earliest, ops_[i].times.first);
      }
      const bool common = appended != 0 && earliest > newest_met_;
      const std::uint8_t flags = common ? appended | journal::kCommonRange : appended;
      journal::write_slice(group_, slice_, flags);
      row_slice(slice_, flags);
      continue;
    }
    const PendingOp& op = ops_[i++];
    switch (op.what) {
      case PendingOp::What::frame:
        journal::write_run(group_, op.point, *frames_[op.frame].frame, appended);
        row_put(op.point, op.times, frames_[op.frame].count, appended);
        break;
      case PendingOp::What::one:
        journal::write_one(
            group_, {op.point, Timestamp::from_unix_ns(op.times.first), op.kind(), op.bits, op.quality},
            appended);
        row_put(op.point, op.times, 1, appended);
        break;
      case PendingOp::What::erase: {
        const bool range = mode == UpdateMode::replace_range;
        const journal::Erase erase{op.point, Timestamp::from_unix_ns(op.times.first),
                                   Timestamp::from_unix_ns(op.times.last),
                                   range ? journal::EraseWhy::replaced_range : journal::EraseWhy::asked};
        journal::write_erase(group_, erase);
        row_erase(erase);
        break;
      }
      case PendingOp::What::drop:
        journal::write_erase(group_, {op.point, Timestamp::from_unix_ns(op.times.first),
                                      Timestamp::from_unix_ns(op.times.last), journal::EraseWhy::compressed});
        break;
    }
  }
}

}  // namespace penstock::archive
