#include "http/json_writer.h"

#include <algorithm>
#include <cmath>

namespace penstock::http {
namespace {

/// Bytes of the UTF-8 character at the front of `text`, or 0 if what is there is none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0xc2) return 0;
  if (first < 0xe0) return continues(1) ? 2 : 0;
  if (first < 0xf0) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;   // Longer than need be.
    if (first == 0xed && byte(1) >= 0xa0) return 0;  // Half of a surrogate pair.
    return 3;
  }
  if (first > 0xf4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) >= 0x90) return 0;  // Beyond U+10FFFF.
  return 4;
}

/// Everyday magnitudes without an exponent, as people and most clients write them.
template <class T>
char* print_number(char* begin, char* end, T number) {
  const T magnitude = std::abs(number);
  if (magnitude == 0 && std::signbit(number)) {  // Without its fraction, readers take it for the integer 0.
    constexpr std::string_view kNegativeZero = "-0.0";
    return std::copy(kNegativeZero.begin(), kNegativeZero.end(), begin);
  }
  const bool everyday =
      magnitude == 0 || (magnitude >= static_cast<T>(1e-6) && magnitude < static_cast<T>(1e17));
  return everyday ? std::to_chars(begin, end, number, std::chars_format::fixed).ptr
                  : std::to_chars(begin, end, number).ptr;
}

}  // namespace

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  comma();
  char text[48];
  out_.append(text, print_number(text, text + sizeof text, number));
  return *this;
}

JsonWriter& JsonWriter::value(float number) {
  if (!std::isfinite(number)) return null();
  comma();
  char text[48];
  out_.append(text, print_number(text, text + sizeof text, number));
  return *this;
}

void JsonWriter::quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_.push_back('"');
  std::size_t plain = 0;  // Where the run that needs no change begins.
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
      ++i;
      continue;
    }
    if (byte >= 0x80) {
      if (const std::size_t size = character_size(text.substr(i)); size != 0) {
        i += size;
        continue;
      }
    }
    out_.append(text.substr(plain, i - plain));
    plain = ++i;
    switch (byte) {
      case '"': out_.append("\\\""); break;
      case '\\': out_.append("\\\\"); break;
      case '\b': out_.append("\\b"); break;
      case '\f': out_.append("\\f"); break;
      case '\n': out_.append("\\n"); break;
      case '\r': out_.append("\\r"); break;
      case '\t': out_.append("\\t"); break;
      default:
        if (byte >= 0x80) {
          out_.append("\xef\xbf\xbd");
        } else {
          out_.append("\\u00");
          out_.push_back(kHex[byte >> 4]);
          out_.push_back(kHex[byte & 15]);
        }
    }
  }
  out_.append(text.substr(plain));
  out_.push_back('"');
}

}  // namespace penstock::http
