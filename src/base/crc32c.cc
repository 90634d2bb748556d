#include <array>

#include "base/bytes.h"

namespace penstock {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    table[i] = crc;
  }
  return table;
}

std::uint32_t crc_by_table(const char* at, const char* end, std::uint32_t crc) {
  static constexpr auto kTable = make_table();
  for (; at != end; ++at) crc = kTable[(crc ^ static_cast<std::uint8_t>(*at)) & 0xff] ^ (crc >> 8);
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc_by_instruction(const char* at, const char* end,
                                                                   std::uint32_t crc) {
  std::uint64_t wide = crc;
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; at != end; ++at) narrow = __builtin_ia32_crc32qi(narrow, static_cast<std::uint8_t>(*at));
  return narrow;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return ~crc_by_instruction(at, end, ~seed);
#endif
  return ~crc_by_table(at, end, ~seed);
}

}  // namespace penstock
