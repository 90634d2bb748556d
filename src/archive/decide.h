#pragma once

#include <span>
#include <vector>

#include "archive/layer.h"
#include "model/write.h"

namespace penstock::archive {

/// The samples of one part of a command, put in order: what deciding needs besides the view.
struct Ordered {
  /// Sample indices, by time; those of one time in the order sent. Empty if the run is strictly ascending
  /// itself.
  std::vector<std::uint32_t> order;
  /// The times without repeats. Empty if the run is strictly ascending itself.
  std::vector<std::int64_t> distinct;

  bool ascending() const { return order.empty(); }
  /// Ascending, without repeats: the times to ask the view for. `run` is the one that was put in order.
  std::span<const std::int64_t> times(const Run& run) const {
    return ascending() ? std::span<const std::int64_t>{run.times} : std::span<const std::int64_t>{distinct};
  }
};

/// True if each time is greater than the one before.
bool is_ascending(const Run& run);
Ordered put_in_order(const Run& run);

/// What a command does to one point. Erases take effect before puts.
struct Decision {
  Outcomes outcomes;  ///< One per sample, in the order sent.
  std::vector<Interval> erases;
  Run puts;       ///< Ascending, with final flags.
  Run destroyed;  ///< What was there before and is gone or replaced, ascending. Not known of replace_range.
};

/// What is at one time while samples of that time are applied one after the other.
struct Held {
  const Run* run = nullptr;  ///< Null: free.
  std::size_t index = 0;
  bool substituted = false;  ///< This command overwrote something here.
};

/// Applies sample `i` of `run` to what is at its time.
Outcome settle(UpdateMode mode, const Run& run, std::size_t i, Held& now);

/// The update modes: one algebra for all doors. Pure. Samples of one time take effect one by one in the order
/// sent, so the result equals that of writing each sample by itself.
///
/// `matches` has what the view holds at `ordered.times(run)`; unknown counts as free. Not used by
/// replace_range.
Decision decide(UpdateMode mode, const Run& run, const Ordered& ordered, const Matches& matches);

/// The outcome of every sample where no time is taken and no time repeats.
Outcome outcome_if_free(UpdateMode mode);

}  // namespace penstock::archive
