#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/write.h"

namespace penstock::archive {

/// One thing that became of a watched point.
struct Change {
  enum class What : std::uint8_t {
    added,      ///< A sample newer than all before.
    inserted,   ///< A sample at a free time among older ones.
    replaced,   ///< Another sample at a time that was taken.
    erased,     ///< No sample any more at sample.time; its value says nothing.
    cleared,    ///< A range was erased, before the samples that follow; sample.time is where it begins.
    point_gone  ///< The point was deleted.
  };
  PointId point{};
  What what{};
  Sample sample;
};

class Watches;

/// What becomes of some points, from the moment it was made. See Archive::watch.
///
/// Threads: any.
class Watch {
 public:
  struct Taken {
    std::vector<Change> changes;  ///< In the order of everything.
    bool lost = false;            ///< More came than is kept: those behind `changes` are missing.
  };
  /// All that came since the last call.
  Taken take();
  ~Watch();  ///< Ends it.
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  friend class Watches;
  Watch(Watches& watches, std::vector<PointId> points, std::size_t changes_max)
      : watches_{watches}, points_{std::move(points)}, changes_max_{changes_max} {}

  Watches& watches_;
  const std::vector<PointId> points_;
  const std::size_t changes_max_;

  // Guarded by the mutex of watches_.
  Taken waiting_;
};

/// Who watches which points. While nobody does, a group asks one atomic and is done.
///
/// Threads: any; `tell…` is the leader's alone, so that what it tells has one order.
class Watches {
 public:
  /// Changes that wait to be taken, of all watches together. Beyond it new ones are lost.
  static constexpr std::size_t kWaitingMax = 4'000'000;

  std::unique_ptr<Watch> add(std::span<const PointId> points, std::size_t changes_max);
  /// What is known of a point's newest sample, once it was read.
  void newest_is(PointId point, std::int64_t newest_ns);

  bool any() const { return count_.load(std::memory_order_relaxed) != 0; }
  /// `run` as it was sent, with its outcomes in the same order.
  void tell(UpdateMode mode, PointId point, const Run& run, const Outcomes& outcomes);
  void tell(UpdateMode mode, std::span<const PointSample> slice, const Outcomes& outcomes);
  void tell_gone(PointId point);

 private:
  friend class Watch;
  struct Watched {
    std::vector<Watch*> watches;
    std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  };
  void remove(Watch& watch);
  void push(Watched& watched, const Change& change);
  void tell_one(Watched& watched, UpdateMode mode, PointId point, Sample sample, Outcome outcome);

  std::atomic<std::size_t> count_{0};  ///< Of watches.

  std::mutex mutex_;  ///< Guards what follows, and what waits in the watches.
  std::unordered_map<std::uint32_t, Watched> points_;
  std::size_t waiting_ = 0;
};

}  // namespace penstock::archive
