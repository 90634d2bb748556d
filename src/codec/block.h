#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/frame.h"
#include "codec/summary.h"
#include "model/value.h"

namespace penstock::codec {

class CodedBlock;

inline constexpr std::size_t kBlockSamplesMax = 8192;

/// Appends a block of run[first, first + count) to `out`: frames of kFrameSamplesMax samples (the last may
/// have fewer) with their summaries, under one checksum, in whichever format is shorter;
/// docs/format/block.md. Times must be strictly ascending, `count` 1 to kBlockSamplesMax.
void encode_block(const Run& run, std::size_t first, std::size_t count, std::string& out);

/// An opened block of any format. Borrows the bytes.
///
/// Threads: one at a time.
class BlockView {
 public:
  /// Checks format, checksum and frame table. Errors: store_corrupt.
  static Result<BlockView> open(std::string_view bytes);
  BlockView(BlockView&&) noexcept;
  BlockView& operator=(BlockView&&) noexcept;
  ~BlockView();

  Kind kind() const { return kind_; }
  std::uint32_t count() const { return count_; }
  Timestamp first() const { return summaries_.front().first; }
  Timestamp last() const { return summaries_.back().last; }
  std::size_t frames() const { return summaries_.size(); }
  const FrameSummary& summary(std::size_t i) const { return summaries_[i]; }
  bool is_coded() const { return coded_ != nullptr; }  ///< Of format 2.

  /// Appends the samples of frame `i`, or of all frames, to `out`, which must be empty (then it takes the
  /// block's kind) or of the block's kind. Gives strictly ascending times always. Errors: store_corrupt; what
  /// `out` had is unchanged then, and decode_all may have appended whole frames.
  Result<void> decode_frame(std::size_t i, Run& out) const;
  Result<void> decode_all(Run& out) const;

 private:
  BlockView();
  Result<void> open_plain(ByteReader& in);

  Kind kind_ = Kind::float64;
  std::uint32_t count_ = 0;
  std::vector<FrameSummary> summaries_;
  std::vector<std::string_view> frames_;  ///< Of format 1.
  std::unique_ptr<CodedBlock> coded_;     ///< Format 2.
};

}  // namespace penstock::codec
