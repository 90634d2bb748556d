// Intents and dead letters on their way from the journal at start, and into the store.
#include <algorithm>

#include "archive/engine.h"
#include "journal/intent_entry.h"

namespace penstock::archive {

Result<void> Engine::replay_intent(const journal::Batch& batch, std::string_view body) {
  TRY(const journal::Intent intent, journal::parse_intent(body));
  for (const PointSample& sample : intent.slice) lane_.gate(sample.point, batch.seq);
  for (const PointWrite& write : intent.writes) lane_.gate(write.point, batch.seq);
  row_.undecided = true;
  for (const PointSample& sample : intent.slice) row_put(sample.point, {sample.time, sample.time}, 1, 0);
  for (const PointWrite& write : intent.writes) row_sent(write);
  lane_.queue({batch.seq, intent.now.unix_ns(), batch.sent, {}});
  return {};
}

Result<void> Engine::replay_resolved(const journal::Batch& batch, std::string_view body) {
  TRY(const journal::Resolved resolved, journal::parse_resolved(body));
  row_.about = resolved.about;
  if (resolved.what == journal::Resolved::What::intent) {
    lane_.replay_resolved(resolved.about);
  } else if (batch.seq > seq_flushed_.load()) {
    letters_now_.emplace_back(LetterId{resolved.about, resolved.point}, std::nullopt);
  }
  return {};
}

Result<void> Engine::replay_setaside(const journal::Batch& batch, std::string_view body) {
  TRY(const journal::SetAside letter, journal::parse_set_aside(body));
  if (row_open_)
    row_.set_aside.push_back({letter.point, static_cast<std::uint32_t>(letter.run.size()), letter.reason});
  if (batch.seq > seq_flushed_.load()) {
    letters_now_.emplace_back(LetterId{letter.seq, letter.point}, std::string{body});
  }
  return {};
}

void Engine::replayed_group(const journal::Group& group) {
  for (auto& [id, bytes] : letters_now_) head_bytes_.fetch_add(letter_box_.change(id, std::move(bytes)));
  letters_now_.clear();
  static_cast<void>(lane_.publish({group.segment, group.offset}));
}

Result<void> Engine::flush_letters(store::Batch& batch) {
  return letter_box_.flush(batch, [this](store::Batch& full) -> Result<void> {
    TRY_VOID(when_there_is_space([&] { return store_->write(full); }));
    full = store::Batch{};
    return {};
  });
}

std::uint64_t Engine::journal_needed(std::uint64_t seq) const {
  const auto oldest = lane_.waiting().oldest;
  return oldest ? std::min(seq, oldest->seq - 1) : seq;
}

}  // namespace penstock::archive
