#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace penstock::auth {

/// A JSON object as tokens have it: its members are texts, whole numbers, truth values, nulls, or lists of
/// texts. Anything else, a repeated name, or bytes behind the object make it unreadable.
class FlatJson {
 public:
  static std::optional<FlatJson> parse(std::string_view json);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::optional<std::string_view> text(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;  ///< A text is a list of one.

 private:
  using Value = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;
  const Value* find(std::string_view name) const;
  friend class FlatJsonReader;

  std::vector<std::pair<std::string, Value>> members_;
};

/// `text` in quotes, escaped.
std::string json_quoted(std::string_view text);

}  // namespace penstock::auth
