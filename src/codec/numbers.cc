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

/// Powers of ten that a double holds exactly. A quotient of two exact doubles is rounded once, so m / 10ˢ is
/// the double nearest to the decimal, the same that parsing its text gives.
constexpr std::array<double, 23> kTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
/// More digits than 17 no shortest text of a double has, unless it begins with zeros.
constexpr int kScaleTried = 18;
constexpr std::size_t kSamplesPerException = 16;
constexpr std::size_t kExceptionBytes = 10;
constexpr std::uint8_t kRawNumber = 0xff;
constexpr unsigned kRoundedToFloat = 0x20;  ///< Beside a scale.
/// Decimals of more digits after the point are seldom meant: such columns are looked at as floats, too.
constexpr int kScaleMeant = 9;

/// Adding it leaves the sum rounded to an integer in the low bits, for magnitudes up to 2⁵¹.
constexpr double kRounder = 6755399441055744.0;  // 1.5 × 2⁵²
constexpr double kRoundable = 2251799813685248.0;

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

template <Precision kPrecision>
double from_decimal(double mantissa, double ten) {
  const double value = mantissa / ten;
  return kPrecision == Precision::single ? static_cast<double>(static_cast<float>(value)) : value;
}

/// Mantissas of all values at one scale. Returns how many do not come back bit for bit; their indexes go to
/// `failed`, their mantissas mean nothing.
template <Precision kPrecision>
std::size_t to_decimals(const double* values, std::size_t n, int scale, std::int64_t* mantissas,
                        std::uint16_t* failed) {
  const double ten = kTen[static_cast<std::size_t>(scale)];
  std::size_t failures = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double scaled = values[i] * ten;
    const double rounded = scaled + kRounder;
    mantissas[i] = static_cast<std::int64_t>(bits_of(rounded) - bits_of(kRounder));
    const double back = from_decimal<kPrecision>(rounded - kRounder, ten);
    failed[failures] = static_cast<std::uint16_t>(i);
    failures += bits_of(back) != bits_of(values[i]) || !(std::fabs(scaled) <= kRoundable);
  }
  return failures;
}

std::size_t to_decimals(const double* values, std::size_t n, Precision precision, int scale,
                        std::int64_t* mantissas, std::uint16_t* failed) {
  return precision == Precision::single ? to_decimals<Precision::single>(values, n, scale, mantissas, failed)
                                        : to_decimals<Precision::full>(values, n, scale, mantissas, failed);
}

/// The least scale at which `value` comes back, from `from` on, or -1.
int least_scale(double value, Precision precision, int from) {
  for (int scale = from; scale < kScaleTried; ++scale) {
    std::int64_t mantissa;
    std::uint16_t failed;
    if (to_decimals(&value, 1, precision, scale, &mantissa, &failed) == 0) return scale;
    if (!(std::fabs(value * kTen[static_cast<std::size_t>(scale)]) <= kRoundable)) return -1;
  }
  return -1;
}

struct Decimals {
  int scale = -1;  ///< -1: none fits.
  Precision precision = Precision::full;
  std::size_t exceptions = 0;
  std::int64_t mantissas[kColumnMax];
  std::uint16_t exception[kColumnMax + 1];
};

/// Finds a scale for (nearly) all values: that of a few, raised as long as failing values ask for more and
/// that costs less than keeping them raw.
void find_decimals(const double* values, std::size_t n, Precision precision, Decimals& found) {
  int scale = 0;
  for (const std::size_t i : {std::size_t{0}, n / 4, n / 2, n - 1}) {
    scale = std::max(scale, least_scale(values[i], precision, scale));
    if (n == 1) break;
  }
  const std::size_t exceptions_max = n == 1 ? 0 : (n + kSamplesPerException - 1) / kSamplesPerException;
  found.scale = -1;
  found.precision = precision;
  for (;;) {
    const std::size_t failures = to_decimals(values, n, precision, scale, found.mantissas, found.exception);
    found.exceptions = failures;
    if (failures == 0) break;
    int more = -1;
    for (std::size_t f = 0; f < std::min<std::size_t>(failures, 16); ++f) {
      more = std::max(more, least_scale(values[found.exception[f]], precision, scale + 1));
    }
    const std::size_t raise_bytes =
        more < 0 ? SIZE_MAX : n * static_cast<std::size_t>(more - scale) * 10 / 24;  // 3⅓ bits per digit.
    if (failures <= exceptions_max && failures * kExceptionBytes <= raise_bytes) break;
    if (more < 0) return;
    scale = more;
  }
  found.scale = scale;
  // An exception repeats the mantissa before it, the first ones that of the first good value.
  if (found.exceptions == 0) return;
  std::size_t good = 0;
  for (std::size_t e = 0; e < found.exceptions && found.exception[e] == good; ++e) ++good;
  std::int64_t before = good < n ? found.mantissas[good] : 0;
  for (std::size_t e = 0; e < found.exceptions; ++e) {
    const std::size_t i = found.exception[e];
    if (i > good) before = found.mantissas[i - 1];
    found.mantissas[i] = before;
  }
}

