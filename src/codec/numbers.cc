#include "codec/numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "codec/integers.h"
#include "codec/packing.h"

namespace penstock::codec {
namespace {

/// The low two bits of a column's first byte. Above them how many low zero bits all patterns share; of
/// decimals the scale, and in the highest bit whether they are rounded to float.
enum Mode : std::uint8_t { kDecimal = 0, kDecimalWithExceptions = 1, kDoubleBits = 2, kFloatBits = 3 };

constexpr std::size_t kExceptionBytes = 10;
constexpr std::uint8_t kRawNumber = 0xff;
constexpr unsigned kRoundedToFloat = 0x20;  ///< Beside a scale.

unsigned scale_byte(int scale, Precision precision) {
  return static_cast<unsigned>(scale) | (precision == Precision::single ? kRoundedToFloat : 0);
}

Precision precision_in(unsigned scale_byte) {
  return (scale_byte & kRoundedToFloat) != 0 ? Precision::single : Precision::full;
}

bool is_float(double value) {
  return std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<float>(value))) ==
         std::bit_cast<std::uint64_t>(value);
}

void write_decimals(const double* values, std::size_t n, const Decimals& decimals, std::string& out) {
  ByteWriter writer{out};
  const auto mode = decimals.exceptions == 0 ? kDecimal : kDecimalWithExceptions;
  writer.u8(static_cast<std::uint8_t>(mode | scale_byte(decimals.scale, decimals.precision) << 2));
  encode_integers(decimals.mantissas, n, out);
  if (decimals.exceptions != 0) write_exceptions(values, decimals, out);
}

/// Patterns as integers, without the low zero bits that all share: steps between near values are small
/// numbers.
void write_bits(const double* values, std::size_t n, bool floats, std::string& out) {
  std::int64_t patterns[kColumnMax];
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < n; ++i) {
    patterns[i] = floats ? std::bit_cast<std::int32_t>(static_cast<float>(values[i]))
                         : std::bit_cast<std::int64_t>(values[i]);
    all |= static_cast<std::uint64_t>(patterns[i]);
  }
  const int zeros = all == 0 ? 0 : std::countr_zero(all);
  for (std::size_t i = 0; i < n; ++i) patterns[i] >>= zeros;
  ByteWriter{out}.u8(static_cast<std::uint8_t>((floats ? kFloatBits : kDoubleBits) | (zeros << 2)));
  encode_integers(patterns, n, out);
}

}  // namespace

void encode_numbers(const double* values, std::size_t n, Precision likely, std::string& out) {
  Decimals decimals;
  find_decimals(values, n, likely, 0, decimals);
  if (decimals.scale >= 0 && decimals.scale <= kScaleMeant) {
    const std::size_t begin = out.size();
    write_decimals(values, n, decimals, out);
    // Where exceptions are many or mantissas long, patterns may be shorter.
    if (out.size() - begin <= n * 3 + kExceptionBytes) return;
    out.resize(begin);
  }
  const bool floats = std::all_of(values, values + n, is_float);
  if (floats && likely == Precision::full && (decimals.scale < 0 || decimals.scale > kScaleMeant)) {
    find_decimals(values, n, Precision::single, 0, decimals);
  }
  const std::size_t begin = out.size();
  write_bits(values, n, floats, out);
  if (decimals.scale < 0) return;
  std::string as_decimals;
  write_decimals(values, n, decimals, as_decimals);
  if (as_decimals.size() <= out.size() - begin) out.replace(begin, std::string::npos, as_decimals);
}

bool decode_numbers(ByteReader& in, std::size_t n, double* values) {
  const std::uint8_t head = in.u8();
  const unsigned mode = head & 3, upper = head >> 2;
  std::int64_t integers[kColumnMax];
  if (!decode_integers(in, n, integers)) return false;
  if (mode == kDecimal || mode == kDecimalWithExceptions) {
    const unsigned scale = upper & ~kRoundedToFloat;
    if (scale >= kTen.size()) return false;
    from_decimals(integers, n, precision_in(upper), static_cast<int>(scale), values);
    return mode == kDecimal || read_exceptions(in, n, values);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t pattern = static_cast<std::uint64_t>(integers[i]) << upper;
    values[i] = mode == kFloatBits
                    ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(pattern)))
                    : std::bit_cast<double>(pattern);
  }
  return true;
}

void encode_number(double value, std::string& out) {
  ByteWriter writer{out};
  Precision precision = is_float(value) ? Precision::single : Precision::full;
  int scale = least_scale(value, precision, 0);
  if (scale < 0 && precision == Precision::single) {
    precision = Precision::full;
    scale = least_scale(value, precision, 0);
  }
  if (scale < 0) {
    writer.u8(kRawNumber);
    return writer.fixed(value);
  }
  writer.u8(static_cast<std::uint8_t>(scale_byte(scale, precision)));
  writer.svarint(mantissa_at(value, precision, scale));
}

bool decode_number(ByteReader& in, double& value) {
  const unsigned head = in.u8();
  if (head == kRawNumber) {
    value = in.fixed<double>();
    return in.ok();
  }
  const unsigned scale = head & ~kRoundedToFloat;
  if (scale >= kTen.size()) return false;
  value = from_decimal(in.svarint(), precision_in(head), static_cast<int>(scale));
  return in.ok();
}

}  // namespace penstock::codec
