#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "archive/layer.h"
#include "archive/slots.h"
#include "base/result.h"
#include "base/text.h"
#include "catalog/table.h"
#include "codec/block.h"
#include "store/store.h"

namespace penstock::archive {

/// Keys in the store; the first byte is the table. See docs/format/store.md.
namespace keys {
inline constexpr std::string_view kWatermark = "w";
inline constexpr std::uint32_t kMetasPerPage = 64;

std::string block(PointId point, std::int64_t first_time);
std::string block_begin(PointId point);  ///< Before all blocks of the point.
std::string block_end(PointId point);    ///< Behind all of them.
std::int64_t block_time(std::string_view key);
std::string meta_page(std::uint32_t page);
std::string ledger_page(std::uint64_t page);
std::string ledger_head(std::uint64_t page);
std::string ledger_decision(std::uint64_t queued_seq);
inline constexpr std::string_view kReceiptKey = "k";
std::string preimages(std::uint64_t seq);
std::string catalog_row(catalog::TableId table, std::string_view key);
std::string compression_state(PointId point);
}  // namespace keys

/// The last row of every flush: what the blocks hold is exactly the order up to `seq`.
struct Watermark {
  static constexpr std::uint32_t kFormat = 2;  ///< 1 had no `needed`, and is still read.
  std::uint64_t seq = 0;
  std::uint32_t gen = 0;
  Uuid server_id;
  std::uint64_t needed = 0;  ///< At most `seq`: the journal behind it has intents that are not resolved.

  std::string encode() const;
  static Result<Watermark> decode(std::string_view bytes);
};

/// A page of the ends and counts of 64 points in blocks.
std::string encode_meta_page(std::span<const Sealed> metas);
Result<std::vector<Sealed>> decode_meta_page(std::string_view bytes);

/// What blocks hold as of one flush. Immutable; swapped as a flush ends.
struct Version {
  std::uint32_t gen = 0;
  std::shared_ptr<const store::Snapshot> snapshot;
};

/// Settles the unknown ones among `times` (ascending) from blocks. Reads only the frames that may hold one.
Result<void> match_sealed(const store::Snapshot& snapshot, PointId point, std::span<const std::int64_t> times,
                          Matches& matches);

/// Blocks of one point, one frame after the other, in either direction.
class SealedFrames {
 public:
  SealedFrames(const store::Snapshot& snapshot, PointId point, Interval range, bool newest_first);

  /// What the next frame that reaches into the range knows of itself, null at the end. Lives until `skip`.
  Result<const codec::FrameSummary*> peek();
  /// The samples of the frame that `peek` told of (ascending, possibly some outside of the range) in place
  /// of those in `out`.
  Result<void> decode(Run& out) const;
  void skip();  ///< To the frame after the one that `peek` told of.

 private:
  Result<bool> open_block();
  std::size_t frame() const { return newest_first_ ? left_ - 1 : block_->frames() - left_; }

  std::unique_ptr<store::Cursor> cursor_;
  Interval range_;
  bool newest_first_;
  bool positioned_ = false;
  std::optional<codec::BlockView> block_;
  std::size_t left_ = 0;  // Frames of the block not yet skipped.
};

}  // namespace penstock::archive
