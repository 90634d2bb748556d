#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace penstock::codec {

/// Appends a column of 1 to kColumnMax integers in whichever form is shortest: one constant, bit-packed
/// values, bit-packed steps, or runs of equal values.
void encode_integers(const std::int64_t* values, std::size_t n, std::string& out);

/// Reads what encode_integers wrote. False where the bytes are damaged.
[[nodiscard]] bool decode_integers(ByteReader& in, std::size_t n, std::int64_t* values);

}  // namespace penstock::codec
