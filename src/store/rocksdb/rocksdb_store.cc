#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/rocksdb/env.h"
#include "store/store.h"

namespace penstock::store {
namespace {

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

Error error_of(const rocksdb::Status& status) {
  const auto code = status.IsCorruption() ? ErrorCode::store_corrupt
                    : status.IsNoSpace()  ? ErrorCode::overloaded
                                          : ErrorCode::store_unavailable;
  return {code, {}, "RocksDB: " + status.ToString()};
}

Result<void> result_of(const rocksdb::Status& status) {
  if (!status.ok()) return fail(error_of(status));
  return {};
}

/// Runs `f`, whose exceptions end here.
template <class F>
auto guarded(const F& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::exception& e) {
    return fail(ErrorCode::store_unavailable, {}, std::string{"RocksDB: "} + e.what());
  }
}

/// RocksDB's errors in our log, instead of a log file of its own that grows.
class LogAdapter : public rocksdb::Logger {
 public:
  LogAdapter() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::WARN_LEVEL, format, arguments);
  }
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < rocksdb::InfoLogLevel::WARN_LEVEL || level >= rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    char text[512];
    std::vsnprintf(text, sizeof text, format, arguments);
    // What it calls a warning is of use to who tunes it: a stall, a file of an older version.
    log::write(level == rocksdb::InfoLogLevel::WARN_LEVEL ? log::Level::debug : log::Level::error,
               "RocksDB reports", {{"text", trim(text)}});
  }
};

class RocksCursor : public Cursor {
 public:
  RocksCursor(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string_view lower,
              std::string_view upper)
      : lower_{lower}, upper_{upper}, lower_slice_{slice(lower_)}, upper_slice_{slice(upper_)} {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    if (!lower_.empty()) options.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) options.iterate_upper_bound = &upper_slice_;
    at_.reset(db.NewIterator(options));
  }

  void seek(std::string_view key) override { at_->Seek(slice(key)); }
  void seek_before(std::string_view key) override { at_->SeekForPrev(slice(key)); }
  void next() override {
    if (at_->Valid()) at_->Next();
  }
  void prev() override {
    if (at_->Valid()) at_->Prev();
  }
  bool valid() const override { return at_->Valid(); }
  std::string_view key() const override { return view(at_->key()); }
  std::string_view value() const override { return view(at_->value()); }
  Result<void> status() const override { return result_of(at_->status()); }

 private:
  // RocksDB borrows the bounds for as long as the iterator lives.
  const std::string lower_, upper_;
  const rocksdb::Slice lower_slice_, upper_slice_;
  std::unique_ptr<rocksdb::Iterator> at_;
};

class RocksSnapshot : public Snapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<rocksdb::DB> db) : db_{std::move(db)}, at_{db_->GetSnapshot()} {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(at_); }

  Result<std::optional<std::string>> get(std::string_view key) const override {
    return guarded([&]() -> Result<std::optional<std::string>> {
      rocksdb::ReadOptions options;
      options.snapshot = at_;
      std::string value;
      const auto status = db_->Get(options, db_->DefaultColumnFamily(), slice(key), &value);
      if (status.IsNotFound()) return std::nullopt;
      if (!status.ok()) return fail(error_of(status));
      return value;
    });
  }
  std::unique_ptr<Cursor> cursor(std::string_view lower, std::string_view upper) const override {
    return std::make_unique<RocksCursor>(*db_, at_, lower, upper);
  }

 private:
  const std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* const at_;
};

class RocksStore : public Store {
 public:
  explicit RocksStore(std::shared_ptr<rocksdb::DB> db) : db_{std::move(db)} {}

  Result<void> write(const Batch& batch) override {
    return guarded([&]() -> Result<void> {
      rocksdb::WriteBatch changes{batch.bytes() + 64};
      rocksdb::Status status;
      batch.for_each(
          [&](std::string_view key, std::string_view value) {
            if (status.ok()) status = changes.Put(slice(key), slice(value));
          },
          [&](std::string_view key) {
            if (status.ok()) status = changes.Delete(slice(key));
          });
      if (!status.ok()) return fail(error_of(status));
      TRY_VOID(resume_if_full());
      rocksdb::WriteOptions options;
      options.disableWAL = true;
      return noted(db_->Write(options, &changes));
    });
  }

