// Failing calls and lost power, at every call there is.

#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "fixture.h"
#include "journal/file.h"

namespace penstock::journal {
namespace {

/// What one life of a process attempts: groups that roll over segments, with cuts.
struct Life {
  std::vector<Record> acknowledged;
  std::vector<Record> attempted;  ///< At most one more: the group whose commit failed.
  std::uint64_t cut = 0;
};

void live(Journal& journal, Life& life, int groups) {
  for (int i = 0; i < groups; ++i) {
    GroupBuffer buffer;
    Record record = fill(buffer, journal.next_seq(), static_cast<std::size_t>(2000 + 3000 * (i % 4)));
    if (!journal.make_room(buffer.size())) return;  // Refused before anything was decided.
    life.attempted.push_back(record);
    if (!journal.commit(buffer, record.first_seq, record.batches, record.wall_ns)) {
      EXPECT_FALSE(journal.make_room(100)) << "nothing goes on after a failure";
      buffer.clear();
      fill(buffer, journal.next_seq(), 100);
      EXPECT_FALSE(journal.commit(buffer, journal.next_seq(), 1, 0));
      return;
    }
    life.acknowledged.push_back(record);
    if (i % 10 == 9) {
      life.cut = record.first_seq - 1;
      journal.cut(life.cut);
    }
  }
}

/// Every acknowledged group that the store does not have is there, in order, and of others at most those that
/// were attempted.
void expect_nothing_lost(Options options, const Life& life) {
  std::vector<Record> replayed, attempted;
  options.applied_seq = life.cut;
  const auto journal = must_open(options, replayed);
  ASSERT_NE(journal, nullptr);
  const auto needed = [&](const Record& record) { return record.first_seq + record.batches - 1 > life.cut; };
  std::size_t must = 0;
  for (const Record& record : life.acknowledged) must += needed(record) ? 1 : 0;
  for (const Record& record : life.attempted) {
    if (needed(record)) attempted.push_back(record);
  }
  ASSERT_GE(replayed.size(), must);
  ASSERT_LE(replayed.size(), attempted.size());
  attempted.resize(replayed.size());
  EXPECT_EQ(replayed, attempted);
}

struct Kind {
  const char* name;
  FaultInjector::Plan plan;
};
const Kind kKinds[] = {
    {"EIO once", {.error = EIO}},
    {"EIO from then on", {.error = EIO, .for_ever = true}},
    {"no space once",
     {.calls = {Call::open, Call::pwrite, Call::fdatasync, Call::fsync, Call::rename}, .error = ENOSPC}},
    {"no space from then on",
     {.calls = {Call::open, Call::pwrite, Call::fdatasync, Call::fsync, Call::rename},
      .error = ENOSPC,
      .for_ever = true}},
    {"nothing written", {.calls = {Call::pwrite}, .short_bytes = 0}},
    {"short write", {.calls = {Call::pwrite}, .short_bytes = 1000}},
    {"short by a byte", {.calls = {Call::pwrite}, .short_bytes = 4095}},
};

TEST(Fault, NoAcknowledgedGroupIsLostWhicheverCallFails) {
  for (const Kind& kind : kKinds) {
    bool fired = true;
    for (std::uint64_t nth = 1; fired; ++nth) {
      ASSERT_LT(nth, 1000u);
      SCOPED_TRACE(std::string{kind.name} + ", call " + std::to_string(nth));
      const Folder folder;
      auto options = test_options(folder.journal());
      options.spare_wait_ms = 200;
      Life life;
      {
        auto plan = kind.plan;
        plan.nth = nth;
        FaultInjector fault{plan};
        std::vector<Record> replayed;
        auto opened = Journal::open(options, into(replayed));
        if (opened) live(**opened, life, 25);
        if (opened) opened->reset();
        fired = fault.fired();
      }
      expect_nothing_lost(options, life);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(Fault, RecoveryCanFailAtAnyCallAndBeRepeated) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 12; ++i) ASSERT_TRUE(append(*journal, 10'000, written));
  }
  const Place torn = places(options).back();
  patch(torn.path, torn.offset + 100, std::string(3000, '\0'));
  written.pop_back();
  bool fired = true;
  for (std::uint64_t nth = 1; fired; ++nth) {
    ASSERT_LT(nth, 200u);
    SCOPED_TRACE(nth);
    {
      FaultInjector fault{{.nth = nth, .error = EIO, .for_ever = true}};
      replayed.clear();
      static_cast<void>(Journal::open(options, into(replayed)));
      fired = fault.fired();
      ASSERT_LE(replayed.size(), written.size());
    }
    must_open(options, replayed);
    ASSERT_EQ(replayed, written);
  }
}

TEST(Fault, AFullDiskRefusesBeforeAnythingIsDecidedAndGoesOnAfterwards) {
  const Folder folder;
  auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  const auto journal = must_open(options, replayed);
  ASSERT_TRUE(append(*journal, 100, written));
  {
    FaultInjector full{{.calls = {Call::open}, .nth = 1, .error = ENOSPC, .for_ever = true}};
    Result<void> done;
    int groups = 0;
    while ((done = append(*journal, 12'000, written))) ASSERT_LT(++groups, 20);
    EXPECT_EQ(done.error().code, ErrorCode::overloaded);
    EXPECT_EQ(groups, 4) << "what fits the current segment is still written";
    ASSERT_TRUE(append(*journal, 100, written)) << "so is what is small";
    // A thread of the journal may be about to ask once more.
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  // The next attempt to make a segment comes a second after the failed one.
  for (int i = 0; i < 60 && !journal->make_room(12'100); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  ASSERT_TRUE(append(*journal, 12'000, written));
  ASSERT_TRUE(recover(options, into(replayed)));
  EXPECT_EQ(replayed, written);
}

/// Sees all writes and syncs, and knows what a disk that loses power would still have.
class Disk {
 public:
  Disk() : hook_{[this](const CallInfo& info) { return see(info); }} { set_file_hook(&hook_); }
  ~Disk() { set_file_hook(nullptr); }

  struct Event {
    Call call{};
    std::string path;
    std::uint64_t offset = 0;
    std::string data;
    std::size_t acknowledged = 0;  ///< Groups answered for before.
  };
  void acknowledge() {
    const std::lock_guard lock{mutex_};
    ++acknowledged_;
  }
  std::vector<Event> take() {
    set_file_hook(nullptr);
    return std::move(events_);
  }

 private:
  Verdict see(const CallInfo& info) {
    if (info.call == Call::pread || info.call == Call::open) return {};
    const std::lock_guard lock{mutex_};
    events_.push_back({info.call, std::string{info.path}, info.offset,
                       info.data != nullptr ? std::string{info.data, info.size} : std::string{},
                       acknowledged_});
    return {};
  }

  std::mutex mutex_;
  std::vector<Event> events_;
  std::size_t acknowledged_ = 0;
  FileHook hook_;
};

std::vector<Disk::Event> trace_of_a_life(const Options& options, std::vector<Record>& written) {
  Disk disk;
  std::vector<Record> replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(append(*journal, static_cast<std::size_t>(500 + 5000 * (i % 4)), written));
      disk.acknowledge();
      if (i == 14) journal->cut(written[8].first_seq - 1);
    }
  }
  return disk.take();
}

TEST(Fault, PowerLostAtAnyCallLosesNothingAcknowledged) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written;
  const auto events = trace_of_a_life(options, written);
  std::mt19937 random{11};
  struct Image {
    std::string durable;
    std::vector<const Disk::Event*> pending;
  };
  std::map<std::string, Image> images;
  const auto write_into = [](std::string& bytes, std::uint64_t offset, std::string_view data) {
    if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size(), '\0');
    bytes.replace(offset, data.size(), data);
  };
  for (const Disk::Event& event : events) {
    // The power fails just before this call: what was not synced is there in any part, by sectors.
    for (int round = 0; round < 2; ++round) {
      const Folder after;
      std::filesystem::create_directory(after.journal());
      for (const auto& [path, image] : images) {
        if (path.ends_with(".tmp")) continue;
        std::string bytes = image.durable;
        for (const Disk::Event* write : image.pending) {
          for (std::size_t at = 0; at < write->data.size(); at += 512) {
            if (random() % 2 == 0)
              write_into(bytes, write->offset + at, std::string_view{write->data}.substr(at, 512));
          }
        }
        write_file(after.journal() + path.substr(path.find_last_of('/')), bytes);
      }
      auto later = test_options(after.journal());
      const std::uint64_t cut = event.acknowledged > 14 ? written[8].first_seq - 1 : 0;
      later.applied_seq = cut;
      std::vector<Record> replayed, expected;
      const auto found = recover(later, into(replayed));
      ASSERT_TRUE(found) << found.error().detail;
      for (const Record& record : written) {
        if (record.first_seq > cut) expected.push_back(record);
      }
      const std::size_t must = event.acknowledged - (cut > 0 ? 8 : 0);
      ASSERT_GE(replayed.size(), must);
      ASSERT_LE(replayed.size(), must + 1);
      expected.resize(replayed.size());
      ASSERT_EQ(replayed, expected);
    }
    switch (event.call) {
      case Call::pwrite: images[event.path].pending.push_back(&event); break;
      case Call::fsync:
      case Call::fdatasync:
        if (const auto at = images.find(event.path); at != images.end()) {
          for (const Disk::Event* write : at->second.pending) {
            write_into(at->second.durable, write->offset, write->data);
          }
          at->second.pending.clear();
        }
        break;
      case Call::rename: {
        auto node = images.extract(event.path);
        node.key() = event.path.substr(0, event.path.size() - 4) + ".seg";
        images.insert(std::move(node));
        break;
      }
      case Call::unlink: images.erase(event.path); break;
      case Call::open:
      case Call::pread: break;
    }
  }
}

TEST(Fault, NoAcknowledgedByteIsWrittenAgainAndAGroupIsOneWriteAndOneSync) {
  const Folder folder;
  std::vector<Record> written;
  const auto events = trace_of_a_life(test_options(folder.journal()), written);
  std::map<std::string, std::uint64_t> ends;  // Of each segment in its present life.
  std::map<std::string, int> unsynced;
  std::size_t groups = 0, headers = 0;
  for (const Disk::Event& event : events) {
    if (!event.path.ends_with(".seg")) continue;
    if (event.call == Call::fdatasync) {
      EXPECT_LE(unsynced[event.path], 1);
      unsynced[event.path] = 0;
    }
    if (event.call != Call::pwrite) continue;
    ++unsynced[event.path];
    if (event.offset == 0) {
      ++headers;
      EXPECT_EQ(event.data.size(), kPage);
    } else {
      ++groups;
      EXPECT_EQ(event.offset, ends[event.path]) << "a gap, or bytes written again";
    }
    ends[event.path] = event.offset + event.data.size();
  }
  EXPECT_EQ(groups, written.size());
  EXPECT_GT(headers, 3u);
}

}  // namespace
}  // namespace penstock::journal
