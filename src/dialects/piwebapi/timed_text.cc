#include "dialects/piwebapi/timed_text.h"

#include <utility>

namespace penstock::dialects::piwebapi {
namespace {

constexpr double kTens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMax = std::uint64_t{1} << 53;

class Scanner {
 public:
  Scanner(std::string_view text, Quotes quotes)
      : at_{text.data()}, end_{text.data() + text.size()}, escaped_{quotes == Quotes::escaped} {}

  bool done() {
    blanks();
    return at_ == end_;
  }
  bool take(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    blanks();
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view{at_, word.size()} != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  /// A string without any escape of its own.
  bool take_string(std::string_view& out) {
    if (!take_quote()) return false;
    const char* const begin = at_;
    // Beyond ASCII somebody would have to look whether it is UTF-8.
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && *at_ >= 0x20 && *at_ < 0x7f) ++at_;
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    return take_quote_here();
  }

  /// A number as JSON spells it, where a double holds its digits and its power of ten: then one division is
  /// exact.
  bool take_number(TimedText& out) {
    blanks();
    const bool negative = at_ != end_ && *at_ == '-';
    if (negative) ++at_;
    const char* const begin = at_;
    std::uint64_t mantissa = 0;
    take_digits(mantissa);
    const auto whole = at_ - begin;
    if (whole == 0 || (whole > 1 && *begin == '0')) return false;
    std::ptrdiff_t scale = 0;
    if (at_ != end_ && *at_ == '.') {
      const char* const point = ++at_;
      take_digits(mantissa);
      scale = at_ - point;
      if (scale == 0) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) return false;
    if (whole + scale > 18 || mantissa > kExactMax || (negative && mantissa == 0)) return false;
    const double number = static_cast<double>(mantissa) / kTens[scale];
    out.number = negative ? -number : number;
    out.is_integer = scale == 0;
    out.integer = negative ? -static_cast<std::int64_t>(mantissa) : static_cast<std::int64_t>(mantissa);
    return true;
  }

 private:
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take_quote() {
    blanks();
    return take_quote_here();
  }
  bool take_quote_here() {
    if (escaped_) {
      if (at_ == end_ || *at_ != '\\') return false;
      ++at_;
    }
    if (at_ == end_ || *at_ != '"') return false;
    ++at_;
    return true;
  }
  void take_digits(std::uint64_t& mantissa) {
    // More than 18 digits may wrap around; the caller refuses them.
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at_ - '0');
    }
  }

  const char* at_;
  const char* end_;
  const bool escaped_;
};

}  // namespace

bool read_timed_text(std::string_view text, Quotes quotes, TimedText& out) {
  enum Seen : unsigned { kTimestamp = 1, kValue = 2, kGood = 4, kQuestionable = 8, kUnits = 16 };
  Scanner scanner{text, quotes};
  unsigned seen = 0;
  // Of a repeated member the last counts: that is left to those who know.
  const auto is_new = [&](Seen member) { return (std::exchange(seen, seen | member) & member) == 0; };
  if (!scanner.take('{')) return false;
  do {
    std::string_view name, ignored;
    if (!scanner.take_string(name) || !scanner.take(':')) return false;
    if (name == "Timestamp") {
      if (!is_new(kTimestamp) || !scanner.take_string(out.timestamp)) return false;
    } else if (name == "Value") {
      if (!is_new(kValue) || !scanner.take_number(out)) return false;
    } else if (name == "Good") {
      if (!is_new(kGood) || !scanner.take_word("true")) return false;
    } else if (name == "Questionable") {
      if (!is_new(kQuestionable) || !scanner.take_word("false")) return false;
    } else if (name == "UnitsAbbreviation") {
      if (!is_new(kUnits) || !scanner.take_string(ignored)) return false;
    } else {
      return false;
    }
  } while (scanner.take(','));
  return scanner.take('}') && scanner.done() && (seen & (kTimestamp | kValue)) == (kTimestamp | kValue);
}

}  // namespace penstock::dialects::piwebapi
