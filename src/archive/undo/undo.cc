// Undo: what a batch did is taken back by another batch, or refused.
#include <algorithm>

#include "archive/engine.h"
#include "base/clock.h"
#include "base/log.h"

namespace penstock::archive {
namespace {

/// A plan that others overtook is made again so often.
constexpr int kPlansMax = 5;

std::string name_of(const BatchRecord& record) {
  return std::to_string(record.seq) + " of " + format_trimmed(record.received);
}

std::size_t bytes_bound(const Plan& plan) {
  std::size_t bytes = 256;
  for (const PlanPart& part : plan.parts) {
    bytes += 128 + part.erases.size() * 40 + part.outcomes.runs().size() * 8;
    for (const auto* frames : {&part.puts_as, &part.destroyed_as}) {
      for (const EncodedRun& frame : *frames) bytes += frame.frame->size() + 32;
    }
  }
  return bytes;
}

}  // namespace

std::uint64_t Engine::guard(const UndoingByPoint& points) {
  std::uint64_t as_of = 0;
  {
    // Under the role no group is between its decision and its end: all up to here is in ledger and view.
    const std::lock_guard role{role_};
    as_of = last_seq_;
    for (const auto& [point, undoing] : points) ++guarded_[point].plans;
  }
  lead();  // Who came meanwhile found the role taken.
  return as_of;
}

void Engine::unguard(const UndoingByPoint& points) {
  {
    const std::lock_guard role{role_};
    for (const auto& [point, undoing] : points) {
      const auto at = guarded_.find(point);
      if (--at->second.plans == 0) guarded_.erase(at);
    }
  }
  lead();
}

void Engine::tell_guards(std::uint64_t seq, std::size_t first_op) {
  if (guarded_.empty()) return;
  for (std::size_t i = first_op; i < ops_.size(); ++i) {
    const auto at = guarded_.find(ops_[i].point);
    if (at != guarded_.end()) at->second.touched.emplace_back(seq, ops_[i].times);
  }
}

Result<void> Engine::plan_undo(const BatchRecord& record, const UndoingByPoint& points, Plan& plan) const {
  TRY(const std::optional<BatchRecord> later, later_touch(*this, record, points));
  if (later) {
    const bool undone = later->origin == BatchOrigin::undo && later->other == record.seq;
    return fail(ErrorCode::conflict, {},
                undone ? "the batch was undone already, by batch " + name_of(*later)
                       : "a later batch touched the same range: " + name_of(*later));
  }
  plan.origin = BatchOrigin::undo;
  plan.other = record.seq;
  for (const auto& [point, undoing] : points) {
    const Slot* const slot = slots_.find(point);
    if (slot == nullptr || !slot->exists.load(std::memory_order_relaxed)) {
      return fail(ErrorCode::conflict, {}, "a point of the batch is gone");
    }
    TRY(PlanPart part, plan_point(*this, point, undoing));
    if (part.outcomes.size() > 0) plan.parts.push_back(std::move(part));
  }
  if (bytes_bound(plan) > options_.segment_bytes - 8192) {
    return fail(ErrorCode::limit_exceeded, {}, "the undo is too large to be kept as one");
  }
  return {};
}

Task<Result<WriteResult>> Engine::undo(std::uint64_t seq, const Actor& actor) {
  auto found = batch(seq);
  if (!found) co_return fail(found.error());
  if (*found && (*found)->origin == BatchOrigin::queued && (*found)->other != 0) {
    // What a queued batch did, its decision did.
    found = batch((*found)->other);
    if (!found) co_return fail(found.error());
  }
  if (!*found) co_return fail(ErrorCode::not_found, {}, "nothing is known of the batch, or no longer");
  const BatchRecord record = std::move(**found);
  if (record.origin == BatchOrigin::retention)
    co_return fail(ErrorCode::unsupported, {}, "what retention erases is gone for good");
  if (record.sent == 0) co_return fail(ErrorCode::unsupported, {}, "changes of the catalog are not undone");
  if (record.state == BatchState::queued)
    co_return fail(ErrorCode::conflict, {}, "the batch waits to be decided");
  const auto preimages = preimages_of(record.seq);
  if (!preimages) co_return fail(preimages.error());
  auto points = undoing_of(record, *preimages);
  if (!points) co_return fail(points.error());

  Ticket ticket;
  ticket.command.door = actor.door;
  ticket.command.principal = actor.principal;
  ticket.command.now = actor.now;
  for (int plans = 0; plans < kPlansMax; ++plans) {
    ticket.plan = std::make_unique<Plan>();
    ticket.plan->as_of = guard(*points);
    Result<void> planned = plan_undo(record, *points, *ticket.plan);
    ticket.bounced = false;
    if (!planned) {
      ticket.result = tl::unexpected(std::move(planned).error());
    } else if (ticket.plan->parts.empty()) {
      ticket.result = WriteResult{};  // It changed nothing.
    } else {
      ticket.bytes_max = bytes_bound(*ticket.plan);
      auto submitted = submit_ticket(ticket);
      co_await submitted;
    }
    unguard(*points);
    if (!ticket.bounced) co_return std::move(ticket.result);
  }
  co_return fail(ErrorCode::overloaded, {}, "the points of the batch are written to all the time");
}

Task<Result<WriteResult>> Engine::expire(std::vector<Expiry> points, const Actor& actor) {
  Ticket ticket;
  ticket.command.door = actor.door;
  ticket.command.principal = actor.principal;
  ticket.command.now = actor.now;
  ticket.plan = std::make_unique<Plan>();
  ticket.plan->origin = BatchOrigin::retention;
  for (const Expiry& each : points) {
    PlanPart& part = ticket.plan->parts.emplace_back();
    part.point = each.point;
    part.erases.push_back({Timestamp::min().unix_ns(), each.last.unix_ns()});
    // The record counts in 32 bits.
    part.outcomes.push(Outcome::erased, std::min<std::uint64_t>(each.samples, 1u << 31));
  }
  ticket.bytes_max = bytes_bound(*ticket.plan);
  if (ticket.bytes_max > options_.segment_bytes - 8192)
    co_return fail(ErrorCode::limit_exceeded, {}, "so many points do not go into one batch");
  if (points.empty()) co_return WriteResult{};
  auto submitted = submit_ticket(ticket);
  co_await submitted;
  co_return std::move(ticket.result);
}

Engine::Decided Engine::decide_plan(Ticket& ticket) {
  if (!lane_.is_idle()) {
    // What is queued comes before it, and may be for the same points.
    ticket.result = fail(ErrorCode::store_unavailable, {}, "the archive is away, or writes are still queued");
    return Decided::refused;
  }
  const Plan& plan = *ticket.plan;
  const std::size_t first_op = command_first_op_ = ops_.size();
  newest_before_.clear();  // Of a command before this one: that is not taken back with it.
  first_state_ = state_changes_.size();
  WriteResult result;
  journal::Batch batch;
  for (const PlanPart& part : plan.parts) {
    Slot* const slot = slots_.find(part.point);
    const bool exists = slot != nullptr && slot->exists.load(std::memory_order_relaxed);
    if (!exists && plan.for_good()) continue;  // Gone with all its samples.
    const auto guarded = guarded_.find(part.point);
    const bool stale =
        !plan.for_good() && (!exists || guarded == guarded_.end() ||
                             std::any_of(guarded->second.touched.begin(), guarded->second.touched.end(),
                                         [&](const auto& touched) {
                                           return touched.first > plan.as_of &&
                                                  overlap(part.touched, touched.second);
                                         }));
    if (stale) {
      take_back(first_op);
      ticket.bounced = true;
      return Decided::bounced;
    }
    const std::size_t ops_before = ops_.size();
    for (const Interval& interval : part.erases) {
      PendingOp op;
      op.what = PendingOp::What::erase;
      op.times = interval;
      add_op(op, part.point, *slot);
    }
    if (!part.puts.empty()) add_puts(part.puts, part.puts_as, false, part.point, *slot);
    forget_band(part.point, *slot);  // What it rests on may be gone.
    if (!plan.for_good()) note_plan(part, ops_before);
    batch.sent += static_cast<std::uint32_t>(part.outcomes.size());
    journal::append_outcomes(batch.outcomes, part.outcomes);
    result.outcomes.push_back(part.outcomes);
  }
  if (ops_.size() == first_op) {
    ticket.result = std::move(result);
    return Decided::yes;
  }
  result.seq = last_seq_ + ++batches_;
  batch.seq = result.seq;
  batch.principal = ticket.command.principal;
  batch.door = ticket.command.door;
  batch.mode = plan.for_good() ? UpdateMode::remove : UpdateMode::replace;
  batch.origin = static_cast<std::uint8_t>(plan.origin);
  batch.about = plan.other;
  const std::int64_t late_us = (ticket.command.now.unix_ns() - group_wall_ns_) / kNsPerMicrosecond;
  batch.wall_delta_us = static_cast<std::int32_t>(std::clamp<std::int64_t>(late_us, INT32_MIN, INT32_MAX));
  journal::write_batch(group_, batch);
  begin_row(batch);
  journal_notes(batch.seq, first_op, ticket.bytes_max);
  if (plan.for_good()) {
    for (std::size_t i = first_op; i < ops_.size(); ++i) {
      const journal::Erase erase{ops_[i].point, Timestamp::from_unix_ns(ops_[i].times.first),
                                 Timestamp::from_unix_ns(ops_[i].times.last), journal::EraseWhy::retention};
      journal::write_erase(group_, erase);
      row_erase(erase);
    }
  } else {
    journal_ops(first_op, batch.mode);
  }
  journal_states();
  tell_guards(batch.seq, first_op);
  end_row();
  for (const journal::OutcomeRun& run : batch.outcomes) {
    outcomes_[static_cast<std::size_t>(run.outcome)].fetch_add(run.count, std::memory_order_relaxed);
  }
  samples_.fetch_add(batch.sent, std::memory_order_relaxed);
  commands_.fetch_add(1, std::memory_order_relaxed);
  ticket.result = std::move(result);
  return Decided::yes;
}

void Engine::note_plan(const PlanPart& part, std::size_t first_op) {
  if (!options_.audit) return;
  MixedNote& note = notes_.emplace_back();
  note.first_op = first_op;
  note.preimage.point = part.point;
  note.preimage.destroyed = part.destroyed_as;
}

void Engine::tell_plan(const Plan& plan) {
  if (plan.for_good()) return;
  for (const PlanPart& part : plan.parts) {
    Run gone;
    gone.kind = part.destroyed.kind;
    for (std::size_t i = 0; i < part.destroyed.size(); ++i) {
      if (!std::binary_search(part.puts.times.begin(), part.puts.times.end(), part.destroyed.times[i]))
        gone.push_from(part.destroyed, i);
    }
    watches_.tell(UpdateMode::remove, part.point, gone, Outcomes::all(Outcome::erased, gone.size()));
    Outcomes put;
    std::size_t past = gone.size();
    for (const auto& [outcome, count] : part.outcomes.runs()) {
      const std::size_t skipped = std::min<std::size_t>(past, count);
      past -= skipped;
      if (count > skipped) put.push(outcome, count - skipped);
    }
    watches_.tell(UpdateMode::insert, part.point, part.puts, put);
  }
}

std::optional<Timestamp> Engine::none_before(PointId point) const {
  const Slot* const slot = slots_.find(point);
  if (slot == nullptr) return std::nullopt;
  const std::lock_guard lock{slots_.stripe(point)};
  std::optional<std::int64_t> first;
  const auto take = [&](std::int64_t t) { first = first ? std::min(*first, t) : t; };
  std::int64_t sealed = slot->sealed.first;
  for (const Layer* const layer : {slot->frozen.get(), slot->active.get()}) {
    if (layer == nullptr) continue;
    if (!layer->runs().empty()) take(layer->runs().front().first);
    if (!layer->tail().empty()) take(layer->tail().times.front());
    sealed = behind_mask(layer->mask(), sealed);
  }
  if (slot->sealed.count > 0 && sealed <= slot->sealed.last) take(sealed);
  if (!first) return std::nullopt;
  return Timestamp::from_unix_ns(*first);
}

}  // namespace penstock::archive
