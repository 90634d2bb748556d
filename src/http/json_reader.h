#pragma once

#include <string_view>

#include "base/result.h"
#include "http/json.h"

namespace penstock::json {

enum class Grammar { strict, lenient };

/// Reads a whole text, one character at a time. `strict` is RFC 8259; `lenient` as parse_lenient says.
/// Errors: invalid_json, with the byte where it goes wrong in `detail`.
Result<Value> read_json(std::string_view text, Grammar grammar);

}  // namespace penstock::json
