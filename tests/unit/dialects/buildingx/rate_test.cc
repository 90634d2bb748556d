#include "dialects/buildingx/rate.h"

#include <gtest/gtest.h>

namespace penstock::dialects::buildingx {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kBegin = 1000 * kSecond;

TEST(RateLimiter, ABucketHoldsItsBurstAndFillsAgain) {
  RateLimiter limiter{2, 3};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take(1, kBegin)) << i;
  EXPECT_EQ(limiter.take(1, kBegin), 1);
  EXPECT_FALSE(limiter.take(2, kBegin)) << "everybody has a bucket";
  EXPECT_EQ(limiter.take(1, kBegin + kSecond / 4), 1);
  EXPECT_FALSE(limiter.take(1, kBegin + kSecond / 2)) << "half a second fills one";
  EXPECT_TRUE(limiter.take(1, kBegin + kSecond / 2));
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(limiter.take(1, kBegin + 100 * kSecond)) << "no more than it holds";
  EXPECT_TRUE(limiter.take(1, kBegin + 100 * kSecond));
}

TEST(RateLimiter, TellsHowLongToWait) {
  RateLimiter limiter{0.1, 1};
  EXPECT_FALSE(limiter.look(1, kBegin)) << "looking takes nothing";
  EXPECT_FALSE(limiter.take(1, kBegin));
  EXPECT_EQ(limiter.look(1, kBegin), 10);
  EXPECT_EQ(limiter.look(1, kBegin + 7 * kSecond), 3);
  EXPECT_FALSE(limiter.look(1, kBegin + 10 * kSecond));
}

TEST(RateLimiter, AClockThatGoesBackFillsNothing) {
  RateLimiter limiter{1, 1};
  EXPECT_FALSE(limiter.take(1, kBegin));
  EXPECT_TRUE(limiter.take(1, kBegin - 50 * kSecond));
  EXPECT_TRUE(limiter.take(1, kBegin - 50 * kSecond));
}

TEST(RateLimiter, NoRateIsNoLimit) {
  RateLimiter limiter{0, 0};
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limiter.take(1, kBegin));
}

TEST(RateLimiter, ManyCallersAreBounded) {
  RateLimiter limiter{1, 1};
  for (std::uint64_t i = 0; i < 3 * RateLimiter::kCallersMax; ++i) EXPECT_FALSE(limiter.take(i, kBegin));
}

}  // namespace
}  // namespace penstock::dialects::buildingx
