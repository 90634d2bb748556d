#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace penstock::codec {

/// The start of a times column: enough for the first and the last time.
struct TimesHead {
  std::int64_t first = 0, last = 0;  ///< Unix nanoseconds.
  std::uint64_t unit = 1;            ///< Nanoseconds: a power of ten that divides all distances.
  std::uint64_t span = 0;            ///< last − first, in units.
};

/// Appends 1 to kColumnMax strictly ascending times: a head, then distances from a grid of even steps (with a
/// list of the places where it jumps) or the steps themselves, whichever spread less.
void encode_times(const std::int64_t* times, std::size_t n, std::string& out);

/// Reads the head alone. False where the bytes are damaged.
[[nodiscard]] bool decode_times_head(ByteReader& in, std::size_t n, TimesHead& head);
/// Reads the rest after the head. The times are strictly ascending from head.first to head.last, or it is
/// false.
[[nodiscard]] bool decode_times(ByteReader& in, std::size_t n, const TimesHead& head, std::int64_t* times);

}  // namespace penstock::codec
