#pragma once

#include <array>
#include <cstdint>
#include <limits>

/// Powers of ten as units of time.
namespace penstock::codec {

inline constexpr unsigned kPowerMax = 15;

/// Exact division by 10ᵉ: shift by e, then times the inverse of 5ᵉ modulo 2⁶⁴. The product is at most `most`
/// where the division has no rest.
struct PowerOfTen {
  std::uint64_t value, inverse, most;
};

inline constexpr auto kPowers = [] {
  std::array<PowerOfTen, kPowerMax + 1> powers{};
  std::uint64_t ten = 1, five = 1;
  for (auto& power : powers) {
    std::uint64_t inverse = five;  // Right in the lowest 3 bits; each round doubles them.
    for (int round = 0; round < 5; ++round) inverse *= 2 - five * inverse;
    power = {ten, inverse, std::numeric_limits<std::uint64_t>::max() / five};
    ten *= 10;
    five *= 5;
  }
  return powers;
}();

/// value ÷ 10^power, which must have no rest.
constexpr std::uint64_t quotient(std::uint64_t value, unsigned power) {
  return (value >> power) * kPowers[power].inverse;
}

constexpr bool divides(std::uint64_t value, unsigned power) {
  return (value & ((std::uint64_t{1} << power) - 1)) == 0 && quotient(value, power) <= kPowers[power].most;
}

/// The greatest power of ten up to kPowerMax that divides `value`.
constexpr unsigned power_of_ten_in(std::uint64_t value) {
  unsigned power = 0;
  for (const unsigned part : {8u, 4u, 2u, 1u}) {
    if (divides(value, part)) {
      value = quotient(value, part);
      power += part;
    }
  }
  return power;
}

constexpr std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

/// The power of ten that a time is written with; zero has none.
constexpr unsigned power_of_ten_of(std::int64_t time) {
  return time == 0 ? 0 : power_of_ten_in(magnitude(time));
}

}  // namespace penstock::codec
