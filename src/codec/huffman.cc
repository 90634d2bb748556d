#include "codec/huffman.h"

#include <algorithm>

namespace penstock::codec {
namespace {

/// Lengths are written as nibbles: a length, or one of these.
constexpr unsigned kZerosLong = 14;   ///< Two nibbles follow, the lower first: 19 and so many zeros.
constexpr unsigned kZerosShort = 15;  ///< A nibble follows: 3 and so many zeros.
constexpr std::size_t kZerosShortMin = 3, kZerosLongMin = 19, kZerosLongMax = kZerosLongMin + 255;

constexpr unsigned kWhole = 1u << kCodeBitsMax;

class NibbleWriter {
 public:
  explicit NibbleWriter(std::string& out) : out_{out} {}
  void put(unsigned nibble) {
    if (half_) {
      out_.back() = static_cast<char>(static_cast<unsigned char>(out_.back()) | nibble << 4);
    } else {
      out_.push_back(static_cast<char>(nibble));
    }
    half_ = !half_;
  }

 private:
  std::string& out_;
  bool half_ = false;
};

class NibbleReader {
 public:
  explicit NibbleReader(ByteReader& in) : in_{in} {}
  unsigned get() {
    if (!half_) byte_ = in_.u8();
    half_ = !half_;
    return half_ ? byte_ & 15u : byte_ >> 4;
  }

 private:
  ByteReader& in_;
  std::uint8_t byte_ = 0;
  bool half_ = false;
};

/// Symbols in the order of their codes: short ones first, equal ones by number.
struct Order {
  std::array<std::uint16_t, kCodeBitsMax + 2> first_code{};  ///< Of each length.

  explicit Order(const CodeLengths& lengths) {
    std::array<unsigned, kCodeBitsMax + 2> count{};
    for (const std::uint8_t bits : lengths.bits) ++count[bits];
    count[0] = 0;
    unsigned code = 0;
    for (unsigned bits = 1; bits <= kCodeBitsMax; ++bits) {
      code = (code + count[bits - 1]) << 1;
      first_code[bits] = static_cast<std::uint16_t>(code);
    }
  }
};

unsigned reversed(unsigned code, unsigned bits) {
  unsigned out = 0;
  for (unsigned i = 0; i < bits; ++i) out |= (code >> i & 1u) << (bits - 1 - i);
  return out;
}

std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, 8);
  return word;
}

struct Leaf {
  std::uint32_t count;
  std::uint8_t symbol;
};

/// Depths of the leaves of the Huffman tree over ascending counts, at least two, by two queues.
void tree_depths(const Leaf* leaves, std::size_t n, std::uint8_t* depths) {
  std::array<std::uint32_t, kSymbols> weight;
  std::array<std::uint16_t, 2 * kSymbols> parent;
  std::size_t leaf = 0, inner = 0, made = 0;
  const auto take = [&]() -> std::pair<std::size_t, std::uint32_t> {
    if (inner == made || (leaf < n && leaves[leaf].count <= weight[inner])) {
      const std::size_t at = leaf++;
      return {at, leaves[at].count};
    }
    const std::size_t at = inner++;
    return {n + at, weight[at]};
  };
  while (made + 1 < n) {
    const auto [a, a_weight] = take();
    const auto [b, b_weight] = take();
    parent[a] = parent[b] = static_cast<std::uint16_t>(n + made);
    weight[made++] = a_weight + b_weight;
  }
  std::array<std::uint8_t, 2 * kSymbols> depth;
  const std::size_t root = n + made - 1;
  depth[root] = 0;
  for (std::size_t i = root; i-- > 0;) depth[i] = static_cast<std::uint8_t>(depth[parent[i]] + 1);
  std::copy_n(depth.begin(), n, depths);
}

}  // namespace

