// The archive against a plain map: random commands of all modes, flushes and re-openings at random places.
#include <gtest/gtest.h>

#include "model.h"

namespace penstock::archive {
namespace {

std::unique_ptr<Archive> open_or_die(const std::string& directory) {
  Result<std::unique_ptr<Archive>> opened = Archive::open(test_options(directory));
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    std::abort();
  }
  return std::move(*opened);
}

::testing::AssertionResult equals(const Archive& archive, const Model& model, const Scan& request) {
  const Result<penstock::Run> found = archive.scan(request);
  if (!found) return ::testing::AssertionFailure() << found.error().detail;
  const std::vector<Sample> have = samples_of(*found), want = model.scan(request);
  if (same(have, want)) return ::testing::AssertionSuccess();
  auto failure = ::testing::AssertionFailure()
                 << "point " << to_number(request.point) << " [" << request.first.unix_ns() << ", "
                 << request.last.unix_ns() << "] limit " << request.limit
                 << (request.newest_first ? " newest first" : "") << ": have " << have.size() << ", want "
                 << want.size();
  for (std::size_t i = 0; i < std::max(have.size(), want.size()); ++i) {
    if (i < have.size() && i < want.size() && same(have[i], want[i])) continue;
    failure << "\n at " << i << ": have " << (i < have.size() ? describe(have[i]) : "nothing") << ", want "
            << (i < want.size() ? describe(want[i]) : "nothing");
    break;
  }
  return failure;
}

class ModelTest : public ::testing::TestWithParam<int> {};

TEST_P(ModelTest, AnySequenceOfCommandsFlushesAndReopeningsEqualsTheMap) {
  const TemporaryFolder folder;
  auto archive = open_or_die(folder.path());
  const auto points = make_points(*archive, 1);
  Generator generator{static_cast<std::uint64_t>(GetParam()), points};
  Model model;
  for (int step = 0; step < 400; ++step) {
    const WriteCommand command = generator.command();
    const auto want = model.apply(command);
    const Result<WriteResult> got = sync_wait(archive->write(command));
    bool ignored = false;
    for (const auto& outcomes : want) {
      for (const Outcome outcome : outcomes) ignored |= outcome == Outcome::ignored;
    }
    if (command.all_or_none && ignored) {
      ASSERT_FALSE(got.has_value()) << "step " << step;
      ASSERT_EQ(got.error().code, ErrorCode::conflict);
    } else {
      ASSERT_TRUE(got.has_value()) << "step " << step << ": " << got.error().detail;
      ASSERT_EQ(outcomes_of(command, *got), want)
          << "step " << step << " mode " << static_cast<int>(command.mode);
    }
    for (int reads = 0; reads < 3; ++reads)
      ASSERT_TRUE(equals(*archive, model, generator.scan())) << "step " << step;
    const std::size_t event = generator.below(40);
    if (event < 2) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (event == 2) {
      archive.reset();
      archive = open_or_die(folder.path());
    }
    if (event < 3) {
      for (const auto& [point, kind] : points) {
        Scan all;
        all.point = point;
        ASSERT_TRUE(equals(*archive, model, all)) << "step " << step;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Range(1, 13));

TEST(Archive, NewestAndNeighboursComeFromHeadAndBlocksAlike) {
  const TemporaryFolder folder;
  auto archive = open_or_die(folder.path());
  const PointId point = make_points(*archive, 1)[0].first;
  WriteCommand command;
  command.writes.push_back({point, penstock::Run{}});
  for (const std::int64_t t : {10, 20, 30})
    command.writes[0].run.push(Timestamp::from_unix_ns(t), 1.0 * static_cast<double>(t));
  for (const bool flushed : {false, true}) {
    SCOPED_TRACE(flushed);
    if (flushed) {
      ASSERT_TRUE(archive->flush().has_value());
    } else {
      ASSERT_TRUE(sync_wait(archive->write(command)).has_value());
    }
    const auto at = [](std::int64_t t) { return Timestamp::from_unix_ns(t); };
    EXPECT_EQ((*archive->newest(point))->time, at(30));
    EXPECT_EQ((*archive->at_or_before(point, at(20), true))->time, at(20));
    EXPECT_EQ((*archive->at_or_before(point, at(20), false))->time, at(10));
    EXPECT_FALSE(archive->at_or_before(point, at(10), false)->has_value());
    EXPECT_EQ((*archive->at_or_after(point, at(21), true))->time, at(30));
    EXPECT_FALSE(archive->at_or_after(point, at(30), false)->has_value());
  }
}

TEST(Archive, APointThatIsGoneRejectsAndKeepsNothing) {
  const TemporaryFolder folder;
  auto archive = open_or_die(folder.path());
  const PointId point = make_points(*archive, 1)[0].first;
  WriteCommand command;
  command.writes.push_back({point, penstock::Run{}});
  command.writes[0].run.push(Timestamp::from_unix_ns(5), 1.0);
  ASSERT_TRUE(sync_wait(archive->write(command)).has_value());
  ASSERT_TRUE(archive->flush().has_value());
  Archive::Edit erase = [&](catalog::Editor& editor) { return editor.erase_point(point); };
  ASSERT_TRUE(sync_wait(archive->change(erase, Door::internal, 0)).has_value());
  const auto check = [&] {
    const auto result = sync_wait(archive->write(command));
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->outcomes[0].all_are(Outcome::rejected));
    EXPECT_EQ(result->outcomes[0].reason, RejectReason::point_gone);
    Scan all;
    all.point = point;
    EXPECT_TRUE(archive->scan(all)->empty());
  };
  check();
  archive.reset();
  archive = open_or_die(folder.path());
  check();
  ASSERT_TRUE(archive->flush().has_value());
  check();
  archive.reset();
  archive = open_or_die(folder.path());
  check();
}

TEST(Archive, AnEditThatFailsLeavesNothingBehind) {
  const TemporaryFolder folder;
  auto archive = open_or_die(folder.path());
  Archive::Edit edit = [](catalog::Editor& editor) -> Result<void> {
    Point point;
    point.tag = "half";
    TRY_VOID(editor.add_point(point));
    return fail(ErrorCode::invalid_argument, {}, "no");
  };
  EXPECT_EQ(sync_wait(archive->change(edit, Door::internal, 0)).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(archive->catalog()->points.find_tag("half"), nullptr);
  EXPECT_EQ(archive->catalog()->counters.find("points"), nullptr);
}

}  // namespace
}  // namespace penstock::archive
