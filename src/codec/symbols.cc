#include "codec/symbols.h"

#include <algorithm>
#include <bit>

namespace penstock::codec {
namespace {

constexpr std::size_t kShortestRun = std::size_t{1} << kLeastRun;
constexpr std::size_t kLongestRun = (std::size_t{2} << (kLeastRun + kRunSymbols - 1)) - 1;
/// Zeros are looked for in rows only where they are more than one in so many.
constexpr std::size_t kNumbersPerZero = 4;

std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t unzigzag(std::uint64_t zigzag) {
  return static_cast<std::int64_t>((zigzag >> 1) ^ (0 - (zigzag & 1)));
}

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_{out} {}
  void put(std::uint64_t bits, unsigned width) {
    if (width == 0) return;
    gathered_ |= bits << filled_;
    if (filled_ + width >= 64) {
      write(8);
      gathered_ = filled_ == 0 ? 0 : bits >> (64 - filled_);
      filled_ = filled_ + width - 64;
    } else {
      filled_ += width;
    }
  }
  void end() { write((filled_ + 7) / 8); }

 private:
  void write(std::size_t bytes) { out_.append(reinterpret_cast<const char*>(&gathered_), bytes); }

  std::string& out_;
  std::uint64_t gathered_ = 0;
  unsigned filled_ = 0;
};

/// Reads within its bytes; beyond them all bits are zero, and `ok` says so.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_{bytes} {}
  std::uint64_t get(unsigned width) {
    if (width == 0) return 0;
    const std::size_t byte = bit_ >> 3;
    const auto shift = static_cast<unsigned>(bit_ & 7);
    std::uint64_t word = 0;
    unsigned char ninth = 0;
    if (byte + 9 <= bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, 8);
      ninth = static_cast<unsigned char>(bytes_[byte + 8]);
    } else if (byte < bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, std::min<std::size_t>(8, bytes_.size() - byte));
    }
    bit_ += width;
    word >>= shift;
    if (shift != 0) word |= std::uint64_t{ninth} << (64 - shift);
    return word & (~std::uint64_t{0} >> (64 - width));
  }
  /// All whole bytes were read, and none beyond them.
  bool is_used_up() const { return (bit_ + 7) / 8 == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t bit_ = 0;
};

}  // namespace

Symbolized symbolize(const std::int64_t* numbers, std::size_t n, std::int64_t base, std::uint8_t* symbols,
                     std::array<std::uint32_t, kSymbols>& counts, std::string& raw) {
  const auto value = [&](std::size_t i) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(numbers[i]) -
                                     static_cast<std::uint64_t>(base));
  };
  // How far outside of the direct ones any is: their distances from the least, with all that are too high.
  std::uint64_t outside = 0;
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t v = value(i);
    const auto bits = static_cast<std::uint64_t>(v);
    outside |= (bits - static_cast<std::uint64_t>(kLeastDirect)) | (kMostDirect - bits);
    zeros += v == 0;
    symbols[i] = static_cast<std::uint8_t>(v);
  }
  Symbolized made;
  // Both distances are small and not negative for all.
  if (outside < kSymbols && zeros * kNumbersPerZero <= n) {
    // Neighbours count in tables of their own: an increment waits for the one before at the same place.
    std::array<std::array<std::uint32_t, kSymbols>, 3> more{};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) {
      ++counts[symbols[i]];
      ++more[0][symbols[i + 1]];
      ++more[1][symbols[i + 2]];
      ++more[2][symbols[i + 3]];
    }
    for (; i < n; ++i) ++counts[symbols[i]];
    for (std::size_t s = 0; s < kSymbols; ++s) counts[s] += more[0][s] + more[1][s] + more[2][s];
    made.symbols = n;
    return made;
  }
  const std::size_t begin = raw.size();
  BitWriter bits{raw};
  const auto add = [&](unsigned symbol) {
    symbols[made.symbols++] = static_cast<std::uint8_t>(symbol);
    ++counts[static_cast<std::uint8_t>(symbol)];
  };
  for (std::size_t i = 0; i < n;) {
    const std::int64_t v = value(i);
    if (v == 0) {
      std::size_t run = 1;
      while (i + run < n && run < kLongestRun && value(i + run) == 0) ++run;
      i += run;
      if (run < kShortestRun) {
        for (; run > 0; --run) add(0);
      } else {
        const auto k = static_cast<unsigned>(std::bit_width(run)) - 1;
        add(kFirstRun + k - kLeastRun);
        bits.put(run - (std::size_t{1} << k), k);
        made.direct = false;
      }
      continue;
    }
    ++i;
    if (v >= kLeastDirect && v <= kMostDirect) {
      add(static_cast<std::uint8_t>(v));
      continue;
    }
    const std::uint64_t z = zigzag(v);
    const auto length = static_cast<unsigned>(std::bit_width(z));
    add(kFirstLength + length - kLeastLength);
    bits.put(z ^ (std::uint64_t{1} << (length - 1)), length - 1);
    made.direct = false;
  }
  bits.end();
  made.raw_bytes = raw.size() - begin;
  return made;
}

bool from_symbols(const std::uint8_t* symbols, std::size_t count, std::string_view raw, std::int64_t* numbers,
                  std::size_t n) {
  BitReader bits{raw};
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned symbol = symbols[i];
    const auto direct = static_cast<std::int8_t>(symbol);
    if (at == n) return false;
    if (direct >= kLeastDirect && direct <= kMostDirect) {
      numbers[at++] = direct;
    } else if (symbol < kFirstRun) {
      const unsigned below = symbol - kFirstLength + kLeastLength - 1;
      numbers[at++] = unzigzag((std::uint64_t{1} << below) | bits.get(below));
    } else {
      const unsigned k = symbol - kFirstRun + kLeastRun;
      const std::size_t run = (std::size_t{1} << k) + bits.get(k);
      if (run > n - at) return false;
      std::fill_n(numbers + at, run, 0);
      at += run;
    }
  }
  return at == n && bits.is_used_up();
}

}  // namespace penstock::codec
