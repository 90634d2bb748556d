#include "journal/journal.h"

#include <sys/stat.h>

#include <atomic>
#include <set>
#include <thread>

#include "fixture.h"

namespace penstock::journal {
namespace {

std::set<std::string> segment_files(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().extension() == ".seg") names.insert(file.path().filename());
  }
  return names;
}

TEST(Journal, ReplaysWhatWasCommitted) {
  const Folder folder;
  std::vector<Record> written, replayed;
  for (int life = 0; life < 4; ++life) {
    const auto journal = must_open(test_options(folder.journal()), replayed);
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(replayed, written);
    for (const std::size_t bytes : {30, 4000, 9000, 300, 20000})
      ASSERT_TRUE(append(*journal, bytes, written));
  }
  const auto journal = must_open(test_options(folder.journal()), replayed);
  EXPECT_EQ(replayed, written);
  EXPECT_EQ(journal->next_seq(), written.back().first_seq + written.back().batches);
}

TEST(Journal, ReplaysOnTheDiskItself) {
  // The other tests may run where there is no disk.
  const auto directory =
      std::filesystem::temp_directory_path() / ("penstock-journal-" + Uuid::random().to_string());
  std::filesystem::create_directory(directory);
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(test_options(directory / "j", 1u << 20), replayed);
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(append(*journal, 80'000, written));
  }
  const auto journal = must_open(test_options(directory / "j", 1u << 20), replayed);
  EXPECT_EQ(replayed, written);
  std::filesystem::remove_all(directory);
}

TEST(Journal, BuffersWhereItMayNotGoRoundTheCache) {
  const Folder folder;
  auto options = test_options(folder.journal());
  options.direct = false;
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(*journal, 8000, written));
    EXPECT_FALSE(journal->stats().direct);
  }
  must_open(options, replayed);
  EXPECT_EQ(replayed, written);
}

TEST(Journal, AnEmptyFolderBeginsAtSeqOne) {
  const Folder folder;
  std::vector<Record> replayed;
  const auto journal = must_open(test_options(folder.journal()), replayed);
  EXPECT_EQ(journal->next_seq(), 1u);
  EXPECT_EQ(journal->bytes(), 0u);
  EXPECT_TRUE(replayed.empty());
}

TEST(Journal, MakesRoomOnlyForWhatFitsASegment) {
  const Folder folder;
  std::vector<Record> written;
  const auto journal = must_open(test_options(folder.journal()), written);
  EXPECT_TRUE(journal->make_room((64u << 10) - kPage));
  EXPECT_FALSE(journal->make_room((64u << 10) - kPage + 1));
  EXPECT_FALSE(journal->make_room(SIZE_MAX / 2));
  // The largest group there can be.
  ASSERT_TRUE(append(*journal, (64u << 10) - kPage - 48 - 24 - 2, written));
  ASSERT_TRUE(append(*journal, 100, written));
  std::vector<Record> replayed;
  const auto recovered = recover(test_options(folder.journal()), into(replayed));
  ASSERT_TRUE(recovered);
  EXPECT_EQ(replayed, written);
  EXPECT_EQ(recovered->live.size(), 2u);
}

TEST(Journal, SegmentsThatWereCutAreReused) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  const auto journal = must_open(options, replayed);
  std::set<std::string> names;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(append(*journal, 12'000, written));
    const auto now = segment_files(folder.journal());
    names.insert(now.begin(), now.end());
    if (i % 4 == 3) journal->cut(journal->next_seq() - 1);
    EXPECT_LE(journal->stats().segments + journal->stats().spares, 5u);
  }
  // Fifty segments' worth of groups, in a handful of files.
  EXPECT_LE(names.size(), 6u);
  EXPECT_LE(journal->bytes(), 64u << 10);
}

TEST(Journal, CutKeepsSegmentsThatHoldAnythingLater) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(append(*journal, 12'000, written));
    const auto before = journal->bytes();
    EXPECT_EQ(before, 30u * 12288);
    journal->cut(written[14].first_seq - 1);
    EXPECT_LT(journal->bytes(), before);
    EXPECT_GE(journal->bytes(), 16u * 12288);
    journal->cut(0);
  }
  auto later = options;
  for (const std::size_t applied : {14u, 15u, 22u, 29u}) {
    later.applied_seq = written[applied].first_seq - 1;
    must_open(later, replayed);
    EXPECT_EQ(replayed,
              (std::vector<Record>{written.begin() + static_cast<std::ptrdiff_t>(applied), written.end()}));
  }
}

