#include "codec/times.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "codec/packing.h"
#include "codec/units.h"

namespace penstock::codec {
namespace {

enum Mode : std::uint8_t { kEven = 0, kGrid = 1, kGridWithJumps = 2, kSteps = 3 };

/// A grid with more jumps than one in so many samples is none.
constexpr std::size_t kSamplesPerJump = 8;
/// Longer periods are left to the steps, so that the arithmetic of the grid stays in range.
constexpr std::uint64_t kPeriodMax = std::uint64_t{1} << 61;

struct Jump {
  std::size_t index;
  std::int64_t extra;
};

/// Steps of `period` from 0; at a jump `extra` more.
struct Grid {
  std::uint64_t period = 0;
  std::int64_t least = 0, most = 0;  ///< Of the residuals.
  std::size_t jumps = 0;
  bool fits = false;
  std::int64_t residuals[kColumnMax];
  Jump jump[kColumnMax / kSamplesPerJump + 1];
};

std::uint64_t rounded_mean(std::uint64_t sum, std::uint64_t n) {
  return sum / n + (sum % n >= n - n / 2 ? 1 : 0);
}

/// The typical step: the mean, or where that says little because some are far longer the mean of those near
/// the median.
std::uint64_t period_of(const std::uint64_t* at, std::size_t n, std::uint64_t longest_step) {
  const std::uint64_t mean = rounded_mean(at[n - 1], n - 1);
  if (longest_step / 2 < mean) return mean;
  std::array<std::uint64_t, 31> some;
  const std::size_t count = std::min(n - 1, some.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t k = 1 + i * (n - 1) / count;
    some[i] = at[k] - at[k - 1];
  }
  std::nth_element(some.begin(), some.begin() + count / 2, some.begin() + count);
  const std::uint64_t median = some[count / 2];
  std::uint64_t sum = 0, near = 0;
  for (std::size_t i = 1; i < n; ++i) {
    const std::uint64_t step = at[i] - at[i - 1];
    if (step >= median - median / 2 && step / 2 <= median / 2 + median / 4) {
      sum += step;
      ++near;
    }
  }
  return near == 0 ? median : rounded_mean(sum, near);
}

void lay_grid(const std::uint64_t* at, std::size_t n, std::uint64_t period, Grid& grid) {
  grid.period = period;
  grid.fits = false;
  grid.jumps = 0;
  if (period == 0 || period > kPeriodMax) return;
  const auto half = static_cast<std::int64_t>(period / 2), eighth = static_cast<std::int64_t>(period / 8);
  std::uint64_t expected = 0;
  std::int64_t least = 0, most = 0;
  for (std::size_t i = 1; i < n; ++i) {
    expected += period;
    auto residual = static_cast<std::int64_t>(at[i] - expected);
    if (residual > half || residual < -half) {
      if (grid.jumps > n / kSamplesPerJump) return;
      // Where only samples are missing the grid goes on as it was; else it starts anew at this sample.
      const std::int64_t rest = residual % static_cast<std::int64_t>(period);
      const std::int64_t off = rest > half    ? rest - static_cast<std::int64_t>(period)
                               : rest < -half ? rest + static_cast<std::int64_t>(period)
                                              : rest;
      const std::int64_t stays = off <= eighth && off >= -eighth ? off : 0;
      // Unsigned, as all sums of the grid: they may wrap, and wrap back when decoded.
      const std::uint64_t extra = static_cast<std::uint64_t>(residual) - static_cast<std::uint64_t>(stays);
      grid.jump[grid.jumps++] = {i, static_cast<std::int64_t>(extra)};
      expected += extra;
      residual = stays;
    }
    grid.residuals[i - 1] = residual;
    if (i == 1) least = most = residual;
    least = std::min(least, residual);
    most = std::max(most, residual);
  }
  grid.least = least;
  grid.most = most;
  grid.fits = grid.jumps <= n / kSamplesPerJump;
}

void write_grid(const Grid& grid, std::size_t n, std::string& out) {
  ByteWriter writer{out};
  writer.u8(grid.jumps == 0 ? kGrid : kGridWithJumps);
  writer.varint(grid.period);
  if (grid.jumps != 0) {
    writer.varint(grid.jumps);
    std::size_t before = 0;
    for (std::size_t j = 0; j < grid.jumps; ++j) {
      writer.varint(grid.jump[j].index - before - 1);
      writer.svarint(grid.jump[j].extra);
      before = grid.jump[j].index;
    }
  }
  pack(grid.residuals, n - 1, plan_pack(grid.residuals, n - 1, grid.least), out);
}

/// Turns residuals in at[1…n) into distances from the first time. Adds wrap; the caller tests the order.
bool read_grid(ByteReader& in, std::size_t n, bool with_jumps, std::int64_t* at) {
  const std::uint64_t period = in.varint();
  std::array<Jump, kColumnMax / kSamplesPerJump + 1> jumps;
  std::uint64_t count = 0;
  if (with_jumps) {
    count = in.varint();
    if (count > jumps.size()) return false;
    std::uint64_t index = 0;
    for (std::uint64_t j = 0; j < count; ++j) {
      const std::uint64_t gap = in.varint();
      if (gap >= n) return false;
      index += gap + 1;
      if (index >= n) return false;
      jumps[j] = {static_cast<std::size_t>(index), in.svarint()};
    }
  }
  if (!in.ok() || !unpack(in, n - 1, at + 1)) return false;
  std::uint64_t expected = 0;
  std::size_t i = 1;
  for (std::uint64_t j = 0; j <= count; ++j) {
    const std::size_t end = j < count ? jumps[j].index : n;
    for (; i < end; ++i) {
      expected += period;
      at[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(at[i]) + expected);
    }
    if (j < count) expected += static_cast<std::uint64_t>(jumps[j].extra);
  }
  return in.ok();
}

}  // namespace

void encode_times(const std::int64_t* times, std::size_t n, std::string& out) {
  ByteWriter writer{out};
  const unsigned first_power = power_of_ten_of(times[0]);
  const auto first = static_cast<std::uint64_t>(times[0]);
  unsigned power = 0;
  if (n > 1) {
    power = power_of_ten_in(static_cast<std::uint64_t>(times[1]) - first);
    for (std::size_t i = 2; i < n; ++i) {
      while (!divides(static_cast<std::uint64_t>(times[i]) - first, power)) --power;
    }
  }
  writer.u8(static_cast<std::uint8_t>(first_power | (power << 4)));
  writer.svarint(times[0] / static_cast<std::int64_t>(kPowers[first_power].value));
  if (n == 1) return;
  std::uint64_t at[kColumnMax];
  at[0] = 0;
  std::uint64_t shortest = std::numeric_limits<std::uint64_t>::max(), longest = 0;
  for (std::size_t i = 1; i < n; ++i) {
    at[i] = quotient(static_cast<std::uint64_t>(times[i]) - first, power);
    shortest = std::min(shortest, at[i] - at[i - 1]);
    longest = std::max(longest, at[i] - at[i - 1]);
  }
  writer.varint(at[n - 1]);
  if (n == 2) return;
  if (shortest == longest) return writer.u8(kEven);
  Grid grid;
  lay_grid(at, n, period_of(at, n, longest), grid);
  const auto grid_range = static_cast<std::uint64_t>(grid.most) - static_cast<std::uint64_t>(grid.least);
  if (grid.fits && std::bit_width(grid_range) <= std::bit_width(longest - shortest)) {
    return write_grid(grid, n, out);
  }
  writer.u8(kSteps);
  std::int64_t* steps = grid.residuals;
  for (std::size_t i = 1; i < n; ++i) steps[i - 1] = static_cast<std::int64_t>(at[i] - at[i - 1]);
  pack(steps, n - 1, plan_pack(steps, n - 1, static_cast<std::int64_t>(shortest)), out);
}

bool decode_times_head(ByteReader& in, std::size_t n, TimesHead& head) {
  const std::uint8_t powers = in.u8();
  const std::int64_t scaled = in.svarint();
  if (!in.ok() ||
      __builtin_mul_overflow(scaled, static_cast<std::int64_t>(kPowers[powers & 15].value), &head.first)) {
    return false;
  }
  head.unit = kPowers[powers >> 4].value;
  head.span = n > 1 ? in.varint() : 0;
  std::uint64_t distance;
  if (!in.ok() || head.span < n - 1 || __builtin_mul_overflow(head.span, head.unit, &distance)) return false;
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (distance > most - static_cast<std::uint64_t>(head.first)) return false;
  head.last = static_cast<std::int64_t>(static_cast<std::uint64_t>(head.first) + distance);
  return true;
}

bool decode_times(ByteReader& in, std::size_t n, const TimesHead& head, std::int64_t* times) {
  const auto first = static_cast<std::uint64_t>(head.first);
  times[0] = head.first;
  if (n == 1) return true;
  if (n == 2) {
    times[1] = head.last;
    return true;
  }
  const std::uint8_t mode = in.u8();
  if (!in.ok()) return false;
  if (mode == kEven) {
    if (head.span % (n - 1) != 0) return false;
    const std::uint64_t step = head.span / (n - 1) * head.unit;
    for (std::size_t i = 1; i < n; ++i) times[i] = static_cast<std::int64_t>(first + i * step);
    return true;
  }
  if (mode == kSteps) {
    if (!unpack(in, n - 1, times + 1)) return false;
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < n; ++i) {
      sum += static_cast<std::uint64_t>(times[i]);
      times[i] = static_cast<std::int64_t>(sum);
    }
  } else if (mode != kGrid && mode != kGridWithJumps) {
    return false;
  } else if (!read_grid(in, n, mode == kGridWithJumps, times)) {
    return false;
  }
  // Distances in units so far. They ascend strictly to `span`, so none is beyond what the head allows.
  std::uint64_t before = 0;
  bool ascending = true;
  for (std::size_t i = 1; i < n; ++i) {
    const auto here = static_cast<std::uint64_t>(times[i]);
    ascending &= here > before;
    before = here;
    times[i] = static_cast<std::int64_t>(first + here * head.unit);
  }
  return ascending && before == head.span;
}

}  // namespace penstock::codec
