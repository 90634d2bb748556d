#include "base/text.h"

#include <locale.h>
#include <sys/random.h>

#include <array>
#include <clocale>
#include <cstring>
#include <cwctype>

#include "base/check.h"

namespace penstock {
namespace {

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// One character of UTF-8 at `at`, which it moves on; a byte that is not UTF-8 comes back as 0xD800 + byte.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const int extra = first < 0x80                    ? 0
                    : first >= 0xc2 && first < 0xe0 ? 1
                    : first >= 0xe0 && first < 0xf0 ? 2
                    : first >= 0xf0 && first < 0xf5 ? 3
                                                    : -1;
  static constexpr char32_t kInvalid = 0xd800;
  if (extra < 0 || at + static_cast<std::size_t>(extra) >= text.size()) {
    ++at;
    return kInvalid + first;
  }
  if (extra == 0) {
    ++at;
    return first;
  }
  char32_t code = first & (0x3f >> extra);
  for (int i = 1; i <= extra; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
    if ((byte & 0xc0) != 0x80) {
      ++at;
      return kInvalid + first;
    }
    code = (code << 6) | (byte & 0x3f);
  }
  static constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (code < kLeast[extra] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    ++at;
    return kInvalid + first;
  }
  at += static_cast<std::size_t>(extra) + 1;
  return code;
}

bool is_raw_byte(char32_t code) {
  return code >= 0xd800 && code < 0xe000;
}

void append_character(std::string& out, char32_t code) {
  if (is_raw_byte(code)) {
    out.push_back(static_cast<char>(code - 0xd800));
  } else {
    append_utf8(out, code);
  }
}

char32_t upper_character(char32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 32 : code;
  // The invariant culture leaves the dotless i and the long s alone; the C library does not.
  if (is_raw_byte(code) || code == 0x131 || code == 0x17f) return code;
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) return code;
  return static_cast<char32_t>(towupper_l(static_cast<wint_t>(code), unicode));
}

std::u32string upper_characters(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out.push_back(upper_character(next_character(text, at)));
  return out;
}

/// Matches one `[...]` at `p` (after the bracket); moves `p` behind it. False if it has no end: then `[` is
/// literal.
bool match_class(std::u32string_view pattern, std::size_t& p, char32_t c, bool& matched) {
  std::size_t at = p;
  const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (inverted) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    char32_t low = pattern[at++];
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      found |= low <= c && c <= pattern[at + 1];
      at += 2;
    } else {
      found |= low == c;
    }
  }
  if (at >= pattern.size()) return false;
  p = at + 1;
  matched = found != inverted;
  return true;
}

std::string encode64(std::string_view bytes, const char* alphabet, bool padding) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned word = static_cast<unsigned char>(bytes[i]) << 16;
    if (n > 1) word |= static_cast<unsigned char>(bytes[i + 1]) << 8;
    if (n > 2) word |= static_cast<unsigned char>(bytes[i + 2]);
    for (std::size_t k = 0; k < n + 1; ++k) out.push_back(alphabet[(word >> (18 - 6 * k)) & 63]);
    if (padding) out.append(3 - n, '=');
  }
  return out;
}

/// What each byte stands for in base64; 64 and more: nothing.
using Digits = std::array<unsigned char, 256>;

constexpr Digits digits_of(const char* alphabet) {
  Digits digits{};
  for (unsigned char& digit : digits) digit = 0xff;
  for (unsigned char i = 0; i < 64; ++i) digits[static_cast<unsigned char>(alphabet[i])] = i;
  return digits;
}