CodeLengths best_lengths(const std::array<std::uint32_t, kSymbols>& counts) {
  CodeLengths lengths;
  std::array<Leaf, kSymbols> leaves;
  std::size_t n = 0;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    if (counts[s] != 0) leaves[n++] = {counts[s], static_cast<std::uint8_t>(s)};
  }
  if (n == 0) return lengths;
  if (n == 1) {
    lengths.bits[leaves[0].symbol] = 1;
    return lengths;
  }
  std::sort(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(n),
            [](const Leaf& a, const Leaf& b) {
              return a.count != b.count ? a.count < b.count : a.symbol < b.symbol;
            });
  std::array<std::uint8_t, kSymbols> depths;
  tree_depths(leaves.data(), n, depths.data());
  // Codes that are too long are cut; then the rarest ones that can give way get longer until all codes fit,
  // and what room is left goes to the commonest.
  unsigned used = 0;
  for (std::size_t i = 0; i < n; ++i) {
    depths[i] = std::min<std::uint8_t>(depths[i], kCodeBitsMax);
    used += kWhole >> depths[i];
  }
  while (used > kWhole) {
    for (std::size_t i = 0; i < n && used > kWhole; ++i) {
      if (depths[i] == kCodeBitsMax) continue;
      used -= kWhole >> (depths[i] + 1);
      ++depths[i];
      break;
    }
  }
  while (used < kWhole) {
    for (std::size_t i = n; i-- > 0;) {
      while (used + (kWhole >> depths[i]) <= kWhole) used += kWhole >> depths[i]--;
    }
  }
  for (std::size_t i = 0; i < n; ++i) lengths.bits[leaves[i].symbol] = depths[i];
  return lengths;
}

std::size_t coded_bits(const CodeLengths& lengths, const std::array<std::uint32_t, kSymbols>& counts) {
  std::size_t bits = 0;
  for (std::size_t s = 0; s < kSymbols; ++s) bits += std::size_t{counts[s]} * lengths.bits[s];
  return bits;
}

void write_lengths(const CodeLengths& lengths, std::string& out) {
  NibbleWriter writer{out};
  for (std::size_t s = 0; s < kSymbols;) {
    std::size_t zeros = 0;
    while (s + zeros < kSymbols && lengths.bits[s + zeros] == 0) ++zeros;
    if (zeros < kZerosShortMin) {
      writer.put(lengths.bits[s++]);
      continue;
    }
    if (zeros < kZerosLongMin) {
      writer.put(kZerosShort);
      writer.put(static_cast<unsigned>(zeros - kZerosShortMin));
    } else {
      zeros = std::min(zeros, kZerosLongMax);
      writer.put(kZerosLong);
      writer.put(static_cast<unsigned>(zeros - kZerosLongMin) & 15u);
      writer.put(static_cast<unsigned>(zeros - kZerosLongMin) >> 4);
    }
    s += zeros;
  }
}

bool read_lengths(ByteReader& in, CodeLengths& lengths) {
  NibbleReader reader{in};
  unsigned used = 0, symbols = 0;
  for (std::size_t s = 0; s < kSymbols;) {
    const unsigned nibble = reader.get();
    if (!in.ok()) return false;
    if (nibble <= kCodeBitsMax) {
      lengths.bits[s++] = static_cast<std::uint8_t>(nibble);
      if (nibble != 0) {
        used += kWhole >> nibble;
        ++symbols;
      }
      continue;
    }
    std::size_t zeros = 0;
    if (nibble == kZerosShort) {
      zeros = kZerosShortMin + reader.get();
    } else if (nibble == kZerosLong) {
      const unsigned low = reader.get();
      zeros = kZerosLongMin + low + (reader.get() << 4);
    } else {
      return false;
    }
    if (zeros > kSymbols - s) return false;
    for (; zeros > 0; --zeros) lengths.bits[s++] = 0;
  }
  return in.ok() && (symbols == 0 || used == kWhole || (symbols == 1 && used == kWhole / 2));
}

Codes::Codes(const CodeLengths& lengths) : bits{lengths.bits} {
  Order order{lengths};
  for (std::size_t s = 0; s < kSymbols; ++s) {
    code[s] = bits[s] == 0 ? std::uint16_t{0}
                           : static_cast<std::uint16_t>(reversed(order.first_code[bits[s]]++, bits[s]));
  }
}

