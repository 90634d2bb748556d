#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::store {

/// Changes that are kept or lost together, applied in the order they were added.
class Batch {
 public:
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  void clear();

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  std::size_t bytes() const { return bytes_.size(); }  ///< Of keys and values, with a little for each change.

  /// Calls `put(key, value)` and `erase(key)` in order.
  template <class Put, class Erase>
  void for_each(const Put& on_put, const Erase& on_erase) const;

 private:
  std::string bytes_;
  std::size_t count_ = 0;
};

/// Walks keys in byte order inside the range it was made for. Borrowed from its snapshot, which must outlive
/// it.
///
/// Threads: one at a time. A new cursor is not valid until it has been placed.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void seek(std::string_view key) = 0;         ///< To the first key >= `key`.
  virtual void seek_before(std::string_view key) = 0;  ///< To the last key <= `key`.
  virtual void next() = 0;
  virtual void prev() = 0;
  virtual bool valid() const = 0;  ///< False past either end, and after an error: then ask `status`.
  virtual std::string_view key() const = 0;    ///< Lives until the cursor moves.
  virtual std::string_view value() const = 0;  ///< Lives until the cursor moves.
  /// Errors: store_unavailable, store_corrupt. A cursor that ended without an error saw every key.
  virtual Result<void> status() const = 0;
};

/// Everything as it was at one moment, whatever is written later.
///
/// Threads: any method from any thread. Must be released before its store is.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  /// The value, or nothing. Errors: store_unavailable, store_corrupt.
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
  /// Over [lower, upper); an empty `upper` has no end.
  virtual std::unique_ptr<Cursor> cursor(std::string_view lower, std::string_view upper) const = 0;
};

/// Ordered home of keys and values. Nothing is durable until `flush` returns: who needs more keeps a journal.
///
/// After a crash the store holds a *prefix* of the batches ever written: all that a finished `flush` covered,
/// and of the later ones none, some or all, never one without all before it, never a part of one.
///
/// Threads: `write` and `flush` by one writer at a time; the rest from any thread.
class Store {
 public:
  virtual ~Store() = default;

  /// Applies all of `batch` or none of it; seen by snapshots taken afterwards.
  /// Errors: overloaded (no space, see `flush`), store_unavailable, store_corrupt.
  virtual Result<void> write(const Batch& batch) = 0;

  /// Returns once everything written is on disk: files, folder and the list of files.
  /// Errors: overloaded: no space; nothing written is forgotten, and after space was made the same call takes
  /// the work up again. store_unavailable, store_corrupt: final, the process should end.
  virtual Result<void> flush() = 0;

  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;

  /// Makes `directory` (which must not exist; its parent must) a store of its own that holds what the last
  /// flush covered, or more. Cheap: files are linked where the file system can. Errors: unsupported,
  /// conflict, store_unavailable.
  virtual Result<void> checkpoint(const std::string& directory) = 0;

  /// Reads every stored byte and compares checksums. Errors: store_corrupt names the file.
  virtual Result<void> verify() const = 0;

  virtual std::uint64_t bytes_on_disk() const = 0;
};

struct RocksdbOptions {
  std::size_t memtable_bytes = 64u << 20;  ///< RocksDB writes a file by itself when it holds more.
  std::size_t cache_bytes = 64u << 20;     ///< Of read blocks.
  /// For tests: asked before every append to and sync of a file, from any thread; an errno other than 0 is
  /// what the call fails with.
  std::function<int(const std::string& path)> write_fault = nullptr;
};

/// The store in a folder, made if absent (its parent must exist), by RocksDB.
/// Errors: store_unavailable (also: another process has it open), store_corrupt.
Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory, const RocksdbOptions& options = {});

/// A store for tests, with the same promises and what a crash does to them.
class MemoryStore : public Store {
 public:
  /// Forgets what a crash may: of the batches that no `flush` covered, all but the first `kept`.
  virtual void crash(std::size_t kept = 0) = 0;
  /// How many batches no `flush` covered yet.
  virtual std::size_t unflushed() const = 0;
};
std::unique_ptr<MemoryStore> open_memory();

template <class Put, class Erase>
void Batch::for_each(const Put& on_put, const Erase& on_erase) const {
  // Each change: key size, value size (all ones: erase), key, value.
  const char* at = bytes_.data();
  const char* const end = at + bytes_.size();
  while (at != end) {
    std::uint32_t sizes[2];
    std::char_traits<char>::copy(reinterpret_cast<char*>(sizes), at, sizeof sizes);
    at += sizeof sizes;
    const std::string_view key{at, sizes[0]};
    at += sizes[0];
    if (sizes[1] == UINT32_MAX) {
      on_erase(key);
      continue;
    }
    on_put(key, std::string_view{at, sizes[1]});
    at += sizes[1];
  }
}

}  // namespace penstock::store