unsigned scale_byte(int scale, Precision precision) {
  return static_cast<unsigned>(scale) | (precision == Precision::single ? kRoundedToFloat : 0);
}

bool is_float(double value) {
  return bits_of(static_cast<double>(static_cast<float>(value))) == bits_of(value);
}

void write_decimals(const double* values, std::size_t n, const Decimals& decimals, std::string& out) {
  ByteWriter writer{out};
  const auto mode = decimals.exceptions == 0 ? kDecimal : kDecimalWithExceptions;
  writer.u8(static_cast<std::uint8_t>(mode | scale_byte(decimals.scale, decimals.precision) << 2));
  encode_integers(decimals.mantissas, n, out);
  if (decimals.exceptions == 0) return;
  writer.varint(decimals.exceptions);
  std::size_t next = 0;
  for (std::size_t e = 0; e < decimals.exceptions; ++e) {
    const std::size_t i = decimals.exception[e];
    writer.varint(i - next);
    writer.fixed(bits_of(values[i]));
    next = i + 1;
  }
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

bool read_exceptions(ByteReader& in, std::size_t n, double* values) {
  const std::uint64_t exceptions = in.varint();
  if (exceptions > n) return false;
  std::uint64_t next = 0;
  for (std::uint64_t e = 0; e < exceptions; ++e) {
    const std::uint64_t gap = in.varint();
    if (gap >= n || next + gap >= n) return false;
    next += gap;
    values[next++] = std::bit_cast<double>(in.fixed<std::uint64_t>());
  }
  return in.ok();
}

template <Precision kPrecision>
void from_decimals(const std::int64_t* mantissas, std::size_t n, double ten, double* values) {
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = from_decimal<kPrecision>(static_cast<double>(mantissas[i]), ten);
  }
}

}  // namespace

void encode_numbers(const double* values, std::size_t n, Precision likely, std::string& out) {
  Decimals decimals;
  find_decimals(values, n, likely, decimals);
  if (decimals.scale >= 0 && decimals.scale <= kScaleMeant) {
    const std::size_t begin = out.size();
    write_decimals(values, n, decimals, out);
    // Where exceptions are many or mantissas long, patterns may be shorter.
    if (out.size() - begin <= n * 3 + kExceptionBytes) return;
    out.resize(begin);
  }
  const bool floats = std::all_of(values, values + n, is_float);
  if (floats && likely == Precision::full && (decimals.scale < 0 || decimals.scale > kScaleMeant)) {
    find_decimals(values, n, Precision::single, decimals);
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
    if ((upper & kRoundedToFloat) != 0) {
      from_decimals<Precision::single>(integers, n, kTen[scale], values);
    } else {
      from_decimals<Precision::full>(integers, n, kTen[scale], values);
    }
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
  std::int64_t mantissa;
  std::uint16_t failed;
  to_decimals(&value, 1, precision, scale, &mantissa, &failed);
  writer.u8(static_cast<std::uint8_t>(scale_byte(scale, precision)));
  writer.svarint(mantissa);
}

bool decode_number(ByteReader& in, double& value) {
  const unsigned head = in.u8();
  if (head == kRawNumber) {
    value = in.fixed<double>();
    return in.ok();
  }
  const unsigned scale = head & ~kRoundedToFloat;
  if (scale >= kTen.size()) return false;
  const auto mantissa = static_cast<double>(in.svarint());
  value = (head & kRoundedToFloat) != 0 ? from_decimal<Precision::single>(mantissa, kTen[scale])
                                        : from_decimal<Precision::full>(mantissa, kTen[scale]);
  return in.ok();
}

}  // namespace penstock::codec