std::optional<std::string> decode64(std::string_view text, const Digits& digits) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out(text.size() * 3 / 4, '\0');
  char* to = out.data();
  const auto digit = [&](std::size_t at) -> unsigned { return digits[static_cast<unsigned char>(text[at])]; };
  unsigned seen = 0;  // All digits together: 64 and more tell of a byte that is none.
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const unsigned a = digit(at), b = digit(at + 1), c = digit(at + 2), d = digit(at + 3);
    seen |= a | b | c | d;
    const unsigned word = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(word >> 16);
    *to++ = static_cast<char>(word >> 8);
    *to++ = static_cast<char>(word);
  }
  if (const std::size_t left = text.size() - at; left != 0) {
    const unsigned a = digit(at), b = digit(at + 1), c = left == 3 ? digit(at + 2) : 0;
    seen |= a | b | c;
    const unsigned word = a << 18 | b << 12 | c << 6;
    *to++ = static_cast<char>(word >> 16);
    if (left == 3) *to++ = static_cast<char>(word >> 8);
    // One text per byte string: the bits that stand for nothing are zero.
    if ((word & (left == 3 ? 0xffu : 0xffffu)) != 0) return std::nullopt;
  }
  if (seen > 63) return std::nullopt;
  return out;
}

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr Digits kBase64Digits = digits_of(kBase64), kBase64UrlDigits = digits_of(kBase64Url);

}  // namespace

bool detail::iequals_bytes(const char* a, const char* b, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i] && ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = ascii_lower(c);
  return out;
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string to_upper_invariant(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char c = utf8[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
      ++at;
    } else {
      append_character(out, upper_character(next_character(utf8, at)));
    }
  }
  return out;
}

bool glob_match(std::string_view pattern_text, std::string_view text) {
  const std::u32string pattern = upper_characters(pattern_text);
  const std::u32string subject = upper_characters(text);
  std::size_t p = 0, s = 0, star_p = std::u32string::npos, star_s = 0;
  while (s < subject.size()) {
    bool matched = false;
    std::size_t next = p;
    if (p < pattern.size()) {
      const char32_t c = pattern[p];
      if (c == '*') {
        star_p = ++p;
        star_s = s;
        continue;
      }
      next = p + 1;
      if (c == '?') {
        matched = true;
      } else if (c == '[' && match_class(pattern, next, subject[s], matched)) {
        // `matched` and `next` are set.
      } else if (c == '\\' && p + 1 < pattern.size()) {
        matched = pattern[p + 1] == subject[s];
        next = p + 2;
      } else {
        matched = c == subject[s];
      }
    }
    if (matched) {
      p = next;
      ++s;
    } else if (star_p != std::u32string::npos) {
      p = star_p;
      s = ++star_s;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::uint64_t word;
    if (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080u) == 0) {  // Eight characters of ASCII.
        at += sizeof word;
        continue;
      }
    }
    if (is_raw_byte(next_character(text, at))) return false;
  }
  return true;
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

void append_json_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string base64_encode(std::string_view bytes) {
  return encode64(bytes, kBase64, true);
}
std::optional<std::string> base64_decode(std::string_view text) {
  return decode64(text, kBase64Digits);
}
std::string base64url_encode(std::string_view bytes) {
  return encode64(bytes, kBase64Url, false);
}
std::optional<std::string> base64url_decode(std::string_view text) {
  return decode64(text, kBase64UrlDigits);
}

Uuid Uuid::random() {
  // Random bytes are fetched ahead, for many: some doors name every answer.
  constexpr std::size_t kAhead = 64;
  static thread_local unsigned char ahead[kAhead * sizeof(Uuid::bytes)];
  static thread_local std::size_t left = 0;
  if (left == 0) {
    random_bytes(ahead, sizeof ahead);
    left = kAhead;
  }
  Uuid uuid;
  std::memcpy(uuid.bytes, ahead + --left * sizeof uuid.bytes, sizeof uuid.bytes);
  uuid.bytes[6] = static_cast<unsigned char>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<unsigned char>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    const char c = ascii_lower(text[i]);
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    int digit;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return std::nullopt;
    }
    unsigned char& byte = uuid.bytes[nibble / 2];
    byte = static_cast<unsigned char>((byte << 4) | digit);
    ++nibble;
  }
  return uuid;
}

std::string Uuid::to_string() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kHex[bytes[i] >> 4]);
    out.push_back(kHex[bytes[i] & 15]);
  }
  return out;
}

void random_bytes(void* bytes, std::size_t size) {
  auto* at = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t n = getrandom(at, size, 0);
    CHECK(n > 0);
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace penstock
