#pragma once

#include <optional>

#include "dialects/piwebapi/parse.h"

namespace penstock::dialects::piwebapi {

/// The first step of parse_values for lists: rows that are alike, of plain good numbers that the point takes
/// as they are, at times that need no second look. Nothing on any surprise, and then nothing was decided: the
/// same body read by parse_values_by_item gives the same, or says what is wrong with it.
std::optional<ParsedValues> parse_regular_values(const http::Body& body, const Stream& stream,
                                                 const ParseRules& rules);

}  // namespace penstock::dialects::piwebapi