std::size_t encode_symbols(const std::uint8_t* symbols, std::size_t n, const Codes& codes, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + stream_readable_bytes(n));
  char* at = out.data() + begin;
  std::uint64_t gathered = 0;
  unsigned filled = 0;  // Below 8 at the beginning of a round: five codes fit into the rest.
  const auto put = [&](std::uint8_t symbol) {
    gathered |= std::uint64_t{codes.code[symbol]} << filled;
    filled += codes.bits[symbol];
  };
  const auto drain = [&] {
    std::memcpy(at, &gathered, 8);
    at += filled >> 3;
    gathered >>= filled & ~7u;
    filled &= 7;
  };
  std::size_t i = 0;
  for (; i + 5 <= n; i += 5) {
    for (std::size_t k = 0; k < 5; ++k) put(symbols[i + k]);
    drain();
  }
  for (; i < n; ++i) put(symbols[i]);
  drain();
  if (filled != 0) ++at;
  const auto size = static_cast<std::size_t>(at - out.data()) - begin;
  out.resize(begin + size);
  return size;
}

void DecodeTable::fill(const CodeLengths& lengths) {
  Order order{lengths};
  bool complete = false;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    const unsigned bits = lengths.bits[s];
    if (bits == 0) continue;
    const Entry entry{static_cast<std::uint8_t>(s), static_cast<std::uint8_t>(bits)};
    if (!complete && bits == 1) entries.fill(entry);  // It may be alone.
    complete = true;
    const unsigned step = 1u << bits;
    for (unsigned at = reversed(order.first_code[bits]++, bits); at < kWhole; at += step) entries[at] = entry;
  }
  if (!complete) entries.fill(Entry{0, 0});
}

bool decode_symbols(const std::array<SymbolStream, kStreams>& streams) {
  // At most five codes are in the 57 bits that a load from any bit gives at least.
  constexpr std::size_t kPerLoad = 5;
  constexpr std::uint64_t kMask = kWhole - 1;
  std::array<std::size_t, kStreams> bit{}, done{};
  std::size_t rounds = SIZE_MAX;
  for (const SymbolStream& stream : streams) rounds = std::min(rounds, stream.n / kPerLoad);
  {
    const DecodeTable::Entry* const t0 = streams[0].table->entries.data();
    const DecodeTable::Entry* const t1 = streams[1].table->entries.data();
    const DecodeTable::Entry* const t2 = streams[2].table->entries.data();
    const DecodeTable::Entry* const t3 = streams[3].table->entries.data();
    const char *const b0 = streams[0].bytes, *const b1 = streams[1].bytes, *const b2 = streams[2].bytes,
                      *const b3 = streams[3].bytes;
    std::uint8_t *o0 = streams[0].out, *o1 = streams[1].out, *o2 = streams[2].out, *o3 = streams[3].out;
    std::size_t p0 = 0, p1 = 0, p2 = 0, p3 = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
      std::uint64_t w0 = load(b0 + (p0 >> 3)) >> (p0 & 7), w1 = load(b1 + (p1 >> 3)) >> (p1 & 7);
      std::uint64_t w2 = load(b2 + (p2 >> 3)) >> (p2 & 7), w3 = load(b3 + (p3 >> 3)) >> (p3 & 7);
      for (std::size_t k = 0; k < kPerLoad; ++k) {
        const DecodeTable::Entry e0 = t0[w0 & kMask], e1 = t1[w1 & kMask], e2 = t2[w2 & kMask],
                                 e3 = t3[w3 & kMask];
        o0[k] = e0.symbol;
        o1[k] = e1.symbol;
        o2[k] = e2.symbol;
        o3[k] = e3.symbol;
        w0 >>= e0.bits;
        w1 >>= e1.bits;
        w2 >>= e2.bits;
        w3 >>= e3.bits;
        p0 += e0.bits;
        p1 += e1.bits;
        p2 += e2.bits;
        p3 += e3.bits;
      }
      o0 += kPerLoad;
      o1 += kPerLoad;
      o2 += kPerLoad;
      o3 += kPerLoad;
    }
    bit = {p0, p1, p2, p3};
    done.fill(rounds * kPerLoad);
  }
  for (std::size_t s = 0; s < kStreams; ++s) {
    const SymbolStream& stream = streams[s];
    std::size_t at = bit[s];
    for (std::size_t i = done[s]; i < stream.n; ++i) {
      const DecodeTable::Entry entry =
          stream.table->entries[load(stream.bytes + (at >> 3)) >> (at & 7) & kMask];
      stream.out[i] = entry.symbol;
      at += entry.bits;
    }
    if ((at + 7) / 8 != stream.size) return false;
  }
  return true;
}

}  // namespace penstock::codec
