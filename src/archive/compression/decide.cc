// Step W5 for compressing points: samples one by one in the order sent, each against the point's state.
#include <algorithm>
#include <bit>

#include "archive/compression/state.h"
#include "archive/engine.h"
#include "base/check.h"
#include "journal/state_entry.h"

namespace penstock::archive {

namespace {

/// True if no sample of the command is tested, nor what it displaces.
bool bypasses(const WriteCommand& command) {
  return command.bypass_compression || command.mode == UpdateMode::insert_no_compression ||
         command.mode == UpdateMode::replace_range;
}

}  // namespace

/// The newest sample that the part leaves before the snapshot, where the part may take away what the state
/// stands on. Read on the caller's thread; the leader compares `edits`.
Result<void> Engine::look_behind(const Ticket& ticket, Part& part) const {
  part.behind.reset();
  const UpdateMode mode = ticket.command.mode;
  const PointId id = part.write.point;
  const Slot* const slot = slots_.find(id);
  if (slot == nullptr || !slot->compresses.load(std::memory_order_relaxed)) return {};
  if (!part.fits || part.write.run.empty()) return {};
  if (mode != UpdateMode::remove && mode != UpdateMode::replace_range) return {};
  const std::optional<CompressingPoint> point = compression_.look(id);
  if (!point) return {};
  const std::span<const std::int64_t> own = part.ordered.times(part.write.run);
  const Interval range{own.front(), own.back()};
  Behind behind;
  behind.edits = point->edits;
  behind.is_known = ticket.bounces < kBouncesMax;
  if (behind.is_known && !needs_predecessor(point->state, range)) return {};

  // All that the command takes away of the point, in whatever parts.
  std::vector<std::int64_t> times;
  if (mode == UpdateMode::remove) {
    for (const Part& other : ticket.parts) {
      if (other.write.point != id) continue;
      times.insert(times.end(), other.write.run.times.begin(), other.write.run.times.end());
    }
    std::sort(times.begin(), times.end());
  }
  const auto goes = [&](std::int64_t time) {
    return mode == UpdateMode::replace_range ? range.contains(time)
                                             : std::binary_search(times.begin(), times.end(), time);
  };
  constexpr std::size_t kLookMax = 1024;
  Scan older;
  older.point = id;
  older.newest_first = true;
  older.limit = 1;
  std::int64_t end = point->state.snapshot.time;  // What is before it is looked at.
  while (behind.is_known && end > Timestamp::min().unix_ns()) {
    older.last = Timestamp::from_unix_ns(end - 1);
    TRY(const Run found, scan(older));
    std::size_t i = 0;
    while (i < found.size() && goes(found.times[i])) ++i;
    if (i < found.size()) behind.before.event = CompressionEvent::of(found, i);
    if (i < found.size() || found.size() < older.limit) break;
    end = mode == UpdateMode::replace_range ? range.first : found.times.back();
    // A command may take away many: more at a time, the longer it takes.
    older.limit = std::min(older.limit * 8, kLookMax);
  }
  part.behind = std::make_unique<Behind>(std::move(behind));
  return {};
}

CompressionState& Engine::change_state(PointId id, CompressingPoint& point) {
  state_changes_.push_back({id, &point, point.state});
  return point.state;
}

void Engine::take_back_states() {
  if (state_changes_.size() == first_state_) return;
  const std::lock_guard lock{compression_.mutex};
  while (state_changes_.size() > first_state_) {
    CompressingPoint& point = *state_changes_.back().point;
    point.state = std::move(state_changes_.back().before);
    compression_.renew(point);
    state_changes_.pop_back();
  }
}

void Engine::journal_states() {
  for (std::size_t i = first_state_; i < state_changes_.size(); ++i) {
    const StateChange& change = state_changes_[i];
    journal::write_state(group_, {change.id, encode_state(change.point->state)});
  }
}

void Engine::publish_states() {
  for (const StateChange& change : state_changes_) compression_.touch(change.id, *change.point);
  state_changes_.clear();
  first_state_ = 0;
}

std::uint32_t Engine::first_pending_of(const Slot& slot) const {
  std::uint32_t at = slot.pending;
  while (ops_[at].before != Slot::kNone) at = ops_[at].before;
  return at;
}

void Engine::add_interval_op(PendingOp::What what, Interval times, PointId point, Slot& slot) {
  PendingOp op;
  op.what = what;
  op.times = times;
  add_op(op, point, slot);
}

bool Engine::arrive_newest(const WriteCommand& command, const PointSample& sample, Slot& slot) {
  CompressingPoint* const point = compression_.find(sample.point);
  CHECK(point != nullptr);
  CompressionEvent event{sample.time, {}, {}, true};
  if (is_number(sample.kind)) {
    event.value = std::bit_cast<double>(sample.bits);
  } else {
    event.value = std::bit_cast<std::int64_t>(sample.bits);
  }
  Arrived arrived;
  {
    const std::lock_guard lock{compression_.mutex};
    arrived =
        arrive(point->settings, change_state(sample.point, *point), std::move(event), bypasses(command));
  }
  if (arrived.dropped) {
    add_interval_op(PendingOp::What::drop, {*arrived.dropped, *arrived.dropped}, sample.point, slot);
  }
  return arrived.kept;
}

/// What of the part stays, as one run: its frames if that is all of it, just as it came.
void Engine::add_kept(const Part& part, const Run& puts, bool append, Slot& slot) {
  if (puts.empty()) return;
  if (append) newest_met_ = std::max(newest_met_, slot.newest.load(std::memory_order_relaxed));
  if (puts.size() == 1 && puts.kind != Kind::text) return add_puts(puts, {}, append, part.write.point, slot);
  const Run& run = part.write.run;
  const bool as_it_came = !part.frames.empty() && part.ordered.ascending() && puts == run;
  add_puts(puts, as_it_came ? part.frames : encode_runs(puts, 0, puts.size()), append, part.write.point,
           slot);
}

Engine::Decided Engine::decide_compressing(const WriteCommand& command, const Part& part, Slot& slot,
                                           Outcomes& outcomes) {
  const Run& run = part.write.run;
  const PointId id = part.write.point;
  const UpdateMode mode = command.mode;
  CompressingPoint* const point = compression_.find(id);
  CHECK(point != nullptr);
  const CompressionSettings& settings = point->settings;
  const bool bypass = bypasses(command);
  const std::span<const std::int64_t> times = part.ordered.times(run);
  const bool all_newer = times.front() > slot.newest.load(std::memory_order_relaxed);
  // A range behind all there is has nothing in it: what comes there is an append.
  const bool whole_range = mode == UpdateMode::replace_range && !all_newer;

  if (run.size() == 1 && all_newer) {
    // What comes all day: one sample, newer than all there is.
    outcomes.push(outcome_if_free(mode));
    if (outcome_if_free(mode) != Outcome::stored) return Decided::yes;
    Arrived arrived;
    {
      CompressionEvent event = CompressionEvent::of(run, 0);
      const std::lock_guard lock{compression_.mutex};
      arrived = arrive(settings, change_state(id, *point), std::move(event), bypass);
    }
    if (arrived.dropped) {
      add_interval_op(PendingOp::What::drop, {*arrived.dropped, *arrived.dropped}, id, slot);
    }
    if (arrived.kept) add_kept(part, run, true, slot);
    return Decided::yes;
  }

  // What this command did to the point in an earlier part is no matter if it only removes.
  const bool undisturbed = slot.pending == Slot::kNone ||
                           (mode == UpdateMode::remove && first_pending_of(slot) >= command_first_op_);
  const bool behind_is_exact = part.behind && part.behind->edits == point->edits && undisturbed;
  /// False: the part has to go back to its caller. Null in `before`: what is behind is not to be had.
  const auto find_behind = [&](Interval interval, const Predecessor*& before) {
    before = nullptr;
    if (!needs_predecessor(point->state, interval)) return true;
    if (behind_is_exact && part.behind->is_known) {
      before = &part.behind->before;
      return true;
    }
    return part.behind != nullptr && !part.behind->is_known;
  };

  Matches matches{run.kind, times.size()};
  if (!all_newer && !whole_range && !match_view(part, slot, matches)) return Decided::bounced;
  std::vector<Held> held(times.size());
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!whole_range && matches.taken(k))
      held[k] = {&matches.found, static_cast<std::size_t>(matches.where[k]), false};
  }
  std::vector<std::uint32_t> place;  // Of each sample among `times`.
  if (!part.ordered.ascending()) {
    place.resize(run.size());
    std::uint32_t k = 0;
    for (const std::uint32_t i : part.ordered.order) {
      while (times[k] != run.times[i]) ++k;
      place[i] = k;
    }
  }

  const std::size_t first_op = ops_.size();
  Run destroyed;
  destroyed.kind = run.kind;
  bool former_known = true;
  if (whole_range && options_.audit) {
    const Former had = former(part, slot, destroyed);
    if (had == Former::stale) return Decided::bounced;
    former_known = had == Former::known;
  }
  if (whole_range) {
    const Interval interval{times.front(), times.back()};
    const Predecessor* before = nullptr;
    if (!find_behind(interval, before)) return Decided::bounced;
    const std::lock_guard lock{compression_.mutex};
    erased(settings, change_state(id, *point), interval, before);
    add_interval_op(PendingOp::What::erase, interval, id, slot);
  }
  std::optional<std::unique_lock<std::mutex>> lock;
  CompressionState* state = whole_range ? &point->state : nullptr;
  // From the first change on, callers that look have to wait: it is a matter of microseconds.
  const auto changing = [&]() -> CompressionState& {
    if (!lock) lock.emplace(compression_.mutex);
    if (state == nullptr) state = &change_state(id, *point);
    return *state;
  };
  std::vector<Outcome> list(run.size());
  for (std::size_t i = 0; i < run.size(); ++i) {
    Held& now = held[place.empty() ? i : place[i]];
    const Held was = now;
    const Outcome outcome = list[i] = settle(mode, run, i, now);
    switch (outcome) {
      case Outcome::stored: {
        const Arrived arrived = arrive(settings, changing(), CompressionEvent::of(run, i), bypass);
        if (!arrived.kept) now = was;  // Taken, and gone at once, like one that is compressed away later.
        if (!arrived.dropped) break;
        const auto at = std::lower_bound(times.begin(), times.end(), *arrived.dropped);
        if (at != times.end() && *at == *arrived.dropped) {
          held[static_cast<std::size_t>(at - times.begin())] = {};
        } else {
          add_interval_op(PendingOp::What::drop, {*arrived.dropped, *arrived.dropped}, id, slot);
        }
        break;
      }
      case Outcome::replaced: {
        CompressionEvent event = CompressionEvent::of(run, i);
        if (now.substituted) event.quality.flags |= Quality::kSubstituted;
        edited(settings, changing(), std::move(event));
        break;
      }
      case Outcome::identical:
        if (bypass) sent_again(changing(), run.times[i]);
        break;
      case Outcome::erased: {
        const Interval interval{run.times[i], run.times[i]};
        const Predecessor* before = nullptr;
        if (!find_behind(interval, before)) return Decided::bounced;
        erased(settings, changing(), interval, before);
        break;
      }
      case Outcome::ignored:
      case Outcome::rejected: break;
    }
  }
  lock.reset();
  for (const Outcome outcome : list) outcomes.push(outcome);
  if (command.all_or_none && outcomes.count(Outcome::ignored) > 0) return Decided::refused;

  Run puts;
  puts.kind = run.kind;
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!whole_range && matches.taken(k) && held[k].run != &matches.found) {
      destroyed.push_from(matches.found, static_cast<std::size_t>(matches.where[k]));
    }
    if (held[k].run == &run) {
      puts.append(run, held[k].index, 1);
      if (held[k].substituted) {
        Quality quality = puts.quality(puts.size() - 1);
        quality.flags |= Quality::kSubstituted;
        puts.set_quality(puts.size() - 1, quality);
      }
    } else if (held[k].run == nullptr && !whole_range && matches.taken(k)) {
      const auto what = mode == UpdateMode::remove ? PendingOp::What::erase : PendingOp::What::drop;
      add_interval_op(what, {times[k], times[k]}, id, slot);
    }
  }
  add_kept(part, puts, all_newer, slot);
  if (!all_newer) note_mixed(id, slot, first_op, std::move(destroyed), former_known);
  return Decided::yes;
}

}  // namespace penstock::archive
