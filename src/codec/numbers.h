#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "model/value.h"

namespace penstock::codec {

enum class Precision : std::uint8_t { single, full };
constexpr Precision precision_of(Kind kind) {
  return kind == Kind::float32 ? Precision::single : Precision::full;
}

/// Appends a column of 1 to kColumnMax doubles: as decimals m / 10ˢ where that gives the same bits back (in
/// single precision rounded to float first), a few exceptions kept raw; else as bit patterns.
void encode_numbers(const double* values, std::size_t n, Precision precision, std::string& out);

/// Reads what encode_numbers wrote. False where the bytes are damaged.
[[nodiscard]] bool decode_numbers(ByteReader& in, std::size_t n, Precision precision, double* values);

/// One number with its best scale in few bytes: a byte, then a mantissa or eight raw bytes.
void encode_number(double value, Precision precision, std::string& out);
[[nodiscard]] bool decode_number(ByteReader& in, Precision precision, double& value);

}  // namespace penstock::codec
