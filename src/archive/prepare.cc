// Steps W1 to W3 of a write, on the thread of its caller: put samples in order, encode them, and fetch what
// stored samples say where they may matter. Nothing here changes anything.
#include <map>
#include <unordered_set>

#include "archive/compression/state.h"
#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"

namespace penstock::archive {
namespace {

/// Number columns differ only in how they are encoded, so one may stand for the other.
bool fit_kind(Run& run, Kind kind) {
  if (run.kind == kind) return true;
  if (is_number(run.kind) && is_number(kind)) {
    run.kind = kind;
    if (kind == Kind::float32) {
      for (double& number : run.numbers) number = static_cast<double>(static_cast<float>(number));
    }
    return true;
  }
  if (is_integer(run.kind) && is_integer(kind)) {
    run.kind = kind;
    return true;
  }
  return false;
}

/// More than any encoding of the part can take in the journal.
std::size_t bytes_bound(const Part& part) {
  const Run& run = part.write.run;
  std::size_t bytes = 160 + run.size() * 40;
  if (part.has_state && run.kind == Kind::text) bytes += kCompressionStateBytesMax;
  for (const std::string& text : run.texts) bytes += text.size() + 8;
  return bytes;
}

}  // namespace

Result<void> Engine::collect_evidence(Part& part, const Slot& slot) const {
  part.evidence.reset();
  const std::span<const std::int64_t> times = part.ordered.times(part.write.run);
  const std::int64_t first = times.front(), last = times.back();
  {
    const std::lock_guard lock{slots_.stripe(part.write.point)};
    if (!slot.sealed.overlaps(first, last)) return {};
  }
  const auto as_of = version();
  Evidence evidence{as_of->gen, Matches{part.write.run.kind, times.size()}};
  TRY_VOID(match_sealed(*as_of->snapshot, part.write.point, times, evidence.matches));
  part.evidence = std::make_unique<Evidence>(std::move(evidence));
  return {};
}

void Engine::order_part(UpdateMode mode, Part& part) const {
  const Slot* const slot = slots_.find(part.write.point);
  Run& run = part.write.run;
  if (slot == nullptr || run.empty()) return;
  part.fits = fit_kind(run, static_cast<Kind>(slot->kind.load(std::memory_order_relaxed)));
  if (!part.fits) return;
  part.ordered = put_in_order(run);
  part.has_state = slot->compresses.load(std::memory_order_relaxed);
  // Of what compressing points are sent by insert, not all is kept: frames of all of it would be in vain.
  const bool tested = mode == UpdateMode::insert && part.has_state;
  const bool stores = mode != UpdateMode::remove && mode != UpdateMode::replace_only && !tested;
  if (part.frames.empty() && stores && part.ordered.ascending() &&
      (run.size() > 1 || run.kind == Kind::text)) {
    part.frames = encode_runs(run, 0, run.size());
  }
}

Result<void> Engine::prepare_part(UpdateMode mode, Part& part) const {
  order_part(mode, part);
  const Slot* const slot = slots_.find(part.write.point);
  if (slot == nullptr || part.write.run.empty() || !part.fits) return {};
  if (lane_.is_away()) return {};  // It will not be decided now.
  if (mode == UpdateMode::replace_range) return collect_former(part, *slot);
  return collect_evidence(part, *slot);
}

bool Engine::fit_sample(PointSample& sample, const Slot& slot) {
  const auto kind = static_cast<Kind>(slot.kind.load(std::memory_order_relaxed));
  if (sample.kind == kind) return true;
  if (is_number(kind) && is_number(sample.kind)) {
    if (kind == Kind::float32) {
      const auto single = static_cast<float>(std::bit_cast<double>(sample.bits));
      sample.bits = std::bit_cast<std::uint64_t>(static_cast<double>(single));
    }
  } else if (!is_integer(kind) || !is_integer(sample.kind)) {
    return false;
  }
  sample.kind = kind;
  return true;
}

/// Leaves in the slice what is newer than all there is of its point and is therefore stored as it comes;
/// every sample of the other points becomes part of a run of its point, decided like any other.
void Engine::prepare_slice(Ticket& ticket) const {
  std::vector<PointSample>& slice = ticket.command.slice;
  std::unordered_set<PointId> look{ticket.not_regular.begin(), ticket.not_regular.end()};
  const bool stores = outcome_if_free(ticket.command.mode) == Outcome::stored;
  for (PointSample& sample : slice) {
    const Slot* const slot = slots_.find(sample.point);
    const bool regular = slot != nullptr && fit_sample(sample, *slot) && stores &&
                         slot->exists.load(std::memory_order_relaxed) &&
                         sample.time > slot->newest.load(std::memory_order_relaxed);
    if (!regular) look.insert(sample.point);
  }
  ticket.moved.clear();
  ticket.parts.resize(ticket.writes);
  if (look.empty()) return;
  // Samples that do not fit their point's kind have a part of their own, which is refused.
  std::map<std::pair<PointId, Kind>, std::uint32_t> parts;
  for (std::uint32_t i = 0; i < slice.size(); ++i) {
    const PointSample& sample = slice[i];
    if (!look.contains(sample.point)) continue;
    const auto next = static_cast<std::uint32_t>(ticket.parts.size());
    const auto [at, made] = parts.try_emplace({sample.point, sample.kind}, next);
    if (made) {
      ticket.parts.emplace_back().write.point = sample.point;
      ticket.parts.back().write.run.kind = sample.kind;
    }
    Run& run = ticket.parts[at->second].write.run;
    run.times.push_back(sample.time);
    if (is_number(run.kind)) {
      run.numbers.push_back(std::bit_cast<double>(sample.bits));
    } else {
      run.integers.push_back(std::bit_cast<std::int64_t>(sample.bits));
    }
    ticket.moved.push_back({i, at->second});
  }
}

Result<void> Engine::prepare(Ticket& ticket) const {
  if (!ticket.command.slice.empty()) prepare_slice(ticket);
  // A sample that becomes a part of its own takes more than one of a slice.
  ticket.bytes_max = 256 + ticket.command.slice.size() * 200;
  for (Part& part : ticket.parts) {
    TRY_VOID(prepare_part(ticket.command.mode, part));
    TRY_VOID(look_behind(ticket, part));
    ticket.bytes_max += bytes_bound(part);
  }
  if (ticket.bytes_max > options_.segment_bytes - 8192) {
    return fail(ErrorCode::limit_exceeded, {}, "the write is too large to be kept as one");
  }
  return {};
}

/// Suspends the caller's coroutine until its ticket is answered.
struct Engine::Submit {
  Engine& engine;
  Ticket& ticket;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    ticket.waiter = waiter;
    ticket.executor = Executor::current();
    CHECK(ticket.executor != nullptr);
    // Once the ticket is in the queue, another leader may answer it: from here on it is not ours. The
    // coroutine itself goes on only on this thread's executor, so `this` still stands.
    const bool gathers = ticket.executor->gathers_writes();
    Engine& target = engine;
    target.submit(ticket);
    if (!gathers) target.lead();
  }
  void await_resume() const noexcept {}
};

