#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace penstock::codec {

/// Longest column: the samples of a frame.
inline constexpr std::size_t kColumnMax = 1024;
inline constexpr std::size_t kGroupSamples = 128;

/// How a column of numbers will be packed: each as its distance from the least, in groups of kGroupSamples
/// that have a bit width of their own.
struct PackPlan {
  std::int64_t base = 0;
  std::uint8_t widths[kColumnMax / kGroupSamples] = {};
  bool uniform = true;    ///< All groups have the first width; then it is written once.
  std::size_t bytes = 0;  ///< Of the packed column.
};

/// Plans `n` numbers, 1 to kColumnMax, of which `least` is the least.
PackPlan plan_pack(const std::int64_t* values, std::size_t n, std::int64_t least);
void pack(const std::int64_t* values, std::size_t n, const PackPlan& plan, std::string& out);
void pack(const std::int64_t* values, std::size_t n,
          std::string& out);  ///< Finds the least and plans itself.

/// Reads what `pack` wrote: fills `values` or returns false where the bytes are damaged or end too soon.
[[nodiscard]] bool unpack(ByteReader& in, std::size_t n, std::int64_t* values);

}  // namespace penstock::codec
