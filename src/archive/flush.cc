// The flush: what the head holds becomes blocks, then the journal is cut. Steps F1 to F8 of
// docs/ARCHITECTURE.md.
#include <algorithm>
#include <chrono>
#include <cinttypes>

#include "archive/engine.h"
#include "archive/masked.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

namespace penstock::archive {
namespace {

constexpr std::size_t kBlockMax = codec::kBlockSamplesMax;

/// The samples of a layer in ascending pieces, runs and tail merged.
class LayerReader {
 public:
  explicit LayerReader(const Layer& layer) : layer_{layer} { chunk_.kind = layer.kind(); }

  /// All samples with times before `end` (or all) that were not given yet, at most one run's worth; empty:
  /// none left.
  Run next_before(std::int64_t end, bool bounded) {
    if (chunk_.empty() && run_ < layer_.runs().size()) chunk_ = decode_run(layer_.runs()[run_++]);
    // The tail's samples up to the chunk's end belong with it; behind the last chunk all that are left.
    Run piece;
    piece.kind = layer_.kind();
    const Run& tail = layer_.tail();
    std::size_t tail_end = tail_;
    const bool last_chunk = run_ >= layer_.runs().size();
    const auto chunk_last = chunk_.empty() ? std::int64_t{0} : chunk_.times.back();
    while (tail_end < tail.size() &&
           (last_chunk || (!chunk_.empty() && tail.times[tail_end] <= chunk_last)) &&
           (!bounded || tail.times[tail_end] < end)) {
      ++tail_end;
    }
    Run tail_part;
    tail_part.kind = layer_.kind();
    tail_part.append(tail, tail_, tail_end - tail_);
    const std::size_t chunk_end =
        bounded ? static_cast<std::size_t>(std::lower_bound(chunk_.times.begin(), chunk_.times.end(), end) -
                                           chunk_.times.begin())
                : chunk_.size();
    Run chunk_part;
    chunk_part.kind = layer_.kind();
    chunk_part.append(chunk_, 0, chunk_end);
    Run rest;
    rest.kind = layer_.kind();
    rest.append(chunk_, chunk_end, chunk_.size() - chunk_end);
    chunk_ = std::move(rest);
    tail_ = tail_end;
    return merge_runs(tail_part, chunk_part);
  }

 private:
  const Layer& layer_;
  std::size_t run_ = 0, tail_ = 0;
  Run chunk_;
};

/// Collects ascending samples and writes them as blocks of even size.
class BlockWriter {
 public:
  BlockWriter(PointId point, Kind kind, store::Batch& batch) : point_{point}, batch_{batch} {
    open_.kind = kind;
  }

  void add(const Run& run) {
    open_.append(run, 0, run.size());
    // Two blocks' worth stay open, so that what comes last is never a crumb.
    while (open_.size() >= 3 * kBlockMax) write_front(kBlockMax);
  }
  std::size_t open_samples() const { return open_.size(); }
  void close() {
    const std::size_t blocks = (open_.size() + kBlockMax - 1) / kBlockMax;
    for (std::size_t left = blocks; left > 0; --left) write_front((open_.size() + left - 1) / left);
  }
  std::uint64_t written() const { return written_; }

 private:
  void write_front(std::size_t n) {
    std::string bytes;
    codec::encode_block(open_, 0, n, bytes);
    batch_.put(keys::block(point_, open_.times.front()), bytes);
    written_ += n;
    Run rest;
    rest.kind = open_.kind;
    rest.append(open_, n, open_.size() - n);
    open_ = std::move(rest);
  }

