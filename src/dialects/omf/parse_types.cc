#include "dialects/omf/parse_types.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialects/omf/fields.h"

namespace penstock::dialects::omf {
namespace {

using catalog::OmfClassification;
using catalog::OmfFormat;
using catalog::OmfProperty;
using catalog::OmfType;

/// The table of *type / format*. `offered` is false for formats of OMF that PI points can't hold.
struct FormatRow {
  std::string_view type, format;
  OmfFormat meaning;
  bool offered;
};
constexpr FormatRow kFormats[] = {
    {"boolean", "", OmfFormat::boolean, true},       {"integer", "", OmfFormat::int32, true},
    {"integer", "int16", OmfFormat::int16, true},    {"integer", "int32", OmfFormat::int32, true},
    {"integer", "int64", OmfFormat::int64, true},    {"integer", "uint16", OmfFormat::uint16, true},
    {"integer", "uint32", OmfFormat::uint32, true},  {"integer", "uint64", OmfFormat::uint64, true},
    {"integer", "int8", OmfFormat::int16, false},    {"integer", "uint8", OmfFormat::int16, false},
    {"number", "", OmfFormat::float32, true},        {"number", "float32", OmfFormat::float32, true},
    {"number", "float64", OmfFormat::float64, true}, {"number", "float16", OmfFormat::float32, false},
    {"string", "", OmfFormat::string, true},         {"string", "date-time", OmfFormat::date_time, true},
};

/// `"type": "number"` or `"type": ["number", "null"]`.
struct TypeNames {
  std::string name;
  bool nullable = false;
  bool valid = false;
};
TypeNames read_type_names(const json::Value* value) {
  TypeNames names;
  if (value == nullptr) return names;
  if (const auto text = value->as_string()) {
    names.name = *text;
    names.valid = !text->empty();
    return names;
  }
  for (const json::Value& item : value->array()) {
    const auto text = item.as_string();
    if (item.is_null() || (text && iequals(*text, "null"))) {
      names.nullable = true;
    } else if (text && names.name.empty()) {
      names.name = *text;
    } else {
      return {};
    }
  }
  names.valid = !names.name.empty();
  return names;
}

/// Reads the items of one type and puts what is wrong into the report.
class TypeReader {
 public:
  TypeReader(const json::Value& item, std::size_t index, Report& report)
      : item_{item}, index_{index}, report_{report} {}

  std::optional<OmfType> read(Action action) {
    auto id = id_field(item_, "id", index_, report_);
    if (!id) return std::nullopt;
    type_.id = std::move(*id);
    if (action == Action::remove) return std::move(type_);
    if (type_.id.starts_with("__")) return wrong("id", "An ID must not begin with '__'.");
    if (text_field(item_, "basetypeid")) {
      report_.add(index_, events::not_supported("basetypeid", "Types can't inherit from other types."));
      return std::nullopt;
    }
    read_descriptions();
    for (const std::string& tag : type_.tags) {
      if (!check("tags", tag)) return std::nullopt;
    }
    if (!type_.name.empty() && !check("name", type_.name)) return std::nullopt;
    const json::Value* const values = item_.find("enum", json::Case::insensitive);
    if (values != nullptr && values->is_object()) return read_enumeration(*values);
    return read_object();
  }

 private:
  std::nullopt_t wrong(std::string_view field, std::string_view reason) {
    report_.add(index_, events::invalid_definition(type_.id, field, reason));
    return std::nullopt;
  }
  bool check(std::string_view field, std::string_view value) {
    auto problem = check_name(field, value);
    if (problem) report_.add(index_, std::move(*problem));
    return !problem;
  }

  void read_descriptions() {
    type_.version = text_field(item_, "version").value_or(std::string{kDefaultTypeVersion});
    type_.name = text_or_empty(item_, "name");
    type_.description = text_or_empty(item_, "description");
    type_.extrapolation = text_or_empty(item_, "extrapolation");
    type_.tags = texts_field(item_, "tags");
    std::erase(type_.tags, std::string{});
    type_.metadata = pairs_field(item_, "metadata");
  }

