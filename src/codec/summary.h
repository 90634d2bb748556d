#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "model/value.h"

namespace penstock::codec {

/// What a block knows of one of its frames without decoding it: enough for a plot or an average over a frame
/// that lies wholly inside the asked interval. Integers and codes are summed up as doubles; all numbers are
/// zero for text, and where no sample has a value.
struct FrameSummary {
  std::uint32_t offset_samples = 0;  ///< Samples of the block before this frame.
  std::uint32_t count = 0;
  std::uint32_t bad = 0;           ///< Samples under a system state, and NaN: not in the numbers below.
  std::uint32_t questionable = 0;  ///< Samples with Quality::kQuestionable, bad ones too.
  bool plain = true;               ///< No sample has a quality other than good, without any flag.
  std::uint64_t unit_ns = 1;       ///< Distances between times are known to be multiples of it.
  Timestamp first = Timestamp::from_unix_ns(0), last = Timestamp::from_unix_ns(0);
  double first_value = 0, last_value = 0;  ///< Of the first and the last sample that is not bad.
  double min = 0, max = 0, sum = 0;
  Timestamp min_time = Timestamp::from_unix_ns(0), max_time = Timestamp::from_unix_ns(0);  ///< The earliest.
  /// Value × seconds between neighbours that are both not bad: straight lines, and each value kept until the
  /// next.
  double integral = 0, step_integral = 0;

  std::uint32_t good() const { return count - bad; }
};

/// Nanoseconds from one time to a later one.
inline std::uint64_t ns_between(Timestamp from, Timestamp to) {
  return static_cast<std::uint64_t>(to.unix_ns()) - static_cast<std::uint64_t>(from.unix_ns());
}

/// Looks at run[first, first + count), at least one sample. offset_samples stays 0.
FrameSummary summarize(const Run& run, std::size_t first, std::size_t count);

/// The numbers of a summary, each with its own scale, and how long after `first` the extremes are.
void write_summary_numbers(const FrameSummary& summary, std::string& out);
/// Reads them. False where the bytes are damaged or an extreme is not between summary.first and .last.
[[nodiscard]] bool read_summary_numbers(ByteReader& in, FrameSummary& summary);

}  // namespace penstock::codec
