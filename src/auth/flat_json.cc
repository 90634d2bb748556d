#include "auth/flat_json.h"

#include <charconv>

#include "base/text.h"

namespace penstock::auth {
namespace {

constexpr std::size_t kMembersMax = 64;

}  // namespace

class FlatJsonReader {
 public:
  explicit FlatJsonReader(std::string_view text) : text_{text} {}

  bool read(FlatJson& to) {
    if (!take('{')) return false;
    if (!take('}')) {
      do {
        std::string name;
        FlatJson::Value value;
        if (!read_text(name) || !take(':') || !read_value(value)) return false;
        if (to.has(name) || to.members_.size() == kMembersMax) return false;
        to.members_.emplace_back(std::move(name), std::move(value));
      } while (take(','));
      if (!take('}')) return false;
    }
    skip_blanks();
    return at_ == text_.size();
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool read_value(FlatJson::Value& to) {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') {
      std::string text;
      if (!read_text(text)) return false;
      to = std::move(text);
      return true;
    }
    if (text_[at_] == '[') return read_texts(to);
    if (take_word("null")) return true;
    if (take_word("true")) {
      to = true;
      return true;
    }
    if (take_word("false")) {
      to = false;
      return true;
    }
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (parsed.ec != std::errc{}) return false;
    at_ = static_cast<std::size_t>(parsed.ptr - text_.data());
    to = number;
    return true;  // A fraction or exponent fails at the comma that is expected next.
  }

  bool read_texts(FlatJson::Value& to) {
    std::vector<std::string> texts;
    if (!take('[')) return false;
    if (!take(']')) {
      do {
        if (texts.size() == kMembersMax || !read_text(texts.emplace_back())) return false;
      } while (take(','));
      if (!take(']')) return false;
    }
    to = std::move(texts);
    return true;
  }

  bool read_text(std::string& to) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        to.push_back(c);
        continue;
      }
      if (at_ >= text_.size()) return false;
      const char escape = text_[at_++];
      if (const auto known = kNames.find(escape); known != std::string_view::npos) {
        to.push_back(kMeanings[known]);
      } else if (escape != 'u' || !read_unicode(to)) {
        return false;
      }
    }
    return false;
  }

  /// Only what is ASCII is ever escaped in a token of ours.
  bool read_unicode(std::string& to) {
    if (at_ + 4 > text_.size()) return false;
    unsigned code = 0;
    const char* const begin = text_.data() + at_;
    const auto parsed = std::from_chars(begin, begin + 4, code, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != begin + 4 || code >= 0x80) return false;
    to.push_back(static_cast<char>(code));
    at_ += 4;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<FlatJson> FlatJson::parse(std::string_view json) {
  if (!is_valid_utf8(json)) return std::nullopt;
  FlatJson object;
  if (!FlatJsonReader{json}.read(object)) return std::nullopt;
  return object;
}

const FlatJson::Value* FlatJson::find(std::string_view name) const {
  for (const auto& [key, value] : members_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<std::string_view> FlatJson::text(std::string_view name) const {
  const Value* const value = find(name);
  const auto* text = value ? std::get_if<std::string>(value) : nullptr;
  if (text == nullptr) return std::nullopt;
  return *text;
}

std::optional<std::int64_t> FlatJson::number(std::string_view name) const {
  const Value* const value = find(name);
  const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr;
  if (number == nullptr) return std::nullopt;
  return *number;
}

std::vector<std::string> FlatJson::texts(std::string_view name) const {
  const Value* const value = find(name);
  if (value == nullptr) return {};
  if (const auto* one = std::get_if<std::string>(value)) return {*one};
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) return *list;
  return {};
}

std::string json_quoted(std::string_view text) {
  std::string out;
  append_json_quoted(out, text);
  return out;
}

}  // namespace penstock::auth
