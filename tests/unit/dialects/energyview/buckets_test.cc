#include "dialects/energyview/buckets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "../../codec/runs.h"
#include "base/text.h"

namespace penstock::dialects::energyview {
namespace {

/// An archive with one point of numbers, gone after the test.
class BucketsTest : public ::testing::Test {
 protected:
  BucketsTest() : folder_{::testing::TempDir() + "penstock-" + Uuid::random().to_string()} {
    archive::Options options;
    options.directory = folder_;
    options.segment_bytes = 4u << 20;
    options.reserve_bytes = 0;
    options.background_flush = false;
    archive_ = std::move(*archive::Archive::open(options));
    archive::Archive::Edit edit = [this](catalog::Editor& editor) -> Result<void> {
      Point point;
      point.tag = "t";
      point.type = PointType::float64;
      TRY(point_, editor.add_point(point));
      return {};
    };
    EXPECT_TRUE(sync_wait(archive_->change(edit, Door::internal, 0)).has_value());
  }
  ~BucketsTest() override {
    archive_.reset();
    std::filesystem::remove_all(folder_);
  }

  void write(penstock::Run run) {
    WriteCommand command;
    command.writes.push_back({point_, std::move(run)});
    ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
  }
  /// What a read with buckets gives is what all samples give.
  void expect_same() {
    archive::Scan range;
    range.point = point_;
    const auto all = archive_->scan(range);
    ASSERT_TRUE(all.has_value());
    for (const Resolution resolution : {Resolution::minute15, Resolution::hour, Resolution::day}) {
      for (const Aggregate aggregate :
           {Aggregate::avg, Aggregate::min, Aggregate::max, Aggregate::sum, Aggregate::count}) {
        const Rows slow = aggregated(shown_rows(*all), resolution, aggregate, {});
        std::size_t left = all->size();
        const auto quick = read_rows(*archive_, range, resolution, aggregate, {}, left);
        ASSERT_TRUE(quick.has_value() && quick->has_value());
        EXPECT_EQ(left, 0u);
        ASSERT_EQ((*quick)->data.size(), slow.data.size());
        for (std::size_t i = 0; i < slow.data.size(); ++i) {
          EXPECT_EQ((*quick)->data[i].first, slow.data[i].first);
          EXPECT_NEAR((*quick)->data[i].second, slow.data[i].second, 1e-9 * std::fabs(slow.data[i].second));
        }
        left = all->size() - 1;
        const auto too_many = read_rows(*archive_, range, resolution, aggregate, {}, left);
        ASSERT_TRUE(too_many.has_value());
        EXPECT_FALSE(too_many->has_value());
      }
    }
  }

  std::string folder_;
  std::unique_ptr<archive::Archive> archive_;
  PointId point_{};
};

TEST_F(BucketsTest, WholeFramesGiveWhatTheirSamplesGive) {
  const penstock::Run all = testing::walk(30'000, 5);
  write(all);
  ASSERT_TRUE(archive_->flush().has_value());
  expect_same();
  penstock::Run newer;
  newer.push(all.time(12'345), 9999.5);
  newer.push(all.time(23'456), std::nan(""));
  write(newer);
  expect_same();
}

TEST_F(BucketsTest, ASampleInTheMicrosecondOfAFramesLastOneTakesItsPlace) {
  const penstock::Run all = testing::walk(1024, 5);
  write(all);
  ASSERT_TRUE(archive_->flush().has_value());
  penstock::Run newer;
  newer.push(all.time(1023).plus_ns(300), 5000.0);
  write(newer);
  archive::Scan range;
  range.point = point_;
  std::size_t left = 5000;
  const auto read = read_rows(*archive_, range, Resolution::day, Aggregate::count, {}, left);
  ASSERT_TRUE(read.has_value() && read->has_value());
  EXPECT_EQ((*read)->data.front().second, 1024);
  left = 5000;
  const auto highest = read_rows(*archive_, range, Resolution::day, Aggregate::max, {}, left);
  EXPECT_EQ((*highest)->data.front().second, 5000);
}

}  // namespace
}  // namespace penstock::dialects::energyview
