#include "codec/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "runs.h"

namespace penstock::codec {
namespace {

using namespace penstock::testing;

constexpr Kind kKinds[] = {Kind::float64, Kind::float32, Kind::int64, Kind::digital, Kind::text};

std::string encoded(const Samples& run) {
  std::string out;
  encode_frame(run, 0, run.size(), out);
  return out;
}

Samples decoded(std::string_view frame) {
  Samples run;
  const auto result = decode_frame(frame, run);
  EXPECT_TRUE(result.has_value());
  return run;
}

Samples numbers(std::vector<double> values, Kind kind = Kind::float64) {
  Samples run;
  run.kind = kind;
  for (std::size_t i = 0; i < values.size(); ++i) {
    run.times.push_back(kStart + static_cast<std::int64_t>(i) * kNsPerSecond);
  }
  run.numbers = std::move(values);
  return run;
}

Samples at_times(std::vector<std::int64_t> times) {
  Samples run;
  run.kind = Kind::int64;
  run.integers.assign(times.size(), 1);
  run.times = std::move(times);
  return run;
}

TEST(Frame, RandomRunsComeBackBitForBit) {
  std::uint64_t seed = 1;
  for (const Kind kind : kKinds) {
    for (int round = 0; round < 600; ++round, ++seed) {
      Random random{seed};
      const std::size_t n = round % 3 == 0 ? 1 + random.below(8) : 1 + random.below(kFrameSamplesMax);
      const Samples run = some_run(seed * 7919, kind, n);
      const std::string frame = encoded(run);
      ASSERT_TRUE(same_bits(decoded(frame), run)) << "kind " << static_cast<int>(kind) << " seed " << seed;
      const auto head = peek_frame(frame);
      ASSERT_TRUE(head.has_value());
      EXPECT_EQ(head->kind, kind);
      EXPECT_EQ(head->count, n);
      EXPECT_EQ(head->first, run.time(0));
      EXPECT_EQ(head->last, run.time(n - 1));
    }
  }
}

TEST(Frame, EveryBitPatternOfADoubleComesBackAlone) {
  Random random{5};
  for (int i = 0; i < 20'000; ++i) {
    const double value = i < 2000 ? some_double(random, 3, 0) : std::bit_cast<double>(random.bits());
    const Samples run = numbers({value});
    ASSERT_TRUE(same_bits(decoded(encoded(run)), run)) << std::bit_cast<std::uint64_t>(value);
  }
}

TEST(Frame, FloatsComeBackBitForBit) {
  Random random{6};
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) {
      const auto pattern = static_cast<std::uint32_t>(random.bits());
      values.push_back(static_cast<double>(std::bit_cast<float>(pattern)));
    }
    const Samples run = numbers(values, Kind::float32);
    ASSERT_TRUE(same_bits(decoded(encoded(run)), run));
  }
}

TEST(Frame, ADoubleThatIsNoFloatComesBackFromAFloatColumn) {
  const Samples run = numbers({1.5, 0.1, 2.5, std::bit_cast<double>(0x7ff0000000000001)}, Kind::float32);
  EXPECT_TRUE(same_bits(decoded(encoded(run)), run));
}

struct TimesCase {
  const char* name;
  std::vector<std::int64_t> times;
};

TEST(Frame, TimesAtTheEdgesComeBack) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const TimesCase kCases[] = {
      {"the least", {kMin}},
      {"the greatest", {kMax}},
      {"zero", {0}},
      {"both ends", {kMin, kMax}},
      {"both ends and the middle", {kMin, 0, kMax}},
      {"both ends and neighbours", {kMin, kMin + 1, kMax - 1, kMax}},
      {"one step over more than half", {kMin, kMin + 1, kMin + 2, kMin + 3, kMax}},
      {"the long step first", {kMin, kMax - 4, kMax - 3, kMax - 2, kMax}},
      {"grid with a jump over more than half",
       {
           kMin,
           kMin + 5,
           kMin + 10,
           kMin + 15,
           kMax - 10,
           kMax - 5,
           kMax,
       }},
      {"before 1970", {-3'000'000'000, -2'000'000'000, -1'000'000'000, 0, 1'000'000'000}},
      {"a nanosecond apart", {kStart, kStart + 1, kStart + 2}},
      {"multiples of a huge power of ten", {0, 1'000'000'000'000'000'000, 2'000'000'000'000'000'000}},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const Samples run = at_times(c.times);
    EXPECT_TRUE(same_bits(decoded(encoded(run)), run));
  }
}

