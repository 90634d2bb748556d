#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::dialects {

/// RFC 8259: what a number token of JSON may be, of any size.
bool is_json_number(std::string_view text);

/// A text that is a JSON number (RFC 8259), with an optional plus sign in front. Beyond the range of a double
/// it is infinite, or zero. Nothing if it is anything else: `NaN`, `1,5`, `.5`, blanks.
std::optional<double> parse_number_text(std::string_view text);

/// Shortest text that reads back the same, without a needless `.0`; in single precision for the second.
void append_number(std::string& out, double number);
void append_number(std::string& out, float number);

}  // namespace penstock::dialects
