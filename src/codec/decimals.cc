#include "codec/decimals.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace penstock::codec {
namespace {

/// More digits than 17 no shortest text of a double has, unless it begins with zeros.
constexpr int kScaleTried = 18;
constexpr std::size_t kSamplesPerException = 16;
constexpr std::size_t kExceptionBytes = 10;

/// Adding it leaves the sum rounded to an integer in the low bits, for magnitudes up to 2⁵¹.
constexpr double kRounder = 6755399441055744.0;  // 1.5 × 2⁵²
constexpr double kRoundable = 2251799813685248.0;

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

template <Precision kPrecision>
double quotient(double mantissa, double ten) {
  const double value = mantissa / ten;
  return kPrecision == Precision::single ? static_cast<double>(static_cast<float>(value)) : value;
}

/// What a value is at a scale: its mantissa, and zero if that gives the value back.
template <Precision kPrecision>
struct Scaled {
  std::uint64_t mantissa, wrong;

  Scaled(double value, double ten) {
    const double scaled = value * ten;
    const double rounded = scaled + kRounder;
    mantissa = bits_of(rounded) - bits_of(kRounder);
    wrong = (bits_of(quotient<kPrecision>(rounded - kRounder, ten)) ^ bits_of(value)) |
            (std::fabs(scaled) <= kRoundable ? 0 : ~std::uint64_t{0});
  }
};

/// Mantissas of all values at one scale. Returns how many do not come back bit for bit; their indexes go to
/// `failed`, their mantissas mean nothing.
template <Precision kPrecision>
std::size_t to_decimals(const double* values, std::size_t n, int scale, std::int64_t* mantissas,
                        std::uint16_t* failed) {
  const double ten = kTen[static_cast<std::size_t>(scale)];
  // In pieces that are seldom looked at twice: the plain loop works on two at once.
  constexpr std::size_t kPiece = 128;
  std::size_t failures = 0;
  for (std::size_t first = 0; first < n; first += kPiece) {
    const std::size_t end = std::min(n, first + kPiece);
    std::uint64_t wrong = 0;
    for (std::size_t i = first; i < end; ++i) {
      const Scaled<kPrecision> scaled{values[i], ten};
      mantissas[i] = static_cast<std::int64_t>(scaled.mantissa);
      wrong |= scaled.wrong;
    }
    if (wrong == 0) continue;
    for (std::size_t i = first; i < end; ++i) {
      failed[failures] = static_cast<std::uint16_t>(i);
      failures += Scaled<kPrecision>{values[i], ten}.wrong != 0;
    }
  }
  return failures;
}

std::size_t to_decimals(const double* values, std::size_t n, Precision precision, int scale,
                        std::int64_t* mantissas, std::uint16_t* failed) {
  return precision == Precision::single ? to_decimals<Precision::single>(values, n, scale, mantissas, failed)
                                        : to_decimals<Precision::full>(values, n, scale, mantissas, failed);
}

template <Precision kPrecision>
void from_decimals(const std::int64_t* mantissas, std::size_t n, double ten, double* values) {
  // Into the low bits of kRounder and down again, two at once, for all but the longest mantissas.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 51;
  std::uint64_t beyond = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto mantissa = static_cast<std::uint64_t>(mantissas[i]);
    beyond |= (mantissa + kMost) >> 52;
    values[i] = quotient<kPrecision>(std::bit_cast<double>(bits_of(kRounder) + mantissa) - kRounder, ten);
  }
  if (beyond == 0) return;
  for (std::size_t i = 0; i < n; ++i)
    values[i] = quotient<kPrecision>(static_cast<double>(mantissas[i]), ten);
}

}  // namespace

int least_scale(double value, Precision precision, int from) {
  for (int scale = from; scale < kScaleTried; ++scale) {
    std::int64_t mantissa;
    std::uint16_t failed[2];
    if (to_decimals(&value, 1, precision, scale, &mantissa, failed) == 0) return scale;
    if (!(std::fabs(value * kTen[static_cast<std::size_t>(scale)]) <= kRoundable)) return -1;
  }
  return -1;
}

std::int64_t mantissa_at(double value, Precision precision, int scale) {
  std::int64_t mantissa;
  std::uint16_t failed[2];
  to_decimals(&value, 1, precision, scale, &mantissa, failed);
  return mantissa;
}

void find_decimals(const double* values, std::size_t n, Precision precision, int at_least, Decimals& found) {
  int scale = at_least;
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

double from_decimal(std::int64_t mantissa, Precision precision, int scale) {
  double value;
  from_decimals(&mantissa, 1, precision, scale, &value);
  return value;
}

void from_decimals(const std::int64_t* mantissas, std::size_t n, Precision precision, int scale,
                   double* values) {
  const double ten = kTen[static_cast<std::size_t>(scale)];
  if (precision == Precision::single) {
    from_decimals<Precision::single>(mantissas, n, ten, values);
  } else {
    from_decimals<Precision::full>(mantissas, n, ten, values);
  }
}

void write_exceptions(const double* values, const Decimals& decimals, std::string& out) {
  ByteWriter writer{out};
  writer.varint(decimals.exceptions);
  std::size_t next = 0;
  for (std::size_t e = 0; e < decimals.exceptions; ++e) {
    const std::size_t i = decimals.exception[e];
    writer.varint(i - next);
    writer.fixed(bits_of(values[i]));
    next = i + 1;
  }
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

}  // namespace penstock::codec
