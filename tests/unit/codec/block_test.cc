#include "codec/block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "base/bytes.h"
#include "runs.h"

namespace penstock::codec {
namespace {

using namespace penstock::testing;

constexpr Kind kKinds[] = {Kind::float64, Kind::float32, Kind::int64, Kind::digital, Kind::text};

std::string encoded(const Samples& run) {
  std::string out;
  encode_block(run, 0, run.size(), out);
  return out;
}

TEST(Block, RandomRunsComeBackBitForBit) {
  std::uint64_t seed = 1000;
  for (const Kind kind : kKinds) {
    for (const std::size_t n : {1u, 2u, 8u, 1023u, 1024u, 1025u, 2048u, 5000u, 8191u, 8192u}) {
      const Samples run = some_run(++seed, kind, n);
      const std::string bytes = encoded(run);
      const auto block = BlockView::open(bytes);
      ASSERT_TRUE(block.has_value()) << block.error().detail;
      EXPECT_EQ(block->kind(), kind);
      EXPECT_EQ(block->count(), n);
      EXPECT_EQ(block->first(), run.time(0));
      EXPECT_EQ(block->last(), run.time(n - 1));
      ASSERT_EQ(block->frames(), (n + kFrameSamplesMax - 1) / kFrameSamplesMax);
      Samples all;
      ASSERT_TRUE(block->decode_all(all).has_value());
      EXPECT_TRUE(same_bits(all, run));
      for (std::size_t i = 0; i < block->frames(); ++i) {
        const FrameSummary& summary = block->summary(i);
        EXPECT_EQ(summary.offset_samples, i * kFrameSamplesMax);
        Samples part, expected;
        ASSERT_TRUE(block->decode_frame(i, part).has_value());
        expected.kind = kind;
        expected.append(run, summary.offset_samples, summary.count);
        EXPECT_TRUE(same_bits(part, expected));
        EXPECT_EQ(summary.first, part.time(0));
        EXPECT_EQ(summary.last, part.time(part.size() - 1));
      }
    }
  }
}

TEST(Block, SummarySaysWhatTheSamplesSay) {
  Samples run;
  run.kind = Kind::float64;
  const auto push = [&](double seconds, double value, Quality quality = {}) {
    run.push(Timestamp::from_unix_ns(kStart + static_cast<std::int64_t>(seconds * 1e9)), value, quality);
  };
  push(0, 0, {248, 0, 0});
  push(1, 4);
  push(3, -2, {0, Quality::kQuestionable, 0});
  push(4, std::numeric_limits<double>::quiet_NaN());
  push(6, 8.25);
  push(8, 8.25);
  push(9, 0, {255, Quality::kQuestionable, 0});
  const std::string bytes = encoded(run);
  const auto block = BlockView::open(bytes);
  ASSERT_TRUE(block.has_value());
  const FrameSummary& summary = block->summary(0);
  EXPECT_EQ(summary.count, 7u);
  EXPECT_EQ(summary.bad, 3u);
  EXPECT_EQ(summary.good(), 4u);
  EXPECT_EQ(summary.questionable, 2u);
  EXPECT_EQ(summary.first, run.time(0));
  EXPECT_EQ(summary.last, run.time(6));
  EXPECT_EQ(summary.first_value, 4);
  EXPECT_EQ(summary.last_value, 8.25);
  EXPECT_EQ(summary.min, -2);
  EXPECT_EQ(summary.min_time, run.time(2));
  EXPECT_EQ(summary.max, 8.25);
  EXPECT_EQ(summary.max_time, run.time(4)) << "the earliest of two";
  EXPECT_EQ(summary.sum, 18.5);
  EXPECT_DOUBLE_EQ(summary.integral, 2 * 1.0 + 2 * 8.25);
  EXPECT_DOUBLE_EQ(summary.step_integral, 2 * 4.0 + 2 * 8.25);
}

TEST(Block, SummaryOfIntegersAndTexts) {
  Samples run = walk(100, 8, Kind::int64);
  std::string bytes = encoded(run);
  auto block = BlockView::open(bytes);
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->summary(0).min,
            static_cast<double>(*std::min_element(run.integers.begin(), run.integers.end())));
  EXPECT_EQ(block->summary(0).last_value, static_cast<double>(run.integers.back()));
  Samples texts;
  texts.kind = Kind::text;
  texts.push(Timestamp::from_unix_ns(1), std::string{"a"});
  texts.push(Timestamp::from_unix_ns(2), std::string{}, {248, Quality::kQuestionable, 0});
  bytes = encoded(texts);
  block = BlockView::open(bytes);
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->summary(0).bad, 1u);
  EXPECT_EQ(block->summary(0).questionable, 1u);
  EXPECT_EQ(block->summary(0).max, 0);
}

TEST(Block, NothingGoodGivesZeros) {
  Samples run;
  run.kind = Kind::float64;
  for (int i = 0; i < 5; ++i) run.push(Timestamp::from_unix_ns(i), 0.0, {248, 0, 0});
  const std::string bytes = encoded(run);
  const auto block = BlockView::open(bytes);
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->summary(0).good(), 0u);
  EXPECT_EQ(block->summary(0).min, 0);
  EXPECT_EQ(block->summary(0).min_time, run.time(0));
}

TEST(Block, AnyChangedByteIsFound) {
  const std::string block = encoded(walk(2000, 4));
  for (std::size_t i = 0; i < block.size(); ++i) {
    std::string bytes = block;
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
    const auto opened = BlockView::open(bytes);
    ASSERT_FALSE(opened.has_value()) << i;
    ASSERT_EQ(opened.error().code, ErrorCode::store_corrupt);
  }
}

TEST(Block, ACutBlockIsFound) {
  const std::string block = encoded(walk(100, 4));
  for (std::size_t i = 0; i < block.size(); ++i) {
    EXPECT_FALSE(BlockView::open(std::string_view{block}.substr(0, i)).has_value()) << i;
  }
  EXPECT_FALSE(BlockView::open(block + 'x').has_value());
}

TEST(Block, DamageUnderAGoodChecksumIsAnErrorOrSamples) {
  for (const Kind kind : kKinds) {
    const std::string block = encoded(some_run(41, kind, 1100));
    for (std::size_t i = 5; i < block.size(); i += 1 + block.size() / 800) {
      std::string bytes = block;
      bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
      const std::uint32_t crc = crc32c(std::string_view{bytes}.substr(5));
      std::memcpy(bytes.data() + 1, &crc, sizeof crc);
      const auto opened = BlockView::open(bytes);
      if (!opened) continue;
      Samples run;
      if (!opened->decode_all(run)) continue;
      EXPECT_EQ(run.size(), opened->count());
      EXPECT_TRUE(std::is_sorted(run.times.begin(), run.times.end()));
    }
  }
}

TEST(Block, SizesStayUnderTheirCeilings) {
  const auto bytes_per_sample = [](const char* name, const Samples& run) {
    const double bytes = static_cast<double>(encoded(run).size()) / static_cast<double>(run.size());
    std::printf("%-34s %8.3f bytes per sample\n", name, bytes);
    return bytes;
  };
  EXPECT_LE(bytes_per_sample("walk of 8192", walk(8192, 2)), 1.25);
  EXPECT_LE(bytes_per_sample("walk of 4096", walk(4096, 2)), 1.25);
  EXPECT_LE(bytes_per_sample("walk of 8192 floats", walk(8192, 2, Kind::float32)), 1.25);
  EXPECT_LE(bytes_per_sample("walk of one", walk(1, 2)), 45);
}

}  // namespace
}  // namespace penstock::codec
