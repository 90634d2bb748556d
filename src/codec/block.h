#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/frame.h"
#include "model/value.h"

namespace penstock::codec {

inline constexpr std::size_t kBlockSamplesMax = 8192;

/// What a block knows of one of its frames without decoding it: enough for a plot or an average over a frame
/// that lies wholly inside the asked interval. Integers and codes are summed up as doubles; all numbers are
/// zero for text, and where no sample has a value.
struct FrameSummary {
  std::uint32_t offset_samples = 0;  ///< Samples of the block before this frame.
  std::uint32_t count = 0;
  std::uint32_t bad = 0;           ///< Samples under a system state, and NaN: not in the numbers below.
  std::uint32_t questionable = 0;  ///< Samples with Quality::kQuestionable, bad ones too.
  Timestamp first = Timestamp::from_unix_ns(0), last = Timestamp::from_unix_ns(0);
  double first_value = 0, last_value = 0;  ///< Of the first and the last sample that is not bad.
  double min = 0, max = 0, sum = 0;
  Timestamp min_time = Timestamp::from_unix_ns(0), max_time = Timestamp::from_unix_ns(0);  ///< The earliest.
  /// Value × seconds between neighbours that are both not bad: straight lines, and each value kept until the
  /// next.
  double integral = 0, step_integral = 0;

  std::uint32_t good() const { return count - bad; }
};

/// Appends a block of run[first, first + count) to `out`: frames of kFrameSamplesMax samples (the last may
/// have fewer) with their summaries, under one checksum; docs/format/block.md. Times must be strictly
/// ascending, `count` 1 to kBlockSamplesMax.
void encode_block(const Run& run, std::size_t first, std::size_t count, std::string& out);

/// An opened block. Borrows the bytes.
class BlockView {
 public:
  /// Checks format, checksum and frame table. Errors: store_corrupt.
  static Result<BlockView> open(std::string_view bytes);

  Kind kind() const { return kind_; }
  std::uint32_t count() const { return count_; }
  Timestamp first() const { return summaries_.front().first; }
  Timestamp last() const { return summaries_.back().last; }
  std::size_t frames() const { return frames_.size(); }
  const FrameSummary& summary(std::size_t i) const { return summaries_[i]; }
  std::string_view frame(std::size_t i) const { return frames_[i]; }  ///< As encode_frame made it.

  /// Appends the samples of frame `i`, or of all frames, to `out`; see codec::decode_frame. Errors:
  /// store_corrupt; `out` may then hold whole frames more.
  Result<void> decode_frame(std::size_t i, Run& out) const;
  Result<void> decode_all(Run& out) const;

 private:
  BlockView() = default;

  Kind kind_ = Kind::float64;
  std::uint32_t count_ = 0;
  std::vector<std::string_view> frames_;
  std::vector<FrameSummary> summaries_;
};

}  // namespace penstock::codec
