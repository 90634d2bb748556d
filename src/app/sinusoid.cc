#include "app/sinusoid.h"

#include <cmath>
#include <numbers>

#include "base/clock.h"
#include "base/log.h"

namespace penstock::app {

namespace {

constexpr std::int64_t kStepNs = 10 * kNsPerSecond;
constexpr std::int64_t kPeriodNs = 3600 * kNsPerSecond;

}  // namespace

Sinusoid::Sinusoid(archive::Archive& archive) : archive_{archive}, thread_{[this] { run(); }} {}

Sinusoid::~Sinusoid() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

double Sinusoid::value_at(Timestamp time) {
  const double turn = static_cast<double>(time.unix_ns() % kPeriodNs) / static_cast<double>(kPeriodNs);
  // The point is a Float32: what is kept is what a float holds.
  return static_cast<float>(50.0 + 50.0 * std::sin(2.0 * std::numbers::pi * turn));
}

void Sinusoid::write(Timestamp first, Timestamp last) {
  WriteCommand command;
  command.mode = UpdateMode::insert;
  command.now = Timestamp::from_unix_ns(wall_clock_ns());
  PointWrite write;
  {
    const auto catalog = archive_.catalog();
    const Point* point = catalog->points.find_tag("SINUSOID");
    if (point == nullptr || !is_number(point->kind())) return;
    write.point = point->id;
    write.run.kind = point->kind();
  }
  for (auto time = first; time <= last; time = time.plus_ns(kStepNs)) write.run.push(time, value_at(time));
  if (write.run.empty()) return;
  command.writes.push_back(std::move(write));
  if (const auto written = sync_wait(archive_.write(std::move(command))); !written) {
    log::warning("SINUSOID could not be written", {{"detail", written.error().detail}});
  }
}

void Sinusoid::run() {
  const auto begin = Timestamp::from_unix_ns(wall_clock_ns()).floor_to(kStepNs);
  write(begin.plus_ns(-kPeriodNs), begin);
  auto next = begin.plus_ns(kStepNs);
  std::unique_lock lock{mutex_};
  while (!ending_) {
    const std::int64_t now = wall_clock_ns();
    if (now < next.unix_ns()) {
      ended_.wait_for(lock, std::chrono::nanoseconds{next.unix_ns() - now});
      continue;
    }
    lock.unlock();
    const auto last = Timestamp::from_unix_ns(now).floor_to(kStepNs);
    // A clock that jumped by more than a day is not filled up.
    write(last.unix_ns() - next.unix_ns() > 24 * kPeriodNs ? last : next, last);
    next = last.plus_ns(kStepNs);
    lock.lock();
  }
}

}  // namespace penstock::app
