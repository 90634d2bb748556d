#pragma once

#include <span>
#include <vector>

#include "archive/retrieval/series.h"

namespace penstock::archive::retrieval {

enum class Weighting : std::uint8_t {
  time,   ///< Every good second counts alike; between samples the series runs its course.
  events  ///< Every good sample counts alike.
};

/// Which samples on the two ends of an interval belong to it, where samples are what counts.
enum class Ends : std::uint8_t { both, first, last };

struct SummaryRequest {
  /// Where intervals begin and end, ascending: n + 1 of them for n intervals, at least two.
  std::span<const Timestamp> edges;
  Weighting weighting = Weighting::time;
  Ends ends = Ends::both;
  Filter filter;
  /// Where the filter is asked, ascending; its word holds until the next of these times. Empty: at each
  /// sample, and its word holds until the next sample.
  std::span<const Timestamp> filter_times;
  /// False: Summary::squares is not asked for, and whole frames need not be decoded.
  bool squares = true;
};

/// One interval. Seconds where time counts, samples where events do.
struct Summary {
  struct Extreme {
    double value;
    Timestamp time;
  };
  double looked_at = 0;                     ///< What the filter let pass, good or not.
  double good = 0;                          ///< Of it, what is good.
  double mean = 0;                          ///< Over what is good.
  double squares = 0;                       ///< Sum over what is good of (value − mean)² × weight.
  std::optional<Extreme> minimum, maximum;  ///< Where time counts, also values on lines at the ends.

  void add(double weight, double value_mean, double value_squares);
  void see(double value, Timestamp time);
};

/// One summary per interval. A series that is not numeric has numbers only for `looked_at` and `good`.
/// Errors are those of the scanner.
Result<std::vector<Summary>> summarize(const Scanner& scan, const Series& series,
                                       const SummaryRequest& request);

}  // namespace penstock::archive::retrieval
