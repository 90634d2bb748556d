#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/result.h"

namespace penstock {
namespace {

TEST(Metrics, CountersAreOnePerNameAndLabels) {
  metrics::Counter& a = metrics::counter("test_requests_total", "Requests.", {{"door", "pi"}});
  metrics::Counter& b = metrics::counter("test_requests_total", "Another help.", {{"door", "om\"f\n"}});
  EXPECT_EQ(&a, &metrics::counter("test_requests_total", "", {{"door", "pi"}}));
  EXPECT_NE(&a, &b);
  a.add();
  a.add(4);
  const std::string text = metrics::render();
  EXPECT_NE(text.find("# HELP test_requests_total Requests.\n# TYPE test_requests_total counter\n"),
            std::string::npos);
  EXPECT_NE(text.find("test_requests_total{door=\"pi\"} 5\n"), std::string::npos);
  EXPECT_NE(text.find("test_requests_total{door=\"om\\\"f "), std::string::npos);
}

TEST(Metrics, GaugesAreReadWhenAsked) {
  double value = 1.5;
  metrics::gauge("test_level", "A level.", [&] { return value; });
  EXPECT_NE(metrics::render().find("# TYPE test_level gauge\ntest_level 1.5\n"), std::string::npos);
  value = 3;
  EXPECT_NE(metrics::render().find("test_level 3\n"), std::string::npos);
  metrics::remove("test_level");
  EXPECT_EQ(metrics::render().find("test_level"), std::string::npos);
}

TEST(Metrics, CountersOfOthersAreReadWhenAsked) {
  std::uint64_t stored = 9'007'199'254'740'993;  // No double has it.
  metrics::counter("test_kept_total", "Kept.", {{"outcome", "stored"}}, [&] { return stored; });
  metrics::counter("test_kept_total", "Kept.", {{"outcome", "ignored"}}, [] { return std::uint64_t{2}; });
  EXPECT_NE(metrics::render().find("# TYPE test_kept_total counter\ntest_kept_total{outcome=\"ignored\"} 2\n"
                                   "test_kept_total{outcome=\"stored\"} 9007199254740993\n"),
            std::string::npos);
  metrics::remove("test_kept_total");
  EXPECT_EQ(metrics::render().find("test_kept_total"), std::string::npos);
}

TEST(Metrics, NoAddIsLostBetweenThreads) {
  metrics::Counter& counter = metrics::counter("test_threads_total", "Adds.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) counter.add();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 40'000u);
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::invalid_argument, "/number", "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(const int halved, half(number));
  return half(halved);
}
Result<void> divisible_by_four(int number) {
  TRY_VOID(quarter(number));
  return {};
}

TEST(Result, TryReturnsTheFirstError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().where, "/number");
  EXPECT_TRUE(divisible_by_four(4));
  EXPECT_EQ(divisible_by_four(3).error().code, ErrorCode::invalid_argument);
}

TEST(ErrorCode, NamesAreTheirOwn) {
  EXPECT_EQ(to_string(ErrorCode::invalid_json), "invalid_json");
  EXPECT_EQ(to_string(ErrorCode::internal), "internal");
  EXPECT_TRUE(is_retryable(ErrorCode::overloaded));
  EXPECT_FALSE(is_retryable(ErrorCode::conflict));
}

}  // namespace
}  // namespace penstock
