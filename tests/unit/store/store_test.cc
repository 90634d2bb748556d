#include "store/store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "base/bytes.h"
#include "base/text.h"

namespace penstock::store {
namespace {

class Folder {
 public:
  Folder()
      : path_{std::filesystem::temp_directory_path() / ("penstock-store-" + Uuid::random().to_string())} {
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

const RocksdbOptions kSmall{.memtable_bytes = 64u << 10, .cache_bytes = 1u << 20};

std::unique_ptr<Store> must_open(const std::string& directory, const RocksdbOptions& options = {}) {
  auto opened = open_rocksdb(directory, options);
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    return nullptr;
  }
  return *std::move(opened);
}

/// The same promises, whoever keeps them.
class AnyStore : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view{GetParam()} == "memory") {
      store_ = open_memory();
    } else {
      store_ = must_open(folder_ / "db", kSmall);
    }
    ASSERT_NE(store_, nullptr);
  }
  void put(std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store_->write(batch));
  }
  std::optional<std::string> get(std::string_view key) const {
    auto value = store_->snapshot()->get(key);
    EXPECT_TRUE(value);
    return *value;
  }
  /// All keys of a range, forwards; checks that backwards gives the same.
  std::string keys(std::string_view lower, std::string_view upper) const {
    const auto snapshot = store_->snapshot();
    const auto cursor = snapshot->cursor(lower, upper);
    std::string forwards, backwards;
    for (cursor->seek(lower); cursor->valid(); cursor->next()) forwards += std::string{cursor->key()} + " ";
    EXPECT_TRUE(cursor->status());
    for (cursor->seek_before("\xff"); cursor->valid(); cursor->prev()) {
      backwards = std::string{cursor->key()} + " " + backwards;
    }
    EXPECT_TRUE(cursor->status());
    EXPECT_EQ(forwards, backwards);
    return forwards;
  }

  Folder folder_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, AnyStore, testing::Values("memory", "rocksdb"),
                         [](const auto& about) { return std::string{about.param}; });

