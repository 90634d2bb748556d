// What batches replaced or erased, on its way into the journal, the store and back.
#include <algorithm>
#include <unordered_set>

#include "archive/engine.h"
#include "journal/preimage_entry.h"

namespace penstock::archive {
namespace {

/// A value of the table is closed when it is larger.
constexpr std::size_t kChunkBytes = 64u << 10;
/// What is forgotten at a time, so that no flush has to wait for it.
constexpr std::size_t kForgetMax = 10'000;

}  // namespace

void Engine::note_mixed(PointId point, const Slot& slot, std::size_t first_op, Run destroyed, bool known) {
  if (!options_.audit || ops_.size() == first_op) return;
  // What the same command did to the point before is not what was there before the command.
  for (std::uint32_t at = slot.pending; at != Slot::kNone && !destroyed.empty(); at = ops_[at].before) {
    if (at >= first_op) continue;
    if (at < command_first_op_) break;
    const PendingOp& op = ops_[at];
    Run kept;
    kept.kind = destroyed.kind;
    Run frame;
    if (op.what == PendingOp::What::frame) frame = decode_run(frames_[op.frame]);
    for (std::size_t i = 0; i < destroyed.size(); ++i) {
      const std::int64_t t = destroyed.times[i];
      const bool own = op.what == PendingOp::What::frame
                           ? std::binary_search(frame.times.begin(), frame.times.end(), t)
                           : op.times.contains(t);
      if (!own) kept.push_from(destroyed, i);
    }
    destroyed = std::move(kept);
  }
  MixedNote& note = notes_.emplace_back();
  note.first_op = first_op;
  note.preimage.point = point;
  note.preimage.known = known;
  if (known && !destroyed.empty()) note.preimage.destroyed = encode_runs(destroyed, 0, destroyed.size());
}

void Engine::take_back_notes(std::size_t first_op) {
  while (!notes_.empty() && notes_.back().first_op >= first_op) notes_.pop_back();
}

void Engine::journal_notes(std::uint64_t seq, std::size_t first_op, std::size_t bytes_left) {
  // Those of the command are the last ones.
  auto first = notes_.end();
  while (first != notes_.begin() && std::prev(first)->first_op >= first_op) --first;
  if (first == notes_.end()) return;
  constexpr std::size_t kEntryBytes = 24;
  std::size_t bytes = 0;
  for (auto note = first; note != notes_.end(); ++note) {
    bytes += kEntryBytes;
    for (const EncodedRun& frame : note->preimage.destroyed) bytes += frame.frame->size() + kEntryBytes;
  }
  // Room was made for the command, before anybody knew what it destroys.
  const bool room = journal_->make_room(group_.size() + bytes_left + bytes);
  // A point may come in many parts; its puts are told once.
  const bool many = std::next(first) != notes_.end();
  std::unordered_set<PointId> told;
  for (auto note = first; note != notes_.end(); ++note) {
    note->seq = seq;
    Preimage& preimage = note->preimage;
    if (!room) {
      preimage.known = false;
      preimage.destroyed.clear();
    }
    // All that the command put, also by parts that found nothing in their way: the ledger's row does not
    // always tell them apart.
    const bool tells = !many || told.insert(preimage.point).second;
    std::uint32_t at = tells ? ops_[note->first_op].slot->pending : Slot::kNone;
    for (; at != Slot::kNone && at >= first_op; at = ops_[at].before) {
      const PendingOp& op = ops_[at];
      if (op.what == PendingOp::What::frame) preimage.stored.push_back(frames_[op.frame]);
      if (op.what == PendingOp::What::one) preimage.times.push_back(op.times.first);
    }
    using enum journal::PreimageWhat;
    journal::write_preimage(group_, {preimage.point, preimage.known ? begin : unknown, {}});
    for (const EncodedRun& frame : preimage.destroyed)
      journal::write_preimage(group_, {preimage.point, destroyed, *frame.frame});
  }
}

void Engine::keep_notes() {
  if (notes_.empty()) return;
  const std::lock_guard lock{preimages_mutex_};
  for (MixedNote& note : notes_) {
    head_bytes_.fetch_add(static_cast<std::int64_t>(note.preimage.bytes()), std::memory_order_relaxed);
    preimages_[note.seq].push_back(std::move(note.preimage));
  }
  notes_.clear();
}

Result<void> Engine::replay_preimage(const journal::Batch& batch, std::string_view body) {
  TRY(const journal::PreimageEntry entry, journal::parse_preimage(body));
  std::vector<Preimage>& all = preimages_[batch.seq];
  const auto [at, made] = replay_keeps_.try_emplace(entry.point, all.size());
  if (made) all.emplace_back().point = entry.point;
  Preimage& preimage = all[at->second];
  if (entry.what == journal::PreimageWhat::unknown) preimage.known = false;
  if (entry.what == journal::PreimageWhat::destroyed) {
    TRY(EncodedRun frame, adopt_frame(entry.frame));
    preimage.destroyed.push_back(std::move(frame));
  }
  return {};
}

void Engine::replay_kept(std::uint64_t seq, const PendingOp& op) {
  const auto at = replay_keeps_.find(op.point);
  if (at == replay_keeps_.end()) return;
  Preimage& preimage = preimages_[seq][at->second];
  if (op.what == PendingOp::What::frame) preimage.stored.push_back(frames_[op.frame]);
  if (op.what == PendingOp::What::one) preimage.times.push_back(op.times.first);
}

Result<void> Engine::flush_preimages(std::uint64_t seq) {
  store::Batch batch;
  // What a flush before a crash left of these seqs was cut elsewhere: it goes first.
  const std::uint64_t flushed = seq_flushed_.load();
  {
    const auto snapshot = store_->snapshot();
    const auto cursor = snapshot->cursor(keys::preimages(flushed + 1), "v");
    for (cursor->seek(keys::preimages(flushed + 1)); cursor->valid(); cursor->next())
      batch.erase(cursor->key());
    TRY_VOID(cursor->status());
  }
  // Only the map's shape changes under the hands of the leader; what it holds up to `seq` stays as it is.
  std::vector<std::pair<std::uint64_t, const std::vector<Preimage>*>> taken;
  {
    const std::lock_guard lock{preimages_mutex_};
    for (auto at = preimages_.upper_bound(flushed); at != preimages_.end() && at->first <= seq; ++at)
      taken.emplace_back(at->first, &at->second);
  }
  PreimageChunk chunk;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    for (const Preimage& preimage : *taken[i].second) chunk.add(taken[i].first, preimage);
    if (chunk.bytes().size() < kChunkBytes && i + 1 < taken.size()) continue;
    batch.put(keys::preimages(chunk.first_seq()), chunk.bytes());
    chunk.clear();
    if (batch.bytes() > (4u << 20)) {
      TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
      batch.clear();
    }
  }
  if (batch.empty()) return {};
  return when_there_is_space([&] { return store_->write(batch); });
}

