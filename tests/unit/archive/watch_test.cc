// What watches are told: every change of their points, in order, once it is durable, and nothing else.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "model.h"

namespace penstock::archive {
namespace {

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    archive_ = std::move(*Archive::open(test_options(folder_.path())));
    for (const auto& [point, kind] : make_points(*archive_, 3)) {
      if (kind == Kind::float64) points_.push_back(point);
    }
  }
  void write(PointId point, UpdateMode mode, const std::vector<std::pair<std::int64_t, double>>& samples) {
    WriteCommand command;
    command.mode = mode;
    command.writes.push_back({point, penstock::Run{}});
    for (const auto& [time, value] : samples) {
      command.writes[0].run.push(Timestamp::from_unix_ns(time), value);
    }
    ASSERT_TRUE(sync_wait(archive_->write(command)).has_value());
  }
  std::unique_ptr<Watch> watch(std::vector<PointId> points, std::size_t most = 100) {
    auto made = archive_->watch(points, most);
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }
  /// "added 5=1 erased 7": what a watch was told.
  std::string told(Watch& watch, std::size_t point = 0) {
    static constexpr const char* kNames[] = {"added", "inserted", "replaced", "erased", "cleared", "gone"};
    const Watch::Taken taken = watch.take();
    std::string line;
    for (const Change& change : taken.changes) {
      EXPECT_EQ(change.point, points_[point]);
      if (!line.empty()) line += ' ';
      line += kNames[static_cast<int>(change.what)];
      if (change.what == Change::What::point_gone) continue;
      line += ' ' + std::to_string(change.sample.time.unix_ns());
      if (change.what == Change::What::erased || change.what == Change::What::cleared) continue;
      line += '=' + std::to_string(static_cast<int>(std::get<double>(change.sample.value)));
      if (change.sample.quality.has(Quality::kSubstituted)) line += 's';
    }
    return taken.lost ? line + " lost" : line;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Archive> archive_;
  std::vector<PointId> points_;
};

TEST_F(WatchTest, EachOutcomeIsToldInItsOwnWay) {
  write(points_[0], UpdateMode::replace, {{100, 1}});
  const auto watching = watch({points_[0], points_[0]});
  write(points_[1], UpdateMode::replace, {{100, 1}});  // Another point.
  write(points_[0], UpdateMode::replace, {{200, 2}, {50, 3}, {100, 4}, {200, 2}});
  EXPECT_EQ(told(*watching), "added 200=2 inserted 50=3 replaced 100=4s");
  write(points_[0], UpdateMode::insert, {{200, 9}, {300, 5}});
  EXPECT_EQ(told(*watching), "added 300=5");
  write(points_[0], UpdateMode::remove, {{300, 0}, {301, 0}});
  EXPECT_EQ(told(*watching), "erased 300");
  write(points_[0], UpdateMode::replace_range, {{400, 7}, {40, 6}});
  EXPECT_EQ(told(*watching), "cleared 40 added 400=7 inserted 40=6");
  EXPECT_EQ(told(*watching), "");
}

TEST_F(WatchTest, SamplesOfASliceAreToldLikeAnyOther) {
  write(points_[0], UpdateMode::replace, {{100, 1}});
  const auto watching = watch({points_[0]});
  WriteCommand command;
  command.slice = {PointSample::number(points_[0], 200, 2), PointSample::number(points_[1], 200, 2),
                   PointSample::number(points_[0], 50, 3), PointSample::number(points_[0], 100, 4)};
  ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
  EXPECT_EQ(told(*watching), "added 200=2 inserted 50=3 replaced 100=4s");
}

TEST_F(WatchTest, DeletedPointIsGone) {
  const auto watching = watch({points_[0]});
  const auto erased = sync_wait(archive_->change(
      [&](catalog::Editor& editor) { return editor.erase_point(points_[0]); }, Door::internal, 0));
  ASSERT_TRUE(erased.has_value());
  EXPECT_EQ(told(*watching), "gone");
}

TEST_F(WatchTest, WhatIsBeyondTheBoundIsLostFromTheFirstOn) {
  const auto watching = watch({points_[0]}, 2);
  for (int i = 1; i <= 5; ++i) write(points_[0], UpdateMode::replace, {{i, i}});
  EXPECT_EQ(told(*watching), "added 1=1 added 2=2 lost");
  write(points_[0], UpdateMode::replace, {{6, 6}});
  EXPECT_EQ(told(*watching), "added 6=6");
}

TEST_F(WatchTest, WatchesComeAndGoWhileWritersWrite) {
  std::atomic<bool> stop{false};
  std::thread writer{[&] {
    for (int i = 1; !stop; ++i) write(points_[0], UpdateMode::replace, {{i, i}});
  }};
  for (int round = 0; round < 50; ++round) {
    const auto watching = watch({points_[0], points_[1]}, 1'000'000);
    std::int64_t before = 0;
    for (int i = 0; i < 20; ++i) {
      for (const Change& change : watching->take().changes) {
        // None is missing, and what is told is there to be read.
        if (before != 0) {
          ASSERT_EQ(change.sample.time.unix_ns(), before + 1);
        }
        before = change.sample.time.unix_ns();
        ASSERT_GE((*archive_->newest(points_[0]))->time.unix_ns(), before);
      }
      std::this_thread::yield();
    }
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace penstock::archive
