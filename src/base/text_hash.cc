#include "base/text_hash.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;
constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15, kLastFactor = 0xd6e8feb86659fd93;

std::uint64_t seed() {
  static const std::uint64_t chosen = [] {
    std::uint64_t number = 0;
    random_bytes(&number, sizeof number);
    return number;
  }();
  return chosen;
}

/// Both halves of the product of two words: each bit of either reaches many of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Word>
std::uint64_t load(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Calls `f` with the text in pairs of words. The last pair overlaps the one before it; of a short text both
/// hold what there is.
template <class F>
void each_pair(std::string_view text, F&& f) {
  const char* at = text.data();
  std::size_t left = text.size();
  if (left >= 16) {
    for (; left > 16; at += 16, left -= 16) f(load<std::uint64_t>(at), load<std::uint64_t>(at + 8));
    f(load<std::uint64_t>(at + left - 16), load<std::uint64_t>(at + left - 8));
  } else if (left >= 8) {
    f(load<std::uint64_t>(at), load<std::uint64_t>(at + left - 8));
  } else if (left >= 4) {
    f(load<std::uint32_t>(at), load<std::uint32_t>(at + left - 4));
  } else if (left > 0) {
    f(load<std::uint8_t>(at) | load<std::uint8_t>(at + left / 2) << 8, load<std::uint8_t>(at + left - 1));
  }
}

/// Eight ASCII characters in upper case.
std::uint64_t upper(std::uint64_t word) {
  const std::uint64_t from_a = word + 0x1f1f1f1f1f1f1f1f;    // High bit: 'a' or above.
  const std::uint64_t behind_z = word + 0x0505050505050505;  // High bit: above 'z'.
  return word - ((from_a & ~behind_z & kHighBits) >> 2);
}

bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0;
  each_pair(text, [&](std::uint64_t a, std::uint64_t b) { seen |= a | b; });
  return (seen & kHighBits) == 0;
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
  const std::uint64_t secret = seed();
  std::uint64_t state = secret ^ (text.size() * kFactor);
  each_pair(text, [&](std::uint64_t a, std::uint64_t b) { state = mix(a ^ secret, b ^ state); });
  return mix(state, kLastFactor);
}

std::uint64_t hash_folded(std::string_view text) {
  const std::uint64_t secret = seed();
  std::uint64_t state = secret ^ (text.size() * kFactor), seen = 0;
  each_pair(text, [&](std::uint64_t a, std::uint64_t b) {
    seen |= a | b;
    state = mix(upper(a) ^ secret, upper(b) ^ state);
  });
  // Upper case of other characters may have another length.
  if ((seen & kHighBits) != 0) return hash_text(to_upper_invariant(text));
  return mix(state, kLastFactor);
}

bool equals_folded(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (is_ascii(a) && is_ascii(b)) return iequals(a, b);
  return to_upper_invariant(a) == to_upper_invariant(b);
}

int compare_folded(std::string_view a, std::string_view b) {
  const auto upper_of = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (((a[i] | b[i]) & 0x80) != 0) return to_upper_invariant(a).compare(to_upper_invariant(b));
    if (a[i] == b[i]) continue;
    const char left = upper_of(a[i]), right = upper_of(b[i]);
    if (left != right) return left < right ? -1 : 1;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

}  // namespace penstock
