#include "dialects/common/column_text.h"

#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "http/json_writer.h"
#include "model/time.h"

namespace penstock::dialects {
namespace {

constexpr std::int64_t kNsPerMinute = 60 * kNsPerSecond;
constexpr std::size_t kPrefixSize = 17;

/// "00" to "99".
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

char* write_pair(char* out, std::uint32_t number) {
  std::memcpy(out, &kPairs[2 * number], 2);
  return out + 2;
}

/// Exactly so many digits.
char* write_three(char* out, std::uint32_t number) {
  *out = static_cast<char>('0' + number / 100);
  return write_pair(out + 1, number % 100);
}

/// Without zeros in front; below 100,000.
char* write_whole(char* out, std::uint32_t number) {
  if (number >= 10'000) {
    *out++ = static_cast<char>('0' + number / 10'000);
    out = write_pair(out, number / 100 % 100);
    return write_pair(out, number % 100);
  }
  if (number >= 1000) {
    out = write_pair(out, number / 100);
    return write_pair(out, number % 100);
  }
  if (number >= 100) return write_three(out, number);
  if (number >= 10) return write_pair(out, number);
  *out = static_cast<char>('0' + number);
  return out + 1;
}

constexpr unsigned kScaleMax = 4;
constexpr std::array<std::uint32_t, kScaleMax + 1> kTen = {1, 10, 100, 1000, 10'000};

/// In this range no exponent makes the text shorter.
constexpr double kLeast = 1e-3, kMost = 99'999;
/// Decimals of no more digits are the shortest text of the number that they round to.
template <class T>
constexpr double kMantissaMax = std::is_same_v<T, float> ? 999'999 : 999'999'999;

}  // namespace

void TimeColumn::enter_minute(std::int64_t unix_ns) {
  const Timestamp minute = Timestamp::from_unix_ns(unix_ns).floor_to(kNsPerMinute);
  std::string text = format_trimmed(minute);  // Has seconds; only the range's first minute has a fraction.
  std::memcpy(prefix_, text.data(), kPrefixSize);
  minute_begin_ = minute.unix_ns();
  known_ = minute_begin_ % kNsPerMinute == 0;
}

char* TimeColumn::write(char* out, std::int64_t unix_ns) {
  auto rest = static_cast<std::uint64_t>(unix_ns) - static_cast<std::uint64_t>(minute_begin_);
  if (!known_ || unix_ns < minute_begin_ || rest >= static_cast<std::uint64_t>(kNsPerMinute)) {
    enter_minute(unix_ns);
    if (!known_) {
      const std::string text = format_trimmed(Timestamp::from_unix_ns(unix_ns));
      std::memcpy(out, text.data(), text.size());
      return out + text.size();
    }
    rest = static_cast<std::uint64_t>(unix_ns) - static_cast<std::uint64_t>(minute_begin_);
  }
  std::memcpy(out, prefix_, kPrefixSize);
  out = write_pair(out + kPrefixSize, static_cast<std::uint32_t>(rest / kNsPerSecond));
  const auto nanoseconds = static_cast<std::uint32_t>(rest % kNsPerSecond);
  if (nanoseconds != 0) {
    *out++ = '.';
    out = write_three(out, nanoseconds / 1'000'000);
    if (const std::uint32_t below = nanoseconds % 1'000'000; below != 0) {
      out = write_three(out, below / 1000);
      out = write_three(out, below % 1000);
    }
    while (out[-1] == '0') --out;
  }
  *out = 'Z';
  return out + 1;
}

template <class T>
char* NumberColumn::write_any(char* out, T number) {
  const double size = std::fabs(static_cast<double>(number));
  if (size >= kLeast && size <= kMost) {
    for (unsigned tries = 0; tries <= kScaleMax; ++tries) {
      const double ten = kTen[scale_];
      const auto digits = static_cast<std::uint32_t>(size * ten + 0.5);
      const double mantissa = digits;
      if (static_cast<T>(mantissa / ten) == static_cast<T>(size) && mantissa <= kMantissaMax<T>) {
        if (number < 0) *out++ = '-';
        const std::uint32_t whole = digits / kTen[scale_];
        std::uint32_t below = digits % kTen[scale_];
        out = write_whole(out, whole);
        if (below == 0) return out;
        *out++ = '.';
        for (unsigned left = scale_; left > 0; --left) {
          const std::uint32_t ten_left = kTen[left - 1];
          *out++ = static_cast<char>('0' + below / ten_left);
          below %= ten_left;
          if (below == 0) break;
        }
        return out;
      }
      scale_ = scale_ == kScaleMax ? 0 : scale_ + 1;
    }
  }
  std::string text;
  http::JsonWriter{text}.value(number);
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* NumberColumn::write(char* out, double number) {
  return write_any(out, number);
}
char* NumberColumn::write(char* out, float number) {
  return write_any(out, number);
}

}  // namespace penstock::dialects
