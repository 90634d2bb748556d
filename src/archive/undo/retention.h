#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "archive/archive.h"
#include "catalog/retention.h"

namespace penstock::archive {

/// What one policy did, or would do.
struct RetentionLine {
  catalog::RetentionPolicy policy;
  Timestamp before = Timestamp::from_unix_ns(0);  ///< Samples before this instant are too old.
  std::uint64_t points = 0, samples = 0;          ///< Points that had some.
  std::vector<std::uint64_t> batches;             ///< Of a dry run none.
};

/// The instant before which a policy erases: `keep_days` before `now`, on a grid of at most a day and at
/// least an hour. So the block on the edge is written again once per step, not with every run.
Timestamp retention_cut(std::int64_t keep_days, Timestamp now);

/// Erases all that is older than the policies of its points say, a batch per some points; what goes can't be
/// put back. A dry run only counts. `stop` is asked now and then. For background threads and pools: blocks.
/// Errors: store_unavailable, store_corrupt, overloaded; what was erased before stays erased.
Result<std::vector<RetentionLine>> run_retention(
    Archive& archive, const Actor& actor, bool dry_run,
    const std::function<bool()>& stop = [] { return false; });

/// Tells a wall clock that ran ahead of the monotonic one: everything would be too old at once.
class ClockGuard {
 public:
  ClockGuard(std::int64_t wall_ns, std::int64_t steady_ns) : wall_ns_{wall_ns}, steady_ns_{steady_ns} {}
  /// True while the wall clock is more than a day further than the monotonic one since the guard was made.
  bool jumped(std::int64_t wall_ns, std::int64_t steady_ns) const {
    return (wall_ns - wall_ns_) - (steady_ns - steady_ns_) > 24 * 3600 * kNsPerSecond;
  }

 private:
  const std::int64_t wall_ns_, steady_ns_;
};

/// Runs retention every so often, on one thread of its own. While the clock has jumped it does not.
///
/// The destructor ends the thread. The archive outlives it.
class RetentionRunner {
 public:
  RetentionRunner(Archive& archive, std::int64_t interval_ns);
  ~RetentionRunner();
  RetentionRunner(const RetentionRunner&) = delete;
  RetentionRunner& operator=(const RetentionRunner&) = delete;

 private:
  void run();
  void run_once();

  Archive& archive_;
  const std::int64_t interval_ns_;
  const ClockGuard guard_;
  bool paused_ = false;  // For the thread alone.
  std::mutex mutex_;
  std::condition_variable ended_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace penstock::archive
