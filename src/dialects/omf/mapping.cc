#include "dialects/omf/mapping.h"

#include <algorithm>

#include "base/text.h"
#include "http/json_writer.h"

namespace penstock::dialects::omf {

using catalog::OmfFormat;
using catalog::OmfHints;
using catalog::OmfInterpolation;
using catalog::OmfProperty;
using catalog::OmfType;

namespace {

constexpr std::size_t kSetNameMax = 80;
constexpr const char* kPointClass = "classic";
constexpr const char* kPointSource = "OMF";

PointType point_type_of(OmfFormat format) {
  switch (format) {
    case OmfFormat::boolean: return PointType::int16;
    case OmfFormat::int16:
    case OmfFormat::int32:
    case OmfFormat::uint16: return PointType::int32;
    case OmfFormat::int64:
    case OmfFormat::uint32:
    case OmfFormat::uint64:
    case OmfFormat::float64: return PointType::float64;
    case OmfFormat::float32: return PointType::float32;
    case OmfFormat::string: return PointType::string;
    case OmfFormat::date_time: return PointType::timestamp;
    case OmfFormat::enumeration: return PointType::digital;
  }
  return PointType::float64;
}

OmfHints hints_of(const PointOwner& owner) {
  OmfHints hints = owner.property.hints;
  for (const auto& [key, override_hints] : owner.container.overrides) {
    if (!iequals(key, owner.property.key)) continue;
    if (!override_hints.uom.empty()) hints.uom = override_hints.uom;
    if (override_hints.minimum) hints.minimum = override_hints.minimum;
    if (override_hints.maximum) hints.maximum = override_hints.maximum;
    if (override_hints.interpolation != OmfInterpolation::unset)
      hints.interpolation = override_hints.interpolation;
  }
  return hints;
}

bool step_of(OmfInterpolation interpolation, PointType type) {
  switch (interpolation) {
    case OmfInterpolation::continuous: return false;
    case OmfInterpolation::discrete:
    case OmfInterpolation::stepwise_leading:
    case OmfInterpolation::stepwise_following: return true;
    case OmfInterpolation::unset: break;
  }
  return !is_number(kind_of(type));
}

std::string extended_descriptor(const PointOwner& owner) {
  std::string text;
  http::JsonWriter json{text};
  json.object_begin().member("OmfContainerId", owner.container.id).member("OmfTypeId", owner.type.id);
  json.member("OmfPropertyIndexer", owner.property.key).object_end();
  return text;
}

void list(std::string& names, std::string_view name) {
  names += names.empty() ? "" : ", ";
  names += name;
}

}  // namespace

std::string point_name(std::string_view container_id, const OmfType& type, const OmfProperty& property) {
  std::string name{container_id};
  if (type.value_count() > 1) name += "." + property.key;
  return name;
}

std::string stream_address(std::string_view container_id, std::string_view property_key) {
  return std::string{container_id} + "|" + std::string{property_key};
}

PointType point_type(const OmfProperty& property, const OmfType* enumeration) {
  if (property.format != OmfFormat::enumeration || enumeration == nullptr)
    return point_type_of(property.format);
  if (enumeration->digital_set != kSystemSet) return PointType::digital;
  const OmfFormat format = enumeration->enum_format;
  // Only members are ever written; as text those of 64 bits stay exact.
  if (format == OmfFormat::int64 || format == OmfFormat::uint64) return PointType::string;
  return point_type_of(format);
}

bool may_lose_precision(const OmfProperty& property, PointType type) {
  return type == PointType::float64 &&
         (property.format == OmfFormat::int64 || property.format == OmfFormat::uint64);
}

Point make_point(const PointOwner& owner, bool compressing) {
  Point point;
  point.tag = point_name(owner.container.id, owner.type, owner.property);
  point.type = point_type(owner.property, owner.enumeration);
  if (point.type == PointType::digital) point.digital_set = owner.enumeration->digital_set;
  point.point_class = kPointClass;
  point.future = owner.container.future;
  point.compressing = compressing;
  describe_point(point, owner, false);
  return point;
}

void describe_point(Point& point, const PointOwner& owner, bool adopted) {
  const OmfHints hints = hints_of(owner);
  point.point_source = owner.container.data_source.empty() ? kPointSource : owner.container.data_source;
  point.extended_descriptor = extended_descriptor(owner);
  point.eng_units = hints.uom;
  if (hints.minimum && hints.maximum && *hints.minimum < *hints.maximum) {
    point.zero = *hints.minimum;
    point.span = *hints.maximum - *hints.minimum;
    point.typical_value = point.zero + point.span / 2;
  }
  const InternedText description =
      owner.container.description.empty() ? owner.property.description : owner.container.description;
  if (!description.empty() || !adopted) point.descriptor = description;
  if (!adopted) point.step = step_of(hints.interpolation, point.type);
}

std::string attribute_name(const catalog::OmfContainer& container, const OmfType& type,
                           const OmfProperty& property, std::string_view source_property,
                           std::string_view target_property) {
  const std::string base{source_property.empty() ? container.shown_name() : source_property};
  if (type.value_count() == 1) return base;
  if (!target_property.empty() && !source_property.empty()) return base;
  return base + "." + property.shown_name();
}

std::string attribute_description(const catalog::OmfContainer& container, const OmfProperty& property) {
  return std::string{"Dynamic\\"} + (property.nullable ? "Nullable" : "NonNullable") + "\\" + container.id +
         "\\" + property.key + "\\" + property.description;
}

std::string_view attribute_type(OmfFormat format) {
  switch (format) {
    case OmfFormat::boolean: return "Boolean";
    case OmfFormat::int16: return "Int16";
    case OmfFormat::int32:
    case OmfFormat::uint16: return "Int32";
    case OmfFormat::int64:
    case OmfFormat::uint32: return "Int64";
    case OmfFormat::uint64:
    case OmfFormat::float64: return "Double";
    case OmfFormat::float32: return "Single";
    case OmfFormat::string: return "String";
    case OmfFormat::date_time: return "DateTime";
    case OmfFormat::enumeration: return "EnumerationValue";
  }
  return "String";
}

std::string_view attribute_type(PointType type) {
  switch (type) {
    case PointType::int16: return "Int16";
    case PointType::int32: return "Int32";
    case PointType::float16:
    case PointType::float32: return "Single";
    case PointType::float64: return "Double";
    case PointType::digital: return "EnumerationValue";
    case PointType::string:
    case PointType::blob: return "String";
    case PointType::timestamp: return "DateTime";
  }
  return "Double";
}

bool same_definition(const OmfType& stored, const OmfType& sent, std::string& reason, std::string& minor) {
  if (stored.classification != sent.classification) {
    reason = "The classification differs.";
    return false;
  }
  if (stored.classification == catalog::OmfClassification::enumeration &&
      (stored.enum_format != sent.enum_format || stored.values != sent.values)) {
    reason = "The values of the enumeration differ.";
    return false;
  }
  if (stored.properties.size() != sent.properties.size()) {
    reason = "The number of properties differs.";
    return false;
  }
  bool hints_differ = false, texts_differ = false;
  for (const OmfProperty& property : sent.properties) {
    const auto at = std::find_if(stored.properties.begin(), stored.properties.end(),
                                 [&](const OmfProperty& p) { return p.key == property.key; });
    if (at == stored.properties.end()) {
      reason = "The property '" + property.key + "' is new.";
      return false;
    }
    if (at->format != property.format || at->nullable != property.nullable ||
        at->is_index != property.is_index || at->is_name != property.is_name ||
        at->is_quality != property.is_quality ||
        to_upper_invariant(at->ref_type_id) != to_upper_invariant(property.ref_type_id)) {
      reason = "The property '" + property.key + "' differs.";
      return false;
    }
    hints_differ = hints_differ || at->hints != property.hints;
    texts_differ = texts_differ || at->name != property.name || at->description != property.description;
  }
  if (stored.name != sent.name) list(minor, "name");
  if (stored.description != sent.description) list(minor, "description");
  if (stored.extrapolation != sent.extrapolation) list(minor, "extrapolation");
  if (stored.tags != sent.tags) list(minor, "tags");
  if (stored.metadata != sent.metadata) list(minor, "metadata");
  if (texts_differ) list(minor, "names or descriptions of properties");
  if (hints_differ) list(minor, "units, ranges or interpolation of properties");
  return true;
}

std::optional<std::vector<DigitalState>> digital_states(const OmfType& enumeration) {
  if (enumeration.enum_format != OmfFormat::int16 && enumeration.enum_format != OmfFormat::int32)
    return std::nullopt;
  if (enumeration.id.size() >= kSetNameMax) return std::nullopt;
  std::vector<DigitalState> states;
  for (const catalog::OmfEnumValue& value : enumeration.values) {
    if (value.value != static_cast<std::int64_t>(states.size()) || value.name.size() >= kSetNameMax)
      return std::nullopt;
    states.push_back({static_cast<std::int32_t>(value.value), value.name, ""});
  }
  return states;
}

}  // namespace penstock::dialects::omf
