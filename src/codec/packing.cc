#include "codec/packing.h"

#include <algorithm>
#include <bit>

namespace penstock::codec {
namespace {

constexpr std::uint8_t kWidthPerGroup = 0xff;
constexpr unsigned kWidthMax = 64;

constexpr std::size_t packed_bytes(std::size_t n, unsigned width) {
  return (n * width + 7) / 8;
}

std::size_t varint_bytes(std::int64_t value) {
  const std::uint64_t zigzag =
      (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  return static_cast<std::size_t>((std::bit_width(zigzag | 1) + 6) / 7);
}

void pack_group(const std::int64_t* values, std::size_t n, std::uint64_t base, unsigned width,
                std::string& out) {
  if (width == 0) return;
  char bytes[kGroupSamples * 8 + 8];
  char* at = bytes;
  std::uint64_t gathered = 0;
  unsigned filled = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t distance = static_cast<std::uint64_t>(values[i]) - base;
    gathered |= distance << filled;
    filled += width;
    if (filled >= 64) {
      std::memcpy(at, &gathered, 8);
      at += 8;
      filled -= 64;
      gathered = filled == 0 ? 0 : distance >> (width - filled);
    }
  }
  std::memcpy(at, &gathered, 8);
  out.append(bytes, packed_bytes(n, width));
}

/// `bytes` has 8 readable bytes after the packed ones.
void unpack_group(const char* bytes, std::size_t n, std::uint64_t base, unsigned width,
                  std::int64_t* values) {
  const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  std::size_t bit = 0;
  if (width <= 56) {
    for (std::size_t i = 0; i < n; ++i, bit += width) {
      std::uint64_t word;
      std::memcpy(&word, bytes + (bit >> 3), 8);
      values[i] = static_cast<std::int64_t>(((word >> (bit & 7)) & mask) + base);
    }
    return;
  }
  for (std::size_t i = 0; i < n; ++i, bit += width) {
    std::uint64_t word;
    std::memcpy(&word, bytes + (bit >> 3), 8);
    const unsigned shift = bit & 7;
    if (shift != 0) {
      const auto ninth = static_cast<unsigned char>(bytes[(bit >> 3) + 8]);
      word = (word >> shift) | (static_cast<std::uint64_t>(ninth) << (64 - shift));
    }
    values[i] = static_cast<std::int64_t>((word & mask) + base);
  }
}

}  // namespace

PackPlan plan_pack(const std::int64_t* values, std::size_t n, std::int64_t least) {
  PackPlan plan;
  plan.base = least;
  const auto base = static_cast<std::uint64_t>(least);
  std::size_t per_group = 0, groups = 0;
  unsigned widest = 0;
  for (std::size_t first = 0; first < n; first += kGroupSamples, ++groups) {
    const std::size_t end = std::min(n, first + kGroupSamples);
    std::uint64_t all = 0;
    for (std::size_t i = first; i < end; ++i) all |= static_cast<std::uint64_t>(values[i]) - base;
    const auto width = static_cast<unsigned>(std::bit_width(all));
    plan.widths[groups] = static_cast<std::uint8_t>(width);
    widest = std::max(widest, width);
    per_group += 1 + packed_bytes(end - first, width);
  }
  const std::size_t uniform = packed_bytes(n, widest);
  plan.uniform = uniform <= per_group;
  if (plan.uniform) std::fill_n(plan.widths, groups, static_cast<std::uint8_t>(widest));
  plan.bytes = varint_bytes(least) + 1 + (plan.uniform ? uniform : per_group);
  return plan;
}

void pack(const std::int64_t* values, std::size_t n, const PackPlan& plan, std::string& out) {
  ByteWriter writer{out};
  writer.svarint(plan.base);
  writer.u8(plan.uniform ? plan.widths[0] : kWidthPerGroup);
  for (std::size_t first = 0, group = 0; first < n; first += kGroupSamples, ++group) {
    if (!plan.uniform) writer.u8(plan.widths[group]);
    pack_group(values + first, std::min(kGroupSamples, n - first), static_cast<std::uint64_t>(plan.base),
               plan.widths[group], out);
  }
}

void pack(const std::int64_t* values, std::size_t n, std::string& out) {
  pack(values, n, plan_pack(values, n, *std::min_element(values, values + n)), out);
}

bool unpack(ByteReader& in, std::size_t n, std::int64_t* values) {
  const auto base = static_cast<std::uint64_t>(in.svarint());
  const std::uint8_t common = in.u8();
  if (!in.ok() || (common > kWidthMax && common != kWidthPerGroup)) return false;
  for (std::size_t first = 0; first < n; first += kGroupSamples) {
    const std::size_t count = std::min(kGroupSamples, n - first);
    const unsigned width = common == kWidthPerGroup ? in.u8() : common;
    if (width > kWidthMax) return false;
    const std::string_view bytes = in.raw(packed_bytes(count, width));
    if (!in.ok()) return false;
    if (width == 0) {
      std::fill_n(values + first, count, static_cast<std::int64_t>(base));
    } else if (in.left() >= 8) {
      unpack_group(bytes.data(), count, base, width, values + first);
    } else {
      char padded[kGroupSamples * 8 + 8];
      std::memcpy(padded, bytes.data(), bytes.size());
      std::memset(padded + bytes.size(), 0, 8);
      unpack_group(padded, count, base, width, values + first);
    }
  }
  return true;
}

}  // namespace penstock::codec
