#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::dialects::piwebapi {

/// The timed value that nearly every writer sends: a time, a number, perhaps that it is good. All texts are
/// borrowed.
struct TimedText {
  std::string_view timestamp;  ///< As written; it has no escapes.
  bool is_integer = false;     ///< Written without fraction and exponent: then `integer` counts as well.
  std::int64_t integer = 0;
  double number = 0;
};

/// How the quotes of a JSON text are written.
enum class Quotes : std::uint8_t {
  plain,   ///< `{"Timestamp":…}`
  escaped  ///< `{\"Timestamp\":…}`: the text is inside of a JSON string.
};

/// Reads `{"Timestamp":"…","Value":…}`, members in any order, `Good`, `Questionable` and `UnitsAbbreviation`
/// besides where they change nothing, blanks between. True only where the text is that and nothing else: then
/// it is valid JSON, and parse_values reads the same from it. False promises nothing.
bool read_timed_text(std::string_view text, Quotes quotes, TimedText& out);

}  // namespace penstock::dialects::piwebapi
