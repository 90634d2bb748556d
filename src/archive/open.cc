// Opening: blocks as of the watermark, then what the journal has beyond it.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"
#include "codec/frame.h"

namespace penstock::archive {

Result<std::unique_ptr<Archive>> Archive::open(const Options& options) {
  return Engine::open(options, [](const std::string& directory) { return store::open_rocksdb(directory); });
}

Result<std::unique_ptr<Archive>> Engine::open(const Options& options, const OpenStore& open_store) {
  auto engine = std::make_unique<Engine>(options);
  TRY_VOID(engine->start(open_store));
  return engine;
}

Engine::~Engine() {
  {
    const std::lock_guard lock{background_mutex_};
    stopping_ = true;
  }
  background_wake_.notify_all();
  wake_lane();
  if (lane_thread_.joinable()) lane_thread_.join();
  if (background_thread_.joinable()) background_thread_.join();
  set_version(nullptr);  // Its snapshot must go before the store does.
}

Result<void> Engine::start(const OpenStore& open_store) {
  const std::filesystem::path home{options_.directory};
  const std::filesystem::path journal_home = options_.journal_directory.empty()
                                                 ? home / "journal"
                                                 : std::filesystem::path{options_.journal_directory};
  std::error_code failed;
  std::filesystem::create_directories(home, failed);
  if (!failed) std::filesystem::create_directories(journal_home.parent_path(), failed);
  if (failed) {
    return fail(ErrorCode::store_unavailable, {},
                "can't make the folder " + home.string() + ": " + failed.message());
  }
  TRY(store_, open_store((home / "blocks").string()));
  reserve_.emplace((home / "reserve").string(), options_.reserve_bytes);
  reserve_->make();

  std::shared_ptr<const store::Snapshot> snapshot = store_->snapshot();
  TRY(const std::optional<std::string> mark_bytes, snapshot->get(keys::kWatermark));
  Watermark mark;
  if (mark_bytes) {
    TRY(mark, Watermark::decode(*mark_bytes));
  } else {
    // A new archive: its identity is on disk before its journal is begun.
    mark.server_id = Uuid::random();
    store::Batch batch;
    batch.put(keys::kWatermark, mark.encode());
    TRY_VOID(store_->write(batch));
    TRY_VOID(store_->flush());
    snapshot = store_->snapshot();
  }
  server_id_ = mark.server_id;
  gen_ = mark.gen + 1;
  last_seq_ = mark.seq;
  seq_flushed_.store(mark.seq);
  set_version(std::make_shared<const Version>(Version{mark.gen, snapshot}));
  TRY_VOID(load_metas(*snapshot));
  TRY_VOID(load_catalog(*snapshot));
  TRY_VOID(load_states(*snapshot));
  TRY_VOID(open_ledger(*snapshot));
  snapshot.reset();

  journal::Options journal_options;
  journal_options.directory = journal_home.string();
  journal_options.segment_bytes = options_.segment_bytes;
  journal_options.server_id = server_id_;
  journal_options.applied_seq = mark.seq;
  journal_options.needed_seq = mark.needed;
  TRY(journal_,
      journal::Journal::open(journal_options, [this](const journal::Group& group) { return replay(group); }));
  for (const auto& [seq, all] : preimages_) {
    for (const Preimage& each : all) head_bytes_.fetch_add(static_cast<std::int64_t>(each.bytes()));
  }
  last_seq_ = journal_->next_seq() - 1;
  TRY_VOID(letter_box_.count(*version()->snapshot));
  seq_published_.store(last_seq_);
  last_write_ns_.store(steady_clock_ns());
  if (last_seq_ != mark.seq) first_dirty_ns_.store(steady_clock_ns());
  ready_.store(true);
  lane_.set_away(options_.away);
  lane_thread_ = std::thread{[this] { drain(); }};
  if (options_.background_flush) background_thread_ = std::thread{[this] { background(); }};
  return {};
}

Result<void> Engine::load_metas(const store::Snapshot& snapshot) {
  const auto cursor = snapshot.cursor("m", "n");
  for (cursor->seek("m"); cursor->valid(); cursor->next()) {
    if (cursor->key().size() != 9)
      return fail(ErrorCode::store_corrupt, {}, "a page of point ends has a bad key");
    const std::uint64_t page = read_be64(cursor->key().data() + 1);
    TRY(const std::vector<Sealed> metas, decode_meta_page(cursor->value()));
    for (std::uint32_t i = 0; i < keys::kMetasPerPage; ++i) {
      if (metas[i].count == 0) continue;
      Slot& slot = slots_.make(PointId{static_cast<std::uint32_t>(page * keys::kMetasPerPage + i)});
      slot.sealed = metas[i];
      slot.newest = metas[i].last;
    }
  }
  return cursor->status();
}

Result<void> Engine::load_catalog(const store::Snapshot& snapshot) {
  const auto cursor = snapshot.cursor("c", "d");
  for (cursor->seek("c"); cursor->valid(); cursor->next()) {
    const std::string_view key = cursor->key();
    if (key.size() < 2) return fail(ErrorCode::store_corrupt, {}, "a catalog row has a bad key");
    const catalog::RowChange row{static_cast<catalog::TableId>(key[1]), std::string{key.substr(2)},
                                 std::string{cursor->value()}};
    TRY_VOID(catalog_.apply(row));
    catalog_changed(row);
  }
  return cursor->status();
}

void Engine::catalog_changed(const catalog::RowChange& change) {
  if (change.table != catalog::TableId::points || change.key.size() != 4) return;
  std::uint32_t number = 0;
  for (const char c : change.key) number = (number << 8) | static_cast<unsigned char>(c);
  const PointId id{number};
  Slot& slot = slots_.make(id);
  if (change.row) {
    const Point* const point = catalog_.tables().points.find(id);
    if (point == nullptr) return;  // Added and erased by one edit.
    slot.kind.store(static_cast<std::uint8_t>(point->kind()), std::memory_order_relaxed);
    slot.exists.store(true, std::memory_order_relaxed);
    compression_changed(id, point);
  } else {
    slot.exists.store(false, std::memory_order_relaxed);
    compression_changed(id, nullptr);
  }
}

Result<void> Engine::replay(const journal::Group& group) {
  journal::Batch batch;
  batch.seq = group.first_seq;
  group_wall_ns_ = group.wall_ns;
  for (const journal::Entry entry : group.entries) {
    if (entry.tag == journal::Tag::batch) {
      end_row();
      TRY(batch, journal::parse_batch(entry.body));
      if (batch.seq > seq_flushed_.load()) begin_row(batch);
      replay_keeps_.clear();
      continue;
    }
    // Blocks may hold part of what comes; entries are state, so applying them again changes nothing. What is
    // queued and how it ends counts from further back.
    const bool of_lane = entry.tag == journal::Tag::intent || entry.tag == journal::Tag::resolved;
    if (batch.seq > seq_flushed_.load() || of_lane) TRY_VOID(replay_entry(batch, entry));
  }
  end_row();
  replayed_group(group);
  return {};
}

Result<void> Engine::replay_put(std::uint64_t seq, PendingOp op, Kind kind) {
  Slot& slot = slots_.make(op.point);
  // A point that a later entry erases may be gone from the catalog already.
  if (!slot.exists.load() && !slot.active) slot.kind.store(static_cast<std::uint8_t>(kind));
  if (static_cast<Kind>(slot.kind.load()) != kind) {
    return fail(ErrorCode::store_corrupt, {},
                "the journal holds values of another type for point " + std::to_string(to_number(op.point)));
  }
  slot.newest.store(std::max(slot.newest.load(), op.times.last));
  op.slot = &slot;
  replay_kept(seq, op);
  apply_op(op);
  return {};
}

Result<void> Engine::replay_entry(const journal::Batch& batch, const journal::Entry& entry) {
  PendingOp op;
  switch (entry.tag) {
    case journal::Tag::one: {
      TRY(const journal::One parsed, journal::parse_one(entry.body));
      op.what = PendingOp::What::one;
      op.point = parsed.point;
      op.times = {parsed.time.unix_ns(), parsed.time.unix_ns()};
      op.bits = parsed.bits;
      op.quality = parsed.quality;
      row_put(op.point, op.times, 1, entry.flags);
      return replay_put(batch.seq, op, parsed.kind);
    }
    case journal::Tag::slice: {
      TRY_VOID(journal::parse_slice(entry.body, slice_));
      row_slice(slice_, entry.flags);
      op.what = PendingOp::What::one;
      for (const PointSample& sample : slice_) {
        op.point = sample.point;
        op.times = {sample.time, sample.time};
        op.bits = sample.bits;
        TRY_VOID(replay_put(batch.seq, op, sample.kind));
      }
      return {};
    }
    case journal::Tag::run: {
      TRY(const journal::RunFrame parsed, journal::parse_run(entry.body));
      TRY(const codec::FrameHead head, codec::peek_frame(parsed.frame));
      op.what = PendingOp::What::frame;
      op.point = parsed.point;
      op.times = {head.first.unix_ns(), head.last.unix_ns()};
      row_put(op.point, op.times, head.count, entry.flags);
      frames_.assign(
          1, {op.times.first, op.times.last, head.count, std::make_shared<const std::string>(parsed.frame)});
      return replay_put(batch.seq, op, head.kind);
    }
    case journal::Tag::erase: {
      TRY(const journal::Erase parsed, journal::parse_erase(entry.body));
      row_erase(parsed);
      op.what = parsed.why == journal::EraseWhy::compressed ? PendingOp::What::drop : PendingOp::What::erase;
      op.point = parsed.point;
      op.slot = &slots_.make(parsed.point);
      op.times = {parsed.first.unix_ns(), parsed.last.unix_ns()};
      apply_op(op);
      return {};
    }
    case journal::Tag::catalog: {
      TRY(const journal::CatalogRow parsed, journal::parse_catalog(entry.body));
      catalog::RowChange change{static_cast<catalog::TableId>(parsed.table), std::string{parsed.key},
                                std::nullopt};
      if (parsed.row) change.row = std::string{*parsed.row};
      TRY_VOID(catalog_.apply(change));
      catalog_changed(change);
      changed_rows_[{change.table, std::move(change.key)}] = std::move(change.row);
      return {};
    }
    case journal::Tag::state: return replay_state(entry.body);
    case journal::Tag::preimage: return replay_preimage(batch, entry.body);
    case journal::Tag::intent: return replay_intent(batch, entry.body);
    case journal::Tag::resolved: return replay_resolved(batch, entry.body);
    case journal::Tag::setaside: return replay_setaside(batch, entry.body);
    case journal::Tag::batch:
    case journal::Tag::floor: break;
  }
  return fail(ErrorCode::store_corrupt, {},
              "the journal holds an entry of kind " + std::to_string(static_cast<int>(entry.tag)) +
                  ", which this version does not know");
}

Stats Engine::stats() const {
  Stats stats;
  stats.last_seq = seq_published_.load();
  stats.flushed_seq = seq_flushed_.load();
  stats.groups = groups_.load();
  stats.commands = commands_.load();
  stats.samples = samples_.load();
  stats.flushes = flushes_.load();
  stats.head_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, head_bytes_.load()));
  stats.head_samples = static_cast<std::uint64_t>(std::max<std::int64_t>(0, head_samples_.load()));
  stats.journal_bytes = journal_->bytes();
  stats.blocks_rewritten = blocks_rewritten_.load();
  stats.blocks_dropped = blocks_dropped_.load();
  stats.commit_ns = commit_ns_.load();
  const auto of = [this](Outcome outcome) { return outcomes_[static_cast<std::size_t>(outcome)].load(); };
  stats.outcomes.stored = of(Outcome::stored);
  stats.outcomes.replaced = of(Outcome::replaced) + of(Outcome::identical);
  stats.outcomes.ignored = of(Outcome::ignored);
  stats.outcomes.erased = of(Outcome::erased);
  stats.outcomes.rejected = of(Outcome::rejected);
  stats.ledger_bytes = ledger_->bytes();
  const Lane::Waiting waiting = lane_.waiting();
  stats.away = lane_.is_away();
  stats.queued_batches = waiting.batches;
  stats.queued_samples = waiting.samples;
  stats.queued_since_ns = waiting.oldest ? waiting.oldest->received : 0;
  stats.letters = letter_box_.size();
  return stats;
}

}  // namespace penstock::archive
