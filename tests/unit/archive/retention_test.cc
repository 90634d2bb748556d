// Ranges that are counted and erased, and retention by policies.
#include "archive/undo/retention.h"

#include <gtest/gtest.h>

#include "archive/undo/range.h"
#include "model.h"

namespace penstock::archive {
namespace {

constexpr std::int64_t kDayNs = 24 * 3600 * kNsPerSecond;
constexpr std::int64_t kNow = 1'800'000'000 * kNsPerSecond;

class RetentionTest : public ::testing::Test {
 protected:
  RetentionTest() { open(); }
  void open() {
    archive_.reset();
    auto opened = Archive::open(test_options(folder_.path()));
    if (!opened) std::abort();
    archive_ = std::move(*opened);
  }
  PointId add_point(const std::string& tag) {
    PointId made{};
    Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
      Point point;
      point.tag = tag;
      point.type = PointType::float64;
      TRY(made, editor.add_point(point));
      return {};
    };
    EXPECT_TRUE(sync_wait(archive_->change(edit, Door::internal, 0)).has_value());
    return made;
  }
  void policy(const std::string& name, const std::string& points, std::int64_t days,
              std::int64_t order = 100) {
    Archive::Edit edit = [&](catalog::Editor& editor) {
      catalog::RetentionPolicy made;
      made.name = name;
      made.points = points;
      made.keep_days = days;
      made.order = order;
      return catalog::put_retention(editor, made);
    };
    ASSERT_TRUE(sync_wait(archive_->change(edit, Door::internal, 0)).has_value());
  }
  /// `n` samples, the first so many days before now.
  void fill(PointId point, std::int64_t days_before, std::int64_t step_ns, std::size_t n) {
    constexpr std::size_t kPerCommand = 16'384;
    std::int64_t time = kNow - days_before * kDayNs;
    while (n > 0) {
      WriteCommand command;
      command.writes.push_back({point, penstock::Run{}});
      for (std::size_t i = std::min(n, kPerCommand); i > 0; --i, --n, time += step_ns)
        command.writes[0].run.push(Timestamp::from_unix_ns(time), static_cast<double>(i % 100));
      ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
    }
  }
  std::uint64_t count(PointId point) {
    return count_range(*archive_, point, Timestamp::min(), Timestamp::max())->samples;
  }
  std::vector<RetentionLine> run(bool dry_run) {
    auto lines = run_retention(*archive_, Actor{0, Door::internal, Timestamp::from_unix_ns(kNow)}, dry_run);
    EXPECT_TRUE(lines.has_value());
    return lines ? *lines : std::vector<RetentionLine>{};
  }

  const TemporaryFolder folder_;
  std::unique_ptr<Archive> archive_;
};

TEST_F(RetentionTest, TheFirstMatchingPolicyDecides) {
  const PointId a = add_point("PLANT.A"), b = add_point("PLANT.B"), c = add_point("OTHER");
  for (const PointId point : {a, b, c}) fill(point, 100, kDayNs, 100);
  policy("all of the plant", "plant.*", 30);
  policy("b alone", "PLANT.B", 60, 10);
  auto lines = run(true);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].policy.name, "b alone");
  EXPECT_EQ(lines[0].points, 1u);
  // The cut is on a grid of a day: one more may stay.
  EXPECT_NEAR(static_cast<double>(lines[0].samples), 40, 1);
  EXPECT_NEAR(static_cast<double>(lines[1].samples), 70, 1);
  EXPECT_EQ(count(a), 100u);  // Dry.
  lines = run(false);
  ASSERT_EQ(lines[1].batches.size(), 1u);
  const auto record = archive_->batch(lines[1].batches[0]);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->origin, BatchOrigin::retention);
  EXPECT_EQ((*record)->counts().erased, lines[1].samples);
  const auto check = [&] {
    EXPECT_EQ(count(a), 100 - lines[1].samples);
    EXPECT_EQ(count(b), 100 - lines[0].samples);
    EXPECT_EQ(count(c), 100u);
  };
  check();
  open();
  check();
  ASSERT_TRUE(archive_->flush().has_value());
  check();
  open();
  check();
  for (const RetentionLine& line : run(false)) EXPECT_EQ(line.samples, 0u);
  // It is final.
  const auto undone = sync_wait(archive_->undo(lines[1].batches[0], Actor{}));
  ASSERT_FALSE(undone.has_value());
  EXPECT_EQ(undone.error().code, ErrorCode::unsupported);
}

TEST_F(RetentionTest, ABatchThatRetentionReachedIsNotUndone) {
  const PointId point = add_point("A");
  fill(point, 100, kDayNs, 100);
  WriteCommand command;
  command.mode = UpdateMode::remove;
  command.writes.push_back({point, penstock::Run{}});
  command.writes[0].run.push(Timestamp::from_unix_ns(kNow - 90 * kDayNs), 0.0);
  const auto removed = sync_wait(archive_->write(std::move(command)));
  ASSERT_TRUE(removed.has_value());
  policy("short", "*", 30);
  run(false);
  EXPECT_EQ(sync_wait(archive_->undo(removed->seq, Actor{})).error().code, ErrorCode::conflict);
}

