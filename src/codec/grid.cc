#include "codec/grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "codec/units.h"

namespace penstock::codec {
namespace {

/// A grid with more jumps than one in so many samples is none.
constexpr std::size_t kSamplesPerJump = 8;
/// A frame's grid is moved where its residuals are further off on the average.
constexpr double kOffMax = 0.75;
/// A period gets a fraction where a whole one drifts further within a frame, in units.
constexpr double kDriftMax = 1.5;

std::size_t bits_of(std::int64_t number) {
  const auto n = static_cast<std::uint64_t>(number);
  return static_cast<std::size_t>(std::bit_width((n << 1) ^ (0 - (n >> 63))));
}

}  // namespace

bool GridLayer::lay(const std::int64_t* times, std::size_t n) {
  n_ = n;
  to_units(times);
  if (n == 1) return true;
  std::uint64_t longest = 0;
  for (std::size_t i = 1; i < n; ++i) longest = std::max(longest, at_[i] - at_[i - 1]);
  if (at_[n - 1] > std::uint64_t{1} << 62) return false;
  const std::uint64_t step = typical_step(longest);
  TimeGrid whole;
  whole.period = step;
  bool fits = step <= kPeriodMax && lay_grid(whole);
  if (fits) {
    const double off = drift();
    if (std::fabs(off) * static_cast<double>(std::min(n, kFrameSamplesMax)) > kDriftMax) {
      const double bits = grid_bits();
      TimeGrid fraction;
      fraction.fraction_bits = kFractionBits;
      const double period = (static_cast<double>(step) + off) * (1u << kFractionBits);
      fraction.period = period >= 1 ? static_cast<std::uint64_t>(std::llround(period)) : 0;
      if (fraction.period == 0 || !lay_grid(fraction) || grid_bits() >= bits) fits = lay_grid(whole);
    }
  }
  if (!fits || step_bits(step) < grid_bits()) lay_steps(step);
  return true;
}

void GridLayer::to_units(const std::int64_t* times) {
  const auto first = static_cast<std::uint64_t>(times[0]);
  power_ = n_ == 1 ? 0 : power_of_ten_in(static_cast<std::uint64_t>(times[1]) - first);
  at_[0] = 0;
  for (std::size_t i = 1; i < n_;) {
    const std::uint64_t inverse = kPowers[power_].inverse, most = kPowers[power_].most;
    const std::uint64_t rest = (std::uint64_t{1} << power_) - 1;
    for (; i < n_; ++i) {
      const std::uint64_t distance = static_cast<std::uint64_t>(times[i]) - first;
      const std::uint64_t units = (distance >> power_) * inverse;
      if ((distance & rest) != 0 || units > most) break;
      at_[i] = units;
    }
    if (i == n_) return;
    // A finer unit, and what is there already in it.
    unsigned power = power_;
    while (!divides(static_cast<std::uint64_t>(times[i]) - first, power)) --power;
    const std::uint64_t finer = kPowers[power_ - power].value;
    for (std::size_t k = 1; k < i; ++k) at_[k] *= finer;
    power_ = power;
  }
}

/// The mean step, or where that says little because some are far longer the mean of those near the median.
std::uint64_t GridLayer::typical_step(std::uint64_t longest) const {
  const std::size_t n = n_;
  const auto rounded = [](std::uint64_t sum, std::uint64_t count) {
    return sum / count + (sum % count >= count - count / 2 ? 1 : 0);
  };
  const std::uint64_t mean = rounded(at_[n - 1], n - 1);
  if (longest / 2 < mean) return mean;
  std::array<std::uint64_t, 63> some;
  const std::size_t count = std::min(n - 1, some.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t k = 1 + i * (n - 1) / count;
    some[i] = at_[k] - at_[k - 1];
  }
  std::nth_element(some.begin(), some.begin() + count / 2, some.begin() + count);
  const std::uint64_t middle = some[count / 2];
  std::uint64_t sum = 0, near = 0;
  for (std::size_t i = 1; i < n; ++i) {
    const std::uint64_t step = at_[i] - at_[i - 1];
    if (step >= middle - middle / 2 && step / 2 <= middle / 2 + middle / 4) {
      sum += step;
      ++near;
    }
  }
  return near == 0 ? middle : rounded(sum, near);
}

bool GridLayer::lay_grid(const TimeGrid& grid) {
  grid_ = grid;
  jumps_.clear();
  const auto period = static_cast<std::int64_t>(grid.whole_period());
  if (period == 0) return false;
  const std::int64_t half = period / 2, eighth = period / 8;
  /// How far the grid moves for a residual beyond its half. Where only samples are missing it goes on as it
  /// was; else it starts anew at this sample.
  const auto extra_for = [&](std::int64_t residual) {
    const std::int64_t rest = residual % period;
    const std::int64_t off = rest > half ? rest - period : rest < -half ? rest + period : rest;
    return residual - (off <= eighth && off >= -eighth ? off : 0);
  };
  std::uint64_t anchor = 0;
  std::size_t frame = 0;
  for (std::size_t first = 0; first < n_; first += kFrameSamplesMax, ++frame) {
    const std::size_t n = std::min(kFrameSamplesMax, n_ - first);
    Part& part = parts_[frame];
    part = {0, 0, jumps_.size(), 0};
    const auto start = static_cast<std::int64_t>(at_[first] - anchor);
    if (start > half || start < -half) anchor += static_cast<std::uint64_t>(extra_for(start));
    part.anchor = anchor;
    std::int64_t sum = static_cast<std::int64_t>(at_[first] - anchor);
    std::uint64_t scaled = 0;
    for (std::size_t i = 1; i < n; ++i) {
      scaled += grid.period;
      const std::uint64_t expected = anchor + (scaled >> grid.fraction_bits);
      auto residual = static_cast<std::int64_t>(at_[first + i] - expected);
      if (residual > half || residual < -half) [[unlikely]] {
        if (++part.jumps > n / kSamplesPerJump) return false;
        const std::int64_t extra = extra_for(residual);
        jumps_.push_back({i, extra});
        anchor += static_cast<std::uint64_t>(extra);
        residual -= extra;
      }
      residuals_[first + i] = residual;
      sum += residual;
    }
    const double off = static_cast<double>(sum) / static_cast<double>(n);
    part.base = frame == 0 || std::fabs(off) > kOffMax ? std::llround(off) : 0;
    part.anchor += static_cast<std::uint64_t>(part.base);
    anchor += static_cast<std::uint64_t>(part.base) + grid.at(n);
  }
  return true;
}

/// How much later each step is than the grid has it, from the means of the halves. Only within frames, since
/// frames move.
double GridLayer::drift() const {
  double sum = 0, weight = 0;
  for (std::size_t first = 0; first < n_; first += kFrameSamplesMax) {
    const std::size_t n = std::min(kFrameSamplesMax, n_ - first), half = n / 2;
    if (half < 2) continue;
    // No residual is beyond half of kPeriodMax.
    std::int64_t early = 0, late = 0;
    for (std::size_t i = 1; i < half; ++i) early += residuals_[first + i];
    for (std::size_t i = half; i < n; ++i) late += residuals_[first + i];
    sum += static_cast<double>(late) / static_cast<double>(n - half) -
           static_cast<double>(early) / static_cast<double>(half - 1);
    weight += static_cast<double>(n) / 2;
  }
  return weight > 0 ? sum / weight : 0;
}

double GridLayer::grid_bits() const {
  std::size_t bits = 0, count = 0;
  for (std::size_t first = 0; first < n_; first += 2 * kFrameSamplesMax) {
    const Part& part = parts_[first / kFrameSamplesMax];
    const std::size_t end = std::min(n_, first + 256);
    for (std::size_t i = first + 1; i < end; ++i, ++count) bits += bits_of(residuals_[i] - part.base);
  }
  return static_cast<double>(bits) / static_cast<double>(std::max<std::size_t>(count, 1));
}

double GridLayer::step_bits(std::uint64_t step) const {
  std::size_t bits = 0, count = 0;
  for (std::size_t first = 0; first < n_; first += 2 * kFrameSamplesMax) {
    const std::size_t end = std::min(n_, first + 256);
    for (std::size_t i = first + 1; i < end; ++i, ++count) {
      bits += bits_of(static_cast<std::int64_t>(at_[i] - at_[i - 1] - step));
    }
  }
  return static_cast<double>(bits) / static_cast<double>(std::max<std::size_t>(count, 1));
}

void GridLayer::lay_steps(std::uint64_t step) {
  grid_ = {true, 0, step};
  parts_.fill(Part{});
  jumps_.clear();
  for (std::size_t i = 1; i < n_; ++i) residuals_[i] = static_cast<std::int64_t>(at_[i] - at_[i - 1] - step);
}

void GridLayer::write_jumps(std::size_t frame, std::string& out) const {
  const Part& part = parts_[frame];
  ByteWriter writer{out};
  writer.varint(part.jumps);
  std::size_t before = 0;
  for (std::size_t j = part.jump; j < part.jump + part.jumps; ++j) {
    writer.varint(jumps_[j].index - before - 1);
    writer.svarint(jumps_[j].extra);
    before = jumps_[j].index;
  }
}

}  // namespace penstock::codec
