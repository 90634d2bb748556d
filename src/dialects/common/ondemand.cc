#include "dialects/common/ondemand.h"

#include <cctype>
#include <cmath>

#include "base/text.h"
#include "dialects/common/number_text.h"
#include "dialects/common/shape_values.h"

namespace penstock::dialects::ondemand {

bool has_valid_escapes(const raw_json_string& text) {
  for (const char* at = text.raw(); *at != '"'; ++at) {
    if (*at != '\\') continue;
    ++at;
    if (*at == 'u') {
      for (int i = 0; i < 4; ++i) {
        if (std::isxdigit(static_cast<unsigned char>(*++at)) == 0) return false;
      }
    } else if (std::string_view{"\"\\/bfnrt"}.find(*at) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

simdjson::error_code read_over(value item, int depth) {
  if (depth > kDepthMax) return simdjson::DEPTH_ERROR;
  json_type type;
  if (const auto error = item.type().get(type)) return error;
  switch (type) {
    case json_type::array: {
      array items;
      if (const auto error = item.get_array().get(items)) return error;
      for (auto each : items) {
        value inner;
        if (const auto error = each.get(inner)) return error;
        if (const auto error = read_over(inner, depth + 1)) return error;
      }
      return simdjson::SUCCESS;
    }
    case json_type::object: {
      object members;
      if (const auto error = item.get_object().get(members)) return error;
      for (auto each : members) {
        field member;
        if (const auto error = std::move(each).get(member)) return error;
        if (!has_valid_escapes(member.key())) return simdjson::STRING_ERROR;
        if (const auto error = read_over(member.value(), depth + 1)) return error;
      }
      return simdjson::SUCCESS;
    }
    case json_type::string: {
      raw_json_string text;
      if (const auto error = item.get_raw_json_string().get(text)) return error;
      return has_valid_escapes(text) ? simdjson::SUCCESS : simdjson::STRING_ERROR;
    }
    case json_type::number:
      return is_json_number(trim(item.raw_json_token())) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
    case json_type::boolean: return item.get_bool().error();
    case json_type::null:
      return trim(item.raw_json_token()) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }
  return simdjson::TAPE_ERROR;
}

simdjson::error_code read_double(value item, double& number) {
  const std::string_view token = trim(item.raw_json_token());
  const char* const end = token.data() + token.size();
  if (shape::read_number(token.data(), end, number) == end) return simdjson::SUCCESS;
  const auto odd = token.starts_with('+') ? std::nullopt : parse_number_text(token);
  if (!odd || !std::isfinite(*odd)) return simdjson::NUMBER_ERROR;
  number = *odd;
  return simdjson::SUCCESS;
}

}  // namespace penstock::dialects::ondemand
