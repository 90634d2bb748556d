#include "dialects/piwebapi/parse.h"

// Every error of the parser has to be looked at: without exceptions, what would throw does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include "dialects/common/ondemand.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/metrics.h"
#include "base/text.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/fast_time.h"
#include "dialects/piwebapi/parse_regular.h"
#include "dialects/piwebapi/timed_text.h"

namespace penstock::dialects::piwebapi {
namespace {

namespace sj = simdjson::ondemand;

/// Takes items one by one and keeps them as columns.
class Collector {
 public:
  Collector(const Stream& stream, const ParseRules& rules) : stream_{stream}, rules_{rules} {
    parsed_.run.kind = stream.kind();
  }

  bool full() const { return parsed_.sent >= rules_.items_max; }
  void reserve(std::size_t n) { parsed_.run.reserve(n); }

  void add(const WireTimedValue& item) {
    const std::size_t index = parsed_.sent++;
    if (!item.is_object) return refuse(index, "The item is not a timed value.");
    const bool future = stream_.future || !rules_.values_needed;
    const auto quick = item.timestamp_is_text ? fast_time_.parse(item.timestamp) : std::nullopt;
    const auto time = quick ? check_write_time(Timestamp::from_unix_ns(*quick), rules_.now, future)
                            : write_time(item, rules_.now, future);
    if (!time) return refuse(index, time.error().detail);
    Run& run = parsed_.run;
    if (!rules_.values_needed) {
      run.push(*time, zero_of(run.kind));
    } else if (is_plain_number(item)) {
      run.times.push_back(time->unix_ns());
      run.numbers.push_back(stream_.type == PointType::float32
                                ? static_cast<double>(static_cast<float>(item.value.number))
                                : item.value.number);
      if (!run.qualities.empty()) run.qualities.emplace_back();
    } else {
      auto coerced = coerce(item, stream_, rules_.now);
      if (!coerced) return refuse(index, coerced.error().detail);
      run.push(*time, std::move(coerced->value), coerced->quality);
    }
    if (!parsed_.errors.empty()) parsed_.positions.push_back(static_cast<std::uint32_t>(index));
  }

  ParsedValues take() { return std::move(parsed_); }

 private:
  /// The common case needs no coercion: a number for a Float64 or Float32 point that holds it.
  bool is_plain_number(const WireTimedValue& item) const {
    if (item.value.type != WireValue::Type::number || !item.good || item.questionable) return false;
    if (stream_.type == PointType::float64) return std::isfinite(item.value.number);
    return stream_.type == PointType::float32 && std::isfinite(static_cast<float>(item.value.number));
  }
  void refuse(std::size_t index, std::string message) {
    if (parsed_.errors.empty()) {
      for (std::uint32_t i = 0; i < parsed_.run.size(); ++i) parsed_.positions.push_back(i);
    }
    parsed_.errors.push_back({index, std::move(message)});
  }

