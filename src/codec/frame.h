#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace penstock::codec {

inline constexpr std::size_t kFrameSamplesMax = 1024;

/// What a frame says of itself without decoding its columns.
struct FrameHead {
  Kind kind = Kind::float64;
  std::uint32_t count = 0;
  Timestamp first = Timestamp::from_unix_ns(0), last = Timestamp::from_unix_ns(0);
  bool has_qualities = false;  ///< Some sample has one.
};

/// Appends the encoding of run[first, first + count) to `out`: up to 1024 samples of one point in columns,
/// the bytes of docs/format/frame.md. Times must be strictly ascending, `count` 1 to kFrameSamplesMax. Every
/// bit pattern of a value comes back; under a system state the value comes back as zero or empty, which it is
/// by the rules of Run. Few samples give few bytes.
void encode_frame(const Run& run, std::size_t first, std::size_t count, std::string& out);

/// Reads only the first bytes of a frame. Errors: store_corrupt.
Result<FrameHead> peek_frame(std::string_view frame);

/// Appends all samples of a frame to `out`, which must be empty (then it takes the frame's kind) or of the
/// frame's kind. Safe on any bytes; gives strictly ascending times always. Errors: store_corrupt, and `out`
/// is unchanged then.
Result<void> decode_frame(std::string_view frame, Run& out);

}  // namespace penstock::codec