TEST_F(RetentionTest, BlocksThatGoWhollyAreNotLookedInto) {
  const PointId point = add_point("A");
  constexpr std::size_t kSamples = 400'000;
  fill(point, 400, 60 * kNsPerSecond, kSamples);
  ASSERT_TRUE(archive_->flush().has_value());
  const std::uint64_t whole = count(point);
  ASSERT_EQ(whole, kSamples);
  policy("short", "*", 200);
  const Stats before = archive_->stats();
  const auto lines = run(false);
  ASSERT_TRUE(archive_->flush().has_value());
  const Stats after = archive_->stats();
  const std::uint64_t gone = lines[0].samples;
  EXPECT_EQ(count(point), kSamples - gone);
  EXPECT_GT(gone, 280'000u);
  EXPECT_LE(after.blocks_rewritten - before.blocks_rewritten, 1u);
  EXPECT_GE(after.blocks_dropped - before.blocks_dropped, gone / 8192);
  // What is gone is not looked for again, and costs no batch.
  EXPECT_GE(archive_->none_before(point)->unix_ns(), lines[0].before.unix_ns());
  EXPECT_EQ(run(false)[0].batches.size(), 0u);
}

TEST_F(RetentionTest, SamplesInPlaceOfADroppedBlockStay) {
  const PointId point = add_point("A");
  fill(point, 100, kNsPerSecond, 50'000);
  ASSERT_TRUE(archive_->flush().has_value());
  WriteCommand command;
  command.mode = UpdateMode::replace_range;
  command.writes.push_back({point, penstock::Run{}});
  for (int i = 0; i < 10; ++i)
    command.writes[0].run.push(Timestamp::from_unix_ns(kNow - 100 * kDayNs + i * 4000 * kNsPerSecond),
                               i * 1.0);
  ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
  const std::uint64_t want = 10 + 50'000 - 36'001;
  EXPECT_EQ(count(point), want);
  ASSERT_TRUE(archive_->flush().has_value());
  EXPECT_EQ(count(point), want);
  open();
  EXPECT_EQ(count(point), want);
}

TEST_F(RetentionTest, TheCutMovesInSteps) {
  const Timestamp now = Timestamp::from_unix_ns(kNow);
  for (const std::int64_t days : {1, 7, 30, 3650}) {
    const Timestamp cut = retention_cut(days, now);
    EXPECT_LE(cut.unix_ns(), kNow - days * kDayNs);
    EXPECT_GT(cut.unix_ns(), kNow - (days + 1) * kDayNs);
    EXPECT_EQ(retention_cut(days, cut.plus_ns(days * kDayNs + 3599 * kNsPerSecond)), cut);
  }
}

TEST_F(RetentionTest, AClockThatJumpsAheadIsTold) {
  const ClockGuard guard{1000, 5000};
  EXPECT_FALSE(guard.jumped(1000 + 30 * kDayNs, 5000 + 30 * kDayNs));
  EXPECT_FALSE(guard.jumped(1000 + kDayNs, 5000));
  EXPECT_TRUE(guard.jumped(1001 + kDayNs, 5000));
  EXPECT_FALSE(guard.jumped(1000 - 30 * kDayNs, 5000));
}

TEST_F(RetentionTest, ARangeIsCountedAndErasedInBatchesThatCanBeUndone) {
  const PointId point = add_point("A");
  fill(point, 10, kNsPerSecond, 20'000);
  ASSERT_TRUE(archive_->flush().has_value());
  const Timestamp first = Timestamp::from_unix_ns(kNow - 10 * kDayNs + 100 * kNsPerSecond);
  const Timestamp last = Timestamp::from_unix_ns(kNow - 10 * kDayNs + 18'099 * kNsPerSecond);
  const auto counted = count_range(*archive_, point, first, last);
  ASSERT_TRUE(counted.has_value());
  EXPECT_EQ(counted->samples, 18'000u);
  EXPECT_EQ(counted->first, first);
  EXPECT_EQ(counted->last, last);
  EXPECT_EQ(count(point), 20'000u);
  const RangeErased none = erase_range(*archive_, point, first, last, Actor{}, [] { return true; });
  EXPECT_TRUE(none.stopped.has_value()) << "by a server that ends";
  EXPECT_EQ(count(point), 20'000u);
  const RangeErased erased =
      erase_range(*archive_, point, first, last, Actor{3, Door::penstock, Timestamp::from_unix_ns(kNow)});
  EXPECT_FALSE(erased.stopped.has_value());
  EXPECT_EQ(erased.erased.samples, 18'000u);
  EXPECT_EQ(erased.erased.first, first);
  EXPECT_EQ(erased.erased.last, last);
  ASSERT_EQ(erased.batches.size(), 3u);
  EXPECT_EQ(count(point), 2'000u);
  EXPECT_EQ(count_range(*archive_, point, first, last)->samples, 0u);
  EXPECT_FALSE(count_range(*archive_, point, first, last)->first.has_value());
  ASSERT_TRUE(archive_->flush().has_value());
  for (const std::uint64_t seq : erased.batches) {
    const auto undone = sync_wait(archive_->undo(seq, Actor{}));
    ASSERT_TRUE(undone.has_value()) << undone.error().detail;
  }
  EXPECT_EQ(count(point), 20'000u);
}

}  // namespace
}  // namespace penstock::archive