  std::optional<OmfType> read_object() {
    const TypeNames kind = read_type_names(item_.find("type", json::Case::insensitive));
    const json::Value* const properties = item_.find("properties", json::Case::insensitive);
    if (kind.valid && !iequals(kind.name, "object"))
      return wrong("type", "A type is an 'object', or an enumeration.");
    if (properties == nullptr || !properties->is_object()) {
      report_.add(index_, events::missing_field("properties"));
      return std::nullopt;
    }
    const auto classification = text_field(item_, "classification");
    if (!classification) {
      report_.add(index_,
                  events::not_supported("classification", "A type without classification is not supported."));
      return std::nullopt;
    }
    if (iequals(*classification, "static")) {
      type_.classification = OmfClassification::static_type;
    } else if (iequals(*classification, "dynamic")) {
      type_.classification = OmfClassification::dynamic_type;
    } else {
      return wrong("classification", "It is 'static' or 'dynamic'.");
    }
    bool good = true;
    for (const json::Member& member : properties->object()) {
      auto property = parse_property(type_.id, member, index_, report_);
      if (property) type_.properties.push_back(std::move(*property));
      good = good && property.has_value();
    }
    if (!good || !check_properties()) return std::nullopt;
    return std::move(type_);
  }

  /// *Message restrictions*: one index of the right kind, at most one name and one quality.
  bool check_properties() {
    const bool is_static = type_.classification == OmfClassification::static_type;
    std::size_t indexes = 0, names = 0, qualities = 0;
    std::set<std::string> keys;
    for (const OmfProperty& property : type_.properties) {
      indexes += property.is_index;
      names += property.is_name;
      qualities += property.is_quality;
      if (!keys.insert(to_upper_invariant(property.key)).second) {
        wrong("properties", "Two property keys differ by letter case only.");
        return false;
      }
      if (property.is_index && property.format != (is_static ? OmfFormat::string : OmfFormat::date_time)) {
        wrong(property.key, is_static
                                ? "The index of a static type is a string."
                                : "The index of a dynamic type is a string with the format 'date-time'.");
        return false;
      }
      if (property.nullable && (property.is_index || (property.is_name && is_static))) {
        wrong(property.key, "An index or name is not nullable.");
        return false;
      }
      if (property.nullable && is_static && property.format != OmfFormat::string) {
        wrong(property.key, "In a static type only a string is nullable.");
        return false;
      }
    }
    if (indexes != 1) wrong("isindex", "A type has exactly one index property.");
    if (names > 1) wrong("isname", "A type has at most one name property.");
    if (qualities > 1) wrong("isquality", "A type has at most one quality property.");
    return indexes == 1 && names <= 1 && qualities <= 1;
  }

  std::optional<OmfType> read_enumeration(const json::Value& enumeration) {
    type_.classification = OmfClassification::enumeration;
    const TypeNames kind = read_type_names(item_.find("type", json::Case::insensitive));
    if (!kind.valid || !iequals(kind.name, "integer"))
      return wrong("type", "An enumeration is an 'integer'.");
    const std::string format = text_field(item_, "format").value_or("int16");
    const auto row = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const FormatRow& r) {
      return r.type == "integer" && iequals(r.format, format);
    });
    if (row == std::end(kFormats) || format.empty())
      return wrong("format", "'" + format + "' is no integer format.");
    if (!row->offered) {
      report_.add(index_,
                  events::not_supported("integer/" + to_lower(format), "PI points have no such type."));
      return std::nullopt;
    }
    type_.enum_format = row->meaning;
    const json::Value* const values = enumeration.find("values", json::Case::insensitive);
    if (values == nullptr || values->array().empty()) return wrong("enum", "An enumeration has values.");
    std::set<std::string> names;
    std::set<std::int64_t> numbers;
    for (const json::Value& item : values->array()) {
      catalog::OmfEnumValue value;
      value.name = text_or_empty(item, "name");
      if (!check("enum", value.name)) return std::nullopt;
      const json::Value* const number = item.find("value", json::Case::insensitive);
      const auto whole = number == nullptr ? std::nullopt : number->as_int64();
      if (!whole) return wrong("enum", "A value of an enumeration is a whole number.");
      value.value = *whole;
      if (!names.insert(to_upper_invariant(value.name)).second || !numbers.insert(value.value).second) {
        return wrong("enum", "Names and values of an enumeration are unique.");
      }
      type_.values.push_back(std::move(value));
    }
    std::sort(type_.values.begin(), type_.values.end(),
              [](const auto& a, const auto& b) { return a.value < b.value; });
    return std::move(type_);
  }

