#pragma once

#include <simdjson.h>

#include "http/message.h"

// Reading hot bodies with simdjson On-Demand. A heavy header: include it in a parse .cc only.

namespace penstock::dialects::ondemand {

using simdjson::ondemand::array;
using simdjson::ondemand::document;
using simdjson::ondemand::field;
using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::parser;
using simdjson::ondemand::raw_json_string;
using simdjson::ondemand::value;

/// Nesting inside of members that nobody asked for.
inline constexpr int kDepthMax = 128;

inline simdjson::padded_string_view padded(const http::Body& body) {
  return simdjson::padded_string_view{body.data(), body.size(), body.size() + http::Body::kPadding};
}

/// The escapes of a text that nobody unescapes.
bool has_valid_escapes(const raw_json_string& text);

/// Reads a value to its end. On-Demand does not look into what is not asked for, so that without this a
/// broken member would pass. Copies no text: the parser's buffer has room for each one once only.
simdjson::error_code read_over(value item, int depth = 0);

/// A number as the double nearest to it. simdjson 3.0.1's own reading in place (get_double, get_number) is
/// wrong where a number has more than 19 digits. NUMBER_ERROR if it is no number, or beyond the range of a
/// double.
simdjson::error_code read_double(value item, double& number);

/// True once the whole document was read and nothing stands behind it.
inline bool at_end(document& read) {
  return read.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace penstock::dialects::ondemand
