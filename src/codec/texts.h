#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"

namespace penstock::codec {

/// Appends a column of 1 to kColumnMax texts: each with its length, or where they repeat a list of the
/// different ones and a column of places in it.
void encode_texts(const std::string* const* values, std::size_t n, std::string& out);

/// Reads what encode_texts wrote into `values`, n of them. Gives at most the bytes that came in, or
/// kRepeatedBytesMax where texts repeat. False where the bytes are damaged; then `values` hold anything.
[[nodiscard]] bool decode_texts(ByteReader& in, std::size_t n, std::string** values);

/// Texts of one frame are written in full, however often they repeat, where they come to more bytes than
/// this.
inline constexpr std::size_t kRepeatedBytesMax = std::size_t{4} << 20;

}  // namespace penstock::codec