TEST(Journal, ReadsGroupsBackFromWhereTheyAre) {
  for (const bool reopened : {false, true}) {
    SCOPED_TRACE(reopened);
    const Folder folder;
    std::vector<Record> written, replayed;
    std::vector<GroupPlace> places;
    auto journal = must_open(test_options(folder.journal()), replayed);
    for (const std::size_t bytes : {100u, 20'000u, 3u, 50'000u, 40'000u, 300u}) {
      ASSERT_TRUE(append(*journal, bytes, written));
      places.push_back(journal->place());
    }
    EXPECT_GT(places.back().segment, places.front().segment);
    if (reopened) {
      journal.reset();
      std::vector<GroupPlace> told;
      auto opened = Journal::open(test_options(folder.journal()), [&](const Group& group) -> Result<void> {
        told.push_back({group.segment, group.offset});
        return {};
      });
      ASSERT_TRUE(opened);
      journal = *std::move(opened);
      EXPECT_EQ(told, places);
    }
    for (const std::size_t i : {5u, 0u, 3u, 3u, 1u, 2u, 4u}) {
      std::vector<Record> read;
      ASSERT_TRUE(journal->read_back(places[i], into(read)));
      EXPECT_EQ(read, std::vector<Record>{written[i]});
    }
    const auto refused =
        journal->read_back(places[0], [](const Group&) -> Result<void> { return fail(ErrorCode::conflict); });
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    const auto nothing = journal->read_back({places[0].segment, places[0].offset + kPage},
                                            [](const Group&) -> Result<void> { return {}; });
    EXPECT_TRUE(nothing.has_value());  // The second group.
    const auto middle = journal->read_back({places[1].segment, places[1].offset + kPage},
                                           [](const Group&) -> Result<void> { return {}; });
    ASSERT_FALSE(middle.has_value());
    EXPECT_EQ(middle.error().code, ErrorCode::store_corrupt);
  }
}

TEST(Journal, KeepsAndReplaysWhatIsNeededBeforeWhatIsApplied) {
  const Folder folder;
  Options options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 12; ++i) ASSERT_TRUE(append(*journal, 30'000, written));
    journal->cut(written[4].first_seq);
  }
  options.applied_seq = written[9].first_seq + written[9].batches - 1;
  options.needed_seq = written[5].first_seq - 1;
  for (int round = 0; round < 3; ++round) {
    const auto journal = must_open(options, replayed);
    EXPECT_EQ(replayed, std::vector<Record>(written.begin() + 5, written.end()));
    ASSERT_TRUE(append(*journal, 30'000, written));  // Nothing that is needed makes room for it.
  }
  options.needed_seq = UINT64_MAX;
  const auto journal = must_open(options, replayed);
  EXPECT_EQ(replayed, std::vector<Record>(written.begin() + 10, written.end()));
}

TEST(Journal, StaleSegmentsAreNeverReplayed) {
  const Folder folder;
  auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  // Lives that end anywhere, with segments reused in each of them, full of old groups.
  for (int life = 0; life < 40; ++life) {
    const auto journal = must_open(options, replayed);
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(replayed, written) << life;
    for (int i = 0; i < 3 + life % 7; ++i) {
      ASSERT_TRUE(append(*journal, static_cast<std::size_t>(1000 + 5000 * (life % 5)), written));
    }
    if (life % 3 != 0) {
      const std::size_t kept = written.size() / 3;
      journal->cut(written[written.size() - kept].first_seq - 1);
      options.applied_seq = written[written.size() - kept].first_seq - 1;
      written.erase(written.begin(), written.end() - static_cast<std::ptrdiff_t>(kept));
    }
  }
}

TEST(Journal, ATornTailStaysOutWhateverComesAfter) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(append(*journal, 6000, written));
  }
  const Place torn = places(options).back();
  patch(torn.path, torn.offset + 4096, std::string(100, '\0'));
  written.pop_back();
  for (int life = 0; life < 3; ++life) {  // Opening alone decides nothing new.
    must_open(options, replayed);
    EXPECT_EQ(replayed, written);
  }
  {
    const auto journal = must_open(options, replayed);
    EXPECT_EQ(journal->next_seq(), torn.segment == 1 ? written.back().first_seq + written.back().batches : 0);
    ASSERT_TRUE(append(*journal, 100, written));
  }
  must_open(options, replayed);
  EXPECT_EQ(replayed, written);
  EXPECT_NE(places(options).back().path, torn.path) << "a new life begins a new segment";
}

TEST(Journal, AFakeGroupInsideAValueIsNotBelieved) {
  // Groups of another journal with the same segment number and the next seq: all but the nonce is right.
  const Folder other;
  std::vector<Record> ignored;
  {
    const auto journal = must_open(test_options(other.journal()), ignored);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(append(*journal, 100, ignored));
  }
  const Place model = places(test_options(other.journal())).back();
  const std::string fake = read_file(model.path).substr(model.offset, kPage);

  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    ASSERT_TRUE(append(*journal, 100, written));
    GroupBuffer buffer;
    const auto seq = journal->next_seq();
    Batch batch;
    batch.seq = seq;
    write_batch(buffer, batch);
    std::string value(kPage - buffer.size() - kEntryHeaderBytes - 8, 'x');
    for (int i = 0; i < 3; ++i) value += fake;
    write_run(buffer, PointId{1}, value);
    ASSERT_TRUE(journal->make_room(buffer.size()));
    ASSERT_TRUE(journal->commit(buffer, seq, 1, 0));
  }
  must_open(options, replayed);
  ASSERT_EQ(replayed.size(), 2u);
  // Torn before the fakes, they stand where groups may begin.
  const Place torn = places(options).back();
  ASSERT_EQ(read_file(torn.path).substr(torn.offset + kPage, kPage), fake);
  patch(torn.path, torn.offset + 60, std::string(8, '\xff'));
  must_open(options, replayed);
  EXPECT_EQ(replayed, written);
}

