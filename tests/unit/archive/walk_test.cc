// Walks over blocks with something newer over them, and what retrieval makes of summaries.
#include <gtest/gtest.h>

#include <cmath>

#include "../codec/runs.h"
#include "archive/retrieval/plot.h"
#include "archive/retrieval/summary.h"
#include "model.h"

namespace penstock::archive {
namespace {

using testing::Random;

/// Gathers everything; takes a summary where `takes` says so, and then reads the frame by a scan.
class Gatherer final : public Walker {
 public:
  Gatherer(const Archive& archive, PointId point, bool takes)
      : archive_{archive}, point_{point}, takes_{takes} {}

  bool take(const codec::FrameSummary& summary) override {
    if (!takes_) return false;
    Scan whole;
    whole.point = point_;
    whole.first = summary.first;
    whole.last = summary.last;
    const auto frame = archive_.scan(whole);
    EXPECT_TRUE(frame.has_value());
    EXPECT_EQ(frame->size(), summary.count);
    gathered.append(*frame, 0, frame->size());
    ++summaries;
    return true;
  }
  Result<bool> take(const penstock::Run& run, std::size_t first, std::size_t end) override {
    EXPECT_LT(first, end);
    gathered.append(run, first, end - first);
    return true;
  }

  penstock::Run gathered;
  std::size_t summaries = 0;

 private:
  const Archive& archive_;
  PointId point_;
  bool takes_;
};

class WalkTest : public ::testing::Test {
 protected:
  WalkTest() {
    Options options = test_options(folder_.path());
    options.segment_bytes = 16u << 20;  // For writes of some blocks.
    archive_ = std::move(*Archive::open(options));
    for (const auto& [point, kind] : make_points(*archive_, 1)) {
      if (kind == Kind::float64) point_ = point;
    }
  }

  void write(penstock::Run run, UpdateMode mode) {
    WriteCommand command;
    command.mode = mode;
    command.writes.push_back({point_, std::move(run)});
    ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
  }
  /// Samples over `of` here and there, as replacements or removals.
  void scatter(const penstock::Run& of, std::size_t n, UpdateMode mode) {
    penstock::Run run;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = i * (of.size() / n) + random_.below(of.size() / n);
      run.push(of.time(at), random_.one_in(9) ? std::nan("") : 1000.25);
    }
    write(std::move(run), mode);
  }
  Scan some_range(const penstock::Run& of) {
    Scan range;
    range.point = point_;
    std::size_t a = random_.below(of.size()), b = random_.below(of.size());
    if (b < a) std::swap(a, b);
    range.first = of.time(a).plus_ns(random_.between(-1, 1));
    range.last = of.time(b).plus_ns(random_.between(-1, 1));
    return range;
  }
  /// Scans alone, without summaries.
  retrieval::Scanner plain_scanner() const {
    return [this](const Scan& request) { return archive_->scan(request); };
  }
  /// 40,000 samples in blocks.
  penstock::Run fill() {
    const penstock::Run all = testing::walk(40'000, 3);
    write(all, UpdateMode::insert);
    EXPECT_TRUE(archive_->flush().has_value());
    return all;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Archive> archive_;
  PointId point_{};
  Random random_{17};
};

TEST_F(WalkTest, BringsWhatAScanBringsWithSummariesOrWithout) {
  const penstock::Run all = fill();
  for (int round = 0; round < 60; ++round) {
    if (round == 20) scatter(all, 12, UpdateMode::replace);
    if (round == 40) scatter(all, 9, UpdateMode::remove);
    const Scan range = round % 20 == 0 ? Scan{point_} : some_range(all);
    const auto scanned = archive_->scan(range);
    ASSERT_TRUE(scanned.has_value());
    for (const bool takes : {false, true}) {
      Gatherer walker{*archive_, point_, takes};
      ASSERT_TRUE(archive_->walk(range, walker).has_value());
      ASSERT_TRUE(walker.gathered == *scanned) << "round " << round;
      if (takes && round == 0) {
        EXPECT_EQ(walker.summaries, 40u) << "all frames of all blocks";
      }
    }
  }
}

TEST_F(WalkTest, EndsWhereTheWalkerDoes) {
  fill();
  struct First final : Walker {
    bool take(const codec::FrameSummary&) override { return false; }
    Result<bool> take(const penstock::Run&, std::size_t, std::size_t) override {
      ++calls;
      return false;
    }
    int calls = 0;
  } walker;
  ASSERT_TRUE(archive_->walk(Scan{point_}, walker).has_value());
  EXPECT_EQ(walker.calls, 1);
}

TEST_F(WalkTest, PlotsAreTheSameFromSummariesAndFromSamples) {
  const penstock::Run all = fill();
  retrieval::Series series;
  series.point = point_;
  for (int round = 0; round < 40; ++round) {
    if (round == 20) scatter(all, 30, UpdateMode::replace);
    const Scan range = some_range(all);
    const std::size_t parts = 1 + random_.below(60);
    const auto quick =
        retrieval::plot(retrieval::scanner(*archive_), series, {range.first, range.last}, parts);
    const auto slow = retrieval::plot(plain_scanner(), series, {range.first, range.last}, parts);
    ASSERT_TRUE(quick.has_value() && slow.has_value());
    ASSERT_TRUE(*quick == *slow) << "round " << round << ", " << parts << " parts";
  }
}

TEST_F(WalkTest, SummariesAreTheSameFromSummariesAndFromSamples) {
  const penstock::Run all = fill();
  retrieval::Series series;
  series.point = point_;
  for (int round = 0; round < 60; ++round) {
    if (round == 30) scatter(all, 30, UpdateMode::replace);
    const Scan range = some_range(all);
    std::vector<Timestamp> edges = {range.first};
    const auto intervals = static_cast<std::int64_t>(1 + random_.below(20));
    const std::int64_t span = range.last.unix_ns() - range.first.unix_ns();
    for (std::int64_t k = 1; k <= intervals; ++k) edges.push_back(range.first.plus_ns(span / intervals * k));
    retrieval::SummaryRequest request;
    request.edges = edges;
    request.squares = false;
    request.weighting = round % 2 == 0 ? retrieval::Weighting::time : retrieval::Weighting::events;
    series.course = round % 3 == 0 ? retrieval::Course::steps : retrieval::Course::line;
    const auto quick = retrieval::summarize(retrieval::scanner(*archive_), series, request);
    const auto slow = retrieval::summarize(plain_scanner(), series, request);
    ASSERT_TRUE(quick.has_value() && slow.has_value());
    for (std::size_t k = 0; k < slow->size(); ++k) {
      SCOPED_TRACE("round " + std::to_string(round) + ", interval " + std::to_string(k));
      const retrieval::Summary &a = (*quick)[k], &b = (*slow)[k];
      EXPECT_NEAR(a.looked_at, b.looked_at, 1e-6);
      EXPECT_NEAR(a.good, b.good, 1e-6);
      if (!std::isnan(b.mean)) {
        EXPECT_NEAR(a.mean, b.mean, 1e-9 * std::fabs(b.mean));
      }
      ASSERT_EQ(a.minimum.has_value(), b.minimum.has_value());
      if (!b.minimum) continue;
      EXPECT_EQ(a.minimum->value, b.minimum->value);
      EXPECT_EQ(a.minimum->time, b.minimum->time);
      EXPECT_EQ(a.maximum->value, b.maximum->value);
      EXPECT_EQ(a.maximum->time, b.maximum->time);
    }
  }
}

}  // namespace
}  // namespace penstock::archive
