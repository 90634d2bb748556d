#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "archive/ledger/page.h"
#include "store/store.h"

namespace penstock::archive {

/// Who wrote what when, and what became of it: a row per batch, in pages. Pages since the last flush are in
/// memory, older ones in the store.
///
/// Threads: `append` by the leader (or at the start) alone, `flush` and `flushed` by the flusher alone, the
/// rest from any thread. A reader asks for its snapshot through `Latest` after it has looked into memory, as
/// pages leave memory only when a newer snapshot has them.
class Ledger {
 public:
  using Latest = std::function<std::shared_ptr<const store::Snapshot>()>;
  struct Limits {
    std::int64_t days = 90;
    std::uint64_t bytes_max = 4ull << 30;
  };

  explicit Ledger(Limits limits) : limits_{limits} {}

  /// Reads what each page says of itself, and the page that `last_seq` lies in. Rows behind it are forgotten:
  /// the journal has them. Errors: store_unavailable, store_corrupt.
  Result<void> open(const store::Snapshot& snapshot, std::uint64_t last_seq);

  void append(const LedgerRow& row);

  /// The row of `seq`, with what became of it later. Nothing: there is none, or not any more. Rows of seqs
  /// above `published` are not durable yet, and count as none.
  Result<std::optional<BatchRecord>> find(std::uint64_t seq, std::uint64_t published,
                                          const Latest& latest) const;
  /// Rows that match and have at most the seq `published`, newest first, at most `query.limit`.
  Result<std::vector<BatchRecord>> list(const AuditQuery& query, std::uint64_t published,
                                        const Latest& latest) const;

  /// Adds what is not in the store yet of rows up to `seq`, the flush's watermark, to `batch`, and drops
  /// pages that are too old or too much. `full` is called when the batch has grown large, and empties it.
  /// Returns the first seq that is kept.
  Result<std::uint64_t> flush(std::uint64_t seq, std::int64_t now_ns, const store::Snapshot& snapshot,
                              store::Batch& batch, const std::function<Result<void>()>& full);
  /// A snapshot with what `flush` added can be had now.
  void flushed();

  std::uint64_t bytes() const;

 private:
  Result<std::shared_ptr<const LedgerPage>> page(std::uint64_t number, const Latest& latest) const;
  Result<void> add_decision(BatchRecord& row, std::uint64_t published, const Latest& latest) const;
  std::uint64_t drop_old(store::Batch& batch, std::int64_t now_ns, bool& dropped);

  const Limits limits_;
  mutable std::mutex mutex_;                                    // Guards all below.
  std::map<std::uint64_t, std::shared_ptr<LedgerPage>> pages_;  // Only the last one still grows.
  std::map<std::uint64_t, PageHead> heads_;                     // Of pages in the store.
  std::map<std::uint64_t, std::uint64_t> decisions_;            // Of queued batches, not yet in the store.
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t last_seq_ = 0, flushing_seq_ = 0, flushed_seq_ = 0;
  std::map<std::uint64_t, std::uint64_t> flushing_decisions_;
};

}  // namespace penstock::archive
