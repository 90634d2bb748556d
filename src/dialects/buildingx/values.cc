#include "dialects/buildingx/values.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"
#include "dialects/buildingx/wire.h"
#include "dialects/common/number_text.h"

namespace penstock::dialects::buildingx {
namespace {

using catalog::BxDataType;

bool is_boolean_set(const DigitalSet* set) {
  return set != nullptr && set->states.size() == 2 && iequals(set->states[0].name, "false") &&
         iequals(set->states[1].name, "true");
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

tl::unexpected<Error> mismatch(std::string detail) {
  return fail(ErrorCode::value_type_mismatch, {}, std::move(detail));
}

Result<Value> parse_float(std::string_view text, Kind kind) {
  const auto number = parse_number_text(text);
  if (!number || !std::isfinite(*number)) return mismatch("The value must be the text of a finite number");
  if (kind == Kind::float64) return Value{*number};
  const float single = static_cast<float>(*number);
  if (!std::isfinite(single)) return mismatch("The value is beyond single precision, which this point has");
  return Value{static_cast<double>(single)};
}

Result<Value> parse_whole(std::string_view text, PointType type) {
  const std::int64_t limit = type == PointType::int16 ? std::numeric_limits<std::int16_t>::max()
                                                      : std::numeric_limits<std::int32_t>::max();
  std::optional<std::int64_t> number = parse_integer(text);
  if (!number) {
    // "5.0" and "5e0" are whole numbers too.
    const auto general = parse_number_text(text);
    if (general && std::abs(*general) <= static_cast<double>(limit) && *general == std::trunc(*general)) {
      number = static_cast<std::int64_t>(*general);
    }
  }
  if (!number || *number > limit || *number < -limit - 1) {
    return mismatch("The value must be the text of a whole number in the range of the point");
  }
  return Value{*number};
}

Result<Value> parse_boolean(std::string_view text) {
  for (const char* yes : {"true", "on", "1"}) {
    if (iequals(text, yes)) return Value{std::int64_t{1}};
  }
  for (const char* no : {"false", "off", "0"}) {
    if (iequals(text, no)) return Value{std::int64_t{0}};
  }
  return mismatch("The value must be true or false");
}

Result<Value> parse_state(std::string_view text, const DigitalSet* set) {
  if (set == nullptr) return mismatch("The point has no states");
  if (const auto code = parse_integer(text)) {
    if (*code >= std::numeric_limits<std::int32_t>::min() &&
        *code <= std::numeric_limits<std::int32_t>::max() &&
        set->find(static_cast<std::int32_t>(*code)) != nullptr) {
      return Value{*code};
    }
  } else if (const DigitalState* state = set->find(text)) {
    return Value{static_cast<std::int64_t>(state->code)};
  }
  return mismatch("The value must be a key or a label of the point's enum");
}

Result<Value> parse_listed_key(std::string_view text, const catalog::BxPoint& extra) {
  const auto wanted = parse_integer(text);
  for (const auto& [key, label] : extra.states) {
    if (wanted ? *wanted == key : iequals(text, label)) return Value{static_cast<std::int64_t>(key)};
  }
  return mismatch("The value must be a key or a label of the point's enum");
}

void append_float(std::string& out, double number, Kind kind) {
  if (kind == Kind::float32) {
    append_number(out, static_cast<float>(number));
  } else {
    append_number(out, number);
  }
}

}  // namespace

BxDataType PointFormat::data_type() const {
  switch (point.type) {
    case PointType::int16:
    case PointType::int32:
      return extra != nullptr && extra->data_type == BxDataType::enumeration ? BxDataType::enumeration
                                                                             : BxDataType::number;
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: return BxDataType::number;
    case PointType::digital: return is_boolean_set(set) ? BxDataType::boolean : BxDataType::enumeration;
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: return BxDataType::string;
  }
  return BxDataType::string;
}

Result<Value> parse_value(std::string_view text, const PointFormat& format) {
  switch (format.point.type) {
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: return parse_float(text, format.point.kind());
    case PointType::int16:
    case PointType::int32:
      if (format.data_type() == BxDataType::enumeration && !format.extra->states.empty()) {
        return parse_listed_key(text, *format.extra);
      }
      return parse_whole(text, format.point.type);
    case PointType::digital:
      return format.data_type() == BxDataType::boolean ? parse_boolean(text) : parse_state(text, format.set);
    case PointType::string:
      if (text.size() > kValueBytesMax) return mismatch("The value is longer than 8 KiB");
      return Value{std::string{text}};
    case PointType::timestamp: {
      const auto time = parse_timestamp(text, OffsetRule::utc_if_absent);
      if (!time) return mismatch("The value must be the text of a time");
      return Value{time->unix_ns()};
    }
    case PointType::blob: return mismatch("The point holds bytes, which are not written through this API");
  }
  return mismatch("The point can't be written");
}

ValueText render_value(const Value& value, Quality quality, const PointFormat& format) {
  ValueText made;
  if (quality.state != 0) {
    const DigitalState* state = system_set().find(static_cast<std::int32_t>(quality.state));
    made.text = state != nullptr ? state->name : std::to_string(quality.state);
    made.quality_of_value = 1;
    return made;
  }
  made.quality_of_value = quality.grade != 0 ? quality.grade : quality.has(Quality::kQuestionable) ? 1 : 0;
  switch (format.point.type) {
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: append_float(made.text, std::get<double>(value), format.point.kind()); break;
    case PointType::int16:
    case PointType::int32: made.text = std::to_string(std::get<std::int64_t>(value)); break;
    case PointType::digital:
      if (format.data_type() == BxDataType::boolean) {
        made.text = std::get<std::int64_t>(value) != 0 ? "true" : "false";
      } else {
        made.text = std::to_string(std::get<std::int64_t>(value));
      }
      break;
    case PointType::timestamp:
      made.text = format_trimmed(Timestamp::from_unix_ns(std::get<std::int64_t>(value)));
      break;
    case PointType::string: made.text = std::get<std::string>(value); break;
    case PointType::blob: made.text = base64_encode(std::get<std::string>(value)); break;
  }
  return made;
}

}  // namespace penstock::dialects::buildingx
