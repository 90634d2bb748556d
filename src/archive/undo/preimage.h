#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/layer.h"
#include "base/result.h"
#include "model/point.h"

namespace penstock::archive {

/// What one batch did to one point where there was something before: what it put, and what it destroyed.
/// Appends have none: for them the range that the ledger knows is enough.
struct Preimage {
  PointId point{};
  bool known = true;                  ///< False: too much was destroyed to be kept.
  std::vector<std::int64_t> times;    ///< Of samples put, in no order,
  std::vector<EncodedRun> stored;     ///< and frames of samples put; only their times matter.
  std::vector<EncodedRun> destroyed;  ///< What was there before the batch: disjoint, in no order.

  std::vector<std::int64_t> put_times() const;  ///< Ascending, without repeats.
  /// Ascending. Empty and of the kind float64 if there is none.
  Run destroyed_samples() const;
  std::size_t bytes() const;  ///< Memory, about.
};

/// Bytes of a value of table `u`: preimages of batches, ascending by seq. docs/format/store.md.
class PreimageChunk {
 public:
  void add(std::uint64_t seq, const Preimage& preimage);
  bool empty() const { return bytes_.empty(); }
  std::uint64_t first_seq() const { return first_seq_; }
  const std::string& bytes() const { return bytes_; }
  void clear() { *this = {}; }

  /// The preimages of `seq` in a chunk. Errors: store_corrupt.
  static Result<std::vector<Preimage>> find(std::string_view bytes, std::uint64_t seq);

 private:
  std::string bytes_;
  std::uint64_t first_seq_ = 0, last_seq_ = 0;
};

/// A frame as the journal or the store has it, with its ends. Errors: store_corrupt.
Result<EncodedRun> adopt_frame(std::string_view frame);

}  // namespace penstock::archive