  PointId point_;
  store::Batch& batch_;
  Run open_;
  std::uint64_t written_ = 0;
};

}  // namespace

Result<void> Engine::flush_point(PointId point, const Layer& frozen, Sealed& sealed, store::Batch& batch) {
  if (!frozen.has_samples() && frozen.mask().empty()) return {};  // All of it was let go again.
  const Interval touched = frozen.touched();
  const auto snapshot = version()->snapshot;
  const auto cursor = snapshot->cursor(keys::block_begin(point), keys::block_end(point));
  BlockWriter writer{point, frozen.kind(), batch};
  LayerReader layer{frozen};
  std::uint64_t removed = 0;
  std::int64_t first = sealed.first, last = sealed.last;

  // Short blocks right before what is touched are taken up too. Each is rewritten a few times only, since
  // what takes it up is at least a quarter of its size.
  std::size_t gathered = frozen.samples();
  const auto short_before = [&](const codec::BlockView& block) {
    return block.count() < kBlockMax / 2 && block.count() <= 4 * gathered;
  };
  cursor->seek_before(keys::block(point, touched.first));
  if (!cursor->valid()) {
    TRY_VOID(cursor->status());
    cursor->seek(keys::block_begin(point));
  } else {
    TRY(const codec::BlockView nearest, codec::BlockView::open(cursor->value()));
    bool take = short_before(nearest);
    if (!take && nearest.last().unix_ns() < touched.first) cursor->next();
    while (take) {
      const std::string key{cursor->key()};
      TRY(const codec::BlockView block, codec::BlockView::open(cursor->value()));
      gathered += block.count();
      cursor->prev();
      take = false;
      if (cursor->valid()) {
        TRY(const codec::BlockView before, codec::BlockView::open(cursor->value()));
        take = short_before(before);
      }
      TRY_VOID(cursor->status());
      if (!take) cursor->seek(key);
    }
  }
  for (; cursor->valid() && sealed.count > 0; cursor->next()) {
    const std::int64_t block_first = keys::block_time(cursor->key());
    TRY(const codec::BlockView block, codec::BlockView::open(cursor->value()));
    const std::int64_t block_last = block.last().unix_ns();
    while (true) {
      const Run piece = layer.next_before(block_first, true);
      if (piece.empty()) break;
      writer.add(piece);
    }
    const bool is_touched = frozen.touches({block_first, block_last});
    const bool gathered_before = block_last < touched.first;
    const bool short_behind = writer.open_samples() > 0 && block.count() < kBlockMax / 2 &&
                              block.count() <= 4 * writer.open_samples();
    if (!is_touched && !gathered_before && !short_behind) {
      if (block_first > touched.last) break;
      writer.close();
      continue;
    }
    batch.erase(cursor->key());
    removed += block.count();
    // All of it is gone: what the layer has in its place comes with what is before the next block.
    if (behind_mask(frozen.mask(), block_first) > block_last) {
      blocks_dropped_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    Run samples;
    samples.kind = block.kind();
    TRY_VOID(block.decode_all(samples));
    blocks_rewritten_.fetch_add(1, std::memory_order_relaxed);
    samples = without_masked(std::move(samples), frozen.mask());
    Run newer;
    newer.kind = samples.kind;
    while (true) {
      const Run piece = block_last == std::numeric_limits<std::int64_t>::max()
                            ? layer.next_before(0, false)
                            : layer.next_before(block_last + 1, true);
      if (piece.empty()) break;
      newer.append(piece, 0, piece.size());
    }
    writer.add(merge_runs(newer, samples));
  }
  TRY_VOID(cursor->status());
  while (true) {
    const Run piece = layer.next_before(0, false);
    if (piece.empty()) break;
    writer.add(piece);
  }
  writer.close();

  sealed.count = sealed.count - removed + writer.written();
  // What a mask took from the beginning is not looked for again.
  first = behind_mask(frozen.mask(), first);
  if (frozen.has_samples()) {
    const Interval samples = frozen.ends();
    first = std::min(first, samples.first);
    last = std::max(last, samples.last);
  }
  // Erases may leave the ends wider than what is there: wide ends cost a look, narrow ones would lose a
  // sample.
  sealed.first = first;
  sealed.last = last;
  if (sealed.count == 0) sealed = Sealed{};
  return {};
}

Result<void> Engine::flush_page(std::uint32_t page, const std::vector<PointId>& points, std::uint32_t gen,
                                std::vector<std::pair<PointId, Sealed>>& sealed_now) {
  std::vector<Sealed> metas(keys::kMetasPerPage);
  for (std::uint32_t i = 0; i < keys::kMetasPerPage; ++i) {
    const PointId id{page * keys::kMetasPerPage + i};
    if (const Slot* slot = slots_.find(id)) {
      const std::lock_guard lock{slots_.stripe(id)};
      metas[i] = slot->sealed;
    }
  }
  store::Batch batch;
  for (const PointId point : points) {
    Slot& slot = *slots_.find(point);
    const Layer* frozen = nullptr;
    {
      const std::lock_guard lock{slots_.stripe(point)};
      if (slot.active && slot.gen == gen) {
        CHECK(!slot.frozen);
        slot.frozen = std::move(slot.active);
        slot.frozen_gen = gen;
      }
      if (slot.frozen && slot.frozen_gen == gen) frozen = slot.frozen.get();
    }
    // Frozen layers are immutable, and only this thread drops them: no lock is needed to read one.
    if (frozen == nullptr) continue;
    Sealed& sealed = metas[to_number(point) % keys::kMetasPerPage];
    TRY_VOID(flush_point(point, *frozen, sealed, batch));
    sealed_now.emplace_back(point, sealed);
    // A point's blocks and its ends are never in different batches.
    if (batch.bytes() > (4u << 20)) {
      batch.put(keys::meta_page(page), encode_meta_page(metas));
      TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
      batch = store::Batch{};
    }
  }
  batch.put(keys::meta_page(page), encode_meta_page(metas));
  return when_there_is_space([&] { return store_->write(batch); });
}

Result<void> Engine::when_there_is_space(const std::function<Result<void>()>& step) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  bool said = false;
  while (true) {
    Result<void> done = step();
    if (done || done.error().code != ErrorCode::overloaded || stopping_) return done;
    // Nothing is lost by waiting: the journal has it all, and refuses new writes when it is full itself.
    const bool released = reserve_->release();
    if (released || !std::exchange(said, true)) {
      log::error("the disk is full: the flush waits for space",
                 {{"reserve", released ? "released" : "none left"}, {"detail", done.error().detail}});
    }
    if (!released) std::this_thread::sleep_for(kPause);
  }
}

Result<void> Engine::flush_locked() {
  // F1: everything up to `seq` belongs to this flush; what comes later opens layers of the next generation.
  std::uint64_t seq = 0;
  std::uint32_t gen = 0;
  std::vector<PointId> dirty;
  decltype(changed_rows_) rows;
  {
    const std::lock_guard role{role_};
    seq = last_seq_;
    gen = gen_++;
    dirty.swap(dirty_);
    rows.swap(changed_rows_);
    first_dirty_ns_.store(0);
  }
  lead();  // Who came while the role was ours found it taken and went on waiting.
  if (seq == seq_flushed_.load() && dirty.empty() && rows.empty()) return {};

  // F2, F3: layers are taken and become blocks, a page of points at a time.
  std::sort(dirty.begin(), dirty.end());
  dirty.erase(std::unique(dirty.begin(), dirty.end()), dirty.end());
  std::vector<std::pair<PointId, Sealed>> sealed_now;
  for (std::size_t i = 0; i < dirty.size();) {
    const std::uint32_t page = to_number(dirty[i]) / keys::kMetasPerPage;
    std::vector<PointId> points;
    for (; i < dirty.size() && to_number(dirty[i]) / keys::kMetasPerPage == page; ++i)
      points.push_back(dirty[i]);
    TRY_VOID(flush_page(page, points, gen, sealed_now));
  }
  // F4: catalog rows, and what the ledger and its neighbours keep.
  store::Batch batch;
  for (const auto& [key, row] : rows) {
    if (row) {
      batch.put(keys::catalog_row(key.first, key.second), *row);
    } else {
      batch.erase(keys::catalog_row(key.first, key.second));
    }
    if (batch.bytes() > (4u << 20)) {
      TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
      batch = store::Batch{};
    }
  }
  TRY_VOID(flush_states(batch));
  TRY_VOID(flush_letters(batch));
  TRY_VOID(flush_preimages(seq));
  TRY_VOID(flush_ledger(seq));
  // F5, F6: the watermark goes last, so that whatever prefix of the batches a crash leaves, it never claims
  // too much.
  const std::uint64_t needed = journal_needed(seq);
  batch.put(keys::kWatermark, Watermark{seq, gen, server_id_, needed}.encode());
  TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
  TRY_VOID(when_there_is_space([&] { return store_->flush(); }));

  // F7: readers see the blocks first, then the layers go.
  const std::int64_t patience = steady_clock_ns() + kNsPerSecond;
  while (holds_.load() > 0 && steady_clock_ns() < patience) std::this_thread::yield();
  set_version(std::make_shared<const Version>(Version{gen, store_->snapshot()}));
  ledger_->flushed();
  for (const auto& [point, sealed] : sealed_now) {
    Slot& slot = *slots_.find(point);
    std::unique_ptr<Layer> dropped;
    {
      const std::lock_guard lock{slots_.stripe(point)};
      slot.sealed = sealed;
      slot.sealed_gen = gen;
      dropped = std::move(slot.frozen);
    }
    head_bytes_.fetch_sub(static_cast<std::int64_t>(dropped->bytes()));
    head_samples_.fetch_sub(static_cast<std::int64_t>(dropped->samples()));
  }
  head_bytes_.fetch_sub(letter_box_.flushed());
  // F8.
  journal_->cut(needed);
  journal_kept_.store(needed < seq ? journal_->bytes() : 0);
  seq_flushed_.store(seq);
  drop_flushed_preimages(seq);
  room_missing_.store(false);
  flushes_.fetch_add(1);
  reserve_->make();
  return {};
}

Result<void> Engine::flush() {
  const std::lock_guard lock{flush_mutex_};
  Result<void> done = flush_locked();
  // A half-done flush can't be taken up again in this process; the journal still has all of it.
  if (!done && !(stopping_ && done.error().code == ErrorCode::overloaded)) die(done.error());
  return done;
}

bool Engine::flush_is_due() const {
  if (seq_published_.load() == seq_flushed_.load()) return false;
  if (room_missing_.load()) return true;
  if (static_cast<std::size_t>(std::max<std::int64_t>(0, head_bytes_.load())) > options_.flush_head_bytes)
    return true;
  if (journal_->bytes() > options_.flush_journal_bytes + journal_kept_.load()) return true;
  const std::int64_t now = steady_clock_ns();
  const std::int64_t since = first_dirty_ns_.load();
  if (since != 0 && now - since > options_.flush_age_ms * kNsPerMillisecond) return true;
  return now - last_write_ns_.load() > options_.flush_idle_ms * kNsPerMillisecond;
}

void Engine::background() {
  std::unique_lock lock{background_mutex_};
  while (!stopping_) {
    background_wake_.wait_for(lock, std::chrono::milliseconds(100));
    if (stopping_) return;
    if (!flush_is_due()) continue;
    lock.unlock();
    const std::int64_t begin = steady_clock_ns();
    if (!flush()) return;
    log::info("flushed",
              {{"seq", seq_flushed_.load()}, {"ms", (steady_clock_ns() - begin) / kNsPerMillisecond}});
    lock.lock();
  }
}

}  // namespace penstock::archive
