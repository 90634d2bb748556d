#include "archive/undo/retention.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "archive/undo/range.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

namespace penstock::archive {
namespace {

constexpr std::int64_t kHourNs = 3600 * kNsPerSecond, kDayNs = 24 * kHourNs;
/// Tags that are looked at under one lock of the catalog.
constexpr std::size_t kTagsPerLook = 10'000;
/// A batch is closed with so many points or samples.
constexpr std::size_t kPointsPerBatch = 1000;
constexpr std::uint64_t kSamplesPerBatch = 1u << 30;

/// One pass over all points.
class Pass {
 public:
  Pass(Archive& archive, const Actor& actor, bool dry_run, const std::function<bool()>& stop)
      : archive_{archive}, actor_{actor}, dry_run_{dry_run}, stop_{stop} {}

  Result<std::vector<RetentionLine>> run() {
    for (const catalog::RetentionPolicy& policy : catalog::retention_policies(*archive_.catalog()))
      lines_.push_back({policy, retention_cut(policy.keep_days, actor_.now), 0, 0, {}});
    if (lines_.empty()) return lines_;
    std::string after;
    while (!stop_()) {
      if (!look(after)) break;
      for (const auto& [point, line] : found_) {
        TRY_VOID(take(point, lines_[line]));
        if (stop_()) return lines_;
      }
    }
    TRY_VOID(close());
    return lines_;
  }

 private:
  /// The next points behind the tag `after` that may have something too old; moves `after`. False at the end.
  bool look(std::string& after) {
    found_.clear();
    const auto tables = archive_.catalog();
    std::size_t looked_at = 0;
    std::string last;
    tables->points.each_by_tag(after, [&](const Point& point) {
      last = point.tag;
      const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const RetentionLine& each) {
        return glob_match(each.policy.points, point.tag);
      });
      if (line != lines_.end()) {
        const std::optional<Timestamp> first = archive_.none_before(point.id);
        if (first && *first < line->before)
          found_.emplace_back(point.id, static_cast<std::size_t>(line - lines_.begin()));
      }
      return ++looked_at < kTagsPerLook;
    });
    after = std::move(last);
    return looked_at > 0;
  }

  Result<void> take(PointId point, RetentionLine& line) {
    const Timestamp last = line.before.plus_ns(-1);
    TRY(const RangeCount old, count_range(archive_, point, Timestamp::min(), last));
    if (old.samples == 0) return {};
    ++line.points;
    line.samples += old.samples;
    if (dry_run_) return {};
    // A batch is about one policy.
    if (waiting_line_ != &line) TRY_VOID(close());
    waiting_line_ = &line;
    waiting_.push_back({point, last, old.samples});
    waiting_samples_ += old.samples;
    if (waiting_.size() >= kPointsPerBatch || waiting_samples_ >= kSamplesPerBatch) return close();
    return {};
  }

  Result<void> close() {
    if (waiting_.empty()) return {};
    const auto done = sync_wait(archive_.expire(std::exchange(waiting_, {}), actor_));
    waiting_samples_ = 0;
    if (!done) return fail(done.error());
    if (done->seq != 0) waiting_line_->batches.push_back(done->seq);
    return {};
  }

  Archive& archive_;
  const Actor actor_;
  const bool dry_run_;
  const std::function<bool()>& stop_;
  std::vector<RetentionLine> lines_;
  std::vector<std::pair<PointId, std::size_t>> found_;
  std::vector<Expiry> waiting_;
  std::uint64_t waiting_samples_ = 0;
  RetentionLine* waiting_line_ = nullptr;
};

}  // namespace

Timestamp retention_cut(std::int64_t keep_days, Timestamp now) {
  const std::int64_t step = std::clamp(keep_days * kDayNs / 24, kHourNs, kDayNs);
  return now.plus_ns(-keep_days * kDayNs).floor_to(step);
}

Result<std::vector<RetentionLine>> run_retention(Archive& archive, const Actor& actor, bool dry_run,
                                                 const std::function<bool()>& stop) {
  return Pass{archive, actor, dry_run, stop}.run();
}

RetentionRunner::RetentionRunner(Archive& archive, std::int64_t interval_ns)
    : archive_{archive},
      interval_ns_{interval_ns},
      guard_{wall_clock_ns(), steady_clock_ns()},
      thread_{[this] { run(); }} {}

RetentionRunner::~RetentionRunner() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void RetentionRunner::run_once() {
  const std::int64_t now = wall_clock_ns();
  const bool jumped = guard_.jumped(now, steady_clock_ns());
  if (jumped != paused_) {
    paused_ = jumped;
    if (jumped) {
      log::error(
          "the clock jumped forward by more than a day: retention pauses until it is set back, or the "
          "server starts again");
    } else {
      log::info("the clock is back: retention goes on");
    }
  }
  if (jumped) return;
  const Actor actor{0, Door::internal, Timestamp::from_unix_ns(now)};
  const auto lines = run_retention(archive_, actor, false, [this] { return ending_.load(); });
  if (!lines) {
    log::warning("retention did not get to its end", {{"detail", lines.error().detail}});
    return;
  }
  for (const RetentionLine& line : *lines) {
    if (line.samples == 0) continue;
    log::info("retention", {{"policy", line.policy.name},
                            {"points", line.points},
                            {"samples", line.samples},
                            {"before", format_trimmed(line.before)}});
  }
}

void RetentionRunner::run() {
  std::unique_lock lock{mutex_};
  while (!ending_) {
    if (ended_.wait_for(lock, std::chrono::nanoseconds{interval_ns_}, [this] { return ending_.load(); }))
      return;
    lock.unlock();
    run_once();
    lock.lock();
  }
}

}  // namespace penstock::archive
