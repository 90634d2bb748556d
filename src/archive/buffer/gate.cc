// The leader's side of the buffer: which commands are decided now, which are queued, which wait, and what of
// a decision goes into the journal beside its samples.
#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "archive/engine.h"
#include "base/clock.h"
#include "base/log.h"
#include "journal/intent_entry.h"

namespace penstock::archive {
namespace {

/// With fewer intents than this left, writers wait for the lane instead of making it longer: else points that
/// are written all the time would stay behind for ever.
constexpr std::uint64_t kNearlyDone = 256;
constexpr std::int64_t kPatienceNs = 3 * kNsPerSecond;
/// Memory keeps some 40 bytes of each intent, however small it is in the journal.
constexpr std::uint64_t kIntentsMax = 20'000'000;

std::size_t samples_of(const Ticket& ticket) {
  std::size_t samples = ticket.command.slice.size();
  for (std::size_t i = 0; i < ticket.writes; ++i) samples += ticket.parts[i].write.run.size();
  return samples;
}

template <class Each>
void for_each_point(const Ticket& ticket, const Each& each) {
  for (const PointSample& sample : ticket.command.slice) each(sample.point);
  for (std::size_t i = 0; i < ticket.writes; ++i) each(ticket.parts[i].write.point);
}

}  // namespace

std::optional<Engine::Decided> Engine::decide_by_lane(Ticket& ticket) {
  if (ticket.purpose.origin == BatchOrigin::drop) {
    decide_drop(ticket);
    return Decided::yes;
  }
  const auto refuse = [&](const char* why) {
    ticket.result = fail(ErrorCode::store_unavailable, {}, why);
    return Decided::refused;
  };
  const bool away = lane_.is_away();
  if (ticket.purpose.origin == BatchOrigin::resolved) {
    if (away) return refuse("the archive is away");
    if (ticket.previous == lane_.last_resolved()) return std::nullopt;
    // One before it went back to its caller: they are decided in order, or not at all.
    ticket.bounced = true;
    return Decided::bounced;
  }
  if (lane_.is_idle() || samples_of(ticket) == 0) return std::nullopt;
  const bool may_be_queued =
      ticket.command.delivery == Delivery::buffered && !ticket.command.all_or_none && options_.buffer;
  if (away) return may_be_queued ? queue_ticket(ticket) : refuse("the archive is away");

  bool gated = false;
  for_each_point(ticket, [&](PointId point) { gated = gated || lane_.gates(point); });
  if (!gated) return std::nullopt;
  const std::int64_t now = steady_clock_ns();
  const bool has_waited = ticket.patience_ns != 0 && ticket.patience_ns <= now;
  if (may_be_queued && (has_waited || lane_.open() > kNearlyDone)) return queue_ticket(ticket);
  if (has_waited) return refuse("earlier writes of the same points are still queued");
  if (ticket.patience_ns == 0) ticket.patience_ns = now + kPatienceNs;
  lane_.park(ticket);
  wake_lane();
  return Decided::parked;
}

Engine::Decided Engine::queue_ticket(Ticket& ticket) {
  const WriteCommand& command = ticket.command;
  const std::size_t sent = samples_of(ticket);
  // Later all of it may have to be decided sample by sample: what could not be kept as one then is not taken.
  constexpr std::size_t kSampleBytesMax = 200;
  if (ticket.bytes_max + command.slice.size() * kSampleBytesMax > options_.segment_bytes - 8192) {
    ticket.result = fail(ErrorCode::limit_exceeded, {}, "the write is too large to be queued as one");
    return Decided::refused;
  }
  const bool full = journal_->bytes() + ticket.bytes_max > options_.buffer_bytes_max;
  if (lane_.open() >= kIntentsMax || (lane_.open() > 0 && full)) {
    ticket.result = fail(ErrorCode::overloaded, {}, "the buffer is full");
    return Decided::refused;
  }
  WriteResult result;
  result.seq = last_seq_ + ++batches_;
  result.queued = true;
  result.slice = Outcomes::all(Outcome::stored, command.slice.size());
  std::vector<const PointWrite*> writes;
  for (std::size_t i = 0; i < ticket.writes; ++i) {
    writes.push_back(&ticket.parts[i].write);
    result.outcomes.push_back(Outcomes::all(Outcome::stored, ticket.parts[i].write.run.size()));
  }
  journal::Batch batch = batch_of(ticket, result.seq, sent);
  batch.origin = static_cast<std::uint8_t>(BatchOrigin::queued);
  batch.touch = journal::Batch::kUndecided;
  journal::write_batch(group_, batch);
  journal::Intent head;
  head.bypass_compression = command.bypass_compression;
  head.now = command.now;
  journal::write_intent(group_, head, command.slice, writes);
  begin_row(batch);
  row_.undecided = true;
  for (const PointSample& sample : command.slice) row_put(sample.point, {sample.time, sample.time}, 1, 0);
  for (const PointWrite* const write : writes) row_sent(*write);
  end_row();
  for_each_point(ticket, [&](PointId point) { lane_.gate(point, result.seq); });
  lane_.queue({result.seq, command.now.unix_ns(), static_cast<std::uint32_t>(sent), {}});
  ticket.result = std::move(result);
  return Decided::yes;
}

void Engine::decide_drop(Ticket& ticket) {
  const LetterId id = ticket.purpose.letter;
  WriteResult result;
  result.seq = last_seq_ + ++batches_;
  journal::Batch batch = batch_of(ticket, result.seq, 0);
  journal::write_batch(group_, batch);
  begin_row(batch);
  journal::write_resolved(group_, {journal::Resolved::What::letter_dropped, id.seq, id.point});
  end_row();
  letters_now_.emplace_back(id, std::nullopt);
  ticket.result = std::move(result);
}

namespace {

/// The shortest text that reads back the same.
std::string shortest(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

/// Samples of another kind than the letter has become text, as the letter then does: nothing is left out.
void append_any_kind(Run& to, const Run& more) {
  const auto as_text = [](const Run& run) {
    Run text;
    text.kind = Kind::text;
    for (std::size_t i = 0; i < run.size(); ++i) {
      std::string value;
      if (is_number(run.kind)) value = shortest(run.numbers[i]);
      if (is_integer(run.kind)) value = std::to_string(run.integers[i]);
      if (run.kind == Kind::text) value = run.texts[i];
      text.push(run.time(i), std::move(value), run.quality(i));
    }
    return text;
  };
  if (to.empty()) to.kind = more.kind;
  if (to.kind == more.kind) return to.append(more, 0, more.size());
  if (to.kind != Kind::text) to = as_text(to);
  to.append(as_text(more), 0, more.size());
}

}  // namespace

std::vector<journal::SetAside> Engine::refused_for_good(const Ticket& ticket,
                                                        const WriteResult& result) const {
  std::vector<journal::SetAside> letters;
  const BatchOrigin origin = ticket.purpose.origin;
  const bool acknowledged = origin == BatchOrigin::resolved ||
                            (origin == BatchOrigin::write && ticket.command.delivery == Delivery::buffered);
  if (!acknowledged) return letters;
  std::unordered_map<PointId, std::size_t> known;  // Which letter is the point's.
  for (std::size_t n = 0; n < ticket.parts.size(); ++n) {
    // As the command has them: the slice's first. A part is refused whole.
    const std::size_t i = (ticket.writes + n) % ticket.parts.size();
    if (result.outcomes[i].reason == RejectReason::none) continue;
    const PointWrite& write = ticket.parts[i].write;
    const auto [at, made] = known.try_emplace(write.point, letters.size());
    if (made) {
      journal::SetAside& letter = letters.emplace_back();
      letter.seq = origin == BatchOrigin::resolved ? ticket.purpose.about : last_seq_ + batches_ + 1;
      letter.point = write.point;
      letter.received = ticket.command.now;
      letter.set_aside = Timestamp::from_unix_ns(group_wall_ns_);
      letter.principal = ticket.command.principal;
      letter.door = ticket.command.door;
      letter.mode = ticket.command.mode;
      letter.reason = result.outcomes[i].reason;
      letter.bypass_compression = ticket.command.bypass_compression;
    }
    append_any_kind(letters[at->second].run, write.run);
  }
  return letters;
}

void Engine::row_sent(const PointWrite& write) {
  if (write.run.empty()) return;
  const auto [first, last] = std::minmax_element(write.run.times.begin(), write.run.times.end());
  row_put(write.point, {*first, *last}, static_cast<std::uint32_t>(write.run.size()), 0);
}

void Engine::settle_purpose(const Ticket& ticket, const journal::Batch& batch,
                            const std::vector<journal::SetAside>& letters) {
  if (ticket.purpose.origin == BatchOrigin::resolved) {
    journal::write_resolved(group_, {journal::Resolved::What::intent, ticket.purpose.about, {}});
    lane_.resolve(ticket.purpose.about);
  }
  const bool refused = std::any_of(batch.outcomes.begin(), batch.outcomes.end(),
                                   [](const auto& run) { return run.outcome == Outcome::rejected; });
  if (ticket.purpose.origin == BatchOrigin::replay && !refused) {
    const LetterId id = ticket.purpose.letter;
    journal::write_resolved(group_, {journal::Resolved::What::letter_replayed, id.seq, id.point});
    letters_now_.emplace_back(id, std::nullopt);
  }
  std::size_t samples = 0;
  for (const journal::SetAside& letter : letters) {
    std::string bytes = journal::render_set_aside(letter);
    journal::write_set_aside(group_, bytes);
    if (row_open_)
      row_.set_aside.push_back({letter.point, static_cast<std::uint32_t>(letter.run.size()), letter.reason});
    samples += letter.run.size();
    letters_now_.emplace_back(LetterId{letter.seq, letter.point}, std::move(bytes));
  }
  if (letters.empty()) return;
  // One line, however many points the batch has: the leader writes it.
  const journal::SetAside& first = letters.front();
  log::warning("samples that the archive refuses for good are set aside",
               {{"seq", first.seq},
                {"points", letters.size()},
                {"samples", samples},
                {"first_point", to_number(first.point)},
                {"reason", first.reason == RejectReason::point_gone ? "point gone" : "type mismatch"}});
}

void Engine::apply_buffer() {
  for (auto& [id, bytes] : letters_now_) head_bytes_.fetch_add(letter_box_.change(id, std::move(bytes)));
  letters_now_.clear();
  if (lane_.publish(journal_->place())) wake_lane();
}

}  // namespace penstock::archive
