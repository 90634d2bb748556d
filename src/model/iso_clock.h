#pragma once

#include <string_view>

#include "model/time.h"

namespace penstock {

/// What stands behind the date of a text that parse_iso8601 takes, `Thh:mm…`, for a reader that knows the
/// date already: false if it is none. Leaves year, month and day as they are.
bool parse_iso8601_clock(std::string_view text, ParsedTime& parsed);

}  // namespace penstock
