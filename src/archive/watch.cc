#include "archive/watch.h"

#include <algorithm>
#include <bit>

namespace penstock::archive {

Watch::Taken Watch::take() {
  Taken taken;
  const std::lock_guard lock{watches_.mutex_};
  std::swap(taken, waiting_);
  watches_.waiting_ -= taken.changes.size();
  return taken;
}

Watch::~Watch() {
  watches_.remove(*this);
}

std::unique_ptr<Watch> Watches::add(std::span<const PointId> points, std::size_t changes_max) {
  std::vector<PointId> distinct{points.begin(), points.end()};
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::unique_ptr<Watch> made{new Watch{*this, std::move(distinct), changes_max}};
  const std::lock_guard lock{mutex_};
  for (const PointId point : made->points_) points_[to_number(point)].watches.push_back(made.get());
  count_.fetch_add(1);
  return made;
}

void Watches::remove(Watch& watch) {
  const std::lock_guard lock{mutex_};
  for (const PointId point : watch.points_) {
    const auto at = points_.find(to_number(point));
    std::erase(at->second.watches, &watch);
    if (at->second.watches.empty()) points_.erase(at);
  }
  waiting_ -= watch.waiting_.changes.size();
  count_.fetch_sub(1);
}

void Watches::newest_is(PointId point, std::int64_t newest_ns) {
  const std::lock_guard lock{mutex_};
  const auto at = points_.find(to_number(point));
  if (at != points_.end()) at->second.newest = std::max(at->second.newest, newest_ns);
}

void Watches::push(Watched& watched, const Change& change) {
  for (Watch* const watch : watched.watches) {
    Watch::Taken& waiting = watch->waiting_;
    // Behind the first loss nothing is kept, so that what is kept has no hole.
    if (waiting.lost) continue;
    if (waiting.changes.size() >= watch->changes_max_ || waiting_ >= kWaitingMax) {
      waiting.lost = true;
      continue;
    }
    waiting.changes.push_back(change);
    ++waiting_;
  }
}

void Watches::tell_one(Watched& watched, UpdateMode mode, PointId point, Sample sample, Outcome outcome) {
  Change change{point, Change::What::added, std::move(sample)};
  const std::int64_t time = change.sample.time.unix_ns();
  switch (outcome) {
    case Outcome::stored:
      if (time <= watched.newest) change.what = Change::What::inserted;
      watched.newest = std::max(watched.newest, time);
      break;
    case Outcome::replaced:
      change.what = Change::What::replaced;
      // An undo tells what it puts back as inserted: nothing of it is flagged.
      if (mode == UpdateMode::replace || mode == UpdateMode::replace_only)
        change.sample.quality.flags |= Quality::kSubstituted;
      break;
    case Outcome::erased: change.what = Change::What::erased; break;
    case Outcome::identical:
    case Outcome::ignored:
    case Outcome::rejected: return;
  }
  push(watched, change);
}

void Watches::tell(UpdateMode mode, PointId point, const Run& run, const Outcomes& outcomes) {
  if (run.empty()) return;
  const std::lock_guard lock{mutex_};
  const auto at = points_.find(to_number(point));
  if (at == points_.end()) return;
  if (mode == UpdateMode::replace_range && !outcomes.all_are(Outcome::rejected)) {
    const auto first = *std::min_element(run.times.begin(), run.times.end());
    push(at->second, {point, Change::What::cleared, {Timestamp::from_unix_ns(first), zero_of(run.kind), {}}});
  }
  std::size_t i = 0;
  for (const auto& [outcome, count] : outcomes.runs()) {
    for (const std::size_t end = i + count; i < end; ++i)
      tell_one(at->second, mode, point, run.sample(i), outcome);
  }
}

void Watches::tell(UpdateMode mode, std::span<const PointSample> slice, const Outcomes& outcomes) {
  if (slice.empty()) return;
  const std::lock_guard lock{mutex_};
  std::size_t i = 0;
  for (const auto& [outcome, count] : outcomes.runs()) {
    for (const std::size_t end = i + count; i < end; ++i) {
      const PointSample& one = slice[i];
      const auto at = points_.find(to_number(one.point));
      if (at == points_.end()) continue;
      Sample sample{Timestamp::from_unix_ns(one.time), std::bit_cast<std::int64_t>(one.bits), {}};
      if (is_number(one.kind)) sample.value = std::bit_cast<double>(one.bits);
      tell_one(at->second, mode, one.point, std::move(sample), outcome);
    }
  }
}

void Watches::tell_gone(PointId point) {
  const std::lock_guard lock{mutex_};
  const auto at = points_.find(to_number(point));
  if (at == points_.end()) return;
  push(at->second, {point, Change::What::point_gone, {Timestamp::from_unix_ns(0), 0.0, {}}});
}

}  // namespace penstock::archive