TEST_P(AnyStore, GivesBackWhatWasPut) {
  put("a", "1");
  put(std::string_view{"b\0c", 3}, std::string(100'000, 'x'));
  put("empty", "");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get(std::string_view{"b\0c", 3}), std::string(100'000, 'x'));
  EXPECT_EQ(get("empty"), "");
  EXPECT_EQ(get("b"), std::nullopt);
  EXPECT_EQ(get(""), std::nullopt);
}

TEST_P(AnyStore, AppliesABatchInItsOrder) {
  Batch batch;
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("b", "1");
  batch.erase("b");
  batch.erase("c");
  batch.put("c", "3");
  EXPECT_EQ(batch.count(), 6u);
  ASSERT_TRUE(store_->write(batch));
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(get("b"), std::nullopt);
  EXPECT_EQ(get("c"), "3");
}

TEST_P(AnyStore, AnEmptyBatchChangesNothing) {
  put("a", "1");
  ASSERT_TRUE(store_->write(Batch{}));
  EXPECT_EQ(keys("", ""), "a ");
}

TEST_P(AnyStore, ASnapshotStaysAsItWas) {
  put("a", "old");
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor("", "");
  put("a", "new");
  put("b", "new");
  ASSERT_TRUE(store_->flush());
  EXPECT_EQ(**snapshot->get("a"), "old");
  EXPECT_EQ(*snapshot->get("b"), std::nullopt);
  cursor->seek("");
  ASSERT_TRUE(cursor->valid());
  EXPECT_EQ(cursor->value(), "old");
  cursor->next();
  EXPECT_FALSE(cursor->valid());
  EXPECT_EQ(get("a"), "new");
}

TEST_P(AnyStore, ACursorKeepsToItsRange) {
  for (const char* key : {"b", "d", "f", "h"}) put(key, key);
  const struct {
    const char *lower, *upper, *keys;
  } kCases[] = {{"", "", "b d f h "}, {"b", "h", "b d f "}, {"c", "g", "d f "}, {"d", "d", ""},
                {"e", "f", ""},       {"h", "", "h "},      {"i", "", ""},      {"", "a", ""},
                {"", "b", ""},        {"a", "c", "b "},     {"g", "c", ""}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string{c.lower} + ".." + c.upper);
    EXPECT_EQ(keys(c.lower, c.upper), c.keys);
  }
}

TEST_P(AnyStore, ACursorIsPlacedAtOrBesideAKey) {
  for (const char* key : {"b", "d", "f", "h"}) put(key, key);
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor("c", "h");
  const auto at = [&] { return cursor->valid() ? std::string{cursor->key()} : ""; };
  EXPECT_EQ(at(), "");
  const struct {
    const char *key, *seek, *before;
  } kCases[] = {{"a", "d", ""},  {"b", "d", ""}, {"c", "d", ""}, {"d", "d", "d"}, {"e", "f", "d"},
                {"f", "f", "f"}, {"g", "", "f"}, {"h", "", "f"}, {"z", "", "f"}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.key);
    cursor->seek(c.key);
    EXPECT_EQ(at(), c.seek);
    cursor->seek_before(c.key);
    EXPECT_EQ(at(), c.before);
  }
  cursor->seek("z");
  cursor->next();
  cursor->prev();
  EXPECT_EQ(at(), "");
}

TEST_P(AnyStore, BehavesAsAPlainMap) {
  std::map<std::string, std::string> model;
  std::mt19937 random{7};
  for (int round = 0; round < 400; ++round) {
    Batch batch;
    for (unsigned i = random() % 8; i-- > 0;) {
      std::string key = "k" + std::to_string(random() % 50);
      if (random() % 3 == 0) {
        batch.erase(key);
        model.erase(key);
      } else {
        const std::string value(random() % 2000, static_cast<char>('a' + random() % 26));
        batch.put(key, value);
        model[key] = value;
      }
    }
    ASSERT_TRUE(store_->write(batch));
    if (round % 37 == 0) {
      ASSERT_TRUE(store_->flush());
    }
  }
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor("", "");
  cursor->seek("");
  for (const auto& [key, value] : model) {
    ASSERT_TRUE(cursor->valid());
    EXPECT_EQ(cursor->key(), key);
    EXPECT_EQ(cursor->value(), value);
    cursor->next();
  }
  EXPECT_FALSE(cursor->valid());
  EXPECT_TRUE(store_->verify());
}

TEST_P(AnyStore, IsReadWhileItIsWritten) {
  put("n", "0");
  std::atomic<bool> stop{false};
  std::thread reader{[&] {
    int last = 0;
    while (!stop) {
      const auto snapshot = store_->snapshot();
      const int n = std::stoi(**snapshot->get("n"));
      EXPECT_GE(n, last);
      last = n;
      // A batch is seen whole.
      const auto twin = *snapshot->get("twin");
      if (n > 0) {
        EXPECT_EQ(twin, std::to_string(n));
      }
    }
  }};
  for (int n = 1; n <= 2000; ++n) {
    Batch batch;
    batch.put("n", std::to_string(n));
    batch.put("twin", std::to_string(n));
    EXPECT_TRUE(store_->write(batch));
    if (n % 500 == 0) {
      EXPECT_TRUE(store_->flush());
    }
  }
  stop = true;
  reader.join();
}

TEST_P(AnyStore, CountsItsBytes) {
  put("a", std::string(50'000, 'x'));
  ASSERT_TRUE(store_->flush());
  EXPECT_GE(store_->bytes_on_disk(), 50'000u);
  EXPECT_LT(store_->bytes_on_disk(), 100'000u);
}

TEST(MemoryStore, ACrashKeepsAPrefixOfTheBatches) {
  for (std::size_t kept = 0; kept <= 4; ++kept) {
    const auto store = open_memory();
    for (int i = 0; i < 5; ++i) {
      if (i == 2) {
        ASSERT_TRUE(store->flush());
      }
      Batch batch;
      batch.put("n" + std::to_string(i), "");
      ASSERT_TRUE(store->write(batch));
    }
    ASSERT_EQ(store->unflushed(), 3u);
    const auto before = store->snapshot();
    store->crash(kept);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ((*store->snapshot()->get("n" + std::to_string(i))).has_value(), i < 2 + kept);
      EXPECT_TRUE(*before->get("n" + std::to_string(i)));
    }
  }
}

TEST(RocksdbStore, KeepsWhatWasFlushedAndForgetsTheRest) {
  const Folder folder;
  {
    const auto store = must_open(folder / "db");
    Batch batch;
    batch.put("flushed", "1");
    ASSERT_TRUE(store->write(batch));
    ASSERT_TRUE(store->flush());
    batch.clear();
    batch.put("written", "1");
    ASSERT_TRUE(store->write(batch));
  }
  const auto store = must_open(folder / "db");
  EXPECT_EQ(**store->snapshot()->get("flushed"), "1");
  EXPECT_EQ(*store->snapshot()->get("written"), std::nullopt);
}

TEST(RocksdbStore, IsOpenedOnceAtATime) {
  const Folder folder;
  const auto store = must_open(folder / "db");
  const auto again = open_rocksdb(folder / "db");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::store_unavailable);
}

TEST(RocksdbStore, AnUnknownParentFolderIsAnError) {
  const auto opened = open_rocksdb("/proc/none/db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::store_unavailable);
}

TEST(RocksdbStore, ACheckpointIsAStoreOfItsOwn) {
  const Folder folder;
  const auto store = must_open(folder / "db", kSmall);
  Batch batch;
  batch.put("a", "1");
  ASSERT_TRUE(store->write(batch));
  ASSERT_TRUE(store->flush());
  ASSERT_TRUE(store->checkpoint(folder / "copy"));
  batch.clear();
  batch.put("a", "2");
  ASSERT_TRUE(store->write(batch));
  ASSERT_TRUE(store->flush());
  const auto copy = must_open(folder / "copy", kSmall);
  EXPECT_EQ(**copy->snapshot()->get("a"), "1");
  EXPECT_EQ(**store->snapshot()->get("a"), "2");
  EXPECT_FALSE(store->checkpoint(folder / "copy"));
}

TEST(RocksdbStore, AFlippedByteIsFoundAndNeverRead) {
  const Folder folder;
  {
    const auto store = must_open(folder / "db", kSmall);
    Batch batch;
    for (int i = 0; i < 100; ++i) batch.put("key" + std::to_string(i), std::string(300, 'x'));
    ASSERT_TRUE(store->write(batch));
    ASSERT_TRUE(store->flush());
    ASSERT_TRUE(store->verify());
  }
  for (const auto& file : std::filesystem::directory_iterator{folder / "db"}) {
    if (file.path().extension() != ".sst") continue;
    FILE* const f = std::fopen(file.path().c_str(), "r+");
    std::fseek(f, 1000, SEEK_SET);
    std::fputc('y', f);
    std::fclose(f);
  }
  const auto store = must_open(folder / "db", kSmall);
  const auto verified = store->verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::store_corrupt);
  const auto snapshot = store->snapshot();
  const auto cursor = snapshot->cursor("", "");
  for (cursor->seek(""); cursor->valid(); cursor->next()) EXPECT_EQ(cursor->value(), std::string(300, 'x'));
  ASSERT_FALSE(cursor->status());
  EXPECT_EQ(cursor->status().error().code, ErrorCode::store_corrupt);
}

/// Fails the n-th append or sync with an errno, and all later ones until it is told otherwise.
struct Disk {
  std::atomic<std::uint64_t> calls{0}, nth{UINT64_MAX};
  std::atomic<int> error{0};

  RocksdbOptions options() {
    RocksdbOptions options = kSmall;
    options.write_fault = [this](const std::string&) { return ++calls >= nth ? error.load() : 0; };
    return options;
  }
};

Result<void> write_numbered(Store& store, int n) {
  Batch batch;
  batch.put("n" + std::to_string(n), std::string(5000, static_cast<char>('a' + n % 26)));
  return store.write(batch);
}

TEST(RocksdbStore, AFullDiskIsTakenUpAgainWhereverItWasMet) {
  // RocksDB pauses for a second at each: a few calls only, spread over files and manifest.
  for (const std::uint64_t nth : {1, 2, 5, 7, 12}) {
    SCOPED_TRACE(nth);
    const Folder folder;
    Disk disk;
    auto opened = open_rocksdb(folder / "db", disk.options());
    ASSERT_TRUE(opened);
    disk.calls = 0;
    disk.error = ENOSPC;
    disk.nth = nth;
    // More than a memtable, so that RocksDB meets the full disk by itself too.
    int written = 0;
    bool refused = false;
    const auto attempt = [&](const Result<void>& done) {
      if (done) return true;
      refused = true;
      EXPECT_EQ(done.error().code, ErrorCode::overloaded) << done.error().detail;
      return false;
    };
    const auto step = [&](int n) {
      return attempt(write_numbered(**opened, n)) && ++written > 0 &&
             (n % 20 != 19 || attempt((*opened)->flush()));
    };
    while (written < 60 && step(written)) continue;
    attempt((*opened)->flush());
    EXPECT_TRUE(refused);
    disk.nth = UINT64_MAX;  // Space was made.
    while (written < 70) {
      ASSERT_TRUE(write_numbered(**opened, written));
      ++written;
    }
    const auto flushed = (*opened)->flush();
    ASSERT_TRUE(flushed) << flushed.error().detail;
    opened->reset();
    const auto store = must_open(folder / "db", kSmall);
    std::string missing;
    for (int n = 0; n < 70; ++n) {
      if (!*store->snapshot()->get("n" + std::to_string(n))) missing += std::to_string(n) + " ";
    }
    EXPECT_EQ(missing, "");
  }
}

TEST(RocksdbStore, ABrokenDiskLosesNothingThatWasFlushed) {
  for (const std::uint64_t nth : {1, 2, 5, 7, 12}) {
    SCOPED_TRACE(nth);
    const Folder folder;
    int flushed = 0, written = 0;
    {
      Disk disk;
      auto opened = open_rocksdb(folder / "db", disk.options());
      ASSERT_TRUE(opened);
      disk.calls = 0;
      disk.error = EIO;
      disk.nth = nth;
      while (written < 60) {
        if (!write_numbered(**opened, written)) break;
        ++written;
        if (written % 20 != 0) continue;
        const auto done = (*opened)->flush();
        if (!done) {
          EXPECT_EQ(done.error().code, ErrorCode::store_unavailable);
          break;
        }
        flushed = written;
      }
    }
    const auto store = must_open(folder / "db", kSmall);
    int kept = 0;
    while (*store->snapshot()->get("n" + std::to_string(kept))) ++kept;
    EXPECT_GE(kept, flushed);
    EXPECT_LE(kept, written + 1);
    for (int n = kept; n < 60; ++n) EXPECT_FALSE(*store->snapshot()->get("n" + std::to_string(n)));
  }
}

// A process of its own that writes numbered batches until it kills itself. It is this program again, as a
// fork of a process with threads would not have RocksDB's.
constexpr int kFlushEvery = 25;

TEST(StoreCrashChild, DISABLED_WritesUntilItDies) {
  const char* const directory = std::getenv("PENSTOCK_STORE_CHILD");
  ASSERT_NE(directory, nullptr);
  const int last = std::atoi(std::getenv("PENSTOCK_STORE_CHILD_LAST"));
  const auto store = must_open(directory, kSmall);
  for (int i = 0;; ++i) {
    Batch batch;
    batch.put("first" + std::to_string(i), std::string(2000, 'x'));
    if (i > 0) batch.erase("only" + std::to_string(i - 1));
    batch.put("only" + std::to_string(i), "");
    batch.put("last" + std::to_string(i), std::string(2000, 'y'));
    ASSERT_TRUE(store->write(batch));
    if (i == last) ::kill(::getpid(), SIGKILL);
    if (i % kFlushEvery == kFlushEvery - 1) {
      ASSERT_TRUE(store->flush());
    }
  }
}

TEST(RocksdbStore, AKillBetweenWriteAndFlushLeavesAPrefixOfTheBatches) {
  for (const int last : {0, 10, 24, 25, 49, 63, 140, 333}) {
    SCOPED_TRACE(last);
    const Folder folder;
    const std::string directory = folder / "db";
    const std::string directory_variable = "PENSTOCK_STORE_CHILD=" + directory;
    const std::string last_variable = "PENSTOCK_STORE_CHILD_LAST=" + std::to_string(last);
    const std::string filter = "--gtest_filter=StoreCrashChild.*";
    const char* const arguments[] = {"test_store", filter.c_str(), "--gtest_also_run_disabled_tests",
                                     "--gtest_brief=1", nullptr};
    const char* const variables[] = {directory_variable.c_str(), last_variable.c_str(), nullptr};
    const pid_t child = ::fork();
    if (child == 0) {
      ::execve("/proc/self/exe", const_cast<char* const*>(arguments), const_cast<char* const*>(variables));
      ::_exit(127);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;

    const auto store = must_open(directory, kSmall);
    const auto snapshot = store->snapshot();
    const auto has = [&](const char* name, int i) {
      return snapshot->get(name + std::to_string(i))->has_value();
    };
    int kept = 0;
    while (has("first", kept)) ++kept;
    EXPECT_GE(kept, last / kFlushEvery * kFlushEvery);
    EXPECT_LE(kept, last + 1);
    for (int i = 0; i <= last; ++i) {
      EXPECT_EQ(has("first", i), i < kept);
      EXPECT_EQ(has("last", i), i < kept);
      EXPECT_EQ(has("only", i), i == kept - 1);
    }
  }
}

}  // namespace
}  // namespace penstock::store
