#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

namespace detail {
bool iequals_bytes(const char* a, const char* b, std::size_t size);
}
/// ASCII letters without regard to case.
inline bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && detail::iequals_bytes(a.data(), b.data(), a.size());
}
inline bool istarts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && detail::iequals_bytes(text.data(), prefix.data(), prefix.size());
}
std::string to_lower(std::string_view text);   ///< ASCII.
std::string_view trim(std::string_view text);  ///< Without blanks, tabs, CR and LF at both ends.
std::vector<std::string_view> split(std::string_view text, char separator);  ///< "a,,b" has three parts.

/// Invariant-culture simple upper-casing of UTF-8, one character to one character: é → É, ß stays. Bytes that
/// are not UTF-8 pass unchanged. The rule of Web ID 2.0 paths, and of all names that are compared without
/// case.
std::string to_upper_invariant(std::string_view utf8);

/// `*` any run, `?` one character, `[abc]`, `[!abc]`, backslash escapes; no regard to case (simple
/// upper-casing).
bool glob_match(std::string_view pattern, std::string_view text);

bool is_valid_utf8(std::string_view text);
/// Appends one character, which is no surrogate, as UTF-8.
void append_utf8(std::string& out, char32_t code);

/// Appends a JSON string: quotes around, with `"`, `\\` and control characters escaped.
void append_json_quoted(std::string& out, std::string_view text);

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(
    std::string_view text);                            ///< Nothing if not base64; padding optional.
std::string base64url_encode(std::string_view bytes);  ///< Without padding.
std::optional<std::string> base64url_decode(std::string_view text);

/// Sixteen bytes in the order they are written.
struct Uuid {
  unsigned char bytes[16] = {};
  bool operator==(const Uuid&) const = default;
  auto operator<=>(const Uuid&) const = default;

  static Uuid random();                                     ///< Version 4.
  static std::optional<Uuid> parse(std::string_view text);  ///< 8-4-4-4-12 hex digits, any case.
  std::string to_string() const;                            ///< Lower case.
};

/// Fills `bytes` from the operating system's random source.
void random_bytes(void* bytes, std::size_t size);

}  // namespace penstock
