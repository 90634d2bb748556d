#include "dialects/omf/fields.h"

#include <cmath>

#include "base/text.h"
#include "dialects/omf/wire.h"

namespace penstock::dialects::omf {
namespace {

constexpr std::string_view kReserved = "*?;{}[]\\'\"|`";

const json::Value* find(const json::Value& object, std::string_view keyword) {
  return object.find(keyword, json::Case::insensitive);
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

}  // namespace

std::optional<Event> check_name(std::string_view field, std::string_view value) {
  if (value.empty()) return events::empty_string(field);
  if (is_blank(value.front()) || is_blank(value.back())) return events::untrimmed(field, value);
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || kReserved.find(c) != std::string_view::npos) {
      return events::reserved_character(field, value);
    }
  }
  return std::nullopt;
}

std::optional<std::string> text_field(const json::Value& object, std::string_view keyword) {
  const json::Value* const value = find(object, keyword);
  if (value == nullptr) return std::nullopt;
  const auto text = value->as_string();
  if (!text || text->empty()) return std::nullopt;
  return std::string{*text};
}

std::string text_or_empty(const json::Value& object, std::string_view keyword) {
  return text_field(object, keyword).value_or(std::string{});
}

bool flag_field(const json::Value& object, std::string_view keyword) {
  const json::Value* const value = find(object, keyword);
  if (value == nullptr) return false;
  if (const auto flag = value->as_bool()) return *flag;
  const auto text = value->as_string();
  return text && iequals(*text, "true");
}

std::optional<double> number_field(const json::Value& object, std::string_view keyword) {
  const json::Value* const value = find(object, keyword);
  if (value == nullptr) return std::nullopt;
  const auto number = value->as_double();
  if (!number || !std::isfinite(*number)) return std::nullopt;
  return number;
}

std::vector<std::string> texts_field(const json::Value& object, std::string_view keyword) {
  std::vector<std::string> texts;
  const json::Value* const value = find(object, keyword);
  if (value == nullptr) return texts;
  for (const json::Value& item : value->array()) {
    if (const auto text = item.as_string()) texts.emplace_back(*text);
  }
  return texts;
}

catalog::OmfTexts pairs_field(const json::Value& object, std::string_view keyword) {
  catalog::OmfTexts pairs;
  const json::Value* const value = find(object, keyword);
  if (value == nullptr) return pairs;
  for (const json::Member& member : value->object()) {
    if (const auto text = member.value.as_string()) {
      pairs.emplace_back(member.name, *text);
    } else if (member.value.is_number() || member.value.is_bool()) {
      pairs.emplace_back(member.name, member.value.to_string());
    }
  }
  return pairs;
}

std::optional<std::string> id_field(const json::Value& object, std::string_view keyword, std::size_t index,
                                    Report& report) {
  const json::Value* const value = find(object, keyword);
  if (value == nullptr || value->is_null()) {
    report.add(index, events::missing_field(keyword));
    return std::nullopt;
  }
  const auto text = value->as_string();
  if (!text) {
    report.add(index, events::invalid_definition(value->to_string(), keyword, "An ID is a string."));
    return std::nullopt;
  }
  if (auto problem = check_name(keyword, *text)) {
    report.add(index, std::move(*problem));
    return std::nullopt;
  }
  if (characters(*text) > kIdCharactersMax) {
    report.add(index, events::invalid_definition(*text, keyword, "An ID has at most 255 characters."));
    return std::nullopt;
  }
  return std::string{*text};
}

catalog::OmfHints hints_field(const json::Value& object, std::string& problem) {
  using catalog::OmfInterpolation;
  catalog::OmfHints hints;
  hints.uom = text_or_empty(object, "uom");
  hints.minimum = number_field(object, "minimum");
  hints.maximum = number_field(object, "maximum");
  if (hints.minimum && hints.maximum && *hints.minimum > *hints.maximum) {
    problem = "'minimum' is greater than 'maximum'.";
  }
  const std::string interpolation = text_or_empty(object, "interpolation");
  if (iequals(interpolation, "continuous")) {
    hints.interpolation = OmfInterpolation::continuous;
  } else if (iequals(interpolation, "discrete")) {
    hints.interpolation = OmfInterpolation::discrete;
  } else if (iequals(interpolation, "stepwisecontinuousleading")) {
    hints.interpolation = OmfInterpolation::stepwise_leading;
  } else if (iequals(interpolation, "stepwisecontinuousfollowing")) {
    hints.interpolation = OmfInterpolation::stepwise_following;
  } else if (!interpolation.empty()) {
    problem = "'" + interpolation + "' is no interpolation.";
  }
  return hints;
}

}  // namespace penstock::dialects::omf
