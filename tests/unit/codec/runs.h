#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "model/value.h"

/// Runs to encode, made from a seed: the same on every machine.
namespace penstock::testing {

/// Its own generator and no standard distributions, whose numbers differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  std::uint64_t bits() { return engine_(); }
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// Near normal, mean 0, deviation 1: the sum of twelve even ones.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(below(1u << 20)) / (1u << 20);
    return sum;
  }

 private:
  std::mt19937_64 engine_;
};

/// A run, where a test body has ::testing::Test::Run in the way.
using Samples = Run;

constexpr std::int64_t kStart = 1'775'111'400'000'000'000;  // 2026-04-02T06:30:00Z

/// The samples of the benchmark: a random walk with two decimals, 1 s apart, up to 3 ms early or late.
inline Run walk(std::size_t n, std::uint64_t seed, Kind kind = Kind::float64) {
  Random random{seed};
  Run run;
  run.kind = kind;
  std::int64_t hundredths = 2137;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t ns = kStart + static_cast<std::int64_t>(i) * kNsPerSecond;
    run.times.push_back(ns + random.between(-3, 3) * kNsPerMillisecond);
    hundredths += std::lround(random.normal() * 10);
    const double value = static_cast<double>(hundredths) / 100;
    if (is_number(kind)) {
      run.numbers.push_back(kind == Kind::float32 ? static_cast<double>(static_cast<float>(value)) : value);
    } else {
      run.integers.push_back(hundredths);
    }
  }
  return run;
}

/// Strictly ascending times of one of several shapes.
inline std::vector<std::int64_t> some_times(Random& random, std::size_t n) {
  constexpr std::int64_t kUnits[] = {1, 100, 1'000, 1'000'000, 1'000'000'000, 60'000'000'000};
  const std::int64_t unit = kUnits[random.below(std::size(kUnits))];
  const std::uint64_t shape = random.below(8);
  std::vector<std::int64_t> times;
  std::int64_t at = random.one_in(4) ? random.between(-5, 5) : kStart / unit * unit;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t grid = kStart + static_cast<std::int64_t>(i) * 1000 * unit;
    switch (shape) {
      case 0: at += unit; break;                                                           // Even.
      case 1: at += unit * random.between(1, 20); break;                                   // Irregular.
      case 2: at = grid + random.between(-400, 400) * unit; break;                         // Jitter.
      case 3: at += unit * (random.one_in(50) ? random.between(2, 1'000'000) : 1); break;  // Gaps.
      case 4: at += unit * 1000 * (random.one_in(30) ? random.between(2, 9) : 1); break;   // Missing ones.
      case 5: at += random.between(1, 1'000'000'007); break;                               // No unit.
      case 6: at += static_cast<std::int64_t>(1 + random.below(1ull << random.below(48))); break;
      default: at += unit * 1000 + random.between(0, 1); break;  // Drift.
    }
    times.push_back(at);
  }
  return times;
}

inline double some_double(Random& random, std::uint64_t shape, double before) {
  static const double kSpecial[] = {0.0,
                                    -0.0,
                                    1.0,
                                    0.1,
                                    -0.3,
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN(),
                                    std::bit_cast<double>(0x7ff0000000000001),  // A signalling NaN.
                                    std::bit_cast<double>(0xfff8dead0000beef),  // A payload.
                                    std::bit_cast<double>(std::uint64_t{1}),    // The least denormal.
                                    std::bit_cast<double>(0x800fffffffffffff),  // The greatest, negative.
                                    std::numeric_limits<double>::max(),
                                    std::numeric_limits<double>::lowest(),
                                    std::numeric_limits<double>::min(),
                                    9007199254740993.0,
                                    2251799813685248.5,
                                    1e22,
                                    1e23,
                                    123456789012345.678};
  switch (shape) {
    case 0: return before;
    case 1: return static_cast<double>(random.between(-100'000, 100'000)) / 100;
    case 2: return before + static_cast<double>(random.between(-100, 100)) / 4;
    case 3: return kSpecial[random.below(std::size(kSpecial))];
    case 4: return std::bit_cast<double>(random.bits());
    case 5:
      return random.one_in(40) ? kSpecial[random.below(std::size(kSpecial))]
                               : static_cast<double>(random.between(-5'000, 5'000)) / 1000;
    case 6: return std::sin(static_cast<double>(random.below(1000)));
    case 7: return static_cast<double>(random.between(-9, 9)) * 1e15;
    default:
      return static_cast<double>(random.between(0, 999)) /
             std::pow(10, static_cast<double>(random.below(20)));
  }
}

inline std::int64_t some_integer(Random& random, std::uint64_t shape, std::int64_t before) {
  switch (shape) {
    case 0: return before;
    case 1: return random.between(-3, 3);
    case 2: return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) + random.below(100));
    case 3: return static_cast<std::int64_t>(random.bits());
    case 4:
      return random.one_in(2) ? std::numeric_limits<std::int64_t>::max()
                              : std::numeric_limits<std::int64_t>::min();
    default: return random.one_in(60) ? random.between(0, 5) : before;
  }
}

