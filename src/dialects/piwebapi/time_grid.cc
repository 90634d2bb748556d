#include "dialects/piwebapi/time_grid.h"

#include <algorithm>
#include <cmath>

namespace penstock::dialects::piwebapi {
namespace {

constexpr double kDayNs = 86'400e9;

/// How long a step is on the average.
double mean_ns(const PiInterval& step) {
  return static_cast<double>(step.years) * 365.2425 * kDayNs +
         static_cast<double>(step.months) * 30.436875 * kDayNs + static_cast<double>(step.days) * kDayNs +
         static_cast<double>(step.ns);
}

/// The `k`-th time from the anchor; nothing beyond what a time can be.
std::optional<Timestamp> nth(const TimeGrid& grid, Timestamp anchor, std::int64_t k) {
  PiInterval steps;
  if (__builtin_mul_overflow(grid.step.years, k, &steps.years) ||
      __builtin_mul_overflow(grid.step.months, k, &steps.months) ||
      __builtin_mul_overflow(grid.step.days, k, &steps.days) ||
      __builtin_mul_overflow(grid.step.ns, k, &steps.ns)) {
    return std::nullopt;
  }
  const auto time = add_interval(anchor, steps, grid.zone);
  return time ? std::optional{*time} : std::nullopt;
}

/// The times in [low, high] that lie on whole steps from the anchor, ascending.
std::vector<Timestamp> within(const TimeGrid& grid, Timestamp anchor, Timestamp low, Timestamp high) {
  const double step_ns = mean_ns(grid.step);
  const double away = (static_cast<double>(low.unix_ns()) - static_cast<double>(anchor.unix_ns())) / step_ns;
  // A few steps early, because months and days differ in length; corrected below.
  auto k = static_cast<std::int64_t>(std::floor(away)) - 3;
  const double most =
      (static_cast<double>(high.unix_ns()) - static_cast<double>(low.unix_ns())) / step_ns + 8;
  std::vector<Timestamp> times;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(most); ++i, ++k) {
    const auto time = nth(grid, anchor, k);
    if (time && *time > high) break;
    // A day that a clock change makes a little longer may repeat a time.
    if (time && *time >= low && (times.empty() || times.back() < *time)) times.push_back(*time);
  }
  return times;
}

}  // namespace

Result<std::vector<Timestamp>> times_of(const TimeGrid& grid, std::size_t most) {
  const PiInterval& step = grid.step;
  if (step.is_zero() || step.years < 0 || step.months < 0 || step.days < 0 || step.ns < 0) {
    return fail(ErrorCode::invalid_argument, "interval", "An interval must be longer than nothing.");
  }
  const Timestamp low = std::min(grid.start, grid.end), high = std::max(grid.start, grid.end);
  const double range = static_cast<double>(high.unix_ns()) - static_cast<double>(low.unix_ns());
  const auto too_many = [&] {
    return fail(
        ErrorCode::invalid_argument, "interval",
        "The number of intervals is greater than the maximum allowed (" + std::to_string(most) + ").");
  };
  if (range / mean_ns(step) > static_cast<double>(most) + 4) return too_many();
  const Timestamp anchor = grid.sync.value_or(grid.start);
  std::vector<Timestamp> times = within(grid, anchor, low, high);
  if (grid.outside) {
    // The neighbours of the range are less than two steps away.
    const auto reach = static_cast<std::int64_t>(std::min(2 * mean_ns(step) + 2 * kDayNs, 4e18));
    std::int64_t edge = 0;
    if ((times.empty() || times.front() != low) && !__builtin_sub_overflow(low.unix_ns(), reach, &edge)) {
      const auto before = within(grid, anchor, Timestamp::from_unix_ns(edge), low.plus_ns(-1));
      if (!before.empty()) times.insert(times.begin(), before.back());
    }
    if ((times.empty() || times.back() != high) && !__builtin_add_overflow(high.unix_ns(), reach, &edge)) {
      const auto after = within(grid, anchor, high.plus_ns(1), Timestamp::from_unix_ns(edge));
      if (!after.empty()) times.push_back(after.front());
    }
  }
  if (times.size() > most) return too_many();
  if (grid.end < grid.start) std::reverse(times.begin(), times.end());
  return times;
}

}  // namespace penstock::dialects::piwebapi
