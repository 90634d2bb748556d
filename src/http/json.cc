#include "http/json.h"

#include <simdjson.h>

#include <cmath>

#include "base/text.h"
#include "http/json_reader.h"
#include "http/json_writer.h"

namespace penstock::json {
namespace {

static_assert(http::Body::kPadding >= simdjson::SIMDJSON_PADDING);

/// Parsers keep room for the largest text they saw: those of large ones are not kept.
constexpr std::size_t kKeptParserBytes = 1u << 20;

bool convert(const simdjson::dom::element& from, int depth, Value& to) {
  using simdjson::dom::element_type;
  switch (from.type()) {
    case element_type::NULL_VALUE: to = Value{}; return true;
    case element_type::BOOL: to = Value{from.get_bool().value_unsafe()}; return true;
    case element_type::INT64: to = Value{std::int64_t{from.get_int64().value_unsafe()}}; return true;
    case element_type::UINT64: to = Value{std::uint64_t{from.get_uint64().value_unsafe()}}; return true;
    case element_type::DOUBLE: to = Value{from.get_double().value_unsafe()}; return true;
    case element_type::STRING: to = Value{std::string{from.get_string().value_unsafe()}}; return true;
    case element_type::ARRAY: {
      if (depth == kDepthMax) return false;
      const auto source = from.get_array().value_unsafe();
      Value::Array items;
      items.reserve(source.size());
      for (const auto item : source) {
        if (!convert(item, depth + 1, items.emplace_back())) return false;
      }
      to = Value{std::move(items)};
      return true;
    }
    case element_type::OBJECT: {
      if (depth == kDepthMax) return false;
      const auto source = from.get_object().value_unsafe();
      Value::Object members;
      members.reserve(source.size());
      for (const auto field : source) {
        Member& member = members.emplace_back();
        member.name = field.key;
        if (!convert(field.value, depth + 1, member.value)) return false;
      }
      to = Value{std::move(members)};
      return true;
    }
  }
  return false;
}

/// The fast way; false where the text is not plain JSON within 64-bit numbers.
bool parse_fast(const char* padded, std::size_t size, Value& to) {
  thread_local simdjson::dom::parser kept;
  simdjson::dom::parser fresh;
  simdjson::dom::parser& parser = size <= kKeptParserBytes ? kept : fresh;
  simdjson::dom::element root;
  if (parser.parse(padded, size, false).get(root) != simdjson::SUCCESS) return false;
  return convert(root, 0, to);
}

Result<Value> parse_padded(std::string_view text) {
  Value value;
  if (parse_fast(text.data(), text.size(), value)) return value;
  // The slow reader knows numbers beyond 64 bits, and says where a text goes wrong.
  return read_json(text, Grammar::strict);
}

}  // namespace

Value::Value(std::uint64_t number) {
  if (number <= static_cast<std::uint64_t>(INT64_MAX)) {
    data_ = static_cast<std::int64_t>(number);
  } else {
    data_ = number;
  }
}

Value::Value(Object members) : data_{std::move(members)} {}

std::string_view Value::type_name() const {
  if (is_null()) return "null";
  if (is_bool()) return "boolean";
  if (is_number()) return "number";
  if (is_string()) return "string";
  return is_array() ? "array" : "object";
}

std::optional<bool> Value::as_bool() const {
  if (const auto* flag = std::get_if<bool>(&data_)) return *flag;
  return std::nullopt;
}

std::optional<std::int64_t> Value::as_int64() const {
  if (const auto* number = std::get_if<std::int64_t>(&data_)) return *number;
  if (const auto* number = std::get_if<double>(&data_)) {
    if (*number >= -0x1p63 && *number < 0x1p63 && std::trunc(*number) == *number) {
      return static_cast<std::int64_t>(*number);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Value::as_uint64() const {
  if (const auto* number = std::get_if<std::uint64_t>(&data_)) return *number;
  if (const auto* number = std::get_if<double>(&data_)) {
    if (*number >= 0 && *number < 0x1p64 && std::trunc(*number) == *number) {
      return static_cast<std::uint64_t>(*number);
    }
  }
  const auto number = as_int64();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<double> Value::as_double() const {
  if (const auto* number = std::get_if<double>(&data_)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&data_)) return static_cast<double>(*number);
  return std::nullopt;
}

std::optional<std::string_view> Value::as_string() const {
  if (const auto* text = std::get_if<std::string>(&data_)) return *text;
  return std::nullopt;
}

const Value::Array& Value::array() const {
  static const Array none;
  const auto* items = std::get_if<Array>(&data_);
  return items ? *items : none;
}

const Value::Object& Value::object() const {
  static const Object none;
  const auto* members = std::get_if<Object>(&data_);
  return members ? *members : none;
}

const Value* Value::find(std::string_view name, Case how) const {
  const Object& members = object();
  for (auto at = members.rbegin(); at != members.rend(); ++at) {
    if (how == Case::sensitive ? at->name == name : iequals(at->name, name)) return &at->value;
  }
  return nullptr;
}

void Value::write(http::JsonWriter& to) const {
  struct Writer {
    http::JsonWriter& to;
    void operator()(std::monostate) const { to.null(); }
    void operator()(bool flag) const { to.value(flag); }
    void operator()(std::int64_t number) const { to.value(number); }
    void operator()(std::uint64_t number) const { to.value(number); }
    void operator()(double number) const { to.value(number); }
    void operator()(const std::string& text) const { to.value(text); }
    void operator()(const Array& items) const {
      to.array_begin();
      for (const Value& item : items) item.write(to);
      to.array_end();
    }
    void operator()(const Object& members) const {
      to.object_begin();
      for (const Member& member : members) {
        to.key(member.name);
        member.value.write(to);
      }
      to.object_end();
    }
  };
  std::visit(Writer{to}, data_);
}

std::string Value::to_string() const {
  std::string out;
  http::JsonWriter writer{out};
  write(writer);
  return out;
}

Result<Value> parse(std::string_view text) {
  const http::Body padded{text};
  return parse_padded(padded.view());
}

Result<Value> parse(const http::Body& body) {
  if (body.data() == nullptr) return parse(std::string_view{});
  return parse_padded(body.view());
}

Result<Value> parse_lenient(std::string_view text) {
  return read_json(text, Grammar::lenient);
}

}  // namespace penstock::json
