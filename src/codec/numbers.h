#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "codec/decimals.h"

namespace penstock::codec {

/// Appends a column of 1 to kColumnMax doubles: as decimals m / 10ˢ where that gives the same bits back, a
/// few exceptions kept raw; else as bit patterns. `likely` is tried first; doubles that came from floats are
/// found too.
void encode_numbers(const double* values, std::size_t n, Precision likely, std::string& out);

/// Reads what encode_numbers wrote. False where the bytes are damaged.
[[nodiscard]] bool decode_numbers(ByteReader& in, std::size_t n, double* values);

/// One number with its best scale in few bytes: a byte, then a mantissa or eight raw bytes.
void encode_number(double value, std::string& out);
[[nodiscard]] bool decode_number(ByteReader& in, double& value);

}  // namespace penstock::codec
