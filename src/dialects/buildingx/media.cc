#include "dialects/buildingx/media.h"

#include <string>
#include <vector>

#include "base/text.h"

namespace penstock::dialects::buildingx {
namespace {

/// Splits at `separator` outside of double quotes.
std::vector<std::string_view> split_unquoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == separator && !quoted) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trim(text.substr(begin)));
  return parts;
}

std::string_view parameter_name(std::string_view parameter) {
  return trim(parameter.substr(0, parameter.find('=')));
}

bool is_utf8_charset(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos || !iequals(parameter_name(parameter), "charset")) return false;
  std::string_view value = trim(parameter.substr(equals + 1));
  if (value.size() > 1 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return iequals(value, "utf-8");
}

}  // namespace

bool is_content_type_taken(std::string_view content_type, bool lenient) {
  if (content_type == kJsonApi) return true;
  const auto parts = split_unquoted(content_type, ';');
  if (!iequals(parts[0], kJsonApi) && !(lenient && iequals(parts[0], "application/json"))) return false;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty() || iequals(parameter_name(parts[i]), "profile")) continue;
    if (lenient && is_utf8_charset(parts[i])) continue;
    return false;
  }
  return true;
}

bool is_accept_served(std::string_view accept) {
  bool named = false;
  for (const std::string_view entry : split_unquoted(accept, ',')) {
    const auto parts = split_unquoted(entry, ';');
    if (!iequals(parts[0], kJsonApi)) continue;
    named = true;
    bool plain = true;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::string_view name = parameter_name(parts[i]);
      // `q` and what follows it belong to the header, not to the media type.
      if (iequals(name, "q")) break;
      if (!parts[i].empty() && !iequals(name, "profile")) plain = false;
    }
    if (plain) return true;
  }
  return !named;
}

}  // namespace penstock::dialects::buildingx