  const Stream& stream_;
  const ParseRules& rules_;
  ParsedValues parsed_;
  FastTime fast_time_;
};

enum class MemberName { timestamp, value, good, questionable, units, name, is_system, items, other };

MemberName member_name(std::string_view key) {
  // The two that every item has, as every client writes them.
  if (key == "Timestamp") return MemberName::timestamp;
  if (key == "Value") return MemberName::value;
  if (key == "Good") return MemberName::good;
  if (iequals(key, "Timestamp")) return MemberName::timestamp;
  if (iequals(key, "Value")) return MemberName::value;
  if (iequals(key, "Good")) return MemberName::good;
  if (iequals(key, "Questionable")) return MemberName::questionable;
  if (iequals(key, "UnitsAbbreviation")) return MemberName::units;
  if (iequals(key, "Name")) return MemberName::name;
  if (iequals(key, "IsSystem")) return MemberName::is_system;
  if (iequals(key, "Items")) return MemberName::items;
  return MemberName::other;
}

std::optional<double> code_text(std::string_view text) {
  text = trim(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// --- simdjson. Every function here returns false where the strict parser gives up; the body is then read
// again.

/// Which member a field is. Bodies are padded, so that comparing past a short key is harmless.
bool read_name(sj::field& field, MemberName& name) {
  const char* raw = field.key().raw();
  if (std::memcmp(raw, "Timestamp\"", 10) == 0) {
    name = MemberName::timestamp;
  } else if (std::memcmp(raw, "Value\"", 6) == 0) {
    name = MemberName::value;
  } else {
    std::string_view key;
    if (field.unescaped_key().get(key)) return false;
    name = member_name(key);
  }
  return true;
}

/// `null` itself, where its first letter promised it.
bool read_null(sj::value& value) {
  bool is_null = false;
  return !value.is_null().get(is_null) && is_null;
}

bool read_number(sj::value& value, WireValue& out) {
  if (!value.get_int64().get(out.integer)) {
    out.type = WireValue::Type::integer;
    out.number = static_cast<double>(out.integer);
    return true;
  }
  out.type = WireValue::Type::number;
  return !ondemand::read_double(value, out.number);
}

bool read_state(sj::value& value, WireValue& out) {
  sj::object object;
  if (value.get_object().get(object)) return false;
  out.type = WireValue::Type::state;
  out.state_name.reset();
  out.state_code.reset();
  out.is_system = false;
  for (auto element : object) {
    sj::field field;
    MemberName name;
    if (std::move(element).get(field) || !read_name(field, name)) return false;
    sj::value& member = field.value();
    sj::json_type type;
    if (member.type().get(type)) return false;
    if (name == MemberName::name && type == sj::json_type::string) {
      std::string_view text;
      if (member.get_string().get(text)) return false;
      out.state_name = text;
    } else if (name == MemberName::value && type == sj::json_type::number) {
      double number;
      if (ondemand::read_double(member, number)) return false;
      out.state_code = number;
    } else if (name == MemberName::value && type == sj::json_type::string) {
      std::string_view text;
      if (member.get_string().get(text)) return false;
      out.state_code = code_text(text);
    } else if (name == MemberName::is_system && type == sj::json_type::boolean) {
      if (member.get_bool().get(out.is_system)) return false;
    }
  }
  return true;
}

bool read_array(sj::value& value, WireValue& out) {
  sj::array array;
  if (value.get_array().get(array)) return false;
  out.type = WireValue::Type::array;
  out.bytes_fit = true;
  out.bytes.clear();
  for (auto item : array) {
    sj::value element;
    if (item.get(element)) return false;
    sj::json_type type;
    if (element.type().get(type)) return false;
    std::uint64_t byte = 256;
    if (type == sj::json_type::number) {
      if (element.get_uint64().get(byte)) {
        double number;
        if (ondemand::read_double(element, number)) return false;
        byte = 256;
      }
    }
    out.bytes_fit = out.bytes_fit && byte < 256;
    if (out.bytes_fit) out.bytes.push_back(static_cast<char>(byte));
  }
  return true;
}

bool read_value(sj::value& value, WireValue& out) {
  sj::json_type type;
  if (value.type().get(type)) return false;
  switch (type) {
    case sj::json_type::number: return read_number(value, out);
    case sj::json_type::string: out.type = WireValue::Type::text; return !value.get_string().get(out.text);
    case sj::json_type::boolean: out.type = WireValue::Type::boolean; return !value.get_bool().get(out.flag);
    case sj::json_type::null: out.type = WireValue::Type::null; return read_null(value);
    case sj::json_type::object: return read_state(value, out);
    case sj::json_type::array: return read_array(value, out);
  }
  return false;
}

bool read_timestamp(sj::value& value, WireTimedValue& out) {
  sj::json_type type;
  if (value.type().get(type)) return false;
  if (type == sj::json_type::string) {
    // Read in place where there is nothing to unescape.
    const std::string_view token = trim(value.raw_json_token());
    if (token.size() >= 2 && token.back() == '"' && token.find('\\') == std::string_view::npos) {
      out.timestamp = token.substr(1, token.size() - 2);
      return true;
    }
    return !value.get_string().get(out.timestamp);
  }
  if (type == sj::json_type::null) return read_null(value);
  out.timestamp_is_text = false;
  return true;
}

bool read_flag(sj::value& value, bool& flag) {
  sj::json_type type;
  if (value.type().get(type)) return false;
  if (type != sj::json_type::boolean) return true;
  return !value.get_bool().get(flag);
}

bool read_member(MemberName name, sj::value& member, WireTimedValue& item) {
  switch (name) {
    case MemberName::timestamp: return read_timestamp(member, item);
    case MemberName::value: return read_value(member, item.value);
    case MemberName::good: return read_flag(member, item.good);
    case MemberName::questionable: return read_flag(member, item.questionable);
    case MemberName::units:
    case MemberName::name:
    case MemberName::is_system:
    case MemberName::items:
    case MemberName::other: return true;  // Members beyond the shape are read over.
  }
  return true;
}

bool read_item(sj::value& value, WireTimedValue& item) {
  sj::json_type type;
  if (value.type().get(type)) return false;
  item.is_object = type == sj::json_type::object;
  if (!item.is_object) return true;
  sj::object object;
  if (value.get_object().get(object)) return false;
  for (auto element : object) {
    sj::field field;
    MemberName name;
    if (std::move(element).get(field) || !read_name(field, name)) return false;
    if (!read_member(name, field.value(), item)) return false;
  }
  return true;
}

bool read_items(sj::array array, Collector& collector, bool& too_many) {
  WireTimedValue item;
  for (auto element : array) {
    sj::value value;
    if (element.get(value)) return false;
    item.reset();
    if (!read_item(value, item)) return false;
    if (collector.full()) {
      too_many = true;
      return true;
    }
    collector.add(item);
  }
  return true;
}

enum class FastResult { read, too_many, refused };

/// The strict reading of a whole body.
FastResult read_fast(const http::Body& body, BodyShape shape, Collector& collector) {
  thread_local sj::parser parser;
  sj::document document;
  if (parser.iterate(body.data(), body.size(), body.size() + http::Body::kPadding).get(document)) {
    return FastResult::refused;
  }
  sj::json_type type;
  if (document.type().get(type)) return FastResult::refused;
  bool too_many = false;
  if (type == sj::json_type::array && shape == BodyShape::list) {
    // An item is hardly shorter than this.
    collector.reserve(body.size() / 50);
    sj::array array;
    if (document.get_array().get(array) || !read_items(array, collector, too_many))
      return FastResult::refused;
  } else if (type == sj::json_type::object) {
    sj::object object;
    if (document.get_object().get(object)) return FastResult::refused;
    WireTimedValue single;
    bool wrapped = false;
    for (auto element : object) {
      sj::field field;
      MemberName name;
      if (std::move(element).get(field) || !read_name(field, name)) return FastResult::refused;
      if (shape == BodyShape::list && name == MemberName::items) {
        sj::array array;
        if (wrapped || field.value().get_array().get(array)) return FastResult::refused;
        wrapped = true;
        collector.reserve(body.size() / 50);
        if (!read_items(array, collector, too_many)) return FastResult::refused;
        if (too_many) return FastResult::too_many;
      } else if (!read_member(name, field.value(), single)) {
        return FastResult::refused;
      }
    }
    if (!wrapped) {
      // A list may be one bare item; anything less is told apart by the careful reading.
      if (shape == BodyShape::list && single.value.type == WireValue::Type::absent)
        return FastResult::refused;
      collector.add(single);
    }
  } else {
    return FastResult::refused;
  }
  if (too_many) return FastResult::too_many;
  // Nothing may stand behind the value.
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? FastResult::read
                                                                        : FastResult::refused;
}

tl::unexpected<Error> too_many_items(const ParseRules& rules) {
  return fail(ErrorCode::limit_exceeded, "Items",
              "More than the maximum of " + std::to_string(rules.items_max) + " values in one request.");
}

WireValue wire_value(const json::Value& value) {
  WireValue out;
  if (value.is_null()) {
    out.type = WireValue::Type::null;
  } else if (const auto flag = value.as_bool()) {
    out.type = WireValue::Type::boolean;
    out.flag = *flag;
  } else if (value.is_number()) {
    out.number = *value.as_double();
    out.type = WireValue::Type::number;
    if (const auto integer = value.as_int64(); integer && value.is_integer()) {
      out.type = WireValue::Type::integer;
      out.integer = *integer;
    }
  } else if (const auto text = value.as_string()) {
    out.type = WireValue::Type::text;
    out.text = *text;
  } else if (value.is_object()) {
    out.type = WireValue::Type::state;
    for (const json::Member& member : value.object()) {
      const MemberName name = member_name(member.name);
      if (name == MemberName::name && member.value.is_string()) out.state_name = member.value.as_string();
      if (name == MemberName::value && member.value.is_number()) out.state_code = member.value.as_double();
      if (name == MemberName::value && member.value.is_string()) {
        out.state_code = code_text(*member.value.as_string());
      }
      if (name == MemberName::is_system) out.is_system = member.value.as_bool().value_or(out.is_system);
    }
  } else {
    out.type = WireValue::Type::array;
    out.bytes_fit = true;
    for (const json::Value& element : value.array()) {
      const auto byte = element.is_integer() ? element.as_int64() : std::nullopt;
      out.bytes_fit = out.bytes_fit && byte && *byte >= 0 && *byte < 256;
      if (out.bytes_fit) out.bytes.push_back(static_cast<char>(*byte));
    }
  }
  return out;
}

/// The careful reading: what the fast one gave up on.
Result<void> read_document(const json::Value& document, BodyShape shape, const ParseRules& rules,
                           Collector& collector) {
  const json::Value* items = nullptr;
  if (shape == BodyShape::list && document.is_array()) items = &document;
  if (shape == BodyShape::list && document.is_object())
    items = document.find("Items", json::Case::insensitive);
  if (items != nullptr) {
    if (!items->is_array()) return fail(ErrorCode::invalid_argument, "Items", "'Items' is not an array.");
    if (items->array().size() > rules.items_max) return too_many_items(rules);
    for (const json::Value& item : items->array()) collector.add(wire_timed_value(item));
    return {};
  }
  if (!document.is_object()) {
    return fail(ErrorCode::invalid_argument, {},
                shape == BodyShape::one ? "The request body must be one timed value."
                                        : "The request body must be an array of timed values.");
  }
  if (shape == BodyShape::list && document.find("Value", json::Case::insensitive) == nullptr) {
    return fail(ErrorCode::invalid_argument, {}, "The request body must be an array of timed values.");
  }
  collector.add(wire_timed_value(document));
  return {};
}

template <class Text>
Result<json::Value> parse_either(const Text& strict_input, std::string_view text) {
  auto document = json::parse(strict_input);
  if (document) return document;
  auto lenient = json::parse_lenient(text);
  if (!lenient)
    return fail(ErrorCode::invalid_json, {},
                "The request body is not valid JSON: " + document.error().detail);
  static metrics::Counter& counter = metrics::counter("penstock_piwebapi_lenient_bodies_total",
                                                      "Bodies that only the lenient JSON reader could read.");
  counter.add();
  return lenient;
}

}  // namespace

Result<json::Value> parse_document(std::string_view text) {
  return parse_either(text, text);
}
Result<json::Value> parse_document(const http::Body& body) {
  return parse_either(body, body.view());
}

WireTimedValue wire_timed_value(const json::Value& item) {
  WireTimedValue out;
  out.is_object = item.is_object();
  for (const json::Member& member : item.object()) {
    switch (member_name(member.name)) {
      case MemberName::timestamp:
        if (const auto text = member.value.as_string()) {
          out.timestamp = *text;
        } else {
          out.timestamp_is_text = member.value.is_null();
        }
        break;
      case MemberName::value: out.value = wire_value(member.value); break;
      case MemberName::good: out.good = member.value.as_bool().value_or(true); break;
      case MemberName::questionable: out.questionable = member.value.as_bool().value_or(false); break;
      case MemberName::units: out.units = member.value.as_string().value_or(std::string_view{}); break;
      case MemberName::name:
      case MemberName::is_system:
      case MemberName::items:
      case MemberName::other: break;
    }
  }
  return out;
}

ParsedValues parse_items(std::span<const json::Value> items, const Stream& stream, const ParseRules& rules) {
  Collector collector{stream, rules};
  collector.reserve(items.size());
  for (const json::Value& item : items) collector.add(wire_timed_value(item));
  return collector.take();
}

Result<ParsedValues> parse_values(const http::Body& body, BodyShape shape, const Stream& stream,
                                  const ParseRules& rules) {
  if (shape == BodyShape::list) {
    if (auto regular = parse_regular_values(body, stream, rules)) return *std::move(regular);
  }
  if (TimedText text; shape == BodyShape::one && read_timed_text(body.view(), Quotes::plain, text)) {
    WireTimedValue item;
    item.timestamp = text.timestamp;
    item.value.type = text.is_integer ? WireValue::Type::integer : WireValue::Type::number;
    item.value.integer = text.integer;
    item.value.number = text.number;
    Collector one{stream, rules};
    one.add(item);
    return one.take();
  }
  return parse_values_by_item(body, shape, stream, rules);
}

Result<ParsedValues> parse_values_by_item(const http::Body& body, BodyShape shape, const Stream& stream,
                                          const ParseRules& rules) {
  if (trim(body.view()).empty()) return fail(ErrorCode::missing_argument, {}, "The request body is missing.");
  Collector fast{stream, rules};
  switch (read_fast(body, shape, fast)) {
    case FastResult::read: return fast.take();
    case FastResult::too_many: return too_many_items(rules);
    case FastResult::refused: break;
  }
  TRY(const json::Value document, parse_document(body));
  Collector careful{stream, rules};
  TRY_VOID(read_document(document, shape, rules, careful));
  return careful.take();
}

}  // namespace penstock::dialects::piwebapi
