#include "base/clock.h"

#include <ctime>

namespace penstock {
namespace {

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::int64_t wall_clock_ns() {
  return read_clock(CLOCK_REALTIME);
}
std::int64_t steady_clock_ns() {
  return read_clock(CLOCK_MONOTONIC);
}
std::int64_t coarse_clock_ns() {
  return read_clock(CLOCK_MONOTONIC_COARSE);
}

}  // namespace penstock