TEST(Frame, RandomTimesOverTheWholeRangeComeBack) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random{seed};
    std::vector<std::int64_t> times;
    const std::size_t n = 1 + random.below(200);
    for (std::size_t i = 0; i < n; ++i) times.push_back(static_cast<std::int64_t>(random.bits()));
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    const Samples run = at_times(times);
    ASSERT_TRUE(same_bits(decoded(encoded(run)), run)) << seed;
  }
}

TEST(Frame, APartOfARunIsEncodedAlone) {
  const Samples run = some_run(11, Kind::float64, 500);
  std::string out = "before";
  encode_frame(run, 100, 50, out);
  Samples part;
  part.kind = run.kind;
  part.append(run, 100, 50);
  EXPECT_TRUE(same_bits(decoded(std::string_view{out}.substr(6)), part));
}

TEST(Frame, DecodingAppends) {
  for (const Kind kind : kKinds) {
    Samples whole = walk(0, 1, kind);
    Samples expected = whole;
    for (const std::uint64_t seed : {21, 22, 23, 24, 25, 26}) {
      const Samples part = some_run(seed, kind, 40);
      expected.append(part, 0, part.size());
      ASSERT_TRUE(decode_frame(encoded(part), whole).has_value());
      ASSERT_TRUE(same_bits(whole, expected));
      ASSERT_TRUE(whole.qualities.empty() || whole.qualities.size() == whole.size());
    }
  }
}

TEST(Frame, AnotherKindIsRefusedAndNothingChanges) {
  Samples run = walk(10, 1, Kind::float64);
  const Samples before = run;
  const auto result = decode_frame(encoded(walk(10, 1, Kind::int64)), run);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::store_corrupt);
  EXPECT_TRUE(same_bits(run, before));
}

/// A damaged frame is an error that leaves the run alone, or a run whose times ascend: nothing else.
void expect_error_or_samples(std::string_view bytes, const Samples& before) {
  Samples run = before;
  const auto result = decode_frame(bytes, run);
  if (!result) {
    ASSERT_EQ(result.error().code, ErrorCode::store_corrupt);
    ASSERT_TRUE(same_bits(run, before));
    return;
  }
  const auto head = peek_frame(bytes);
  ASSERT_TRUE(head.has_value());
  ASSERT_EQ(run.size(), before.size() + head->count);
  for (std::size_t i = before.size() + 1; i < run.size(); ++i) ASSERT_LT(run.times[i - 1], run.times[i]);
}

TEST(Frame, DamageAtEveryByteIsAnErrorOrOtherSamples) {
  for (const Kind kind : kKinds) {
    for (const std::uint64_t seed : {31, 32, 33, 34, 35, 36, 37, 38}) {
      const Samples run = some_run(seed, kind, 1 + seed % 5 * 40);
      const std::string frame = encoded(run);
      const Samples empty, some = some_run(99, kind, 3);
      for (std::size_t i = 0; i < frame.size(); ++i) {
        for (const int change : {0x01, 0x80, 0xff}) {
          std::string bytes = frame;
          bytes[i] = static_cast<char>(bytes[i] ^ change);
          expect_error_or_samples(bytes, i % 2 == 0 ? empty : some);
        }
        Samples cut;
        EXPECT_FALSE(decode_frame(std::string_view{frame}.substr(0, i), cut).has_value());
      }
      Samples longer;
      EXPECT_FALSE(decode_frame(frame + '\0', longer).has_value());
    }
  }
}

TEST(Frame, RandomBytesAreAnErrorOrSamples) {
  Random random{77};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random.below(60), '\0');
    for (char& c : bytes) c = static_cast<char>(random.one_in(3) ? random.below(4) : random.bits());
    if (!bytes.empty()) bytes[0] = static_cast<char>(0x10 | random.below(16));
    expect_error_or_samples(bytes, Samples{});
  }
}