Task<bool> Engine::submit_ticket(Ticket& ticket) {
  Submit answered{*this, ticket};
  co_await answered;
  co_return ticket.bounced;
}

Task<Result<WriteResult>> Engine::write(WriteCommand command) {
  return write_for(Purpose{}, std::move(command));
}

Task<Result<WriteResult>> Engine::write_for(Purpose purpose, WriteCommand command) {
  Ticket ticket;
  ticket.purpose = purpose;
  ticket.command = std::move(command);
  ticket.parts.reserve(ticket.command.writes.size());
  for (PointWrite& write : ticket.command.writes) {
    ticket.parts.emplace_back();
    ticket.parts.back().write = std::move(write);
  }
  ticket.command.writes.clear();
  ticket.writes = ticket.parts.size();
  CHECK(ticket.command.slice.empty() || ticket.command.mode != UpdateMode::replace_range);
  bool held = false;
  for (int bounces = 0;; ++bounces) {
    if (bounces == kBouncesMax) {
      // Flushes overtook the evidence again and again: from now on none drops a layer until this is decided.
      held = true;
      holds_.fetch_add(1);
    }
    ticket.bounced = false;
    ticket.bounces = bounces;
    Result<void> prepared = prepare(ticket);
    if (!prepared) {
      ticket.result = tl::unexpected(std::move(prepared).error());
      break;
    }
    Submit answered{*this, ticket};
    co_await answered;
    if (!ticket.bounced) break;
  }
  if (held) holds_.fetch_sub(1);
  co_return std::move(ticket.result);
}

Task<Result<std::uint64_t>> Engine::change(Edit edit, Door door, std::uint32_t principal) {
  Ticket ticket;
  ticket.edit = std::move(edit);
  ticket.command.door = door;
  ticket.command.principal = principal;
  ticket.command.now = Timestamp::from_unix_ns(wall_clock_ns());
  ticket.bytes_max = 256;
  Submit answered{*this, ticket};
  co_await answered;
  if (!ticket.result) co_return tl::unexpected(std::move(ticket.result).error());
  co_return ticket.result->seq;
}

}  // namespace penstock::archive