  const json::Value& item_;
  std::size_t index_;
  Report& report_;
  OmfType type_;
};

}  // namespace

std::optional<OmfProperty> parse_property(std::string_view type_id, const json::Member& member,
                                          std::size_t index, Report& report) {
  const auto wrong = [&](std::string_view reason) {
    report.add(index, events::invalid_definition(type_id, member.name, reason));
    return std::nullopt;
  };
  OmfProperty property;
  property.key = member.name;
  if (auto problem = check_name("properties", member.name)) {
    report.add(index, std::move(*problem));
    return std::nullopt;
  }
  const json::Value& body = member.value;
  if (!body.is_object()) return wrong("A property is an object.");
  const TypeNames kind = read_type_names(body.find("type", json::Case::insensitive));
  const std::string format = text_or_empty(body, "format");
  if (auto reference = text_field(body, "reftypeid")) {
    if (kind.valid || !format.empty() || text_field(body, "uom")) {
      return wrong("'reftypeid' does not go with 'type', 'format' or 'uom'.");
    }
    property.format = OmfFormat::enumeration;
    property.ref_type_id = std::move(*reference);
  } else {
    if (!kind.valid) return wrong("A property has a 'type' or a 'reftypeid'.");
    if (iequals(kind.name, "array") || iequals(kind.name, "object")) {
      report.add(index, events::not_supported(to_lower(kind.name),
                                              "Arrays, dictionaries and nested objects have no place in "
                                              "PI points."));
      return std::nullopt;
    }
    const auto row = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const FormatRow& r) {
      return iequals(r.type, kind.name) && iequals(r.format, format);
    });
    if (row == std::end(kFormats))
      return wrong("'" + kind.name + "' and '" + format + "' do not go together.");
    if (!row->offered) {
      report.add(index, events::not_supported(std::string{row->type} + "/" + std::string{row->format},
                                              "PI points have no such type."));
      return std::nullopt;
    }
    property.format = row->meaning;
  }
  property.nullable = kind.nullable;
  property.is_index = flag_field(body, "isindex");
  property.is_name = flag_field(body, "isname");
  property.is_quality = flag_field(body, "isquality");
  property.name = text_or_empty(body, "name");
  property.description = text_or_empty(body, "description");
  if (!property.name.empty()) {
    if (auto problem = check_name("name", property.name)) {
      report.add(index, std::move(*problem));
      return std::nullopt;
    }
  }
  std::string problem;
  property.hints = hints_field(body, problem);
  if (!problem.empty()) return wrong(problem);
  return property;
}

std::vector<TypeItem> parse_types(const json::Value& body, Action action, Report& report) {
  std::vector<TypeItem> items;
  std::size_t index = 0;
  for (const json::Value& item : body.array()) {
    if (!item.is_object()) {
      report.add(index, events::invalid_definition("", "", "An item is an object."));
    } else if (auto type = TypeReader{item, index, report}.read(action)) {
      items.push_back({index, std::move(*type)});
    }
    ++index;
  }
  return items;
}

}  // namespace penstock::dialects::omf
