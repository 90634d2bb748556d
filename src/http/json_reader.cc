#include "http/json_reader.h"

#include <charconv>
#include <cstdlib>

#include "base/text.h"

namespace penstock::json {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A number beyond the range of a double becomes zero or infinite; from_chars does not say which.
double saturated(std::string_view number) {
  return std::strtod(std::string{number}.c_str(), nullptr);
}

/// Recursive descent. The first error stays in `error_at_` and `error_`, and every function returns false
/// from there on.
class Reader {
 public:
  Reader(std::string_view text, Grammar grammar) : text_{text}, lenient_{grammar == Grammar::lenient} {}

  Result<Value> whole() {
    if (text_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
    Value value;
    bool good = read_value(0, value);
    if (good) {
      skip_blanks();
      good = at_ == text_.size() || wrong("nothing more");
    }
    if (good) return value;
    return fail(
        ErrorCode::invalid_json, {},
        "Not valid JSON: expected " + std::string{error_} + " at byte " + std::to_string(error_at_) + ".");
  }

 private:
  bool wrong(std::string_view expected) {
    error_ = expected;
    error_at_ = at_;
    return false;
  }

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool at_quote() const { return !at_end() && (peek() == '"' || (lenient_ && peek() == '\'')); }

  bool read_value(int depth, Value& to) {
    skip_blanks();
    if (at_end()) return wrong("a value");
    const char c = peek();
    if (c == '{') return read_object(depth, to);
    if (c == '[') return read_array(depth, to);
    if (at_quote()) {
      std::string text;
      if (!read_string(text)) return false;
      to = Value{std::move(text)};
      return true;
    }
    if (c == '-' || is_digit(c)) return read_number(to);
    if (take_word("null") || (lenient_ && take_word("None"))) {
      to = Value{};
    } else if (take_word("true") || (lenient_ && take_word("True"))) {
      to = Value{true};
    } else if (take_word("false") || (lenient_ && take_word("False"))) {
      to = Value{false};
    } else {
      return wrong("a value");
    }
    return true;
  }

  bool read_array(int depth, Value& to) {
    if (depth == kDepthMax) return wrong("less depth");
    ++at_;
    Value::Array items;
    skip_blanks();
    if (!take(']')) {
      for (;;) {
        if (!read_value(depth + 1, items.emplace_back())) return false;
        skip_blanks();
        if (take(']')) break;
        if (!take(',')) return wrong("',' or ']'");
        skip_blanks();
        if (lenient_ && take(']')) break;
      }
    }
    to = Value{std::move(items)};
    return true;
  }

  bool read_object(int depth, Value& to) {
    if (depth == kDepthMax) return wrong("less depth");
    ++at_;
    Value::Object members;
    skip_blanks();
    if (!take('}')) {
      for (;;) {
        skip_blanks();
        if (!at_quote()) return wrong("a member name in quotes");
        Member& member = members.emplace_back();
        if (!read_string(member.name)) return false;
        skip_blanks();
        if (!take(':')) return wrong("':'");
        if (!read_value(depth + 1, member.value)) return false;
        skip_blanks();
        if (take('}')) break;
        if (!take(',')) return wrong("',' or '}'");
        skip_blanks();
        if (lenient_ && take('}')) break;
      }
    }
    to = Value{std::move(members)};
    return true;
  }

  bool read_string(std::string& to) {
    const char quote = text_[at_++];
    for (;;) {
      std::size_t end = at_;
      while (end < text_.size() && text_[end] != quote && text_[end] != '\\' &&
             (lenient_ || static_cast<unsigned char>(text_[end]) >= 0x20)) {
        ++end;
      }
      to.append(text_.substr(at_, end - at_));
      at_ = end;
      if (at_end()) return wrong("the end of a string");
      if (take(quote)) return true;
      if (peek() != '\\') return wrong("an escaped control character");
      if (!read_escape(to)) return false;
    }
  }

  bool read_escape(std::string& to) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_end()) return wrong("the end of a string");
    const char c = peek();
    if (const auto known = kNames.find(c); known != std::string_view::npos) {
      to.push_back(kMeanings[known]);
      ++at_;
      return true;
    }
    if (c == 'u' && read_unicode(to)) return true;
    if (!lenient_) return wrong("a known escape");
    if (c == '\'') {
      to.push_back('\'');
      ++at_;
    } else {
      to.push_back('\\');  // Kept as it is; what follows is read as usual.
    }
    return true;
  }

  std::optional<unsigned> hex4(std::size_t at) const {
    if (at + 4 > text_.size()) return std::nullopt;
    unsigned code = 0;
    const char* const begin = text_.data() + at;
    const auto parsed = std::from_chars(begin, begin + 4, code, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != begin + 4) return std::nullopt;
    return code;
  }

  /// `u` and four digits, or a pair of them for a character beyond the first plane.
  bool read_unicode(std::string& to) {
    const auto first = hex4(at_ + 1);
    if (!first) return false;
    unsigned code = *first;
    std::size_t size = 5;
    if (code >= 0xd800 && code < 0xe000) {
      const auto second = text_.substr(at_ + 5, 2) == "\\u" ? hex4(at_ + 7) : std::nullopt;
      if (code < 0xdc00 && second && *second >= 0xdc00 && *second < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (*second - 0xdc00);
        size = 11;
      } else {
        if (!lenient_) return false;
        code = 0xfffd;
      }
    }
    append_utf8(to, code);
    at_ += size;
    return true;
  }

  bool read_digits() {
    if (!is_digit(peek())) return wrong("a digit");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool read_number(Value& to) {
    const std::size_t begin = at_;
    bool whole = true;
    take('-');
    if (take('0')) {
      if (is_digit(peek())) return wrong("no digit behind a leading zero");
    } else if (!read_digits()) {
      return false;
    }
    if (take('.')) {
      whole = false;
      if (!read_digits()) return false;
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      if (!read_digits()) return false;
    }
    to = number(text_.substr(begin, at_ - begin), whole);
    return true;
  }

  static Value number(std::string_view text, bool whole) {
    const char* const end = text.data() + text.size();
    if (whole) {
      std::int64_t signed_number = 0;
      if (std::from_chars(text.data(), end, signed_number).ec == std::errc{}) return Value{signed_number};
      std::uint64_t unsigned_number = 0;
      if (text.front() != '-' && std::from_chars(text.data(), end, unsigned_number).ec == std::errc{}) {
        return Value{unsigned_number};
      }
    }
    double real = 0;
    if (std::from_chars(text.data(), end, real).ec == std::errc::result_out_of_range) real = saturated(text);
    return Value{real};
  }

  std::string_view text_;
  bool lenient_;
  std::size_t at_ = 0;
  std::string_view error_;
  std::size_t error_at_ = 0;
};

}  // namespace

Result<Value> read_json(std::string_view text, Grammar grammar) {
  if (!is_valid_utf8(text))
    return fail(ErrorCode::invalid_json, {}, "Not valid JSON: the text is not UTF-8.");
  return Reader{text, grammar}.whole();
}

}  // namespace penstock::json
