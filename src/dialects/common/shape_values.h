#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "model/time.h"

// Values at a known place of a body, read without looking for their ends first. Everything here reads beyond
// what it takes, up to http::Body::kPadding bytes in all, and gives up (null) on anything unusual. For parse
// .cc files.

namespace penstock::dialects::shape {

namespace detail {

inline constexpr std::array<std::uint64_t, 19> kTens = [] {
  std::array<std::uint64_t, 19> tens{1};
  for (std::size_t i = 1; i < tens.size(); ++i) tens[i] = tens[i - 1] * 10;
  return tens;
}();

inline constexpr std::array<double, 19> kScales = [] {
  std::array<double, 19> scales{};
  for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = static_cast<double>(kTens[i]);
  return scales;
}();

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// How many of the next eight characters are digits, and their value: all eight at once, without a branch for
/// each.
inline unsigned read_eight(const char* at, std::uint64_t& value) {
  std::uint64_t digits = load_word(at) ^ 0x3030303030303030;
  // The high bit of every byte above nine. What a carry does behind the first of them does not matter.
  const std::uint64_t others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
  const unsigned count = others == 0 ? 8 : static_cast<unsigned>(std::countr_zero(others)) / 8;
  if (count == 0) {
    value = 0;
    return 0;
  }
  digits <<= 64 - 8 * count;  // Zeros in front.
  digits = digits * 10 + (digits >> 8);
  digits = (((digits & 0x000000ff000000ff) * 0x000f424000000064) +
            (((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
           32;
  value = digits & 0xffffffff;
  return count;
}

/// All digits from `at` on, up to 24: the value is right up to 18 of them.
inline unsigned read_digits(const char* at, std::uint64_t& value) {
  const unsigned first = read_eight(at, value);
  if (first < 8) return first;
  std::uint64_t more;
  const unsigned second = read_eight(at + 8, more);
  value = value * kTens[second] + more;
  if (second < 8) return 8 + second;
  const unsigned third = read_eight(at + 16, more);
  value = value * kTens[third] + more;
  return 16 + third;
}

inline constexpr unsigned kDigitsMax = 18;
inline constexpr std::uint64_t kExactMax = std::uint64_t{1} << 53;

}  // namespace detail

/// Whether `text` stands at `at`, wholly before `end`. Both are in padded bodies.
inline bool stands_at(const char* at, const char* end, std::string_view text) {
  std::size_t left = text.size();
  if (end - at < static_cast<std::ptrdiff_t>(left)) return false;
#if defined(__SSE2__)
  const char* wanted = text.data();
  const auto differs = [&] {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(wanted));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b))) ^ 0xffffU;
  };
  for (; left > 16; left -= 16, at += 16, wanted += 16) {
    if (differs() != 0) return false;
  }
  return (differs() & ((1U << left) - 1)) == 0;
#else
  return std::memcmp(at, text.data(), left) == 0;
#endif
}

/// A number with an exponent, or with more digits than most; its end, or null.
const char* read_odd_number(const char* at, const char* end, double& number);
/// The same for one whose digits in [at, end) are known to be in order: `mantissa` over ten to the `scale`,
/// where the mantissa has up to 60 bits.
bool read_exactly(const char* at, const char* end, std::uint64_t mantissa, unsigned scale, double& number);

/// A JSON number as the double nearest to it; its end, or null. `-0` and whole numbers of more than 18 digits
/// are left to others: doors differ about what they are.
inline const char* read_number(const char* at, const char* end, double& number) {
  const char* const begin = at;
  const bool minus = *at == '-';
  at += minus ? 1 : 0;
  std::uint64_t mantissa;
  const unsigned whole = detail::read_digits(at, mantissa);
  if (whole == 0 || whole > detail::kDigitsMax || (whole > 1 && *at == '0')) return nullptr;
  at += whole;
  unsigned scale = 0;
  if (*at == '.') {
    std::uint64_t fraction;
    scale = detail::read_digits(at + 1, fraction);
    if (scale == 0) return nullptr;
    at += 1 + scale;
    if (scale > detail::kDigitsMax || (mantissa != 0 && whole + scale > detail::kDigitsMax))
      return read_odd_number(begin, end, number);
    mantissa = mantissa * detail::kTens[scale] + fraction;
  } else if (mantissa == 0 && minus) {
    return nullptr;
  }
  if ((*at | 0x20) == 'e') return read_odd_number(begin, end, number);
  if (mantissa >= detail::kExactMax) return read_exactly(begin, at, mantissa, scale, number) ? at : nullptr;
  // Both are exact, so that the quotient is rounded once.
  const double exact = static_cast<double>(static_cast<std::int64_t>(mantissa)) / detail::kScales[scale];
  number = minus ? -exact : exact;
  return at;
}

/// A whole number of up to 18 digits without fraction and exponent (whoever follows looks at what stands
/// behind it); its end, or null.
inline const char* read_integer(const char* at, std::int64_t& number) {
  const bool minus = *at == '-';
  at += minus ? 1 : 0;
  std::uint64_t magnitude;
  const unsigned digits = detail::read_digits(at, magnitude);
  if (digits == 0 || digits > detail::kDigitsMax || (digits > 1 && *at == '0')) return nullptr;
  if (minus && magnitude == 0) return nullptr;
  number = minus ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  return at + digits;
}

/// The text of a JSON string up to its closing quote, which is where the answer points; null if there is an
/// escape or a control character in it. UTF-8 is not looked at.
inline const char* read_text(const char* at, const char* end, std::string_view& text) {
  const char* const begin = at;
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), escape = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
  for (; at < end; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i ends =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, escape)),
                     _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(ends));
    if (found == 0) continue;
    at += std::countr_zero(found);
    break;
  }