  Result<void> flush() override {
    return guarded([&]() -> Result<void> {
      TRY_VOID(resume_if_full());
      rocksdb::FlushOptions options;
      options.wait = true;
      options.allow_write_stall = true;
      // After an error that was resumed from, RocksDB 7.8 answers OK without having waited (its issue 8046).
      // So ask whether anything is left.
      const std::int64_t give_up = steady_clock_ns() + kFlushPatienceNs;
      for (;;) {
        TRY_VOID(noted(db_->Flush(options)));
        if (unflushed() == 0) return {};
        if (steady_clock_ns() > give_up) {
          return fail(ErrorCode::overloaded, {}, "RocksDB says that it flushed, but has not");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
      }
    });
  }

  std::shared_ptr<const Snapshot> snapshot() const override { return std::make_shared<RocksSnapshot>(db_); }

  Result<void> checkpoint(const std::string& directory) override {
    return guarded([&]() -> Result<void> {
      rocksdb::Checkpoint* made = nullptr;
      TRY_VOID(result_of(rocksdb::Checkpoint::Create(db_.get(), &made)));
      const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
      const auto status = checkpoint->CreateCheckpoint(directory);
      if (status.IsInvalidArgument()) return fail(ErrorCode::conflict, directory, status.ToString());
      return result_of(status);
    });
  }

  Result<void> verify() const override {
    return guarded([&] { return result_of(db_->VerifyChecksum()); });
  }

  std::uint64_t bytes_on_disk() const override {
    std::uint64_t bytes = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
    return bytes;
  }

 private:
  static constexpr std::int64_t kFlushPatienceNs = 60'000'000'000;

  /// What is in memory only. There is one writer, so after a flush there is nothing.
  std::uint64_t unflushed() const {
    std::uint64_t entries = 1, memtables = 1;
    db_->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
    db_->GetIntProperty(rocksdb::DB::Properties::kNumImmutableMemTable, &memtables);
    return entries + memtables;
  }
  Result<void> noted(const rocksdb::Status& status) {
    if (status.IsNoSpace()) full_.store(true);
    return result_of(status);
  }
  /// After it met a full disk RocksDB refuses everything until it is told to go on.
  Result<void> resume_if_full() {
    if (!full_.load()) return {};
    TRY_VOID(result_of(db_->Resume()));
    full_.store(false);
    return {};
  }

  const std::shared_ptr<rocksdb::DB> db_;
  std::atomic<bool> full_{false};
};

rocksdb::Options options_of(const RocksdbOptions& ours) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.info_log = std::make_shared<LogAdapter>();
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // The journal is the log. What no flush covered is written again from there, so closing need not hurry it.
  options.avoid_flush_during_shutdown = true;
  options.max_bgerror_resume_count = 0;  // Who flushes makes space first, then resumes.
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kDisableCompressionOption;
  options.write_buffer_size = ours.memtable_bytes;
  options.max_write_buffer_number = 3;
  options.max_background_jobs = 2;
  options.level_compaction_dynamic_level_bytes = true;
  options.bytes_per_sync = 1u << 20;
  options.skip_stats_update_on_db_open = true;

  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16u << 10;
  table.checksum = rocksdb::kXXH3;
  table.block_cache = rocksdb::NewLRUCache(ours.cache_bytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory, const RocksdbOptions& ours) {
  return guarded([&]() -> Result<std::unique_ptr<Store>> {
    std::error_code error;
    std::filesystem::create_directory(directory, error);
    if (error)
      return fail(ErrorCode::store_unavailable, directory, "the folder can't be made: " + error.message());
    rocksdb::DB* opened = nullptr;
    rocksdb::Options options = options_of(ours);
    const std::shared_ptr<rocksdb::Env> env = make_env(ours.write_fault);
    options.env = env.get();
    const auto status = rocksdb::DB::Open(options, directory, &opened);
    if (!status.ok()) {
      Error why = error_of(status);
      why.where = directory;
      return fail(std::move(why));
    }
    // The database uses its environment up to its end.
    return std::make_unique<RocksStore>(
        std::shared_ptr<rocksdb::DB>{opened, [env](rocksdb::DB* db) { delete db; }});
  });
}

}  // namespace penstock::store
