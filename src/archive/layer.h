#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/value.h"

namespace penstock::archive {

/// Closed interval of times, in Unix nanoseconds.
struct Interval {
  std::int64_t first, last;
  bool contains(std::int64_t t) const { return first <= t && t <= last; }
};

/// An immutable encoded frame (codec room): at most 1,024 samples, ascending.
struct EncodedRun {
  std::int64_t first = 0, last = 0;
  std::uint32_t count = 0;
  std::shared_ptr<const std::string> frame;
};

/// Cuts ascending samples into frames.
std::vector<EncodedRun> encode_runs(const Run& run, std::size_t first, std::size_t count);
/// All samples of a frame that we encoded ourselves. A damaged one is our bug.
Run decode_run(const EncodedRun& run);

/// What a view knows of a list of ascending times. Layers are asked from the newest to the oldest; the first
/// that knows of a time settles it.
struct Matches {
  static constexpr std::int32_t kUnknown = -1;  ///< No layer asked so far says anything.
  static constexpr std::int32_t kFree = -2;     ///< Erased: whatever older layers hold does not count.

  explicit Matches(Kind kind, std::size_t n) : where(n, kUnknown), open{n} { found.kind = kind; }
  bool taken(std::size_t i) const { return where[i] >= 0; }
  void take(std::size_t i, const Run& run, std::size_t j) {
    where[i] = static_cast<std::int32_t>(found.size());
    found.push_from(run, j);
    --open;
  }
  void free(std::size_t i) {
    where[i] = kFree;
    --open;
  }

  std::vector<std::int32_t> where;  ///< Index into `found`, kUnknown or kFree.
  std::size_t open;                 ///< How many are unknown.
  Run found;
};

/// Settles what `run` (ascending) says of the unknown ones among `times`, whose first is number `offset` of
/// `matches`.
void match_run(const Run& run, std::span<const std::int64_t> times, Matches& matches, std::size_t offset = 0);
/// Settles as free the unknown ones among `times` that lie in `interval`.
void match_erase(const Interval& interval, std::span<const std::int64_t> times, Matches& matches);

/// One layer of a point's view: samples that are not yet in blocks, and a mask over what older layers hold.
///
/// Its runs are ascending and disjoint. The tail is a short decoded run that wins over them: single writes go
/// there and are encoded 128 at a time. The mask never covers the layer's own samples in effect: an erase
/// trims them, and a later put inside the mask is just a sample.
///
/// Threads: none of its own. The slot's stripe lock guards it; a frozen layer is immutable.
class Layer {
 public:
  explicit Layer(Kind kind) { tail_.kind = kind; }

  Kind kind() const { return tail_.kind; }
  /// Adds ascending samples; they win over what is there.
  void put(const Run& run);
  void put_one(const Run& run, std::size_t i);
  /// One sample that is not text.
  void put_one(std::int64_t time, std::uint64_t bits, Quality quality);
  /// As put, for samples that are encoded already: adopted as they are where nothing overlaps.
  void put_encoded(const EncodedRun& run);
  void erase(const Interval& interval);
  /// Takes one sample away that no older layer and no block holds, so that the mask need not grow.
  void drop(std::int64_t time);

  void match(std::span<const std::int64_t> times, Matches& matches) const;

  bool has_samples() const { return !runs_.empty() || !tail_.empty(); }
  /// Ends of everything that the layer touches, samples and mask. Undefined if it is empty.
  Interval touched() const;
  /// Ends of the samples alone. Undefined without any.
  Interval ends() const;
  /// True if a sample or the mask lies in the interval.
  bool touches(const Interval& interval) const;
  bool masks(std::int64_t t) const;

  const std::vector<EncodedRun>& runs() const { return runs_; }
  const Run& tail() const { return tail_; }
  const std::vector<Interval>& mask() const { return mask_; }
  /// Memory of encoded runs and tail, about.
  std::size_t bytes() const { return bytes_ + tail_.times.capacity() * 2 * sizeof(std::int64_t); }
  std::size_t samples() const { return samples_; }  ///< An upper bound: a tail sample may cover one of a run.

 private:
  static constexpr std::size_t kTailMax = 128;

  void trim(const Interval& interval);
  void spill();
  void merge(const Run& run);
  std::size_t replace_runs(std::size_t index, std::size_t n, const std::vector<EncodedRun>& with);
  void account(const EncodedRun& run, int sign);

  std::vector<EncodedRun> runs_;
  Run tail_;
  std::vector<Interval> mask_;  // Ascending, disjoint, not adjacent.
  std::size_t bytes_ = 0, samples_ = 0;
};

/// Adds an interval to an ascending, disjoint list.
void add_interval(std::vector<Interval>& list, Interval interval);
/// True if the ascending, disjoint list has `t`.
bool contains(const std::vector<Interval>& list, std::int64_t t);
/// The first time from `t` on that no interval of the ascending, disjoint list has; the greatest there is
/// where an interval reaches to the end.
std::int64_t behind_mask(const std::vector<Interval>& list, std::int64_t t);
/// Both ascending; where times are equal, `newer` wins.
Run merge_runs(const Run& newer, const Run& older);

}  // namespace penstock::archive
