// Rooms: http
// Any text as JSON. What the strict reader takes, the slow and the lenient one take too, and all say the
// same; what is read can be written and read again.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/json.h"
#include "http/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto strict = json::parse(text);
  const auto slow = json::read_json(text, json::Grammar::strict);
  const auto lenient = json::parse_lenient(text);
  CHECK(strict.has_value() == slow.has_value());
  if (strict) {
    CHECK(lenient.has_value());
    CHECK(strict->to_string() == slow->to_string());
    CHECK(strict->to_string() == lenient->to_string());
  }
  if (lenient) {
    const std::string written = lenient->to_string();
    const auto again = json::parse(written);
    CHECK(again.has_value());
    CHECK(again->to_string() == written);
  } else {
    CHECK(lenient.error().code == ErrorCode::invalid_json);
  }
  return 0;
}