TEST(Journal, IsOpenedOnceAtATime) {
  const Folder folder;
  std::vector<Record> ignored;
  const auto journal = must_open(test_options(folder.journal()), ignored);
  const auto again = Journal::open(test_options(folder.journal()), into(ignored));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::store_unavailable);
}

/// What a folder with four segments says after something was done to it.
class Refusal : public testing::Test {
 protected:
  void SetUp() override {
    const auto journal = must_open(options_, written_);
    for (int i = 0; i < 16; ++i) ASSERT_TRUE(append(*journal, 12'000, written_));
    places_ = places(options_);
    ASSERT_EQ(places_.back().segment, 4u);
  }
  std::string path_of(std::uint64_t segment) const {
    for (const Place& place : places_) {
      if (place.segment == segment) return place.path;
    }
    return {};
  }
  Error refused() {
    std::vector<Record> replayed;
    const auto opened = Journal::open(options_, into(replayed));
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
  const Folder folder_;
  Options options_ = test_options(folder_.journal());
  std::vector<Record> written_;
  std::vector<Place> places_;
};

TEST_F(Refusal, AnotherServersJournal) {
  options_.server_id = Uuid::random();
  const Error error = refused();
  EXPECT_EQ(error.code, ErrorCode::store_corrupt);
  EXPECT_NE(error.detail.find("another server"), std::string::npos) << error.detail;
}

TEST_F(Refusal, AMissingSegment) {
  for (const std::uint64_t segment : {1, 2, 3}) {
    const std::string path = path_of(segment);
    std::filesystem::rename(path, path + ".away");
    const Error error = refused();
    EXPECT_EQ(error.code, ErrorCode::store_corrupt);
    EXPECT_NE(error.detail.find("number " + std::to_string(segment) + ", is missing"), std::string::npos)
        << error.detail;
    std::filesystem::rename(path + ".away", path);
  }
}

TEST_F(Refusal, AMissingSegmentIsNoLossIfTheStoreHasIt) {
  std::filesystem::remove(path_of(1));
  options_.applied_seq = written_[5].first_seq - 1;
  std::vector<Record> replayed;
  must_open(options_, replayed);
  EXPECT_EQ(replayed, (std::vector<Record>{written_.begin() + 5, written_.end()}));
}

TEST_F(Refusal, TheSameSegmentTwice) {
  std::filesystem::copy_file(path_of(2), folder_.journal() + "/copy.seg");
  EXPECT_EQ(refused().code, ErrorCode::store_corrupt);
}

TEST_F(Refusal, AFileCutShort) {
  for (const std::uint64_t segment : {1, 4}) {
    const std::string path = path_of(segment);
    const std::string whole = read_file(path);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{100}, std::size_t{4096}, std::size_t{5000}, whole.size() - 1}) {
      std::filesystem::resize_file(path, size);
      const Error error = refused();
      EXPECT_EQ(error.code, ErrorCode::store_corrupt) << size;
      EXPECT_NE(error.detail.find(path + ", byte " + std::to_string(size)), std::string::npos)
          << error.detail;
      write_file(path, whole);
    }
  }
  std::vector<Record> replayed;
  must_open(options_, replayed);
  EXPECT_EQ(replayed, written_);
}

TEST_F(Refusal, AJournalThatEndsBeforeTheStore) {
  options_.applied_seq = written_.back().first_seq + written_.back().batches;
  EXPECT_EQ(refused().code, ErrorCode::store_corrupt);
}

TEST_F(Refusal, AnEmptyJournalWhereTheStoreIsNot) {
  options_.directory = folder_ / "elsewhere";
  options_.applied_seq = 1;
  EXPECT_EQ(refused().code, ErrorCode::store_corrupt);
}

TEST_F(Refusal, WhatTheReplayRefuses) {
  const auto opened = Journal::open(options_, [](const Group& group) -> Result<void> {
    if (group.first_seq > 10) return fail(ErrorCode::limit_exceeded);
    return {};
  });
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::limit_exceeded);
  std::vector<Record> replayed;
  must_open(options_, replayed);
  EXPECT_EQ(replayed, written_);
}

