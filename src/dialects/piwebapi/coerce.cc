#include "dialects/piwebapi/coerce.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "dialects/common/pi_time.h"
#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {
namespace {

using Type = WireValue::Type;

std::string number_text(double number) {
  std::string text;
  http::JsonWriter{text}.value(number);
  return text;
}

/// What was sent, as a message shows it.
std::string shown(const WireValue& value) {
  switch (value.type) {
    case Type::absent:
    case Type::null: return "null";
    case Type::boolean: return value.flag ? "true" : "false";
    case Type::integer: return std::to_string(value.integer);
    case Type::number: return number_text(value.number);
    case Type::text: return std::string{value.text.substr(0, 80)};
    case Type::state:
      if (value.state_name) return std::string{value.state_name->substr(0, 80)};
      if (value.state_code) return number_text(*value.state_code);
      return "{}";
    case Type::array: return "[...]";
  }
  return {};
}

tl::unexpected<Error> mismatch(const WireValue& value, std::string_view type) {
  return fail(ErrorCode::value_type_mismatch, "Value",
              "Value '" + shown(value) + "' cannot be converted to " + std::string{type} + ".");
}
tl::unexpected<Error> beyond(const WireValue& value, std::string_view type) {
  return fail(ErrorCode::value_out_of_range, "Value",
              "Value '" + shown(value) + "' is outside of the range of " + std::string{type} + ".");
}

/// The whole text as a number, as .NET's invariant culture reads one.
std::optional<double> numeric_text(std::string_view text) {
  text = trim(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> numeric(const WireValue& value) {
  switch (value.type) {
    case Type::boolean: return value.flag ? 1.0 : 0.0;
    case Type::integer: return static_cast<double>(value.integer);
    case Type::number: return value.number;
    case Type::text: return numeric_text(value.text);
    case Type::absent:
    case Type::null:
    case Type::state:
    case Type::array: return std::nullopt;
  }
  return std::nullopt;
}

Coerced system_state(std::int32_t code, Kind kind) {
  Quality quality;
  quality.state = static_cast<std::uint16_t>(code);
  return {zero_of(kind), quality};
}

/// The system state that an object or a text names, if it names one.
std::optional<std::int32_t> named_system_state(const WireValue& value) {
  if (value.type == Type::text) {
    const DigitalState* state = system_set().find(trim(value.text));
    return state != nullptr ? std::optional{state->code} : std::nullopt;
  }
  if (value.type != Type::state) return std::nullopt;
  if (value.is_system && value.state_code && *value.state_code == std::trunc(*value.state_code)) {
    if (std::abs(*value.state_code) < 65536) {
      const auto code = static_cast<std::int32_t>(std::abs(*value.state_code));
      if (system_set().find(code) != nullptr) return code;
    }
    return std::nullopt;
  }
  if (value.state_name) {
    if (const DigitalState* state = system_set().find(trim(*value.state_name))) return state->code;
  }
  return std::nullopt;
}

Result<Coerced> integer_in(const WireValue& value, double low, double high, std::string_view type,
                           Kind kind) {
  if (value.type == Type::integer) {
    if (static_cast<double>(value.integer) < low || static_cast<double>(value.integer) > high) {
      return beyond(value, type);
    }
    return Coerced{value.integer, {}};
  }
  if (const auto number = numeric(value)) {
    const double whole = std::trunc(*number);  // Fractions are cut toward zero.
    if (whole < low || whole > high) return beyond(value, type);
    return Coerced{static_cast<std::int64_t>(whole), {}};
  }
  if (const auto state = named_system_state(value)) return system_state(*state, kind);
  return mismatch(value, type);
}

Result<Coerced> floating(const WireValue& value, const Stream& stream) {
  const std::string_view type = to_string(stream.type);
  const auto number = numeric(value);
  if (!number) {
    if (const auto state = named_system_state(value)) return system_state(*state, stream.kind());
    return mismatch(value, type);
  }
  if (!std::isfinite(*number)) return beyond(value, type);
  if (stream.type == PointType::float32) {
    const auto single = static_cast<float>(*number);
    if (!std::isfinite(single)) return beyond(value, type);
    return Coerced{static_cast<double>(single), {}};
  }
  if (stream.type == PointType::float16) {
    // *Data Archive Reference, "PointType"*: what the scale can't hold becomes a state.
    if (*number < stream.zero) return system_state(system_state::kUnderRange, stream.kind());
    if (*number > stream.zero + stream.span) return system_state(system_state::kOverRange, stream.kind());
  }
  return Coerced{*number, {}};
}

std::size_t characters(std::string_view utf8) {
  std::size_t n = 0;
  for (const char c : utf8) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return n;
}

Result<Coerced> text_of(const WireValue& value, std::string_view type, Kind kind) {
  switch (value.type) {
    case Type::text:
      if (characters(value.text) > kStringMax) {
        return fail(ErrorCode::value_out_of_range, "Value",
                    "The value is longer than " + std::to_string(kStringMax) + " characters.");
      }
      return Coerced{std::string{value.text}, {}};
    case Type::boolean: return Coerced{std::string{value.flag ? "True" : "False"}, {}};
    case Type::integer: return Coerced{std::to_string(value.integer), {}};
    case Type::number: return Coerced{number_text(value.number), {}};
    case Type::state:
      if (const auto state = named_system_state(value)) return system_state(*state, kind);
      return mismatch(value, type);
    case Type::absent:
    case Type::null:
    case Type::array: return mismatch(value, type);
  }
  return mismatch(value, type);
}

Result<Coerced> blob(const WireValue& value) {
  std::string bytes;
  if (value.type == Type::array && value.bytes_fit) {
    bytes = value.bytes;
  } else if (value.type == Type::text) {
    auto decoded = base64_decode(value.text);
    if (!decoded) return mismatch(value, "Blob");
    bytes = *std::move(decoded);
  } else if (const auto state = named_system_state(value)) {
    return system_state(*state, Kind::text);
  } else {
    return mismatch(value, "Blob");
  }
  if (bytes.size() > kStringMax) {
    return fail(ErrorCode::value_out_of_range, "Value",
                "The value is longer than " + std::to_string(kStringMax) + " bytes.");
  }
  return Coerced{std::move(bytes), {}};
}

Result<Coerced> instant(const WireValue& value, Timestamp now) {
  if (value.type != Type::text) {
    if (const auto state = named_system_state(value)) return system_state(*state, Kind::int64);
    return mismatch(value, "Timestamp");
  }
  const auto time = parse_pi_time(value.text, now);
  if (!time) {
    if (const auto state = named_system_state(value)) return system_state(*state, Kind::int64);
    return mismatch(value, "Timestamp");
  }
  if (time->unix_ns() < 0 || time->unix_ns() > kWriteTimeMaxNs) return beyond(value, "Timestamp");
  return Coerced{time->unix_ns(), {}};
}

constexpr double kCodeMax = 2'147'483'647;

/// *PI Web API Reference, "Value Types"*; the object, then the code, then names, then texts of codes.
Result<Coerced> digital(const WireValue& value, const DigitalSet& set) {
  const auto code_of = [&](double number) -> Result<Coerced> {
    if (number != std::trunc(number) || std::abs(number) > kCodeMax) return mismatch(value, "Digital");
    const auto code = static_cast<std::int32_t>(number);
    // A negative number is a system state, unless it belongs to the enumeration set of an asset database.
    if (code < 0 && set.find(code) == nullptr) {
      if (system_set().find(-code) == nullptr) return beyond(value, "Digital");
      return system_state(-code, Kind::digital);
    }
    if (set.find(code) == nullptr) {
      return fail(ErrorCode::value_out_of_range, "Value",
                  "Value '" + shown(value) + "' is not a state of the digital set '" + set.name + "'.");
    }
    if (set.id == kSystemSet) return system_state(code, Kind::digital);
    return Coerced{std::int64_t{code}, {}};
  };
  const auto name_of = [&](std::string_view name) -> Result<Coerced> {
    name = trim(name);
    if (const DigitalState* state = set.find(name)) return code_of(state->code);
    if (const DigitalState* state = system_set().find(name)) return system_state(state->code, Kind::digital);
    if (const auto number = numeric_text(name)) return code_of(*number);
    return fail(ErrorCode::value_type_mismatch, "Value",
                "Value '" + std::string{name.substr(0, 80)} + "' is not a state of the digital set '" +
                    set.name + "'.");
  };
  switch (value.type) {
    case Type::state: {
      const auto system = named_system_state(value);
      if (value.is_system) {
        if (!system) return mismatch(value, "Digital");
        return system_state(*system, Kind::digital);
      }
      const bool known_code = value.state_code && *value.state_code == std::trunc(*value.state_code) &&
                              std::abs(*value.state_code) <= kCodeMax &&
                              set.find(static_cast<std::int32_t>(*value.state_code)) != nullptr;
      const bool known_name = value.state_name && set.find(trim(*value.state_name)) != nullptr;
      if (!known_code && !known_name && system) return system_state(*system, Kind::digital);
      if (value.state_code) return code_of(*value.state_code);
      if (value.state_name) return name_of(*value.state_name);
      return mismatch(value, "Digital");
    }
    case Type::integer: return code_of(static_cast<double>(value.integer));
    case Type::number: return code_of(value.number);
    case Type::boolean: return code_of(value.flag ? 1 : 0);
    case Type::text: return name_of(value.text);
    case Type::absent:
    case Type::null:
    case Type::array: return mismatch(value, "Digital");
  }
  return mismatch(value, "Digital");
}

Result<Coerced> by_type(const WireValue& value, const Stream& stream, Timestamp now) {
  switch (stream.type) {
    case PointType::int16: return integer_in(value, 0, 32767, "Int16", Kind::int64);
    // The lowest 32768 codes stand for digital states in the archive.
    case PointType::int32: return integer_in(value, -2147450880.0, 2147483647.0, "Int32", Kind::int64);
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: return floating(value, stream);
    case PointType::digital: return digital(value, stream.set ? *stream.set : system_set());
    case PointType::string: return text_of(value, "String", Kind::text);
    case PointType::blob: return blob(value);
    case PointType::timestamp: return instant(value, now);
  }
  return mismatch(value, to_string(stream.type));
}

tl::unexpected<Error> no_value() {
  return fail(ErrorCode::missing_argument, "Value", "A value is required.");
}

}  // namespace

Result<Coerced> coerce(const WireTimedValue& sent, const Stream& stream, Timestamp now) {
  const Kind kind = stream.kind();
  const bool absent = sent.value.type == Type::absent || sent.value.type == Type::null;
  if (absent && sent.good) return no_value();
  Coerced coerced = absent ? system_state(system_state::kNoData, kind) : Coerced{};
  if (!absent) {
    TRY(coerced, by_type(sent.value, stream, now));
  }
  if (!sent.good && coerced.quality.state == 0) {
    // A bad value can't be kept beside its number; a state that was named is kept as it is.
    const bool named = stream.type == PointType::digital &&
                       (sent.value.type == Type::state || sent.value.type == Type::text);
    if (!named) coerced = system_state(system_state::kBadInput, kind);
  }
  if (sent.questionable) coerced.quality.flags |= Quality::kQuestionable;
  return coerced;
}

Result<Coerced> coerce_attribute(const WireTimedValue& sent, std::string_view type, const DigitalSet* set,
                                 Timestamp now) {
  const WireValue& value = sent.value;
  if (value.type == Type::absent || value.type == Type::null) return no_value();
  struct Range {
    std::string_view type;
    double low, high;
  };
  static constexpr Range kRanges[] = {{"Byte", 0, 255},
                                      {"Boolean", 0, 1},
                                      {"Int16", -32768, 32767},
                                      {"Int32", -2147483648.0, 2147483647.0},
                                      {"Int64", -9223372036854775808.0, 9223372036854774784.0}};
  for (const Range& range : kRanges) {
    if (!iequals(type, range.type)) continue;
    if (range.type == "Boolean" && value.type == Type::text) {
      if (iequals(trim(value.text), "true")) return Coerced{std::int64_t{1}, {}};
      if (iequals(trim(value.text), "false")) return Coerced{std::int64_t{0}, {}};
    }
    if (value.type == Type::state) return mismatch(value, type);
    return integer_in(value, range.low, range.high, range.type, Kind::int64);
  }
  if (iequals(type, "Double") || iequals(type, "Single")) {
    const auto number = numeric(value);
    if (!number) return mismatch(value, type);
    const double kept = iequals(type, "Single") ? static_cast<double>(static_cast<float>(*number)) : *number;
    if (!std::isfinite(kept)) return beyond(value, type);
    return Coerced{kept, {}};
  }
  if (iequals(type, "EnumerationValue") && set != nullptr) return digital(value, *set);
  if (iequals(type, "DateTime")) return instant(value, now);
  if (iequals(type, "Guid")) {
    const auto id = value.type == Type::text ? Uuid::parse(trim(value.text)) : std::nullopt;
    if (!id) return mismatch(value, type);
    return Coerced{id->to_string(), {}};
  }
  if (iequals(type, "<Anything>")) {
    if (value.type == Type::integer) return Coerced{value.integer, {}};
    if (value.type == Type::number) return Coerced{value.number, {}};
  }
  return text_of(value, type, Kind::text);
}

Result<Timestamp> write_time(const WireTimedValue& sent, Timestamp now, bool future) {
  if (!sent.timestamp_is_text) {
    return fail(ErrorCode::invalid_time, "Timestamp", "The time stamp is not a text.");
  }
  TRY(const Timestamp time, parse_pi_time(sent.timestamp, now));
  return check_write_time(time, now, future);
}

Result<Timestamp> check_write_time(Timestamp time, Timestamp now, bool future) {
  if (time.unix_ns() == 0) return now.floor_to(kNsPerTick);
  if (time.unix_ns() < 0 || time.unix_ns() > kWriteTimeMaxNs) {
    return fail(ErrorCode::time_out_of_range, "Timestamp",
                "The time " + format_trimmed(time) + " is outside of the years 1970 to 2038.");
  }
  if (!future && time.unix_ns() > now.unix_ns() + kFutureAllowanceNs) {
    return fail(ErrorCode::time_out_of_range, "Timestamp",
                "The target date " + format_trimmed(time) + " is in the future.");
  }
  return time;
}

}  // namespace penstock::dialects::piwebapi