TEST(Frame, ManyRepeatsOfALongTextAreNotBlownUpOnReading) {
  Samples run;
  run.kind = Kind::text;
  for (int i = 0; i < 1000; ++i) {
    run.times.push_back(kStart + i);
    run.texts.emplace_back(8000, 'x');
  }
  EXPECT_TRUE(same_bits(decoded(encoded(run)), run));
  EXPECT_GT(encoded(run).size(), 8'000'000u) << "beyond 4 MiB texts are written in full";
  run.texts.assign(1000, std::string(4000, 'x'));
  EXPECT_TRUE(same_bits(decoded(encoded(run)), run));
  EXPECT_LT(encoded(run).size(), 4'100u);
}

struct SizeCase {
  const char* name;
  Samples run;
  double bytes_per_sample_max;
};

Samples with(Samples run, Quality quality, std::size_t every) {
  for (std::size_t i = 0; i < run.size(); i += every) {
    run.set_quality(i, quality);
    if (quality.state != 0) run.numbers[i] = 0;
  }
  return run;
}

Samples even(std::size_t n, Kind kind) {
  Samples run;
  run.kind = kind;
  for (std::size_t i = 0; i < n; ++i)
    run.times.push_back(kStart + static_cast<std::int64_t>(i) * 60 * kNsPerSecond);
  if (is_number(kind)) run.numbers.assign(n, 20.5);
  if (is_integer(kind)) run.integers.assign(n, 1);
  if (kind == Kind::text) run.texts.assign(n, "running");
  return run;
}

Samples switched(std::size_t n, std::size_t every) {
  Samples run = even(n, Kind::digital);
  for (std::size_t i = 0; i < n; ++i) run.integers[i] = static_cast<std::int64_t>(i / every % 3);
  return run;
}

Samples binary(std::size_t n) {
  Samples run = even(n, Kind::float64);
  for (std::size_t i = 0; i < n; ++i) run.numbers[i] = std::sin(static_cast<double>(i) / 100) * 100;
  return run;
}

Samples floats_in_doubles(std::size_t n) {
  Samples run = walk(n, 1, Kind::float32);
  run.kind = Kind::float64;
  return run;
}

Samples binary_floats(std::size_t n) {
  Samples run = binary(n);
  for (double& value : run.numbers) value = static_cast<double>(static_cast<float>(value));
  return run;
}

Samples gappy(std::size_t n) {
  Samples run = walk(n, 3);
  for (std::size_t i = 0; i < n; ++i)
    run.times[i] += static_cast<std::int64_t>(i / 100) * 3600 * kNsPerSecond;
  return run;
}

TEST(Frame, SizesStayUnderTheirCeilings) {
  const SizeCase kCases[] = {
      {"one number", walk(1, 1), 14},
      {"eight numbers", walk(8, 1), 4.4},
      {"walk of 1000", walk(1000, 1), 1.25},
      {"walk of floats", walk(1000, 1, Kind::float32), 1.25},
      {"walk of integers", walk(1000, 1, Kind::int64), 1.25},
      {"walk with gaps of an hour", gappy(1000), 1.35},
      {"walk with a state in fifty", with(walk(1000, 1), {248, 0, 0}, 50), 1.35},
      {"walk all substituted", with(walk(1000, 1), {0, Quality::kSubstituted, 0}, 1), 1.25},
      {"even and constant", even(1000, Kind::float64), 0.02},
      {"even and constant text", even(1000, Kind::text), 0.03},
      {"a code that changes every fifty", switched(1000, 50), 0.1},
      {"a code that changes every three", switched(1000, 3), 0.3},
      {"binary numbers", binary(1000), 8},
      {"floats in a column of doubles", floats_in_doubles(1000), 1.25},
      {"binary floats in one", binary_floats(1000), 4},
      {"one text", even(1, Kind::text), 22},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string frame = encoded(c.run);
    EXPECT_TRUE(same_bits(decoded(frame), c.run));
    const double bytes = static_cast<double>(frame.size()) / static_cast<double>(c.run.size());
    std::printf("%-34s %8.3f bytes per sample\n", c.name, bytes);
    EXPECT_LE(bytes, c.bytes_per_sample_max);
  }
}

}  // namespace
}  // namespace penstock::codec