inline std::string some_text(Random& random, std::uint64_t shape, const std::string& before) {
  switch (shape) {
    case 0: return before;
    case 1: return "state " + std::to_string(random.below(4));
    case 2: return std::string(random.below(40), static_cast<char>(random.below(256)));
    case 3: return random.one_in(20) ? std::to_string(random.bits()) : before;
    default: return "";
  }
}

inline Quality some_quality(Random& random, std::uint64_t shape) {
  switch (shape) {
    case 0: return random.one_in(50) ? Quality{248, 0, 0} : Quality{};
    case 1:
      return {static_cast<std::uint16_t>(random.one_in(2) ? 255 : 0),
              static_cast<std::uint8_t>(random.below(16)), static_cast<std::uint8_t>(random.below(4))};
    case 2: return {248, 0, 0};
    case 3:
      return {static_cast<std::uint16_t>(random.bits()), static_cast<std::uint8_t>(random.bits()),
              static_cast<std::uint8_t>(random.bits())};
    default: return random.one_in(100) ? Quality{0, Quality::kSubstituted, 0} : Quality{};
  }
}

/// A run that keeps the rules of Run: floats in a float32 run, zero or empty under a state.
inline Run some_run(std::uint64_t seed, Kind kind, std::size_t n) {
  Random random{seed};
  Run run;
  run.kind = kind;
  run.times = some_times(random, n);
  const std::uint64_t shape = random.below(9), integer_shape = random.below(6), text_shape = random.below(5);
  const bool qualities = random.one_in(3);
  const std::uint64_t quality_shape = random.below(5);
  double number = 1.5;
  std::int64_t integer = 7;
  std::string text = "running";
  for (std::size_t i = 0; i < n; ++i) {
    const Quality quality = qualities ? some_quality(random, quality_shape) : Quality{};
    if (qualities) run.qualities.push_back(quality);
    number = some_double(random, shape, number);
    integer = some_integer(random, integer_shape, integer);
    text = some_text(random, text_shape, text);
    const bool has_value = quality.state == 0;
    if (is_number(kind)) {
      if (kind == Kind::float32) number = static_cast<double>(static_cast<float>(number));
      run.numbers.push_back(has_value ? number : 0);
    } else if (is_integer(kind)) {
      run.integers.push_back(has_value ? integer : 0);
    } else {
      run.texts.push_back(has_value ? text : "");
    }
  }
  return run;
}

/// Stricter than Run's own ==: the values under states and absent qualities count too.
inline bool same_bits(const Run& a, const Run& b) {
  if (a.kind != b.kind || a.times != b.times || a.integers != b.integers || a.texts != b.texts ||
      a.numbers.size() != b.numbers.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.quality(i) != b.quality(i)) return false;
    if (is_number(a.kind) &&
        std::bit_cast<std::uint64_t>(a.numbers[i]) != std::bit_cast<std::uint64_t>(b.numbers[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace penstock::testing
