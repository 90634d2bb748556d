#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

// How the numbers of a row go into the columns of a page, and come back.

namespace penstock::archive {

/// Of pages and of what they say of themselves.
inline constexpr std::uint8_t kLedgerFormat = 1;

inline tl::unexpected<Error> unreadable_page() {
  return fail(ErrorCode::store_corrupt, {}, "a page of the ledger can't be read");
}

/// Differences of times are told in the largest unit that divides them: clients' clocks have few digits.
inline constexpr std::array<std::int64_t, 4> kUnits{1, 100, 1'000'000, 1'000'000'000};

inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}
inline std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// A few numbers of one row, put into its column at once.
class Few {
 public:
  explicit Few(std::string& column) : column_{column} {}
  ~Few() { column_.append(bytes_, static_cast<std::size_t>(at_ - bytes_)); }
  Few(const Few&) = delete;
  Few& operator=(const Few&) = delete;

  void u8(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void step(std::int64_t difference) {
    std::size_t unit = 3;
    while (difference % kUnits[unit] != 0) --unit;
    const std::int64_t counted = difference / kUnits[unit];
    // A difference of more than 2^61 ns has no room for its unit: it goes after a mark.
    if (counted >= -(std::int64_t{1} << 60) && counted < (std::int64_t{1} << 60)) {
      number(zigzag(counted) << 2 | unit);
    } else {
      number(kWide);
      number(zigzag(difference));
    }
  }
  static constexpr std::uint64_t kWide = UINT64_MAX;

 private:
  static constexpr std::size_t kBytesMax = 64;
  char bytes_[kBytesMax];
  char* at_ = bytes_;
  std::string& column_;
};

inline std::int64_t read_step(ByteReader& in) {
  const std::uint64_t told = in.varint();
  if (told == Few::kWide) return unzigzag(in.varint());
  // Only a damaged page can overflow, and then any number will do.
  std::int64_t step = 0;
  static_cast<void>(__builtin_mul_overflow(unzigzag(told >> 2), kUnits[told & 3], &step));
  return step;
}

}  // namespace penstock::archive
