// What the engine tells the ledger, and asks it. Rows are made of what goes into the journal, so that a
// replay makes the same.
#include "archive/engine.h"
#include "base/clock.h"

namespace penstock::archive {

void Engine::begin_row(const journal::Batch& batch) {
  if (!options_.audit) return;
  row_.clear();
  row_open_ = true;
  row_.seq = batch.seq;
  row_.received_us = group_wall_ns_ / kNsPerMicrosecond + batch.wall_delta_us;
  row_.principal = batch.principal;
  row_.door = batch.door;
  row_.mode = batch.mode;
  row_.origin = static_cast<BatchOrigin>(batch.origin);
  row_.about = batch.about;
  row_.sent = batch.sent;
  for (const journal::OutcomeRun& run : batch.outcomes) {
    row_.by_outcome[static_cast<std::size_t>(run.outcome)] += run.count;
  }
  for (const journal::Idle& idle : batch.idle) row_.touch(idle.point, idle.first, idle.last, 0, false);
}

void Engine::row_put(PointId point, Interval times, std::uint32_t samples, std::uint8_t flags) {
  if (row_open_) row_.touch(point, times.first, times.last, samples, (flags & journal::kAppended) != 0);
}

void Engine::row_slice(std::span<const PointSample> samples, std::uint8_t flags) {
  if (!row_open_) return;
  if ((flags & journal::kCommonRange) != 0) {
    for (const PointSample& sample : samples) row_.appended_at(sample.point, sample.time);
    return;
  }
  for (const PointSample& sample : samples) {
    row_.touch(sample.point, sample.time, sample.time, 1, (flags & journal::kAppended) != 0);
  }
}

void Engine::row_erase(const journal::Erase& erase) {
  // A sample that was compressed away is no doing of the one who sent the next.
  if (!row_open_ || erase.why == journal::EraseWhy::compressed) return;
  row_.touch(erase.point, erase.first.unix_ns(), erase.last.unix_ns(), 0, false);
}

void Engine::end_row() {
  if (!row_open_) return;
  ledger_->append(row_);
  row_open_ = false;
}

Result<void> Engine::open_ledger(const store::Snapshot& snapshot) {
  ledger_ = std::make_unique<Ledger>(Ledger::Limits{options_.audit_days, options_.audit_bytes_max});
  TRY_VOID(ledger_->open(snapshot, seq_flushed_.load()));
  ReceiptNames::Key key{};
  TRY(const auto known, snapshot.get(keys::kReceiptKey));
  if (known && known->size() == key.size()) {
    std::copy(known->begin(), known->end(), key.begin());
  } else {
    random_bytes(key.data(), key.size());
    store::Batch batch;
    batch.put(keys::kReceiptKey, {reinterpret_cast<const char*>(key.data()), key.size()});
    TRY_VOID(store_->write(batch));
    TRY_VOID(store_->flush());
  }
  receipts_ = ReceiptNames{server_id_, key};
  return {};
}

Result<void> Engine::flush_ledger(std::uint64_t seq) {
  store::Batch batch;
  const auto write = [&]() -> Result<void> {
    TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
    batch = store::Batch{};
    return {};
  };
  TRY(const std::uint64_t first, ledger_->flush(seq, wall_clock_ns(), *version()->snapshot, batch, write));
  TRY_VOID(forget_before(first, batch));
  return write();
}

Result<std::optional<BatchRecord>> Engine::batch(std::uint64_t seq) const {
  const std::uint64_t published = seq_published_.load(std::memory_order_acquire);
  if (seq == 0) return std::optional<BatchRecord>{};
  return ledger_->find(seq, published, [this] { return version()->snapshot; });
}

Result<std::vector<BatchRecord>> Engine::audit(const AuditQuery& query) const {
  const std::uint64_t published = seq_published_.load(std::memory_order_acquire);
  return ledger_->list(query, published, [this] { return version()->snapshot; });
}

}  // namespace penstock::archive
