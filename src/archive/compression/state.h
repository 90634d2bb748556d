#pragma once

#include <string>
#include <string_view>

#include "archive/compression/swinging_door.h"
#include "base/result.h"

namespace penstock::archive {

/// Most bytes of an encoded state.
inline constexpr std::size_t kCompressionStateBytesMax = 128 + 2 * CompressionEvent::kTextMax;

/// A state as the journal and the store keep it; docs/format/journal.md, STATE.
std::string encode_state(const CompressionState& state);
/// Errors: store_corrupt.
Result<CompressionState> decode_state(std::string_view bytes);
/// True if the state's values are of this kind.
bool fits_kind(const CompressionState& state, Kind kind);

}  // namespace penstock::archive
