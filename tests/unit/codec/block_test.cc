#include "codec/block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>

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

/// Names the format in the first failure of a case.
void expect_back(const Samples& run, const std::string& name) {
  SCOPED_TRACE(name);
  const std::string bytes = encoded(run);
  const auto block = BlockView::open(bytes);
  ASSERT_TRUE(block.has_value()) << block.error().detail;
  Samples all;
  ASSERT_TRUE(block->decode_all(all).has_value());
  ASSERT_TRUE(same_bits(all, run));
  // What a frame says without being decoded is what its samples say.
  for (std::size_t f = 0; f < block->frames(); ++f) {
    const FrameSummary& told = block->summary(f);
    const FrameSummary seen = summarize(run, told.offset_samples, told.count);
    EXPECT_EQ(told.bad, seen.bad);
    EXPECT_EQ(told.questionable, seen.questionable);
    EXPECT_TRUE(told.plain == seen.plain || !block->is_coded());
    EXPECT_EQ(told.first, seen.first);
    EXPECT_EQ(told.last, seen.last);
    if (seen.good() == 0) continue;
    EXPECT_EQ(told.min, seen.min);
    EXPECT_EQ(told.max, seen.max);
    EXPECT_EQ(told.min_time, seen.min_time);
    EXPECT_EQ(told.max_time, seen.max_time);
    EXPECT_EQ(told.first_value, seen.first_value);
    EXPECT_EQ(told.last_value, seen.last_value);
    const double largest = std::max(std::fabs(seen.min), std::fabs(seen.max));
    const double seconds = static_cast<double>(ns_between(seen.first, seen.last)) / 1e9;
    if (!std::isfinite(largest * seconds * seen.count)) continue;
    EXPECT_NEAR(told.sum, seen.sum, 1e-12 * largest * seen.count);
    EXPECT_NEAR(told.integral, seen.integral, 1e-12 * largest * seconds);
    EXPECT_NEAR(told.step_integral, seen.step_integral, 1e-12 * largest * seconds);
  }
}

TEST(Block, EveryLengthFromOneToTheLongestComesBack) {
  const Samples whole = walk(kBlockSamplesMax, 3);
  for (std::size_t n = 1; n <= kBlockSamplesMax; n += n < 1100 ? 1 : 97) {
    Samples run;
    run.append(whole, kBlockSamplesMax - n, n);
    ASSERT_NO_FATAL_FAILURE(expect_back(run, std::to_string(n) + " samples"));
  }
}

TEST(Block, EveryKindAndShapeComesBackWithItsSummaries) {
  std::uint64_t seed = 5000;
  for (const Kind kind : {Kind::float64, Kind::float32, Kind::int64, Kind::digital}) {
    for (const std::size_t n : {255u, 256u, 257u, 1024u, 1025u, 3000u, 8192u}) {
      for (int i = 0; i < 12; ++i) {
        ++seed;
        ASSERT_NO_FATAL_FAILURE(expect_back(some_run(seed, kind, n), "seed " + std::to_string(seed)));
      }
    }
  }
}

TEST(Block, GapsJumpsAndDriftComeBack) {
  constexpr std::int64_t kLatest = 3'000'000'000'000'000'000;  // Some 95 years.
  Random random{77};
  for (const std::int64_t gap_s : {2, 60, 86'400, 40 * 365 * 86'400}) {
    for (const std::uint64_t one_in : {9u, 100u, 5000u}) {
      for (const std::int64_t off_ns : {0, 1, 370'000, 999'999'999}) {
        Samples run = walk(8192, 9);
        std::int64_t later = 0;
        for (std::size_t i = 0; i < run.size(); ++i) {
          later += off_ns + (random.one_in(one_in) && later < kLatest ? gap_s * kNsPerSecond : 0);
          run.times[i] += later;
        }
        ASSERT_NO_FATAL_FAILURE(expect_back(run, std::to_string(gap_s) + " s, one in " +
                                                     std::to_string(one_in) + ", " + std::to_string(off_ns) +
                                                     " ns off"));
      }
    }
  }
}

TEST(Block, OldBlocksAreReadAsTheyWere) {
  const std::pair<const char*, Samples> old[] = {
      {"block-1-walk", walk(2500, 4)},
      {"block-1-float32", walk(1500, 5, Kind::float32)},
      {"block-1-int64", walk(1100, 6, Kind::int64)},
      {"block-1-digital", some_run(11, Kind::digital, 1300)},
      {"block-1-text", some_run(12, Kind::text, 300)},
      {"block-1-states", some_run(24, Kind::float64, 1200)},
      {"block-2-walk", walk(2500, 4)},
      {"block-2-float32", walk(1500, 5, Kind::float32)},
      {"block-2-int64", walk(1100, 6, Kind::int64)},
  };
  for (const auto& [name, run] : old) {
    SCOPED_TRACE(name);
    std::ifstream file{std::string{PENSTOCK_SOURCE_DIR} + "/tests/unit/codec/data/" + name, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto block = BlockView::open(bytes);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ(block->is_coded(), name[6] == '2');
    Samples all;
    ASSERT_TRUE(block->decode_all(all).has_value());
    EXPECT_TRUE(same_bits(all, run));
  }
}

TEST(Block, LongRunsOfNumbersAreCodedShortOnesAndTextsAreNot) {
  const auto is_coded = [](const Samples& run) { return BlockView::open(encoded(run))->is_coded(); };
  EXPECT_TRUE(is_coded(walk(8192, 1)));
  EXPECT_TRUE(is_coded(walk(1024, 1, Kind::float32)));
  EXPECT_TRUE(is_coded(walk(1024, 1, Kind::int64)));
  EXPECT_FALSE(is_coded(walk(100, 1)));
  EXPECT_FALSE(is_coded(some_run(1, Kind::text, 5000)));
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
    const std::string block =
        encoded(kind == Kind::digital ? walk(1100, 41, kind) : some_run(41, kind, 1100));
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
  EXPECT_LE(bytes_per_sample("walk of 8192", walk(8192, 2)), 1.08);
  EXPECT_LE(bytes_per_sample("walk of 4096", walk(4096, 2)), 1.09);
  EXPECT_LE(bytes_per_sample("walk of 1024", walk(1024, 2)), 1.17);
  EXPECT_LE(bytes_per_sample("walk of 8192 floats", walk(8192, 2, Kind::float32)), 1.09);
  Samples flat = walk(8192, 2);
  for (std::size_t i = 0; i < flat.size(); ++i) {
    flat.times[i] = kStart + static_cast<std::int64_t>(i) * kNsPerSecond;
    flat.numbers[i] = i / 500 % 2 == 0 ? 20.5 : 21;
  }
  EXPECT_LE(bytes_per_sample("two flat levels, even", flat), 0.06);
  EXPECT_LE(bytes_per_sample("walk of one", walk(1, 2)), 45);
}

}  // namespace
}  // namespace penstock::codec