void Engine::drop_flushed_preimages(std::uint64_t seq) {
  // Freed outside of the lock, which the leader takes.
  std::vector<std::map<std::uint64_t, std::vector<Preimage>>::node_type> dropped;
  {
    const std::lock_guard lock{preimages_mutex_};
    while (!preimages_.empty() && preimages_.begin()->first <= seq)
      dropped.push_back(preimages_.extract(preimages_.begin()));
  }
  std::size_t bytes = 0;
  for (const auto& node : dropped) {
    for (const Preimage& preimage : node.mapped()) bytes += preimage.bytes();
  }
  head_bytes_.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
}

Result<void> Engine::forget_before(std::uint64_t seq, store::Batch& batch) const {
  const auto snapshot = version()->snapshot;
  const auto cursor = snapshot->cursor("u", keys::preimages(seq));
  // The last chunk that begins before `seq` may hold more than what is forgotten: it goes with the next one.
  std::string before;
  std::size_t n = 0;
  for (cursor->seek("u"); cursor->valid() && n < kForgetMax; cursor->next(), ++n) {
    if (!before.empty()) batch.erase(before);
    before = cursor->key();
  }
  return cursor->status();
}

Result<std::vector<Preimage>> Engine::preimages_of(std::uint64_t seq) const {
  while (true) {
    const auto as_of = version();
    {
      const std::lock_guard lock{preimages_mutex_};
      if (const auto at = preimages_.find(seq); at != preimages_.end()) return at->second;
    }
    const auto cursor = as_of->snapshot->cursor("u", "v");
    cursor->seek_before(keys::preimages(seq));
    TRY_VOID(cursor->status());
    std::vector<Preimage> found;
    if (cursor->valid()) {
      TRY(found, PreimageChunk::find(cursor->value(), seq));
    }
    // A flush that ended in between has moved it from one place to the other.
    if (version() == as_of) return found;
  }
}

}  // namespace penstock::archive
