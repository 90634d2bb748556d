#pragma once

#include <cstdint>
#include <string_view>

namespace penstock {

/// A hash of the bytes. Differs from process to process, so that nobody can choose names that collide; it is
/// never stored.
std::uint64_t hash_text(std::string_view text);

/// The same for texts that `to_upper_invariant` makes the same.
std::uint64_t hash_folded(std::string_view text);

/// Whether `to_upper_invariant` makes them the same.
bool equals_folded(std::string_view a, std::string_view b);

/// Below, at or above zero as `to_upper_invariant(a)` is less than, equal to or greater than that of `b`.
int compare_folded(std::string_view a, std::string_view b);

/// A number as a hash: neighbours land far apart.
inline std::uint64_t hash_number(std::uint64_t number) {
  number = (number ^ (number >> 32)) * 0xd6e8feb86659fd93;
  return number ^ (number >> 29);
}

}  // namespace penstock
