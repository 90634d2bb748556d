#include "codec/huffman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "codec/symbols.h"
#include "runs.h"

namespace penstock::codec {
namespace {

using namespace penstock::testing;
using Counts = std::array<std::uint32_t, kSymbols>;

unsigned used(const CodeLengths& lengths) {
  unsigned sum = 0;
  for (const std::uint8_t bits : lengths.bits) sum += bits == 0 ? 0 : (1u << kCodeBitsMax) >> bits;
  return sum;
}

/// Codes `n` symbols drawn by their counts in four streams and reads them back.
void expect_back(const Counts& counts, Random& random, std::size_t n) {
  const CodeLengths lengths = best_lengths(counts);
  std::vector<std::uint8_t> drawn;
  std::vector<std::uint8_t> occurring;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    if (counts[s] != 0) occurring.push_back(static_cast<std::uint8_t>(s));
  }
  for (std::size_t i = 0; i < 4 * n; ++i) drawn.push_back(occurring[random.below(occurring.size())]);
  std::string written;
  write_lengths(lengths, written);
  ByteReader in{written};
  CodeLengths read;
  ASSERT_TRUE(read_lengths(in, read));
  ASSERT_EQ(read.bits, lengths.bits);
  ASSERT_TRUE(in.at_end());
  const auto table = std::make_unique<DecodeTable>();
  table->fill(read);
  const Codes codes{lengths};
  std::string bytes;
  std::array<std::size_t, kStreams> sizes;
  for (std::size_t s = 0; s < kStreams; ++s) sizes[s] = encode_symbols(&drawn[s * n], n, codes, bytes);
  bytes.resize(bytes.size() + stream_readable_bytes(n));
  std::vector<std::uint8_t> back(4 * n);
  std::array<SymbolStream, kStreams> streams;
  for (std::size_t s = 0, at = 0; s < kStreams; at += sizes[s++]) {
    streams[s] = {bytes.data() + at, sizes[s], n, table.get(), &back[s * n]};
  }
  ASSERT_TRUE(decode_symbols(streams));
  EXPECT_EQ(back, drawn);
  streams[2].size += 1;
  EXPECT_FALSE(decode_symbols(streams)) << "a stream must end where it says";
}

TEST(Huffman, AnyCountsGiveACompleteCodeOfAtMostElevenBits) {
  Random random{5};
  for (int round = 0; round < 400; ++round) {
    Counts counts{};
    const std::size_t symbols = 2 + random.below(kSymbols - 1);
    const std::uint64_t shape = random.below(4);
    for (std::size_t i = 0; i < symbols; ++i) {
      const std::size_t s = random.below(kSymbols);
      switch (shape) {
        case 0: counts[s] = 1; break;
        case 1: counts[s] = static_cast<std::uint32_t>(1 + random.below(1000)); break;
        case 2: counts[s] = 1u << std::min<std::size_t>(i, 12); break;  // As uneven as it gets.
        default: counts[i % kSymbols] = static_cast<std::uint32_t>(1 + 8000 / (i * i + 1)); break;
      }
    }
    const auto occurring = static_cast<unsigned>(
        std::count_if(counts.begin(), counts.end(), [](std::uint32_t count) { return count != 0; }));
    const CodeLengths lengths = best_lengths(counts);
    for (std::size_t s = 0; s < kSymbols; ++s) {
      ASSERT_EQ(lengths.bits[s] != 0, counts[s] != 0);
      ASSERT_LE(lengths.bits[s], kCodeBitsMax);
    }
    ASSERT_EQ(used(lengths), occurring == 1 ? 1u << (kCodeBitsMax - 1) : 1u << kCodeBitsMax);
    ASSERT_NO_FATAL_FAILURE(expect_back(counts, random, 1 + random.below(300)));
  }
}

TEST(Huffman, ComesNearTheEntropy) {
  Counts counts{};
  double all = 0, entropy = 0;
  for (std::size_t s = 0; s < 60; ++s) {
    counts[s] = static_cast<std::uint32_t>(4000 * std::exp(-static_cast<double>(s) / 8)) + 1;
    all += counts[s];
  }
  for (const std::uint32_t count : counts) {
    if (count != 0) entropy -= count * std::log2(count / all);
  }
  const auto bits = static_cast<double>(coded_bits(best_lengths(counts), counts));
  EXPECT_GE(bits, entropy);
  EXPECT_LE(bits, entropy * 1.01);
}

TEST(Huffman, LengthsOfNoCodeAreRefused) {
  for (const unsigned wrong : {1u, 3u, 11u}) {
    CodeLengths lengths;
    lengths.bits[0] = lengths.bits[1] = lengths.bits[2] = static_cast<std::uint8_t>(wrong);
    std::string bytes;
    write_lengths(lengths, bytes);
    ByteReader in{bytes};
    CodeLengths read;
    EXPECT_FALSE(read_lengths(in, read)) << wrong;
  }
  for (const char* bytes : {"", "\x0c", "\x0d", "\xff\xff"}) {
    ByteReader in{bytes};
    CodeLengths read;
    EXPECT_FALSE(read_lengths(in, read));
  }
}

TEST(Symbols, AnyNumbersComeBack) {
  Random random{6};
  for (int round = 0; round < 500; ++round) {
    const std::size_t n = 1 + random.below(1024);
    const std::uint64_t shape = random.below(6);
    std::vector<std::int64_t> numbers(n);
    for (std::int64_t& number : numbers) {
      switch (shape) {
        case 0: number = random.between(-95, 94); break;
        case 1: number = random.between(-96, 95); break;
        case 2: number = random.one_in(200) ? random.between(-3, 3) : 0; break;
        case 3: number = static_cast<std::int64_t>(random.bits()) >> random.below(64); break;
        case 4: number = random.one_in(2) ? std::numeric_limits<std::int64_t>::min() : 0; break;
        default: number = 0; break;
      }
    }
    const std::int64_t base = random.one_in(2) ? 0 : static_cast<std::int64_t>(random.bits());
    for (std::int64_t& number : numbers) {
      number =
          static_cast<std::int64_t>(static_cast<std::uint64_t>(number) + static_cast<std::uint64_t>(base));
    }
    std::vector<std::uint8_t> symbols(n);
    Counts counts{};
    std::string raw = "before";
    const Symbolized made = symbolize(numbers.data(), n, base, symbols.data(), counts, raw);
    ASSERT_EQ(raw.size(), 6 + made.raw_bytes);
    std::vector<std::int64_t> back(n);
    ASSERT_TRUE(from_symbols(symbols.data(), made.symbols, std::string_view{raw}.substr(6), back.data(), n));
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(static_cast<std::uint64_t>(back[i]),
                static_cast<std::uint64_t>(numbers[i]) - static_cast<std::uint64_t>(base));
    }
    if (made.direct) {
      ASSERT_EQ(made.symbols, n);
      ASSERT_EQ(made.raw_bytes, 0u);
    }
    EXPECT_FALSE(
        from_symbols(symbols.data(), made.symbols, std::string_view{raw}.substr(6), back.data(), n + 1));
    EXPECT_FALSE(from_symbols(symbols.data(), made.symbols, raw.substr(6) + "x", back.data(), n));
  }
}

}  // namespace
}  // namespace penstock::codec
