#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/huffman.h"

/// Columns of small signed numbers as symbols of one byte: docs/format/block.md, "Symbols".
namespace penstock::codec {

/// Numbers from −95 to 94 are symbols themselves, as a signed byte. What is left in the middle, 95 on:
inline constexpr int kLeastDirect = -95, kMostDirect = 94;
inline constexpr unsigned kFirstLength = kMostDirect + 1;
/// 57 symbols are all other numbers by their length, 8 to 64 bits in zigzag form; the bits below the highest
/// are raw,
inline constexpr unsigned kLeastLength = 8, kLengthSymbols = 64 - kLeastLength + 1;
/// and the last 9 are zeros in a row: 2ᵏ and what k raw bits say, k from 2 to 10.
inline constexpr unsigned kLeastRun = 2, kRunSymbols = 9;
inline constexpr unsigned kFirstRun = kFirstLength + kLengthSymbols;
static_assert(kMostDirect - kLeastDirect + 1 + kLengthSymbols + kRunSymbols == kSymbols);

/// A column of a frame as symbols.
struct Symbolized {
  std::size_t symbols = 0;    ///< How many.
  std::size_t raw_bytes = 0;  ///< Of the raw bits, appended to `raw`.
  bool direct = true;         ///< Each symbol is a number, and none has raw bits.
};

/// Writes the symbols of numbers[0, n) − base (wrapping), at most n of them, to `symbols`, adds them to
/// `counts`, and appends the raw bits, padded to a whole byte, to `raw`.
Symbolized symbolize(const std::int64_t* numbers, std::size_t n, std::int64_t base, std::uint8_t* symbols,
                     std::array<std::uint32_t, kSymbols>& counts, std::string& raw);

/// The `n` numbers of `count` symbols. False where symbols and raw bits do not come to exactly that.
[[nodiscard]] bool from_symbols(const std::uint8_t* symbols, std::size_t count, std::string_view raw,
                                std::int64_t* numbers, std::size_t n);

}  // namespace penstock::codec