TEST_F(Refusal, ADamagedHeader) {
  for (const std::uint64_t segment : {1, 2, 4}) {
    const std::string path = path_of(segment);
    const std::string whole = read_file(path);
    for (std::size_t at = 0; at < sizeof(SegmentHeader); ++at) {
      std::vector<Record> replayed;
      patch(path, at, std::string{static_cast<char>(whole[at] ^ 4)});
      const auto recovered = recover(options_, into(replayed));
      ASSERT_FALSE(recovered) << segment << " " << at;
      EXPECT_EQ(recovered.error().code, ErrorCode::store_corrupt);
      patch(path, at, whole.substr(at, 1));
    }
    std::vector<Record> ignored;
    patch(path, 0, std::string(kPage, '\0'));
    EXPECT_FALSE(recover(options_, into(ignored)));
    patch(path, 0, whole.substr(0, kPage));
  }
}

TEST(Journal, AnUnfinishedOrForeignFileIsNoSegment) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    ASSERT_TRUE(append(*journal, 100, written));
  }
  write_file(folder.journal() + "/journal-000009.tmp", "unfinished");
  write_file(folder.journal() + "/README", "a note");
  write_file(folder.journal() + "/journal-000012.seg", std::string(8192, '\0'));  // A spare of another size.
  must_open(options, replayed);
  EXPECT_EQ(replayed, written);
  EXPECT_FALSE(std::filesystem::exists(folder.journal() + "/journal-000009.tmp"));
  EXPECT_FALSE(std::filesystem::exists(folder.journal() + "/journal-000012.seg"));
  EXPECT_TRUE(std::filesystem::exists(folder.journal() + "/README"));
}

TEST(Journal, AnotherSegmentSizeAppliesToNewSegments) {
  const Folder folder;
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(test_options(folder.journal()), replayed);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(*journal, 12'000, written));
  }
  for (const std::size_t size : {256u << 10, 128u << 10}) {
    const auto journal = must_open(test_options(folder.journal(), size), replayed);
    EXPECT_EQ(replayed, written);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(append(*journal, 100'000, written));
  }
  must_open(test_options(folder.journal()), replayed);
  EXPECT_EQ(replayed, written);
}

TEST(Journal, ACopyIsAJournalOfItsOwn) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  {
    const auto journal = must_open(options, replayed);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(*journal, 12'000, written));
  }
  const auto journal = must_open(options, replayed);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(*journal, 12'000, written));
  auto hold = journal->hold_cut();
  journal->cut(journal->next_seq() - 1);
  EXPECT_EQ(journal->stats().segments, 4u);
  ASSERT_TRUE(journal->copy_to(folder / "copy"));
  hold.reset();
  EXPECT_EQ(journal->stats().segments, 1u);

  auto copied = written;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(*journal, 12'000, written));
  for (int life = 0; life < 2; ++life) {
    const auto copy = must_open(test_options(folder / "copy"), replayed);
    EXPECT_EQ(replayed, copied);
    ASSERT_TRUE(append(*copy, 12'000, copied));
  }
}

TEST(Journal, CutsWhileItIsWritten) {
  const Folder folder;
  const auto options = test_options(folder.journal());
  std::vector<Record> written, replayed;
  std::uint64_t cut_to = 0;
  {
    const auto journal = must_open(options, replayed);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> last_cut{0};
    std::thread cutter{[&] {
      while (!stop) {
        const std::uint64_t next = journal->next_seq();
        if (next > 20) {
          journal->cut(next - 20);
          last_cut = next - 20;
        }
        static_cast<void>(journal->stats());
      }
    }};
    for (int i = 0; i < 300; ++i) EXPECT_TRUE(append(*journal, 10'000, written));
    stop = true;
    cutter.join();
    cut_to = last_cut;
  }
  auto later = options;
  later.applied_seq = cut_to;
  must_open(later, replayed);
  std::vector<Record> expected;
  for (const Record& record : written) {
    if (record.first_seq + record.batches - 1 > cut_to) expected.push_back(record);
  }
  EXPECT_EQ(replayed, expected);
}

}  // namespace
}  // namespace penstock::journal