#else
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) > 0x1f) ++at;
#endif
  if (at >= end || *at != '"') return nullptr;
  text = {begin, static_cast<std::size_t>(at - begin)};
  return at;
}

/// Reads `YYYY-MM-DDThh:mm:ss[.f{1,9}]` and leaves the zone to whoever knows it. Remembers the last minute,
/// so that times in order cost a comparison and a few digits.
class ClockText {
 public:
  /// Fraction digits beyond this many are cut off: 7, 6, 3.
  explicit ClockText(unsigned fraction_digits) : digits_max_{fraction_digits} {}

  /// The clock's reading as if it were UTC, years 1970 to 2200; the end of the text, or null.
  const char* read(const char* at, std::int64_t& ns) {
    static constexpr std::size_t kSeconds = 17, kFraction = 19;
    if (std::memcmp(at, minute_text_, sizeof minute_text_) != 0 && !remember_minute(at)) return nullptr;
    const unsigned tens = static_cast<unsigned char>(at[kSeconds]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(at[kSeconds + 1]) - unsigned{'0'};
    if (tens > 5 || ones > 9) return nullptr;
    ns = minute_ns_ + std::int64_t{tens * 10 + ones} * kNsPerSecond;
    if (at[kFraction] != '.') return at + kFraction;
    std::uint64_t fraction;
    unsigned digits = detail::read_eight(at + kFraction + 1, fraction);
    if (digits == 0) return nullptr;
    const char* behind = at + kFraction + 1 + digits;
    if (digits == 8) {
      if (const unsigned ninth = static_cast<unsigned char>(*behind) - unsigned{'0'}; ninth <= 9) {
        fraction = fraction * 10 + ninth;
        digits = 9;
        ++behind;
        if (static_cast<unsigned char>(*behind) - unsigned{'0'} <= 9) return nullptr;
      }
    }
    fraction *= detail::kTens[9 - digits];
    if (digits > digits_max_) fraction -= fraction % detail::kTens[9 - digits_max_];
    ns += static_cast<std::int64_t>(fraction);
    return behind;
  }

 private:
  bool remember_minute(const char* at);

  unsigned digits_max_;
  char minute_text_[17] = {};  // "2024-01-01T00:00:"
  std::int64_t minute_ns_ = 0, day_ns_ = 0;
};

}  // namespace penstock::dialects::shape
