#include "dialects/common/number_text.h"

#include <charconv>
#include <cstdlib>

namespace penstock::dialects {
namespace {

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t n = 0;
  while (at + n < text.size() && text[at + n] >= '0' && text[at + n] <= '9') ++n;
  return n;
}

template <class T>
void append_shortest(std::string& out, T number) {
  char text[40];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

}  // namespace

bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

std::optional<double> parse_number_text(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  if (!is_json_number(text)) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // from_chars leaves the number alone where it is beyond the range; strtod gives infinity or zero.
  if (error == std::errc::result_out_of_range) return std::strtod(std::string{text}.c_str(), nullptr);
  return number;
}

void append_number(std::string& out, double number) {
  append_shortest(out, number);
}

void append_number(std::string& out, float number) {
  append_shortest(out, number);
}

}  // namespace penstock::dialects
