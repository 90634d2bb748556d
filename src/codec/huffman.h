#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

/// Huffman codes of at most kCodeBitsMax bits over symbols of one byte: docs/format/block.md, "Codes".
namespace penstock::codec {

inline constexpr unsigned kCodeBitsMax = 11;
inline constexpr std::size_t kSymbols = 256;

/// Bits of each symbol's code; 0: the symbol does not occur.
struct CodeLengths {
  std::array<std::uint8_t, kSymbols> bits{};
};

/// The best lengths for symbols that occur so often; all counts together below 2²⁰. A lone symbol gets one
/// bit.
CodeLengths best_lengths(const std::array<std::uint32_t, kSymbols>& counts);

/// Bits that symbols with these counts come to.
std::size_t coded_bits(const CodeLengths& lengths, const std::array<std::uint32_t, kSymbols>& counts);

void write_lengths(const CodeLengths& lengths, std::string& out);
/// False where the bytes are damaged or the lengths are those of no code.
[[nodiscard]] bool read_lengths(ByteReader& in, CodeLengths& lengths);

/// The canonical code, bits reversed: the first bit is the lowest.
struct Codes {
  std::array<std::uint16_t, kSymbols> code;
  std::array<std::uint8_t, kSymbols> bits;

  explicit Codes(const CodeLengths& lengths);
};

/// Appends the codes of `n` symbols, padded to a whole byte. Returns how many bytes that took.
std::size_t encode_symbols(const std::uint8_t* symbols, std::size_t n, const Codes& codes, std::string& out);

/// The symbol and the length of the code that stand in the lowest bits, for all values of kCodeBitsMax bits.
struct DecodeTable {
  struct Entry {
    std::uint8_t symbol, bits;
  };
  std::array<Entry, std::size_t{1} << kCodeBitsMax> entries;

  /// `lengths` came from read_lengths. Without any symbol the table gives nothing but zeros.
  void fill(const CodeLengths& lengths);
};

/// One of the four columns of codes that are read side by side.
struct SymbolStream {
  const char* bytes = nullptr;  ///< Readable until stream_readable_bytes(n) from here.
  std::size_t size = 0;         ///< Bytes that belong to it.
  std::size_t n = 0;            ///< Symbols.
  const DecodeTable* table = nullptr;
  std::uint8_t* out = nullptr;
};
inline constexpr std::size_t kStreams = 4;
constexpr std::size_t stream_readable_bytes(std::size_t n) {
  return (n * kCodeBitsMax + 7) / 8 + 8;
}

/// Reads all four. False where one does not end in the last byte of its size.
[[nodiscard]] bool decode_symbols(const std::array<SymbolStream, kStreams>& streams);

}  // namespace penstock::codec
