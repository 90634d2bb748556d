#include "model/write.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Outcomes, EqualNeighboursShareOneRun) {
  Outcomes outcomes;
  outcomes.push(Outcome::stored, 500);
  outcomes.push(Outcome::stored);
  outcomes.push(Outcome::ignored, 2);
  outcomes.push(Outcome::replaced, 0);
  outcomes.push(Outcome::stored);
  EXPECT_EQ(outcomes.size(), 504u);
  EXPECT_EQ(outcomes.runs().size(), 3u);
  EXPECT_EQ(outcomes.count(Outcome::stored), 502u);
  EXPECT_EQ(outcomes.count(Outcome::ignored), 2u);
  EXPECT_EQ(outcomes.count(Outcome::replaced), 0u);
  const std::vector<Outcome> all = outcomes.expand();
  ASSERT_EQ(all.size(), 504u);
  EXPECT_EQ(all[500], Outcome::stored);
  EXPECT_EQ(all[501], Outcome::ignored);
  EXPECT_EQ(all[503], Outcome::stored);
}

TEST(Outcomes, AllAreOnlyWithOneKind) {
  EXPECT_TRUE(Outcomes{}.all_are(Outcome::stored));
  EXPECT_TRUE(Outcomes::all(Outcome::erased, 3).all_are(Outcome::erased));
  EXPECT_FALSE(Outcomes::all(Outcome::erased, 3).all_are(Outcome::stored));
  Outcomes mixed = Outcomes::all(Outcome::stored, 3);
  mixed.push(Outcome::ignored);
  EXPECT_FALSE(mixed.all_are(Outcome::stored));
  EXPECT_EQ(Outcomes::all(Outcome::stored, 0), Outcomes{});
}

TEST(WriteResult, CountsEachOutcomeOnceAndIdenticalAsReplaced) {
  WriteResult result;
  result.outcomes.push_back(Outcomes::all(Outcome::stored, 4));
  Outcomes mixed;
  mixed.push(Outcome::replaced, 2);
  mixed.push(Outcome::identical, 3);
  mixed.push(Outcome::ignored);
  mixed.push(Outcome::erased, 5);
  mixed.push(Outcome::rejected, 6);
  mixed.push(Outcome::stored);
  result.outcomes.push_back(mixed);
  const WriteCounts counts = result.counts();
  EXPECT_EQ(counts.stored, 5u);
  EXPECT_EQ(counts.replaced, 5u);
  EXPECT_EQ(counts.ignored, 1u);
  EXPECT_EQ(counts.erased, 5u);
  EXPECT_EQ(counts.rejected, 6u);
}

}  // namespace
}  // namespace penstock
