#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/buffer/letters.h"
#include "journal/intent_entry.h"
#include "store/store.h"

namespace penstock::archive {

/// Dead letters: those that the store has, and what became of them since it was flushed.
///
/// Threads: any. What changes it, one at a time, in the order of everything.
class LetterBox {
 public:
  /// Gives what the store has as of the last flush.
  using Stored = std::function<std::shared_ptr<const store::Snapshot>()>;

  /// Nothing for `bytes`: forgotten. Durable in the journal when told here. Returns how much more memory is
  /// taken.
  std::int64_t change(const LetterId& id, std::optional<std::string> bytes);
  /// Counts what `snapshot` and the changes have together. At start, behind the replay. Errors: the store's.
  Result<void> count(const store::Snapshot& snapshot);
  std::uint64_t size() const;

  /// Nothing if there is none. Errors: the store's.
  Result<std::optional<std::string>> find(const LetterId& id, const Stored& stored) const;
  /// At most `limit` letters behind `after`, oldest first.
  Result<std::vector<std::string>> list(const LetterId& after, std::size_t limit, const Stored& stored) const;

  /// One at a time handles a letter: false if somebody does.
  bool claim(const LetterId& id);
  void release(const LetterId& id);

  /// Calls `write(batch)` with what the store lacks, in batches of a few MiB; what is left goes to `batch`.
  Result<void> flush(store::Batch& batch, const std::function<Result<void>(store::Batch&)>& write);
  /// The store has what the last `flush` gave it, and readers see it. Returns how much less memory is taken.
  std::int64_t flushed();

 private:
  struct Change {
    std::optional<std::string> bytes;
    bool in_flush = false;  ///< The running flush has this very state.
  };

  mutable std::mutex mutex_;  // Guards all.
  std::map<LetterId, Change> changes_;
  std::set<LetterId> claimed_;
  std::uint64_t count_ = 0;
};

/// As the journal and the store keep it, and as callers see it.
Result<Letter> letter_of(std::string_view bytes);

}  // namespace penstock::archive
