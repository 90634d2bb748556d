#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/omf.h"
#include "model/point.h"

/// From OMF's names and types to points, addresses and attributes (*Message type mapping*, *Container message
/// point type mapping*).
namespace penstock::dialects::omf {

/// `{container}` for a simple type (one value property), `{container}.{property}` for a complex one.
std::string point_name(std::string_view container_id, const catalog::OmfType& type,
                       const catalog::OmfProperty& property);

/// Under which a stream is bound at Door::omf. The bar is reserved in OMF names.
std::string stream_address(std::string_view container_id, std::string_view property_key);

/// The type of the point of a value property. `enumeration` is the type that a property refers to, or null.
PointType point_type(const catalog::OmfProperty& property, const catalog::OmfType* enumeration);

/// True for integers of 64 bits on a Float64 point.
bool may_lose_precision(const catalog::OmfProperty& property, PointType type);

/// Everything of a point that its container decides; the tag included, the id not.
/// `overrides` replaces single members of the property's own hints.
struct PointOwner {
  const catalog::OmfContainer& container;
  const catalog::OmfType& type;
  const catalog::OmfProperty& property;
  const catalog::OmfType* enumeration;
};
Point make_point(const PointOwner& owner, bool compressing);

/// Sets what OMF owns of a point that exists: source, ExDesc, units, range, descriptor, and Step unless it
/// was adopted.
void describe_point(Point& point, const PointOwner& owner, bool adopted);

/// Base name of the attributes that a link to a container makes, then the name for one property (*Link data
/// messages*). `source_property` and `target_property` may be empty.
std::string attribute_name(const catalog::OmfContainer& container, const catalog::OmfType& type,
                           const catalog::OmfProperty& property, std::string_view source_property,
                           std::string_view target_property);
/// `Dynamic\NULLABILITY\CONTAINER_ID\PROPERTY_KEY\DESCRIPTION`.
std::string attribute_description(const catalog::OmfContainer& container,
                                  const catalog::OmfProperty& property);

/// AF type name of a static property, and of an attribute that refers to a point.
std::string_view attribute_type(catalog::OmfFormat format);
std::string_view attribute_type(PointType type);

/// True if two definitions are the same but for descriptions, units, hints and the order of properties.
/// `reason` says what differs, `minor` which descriptive fields do.
bool same_definition(const catalog::OmfType& stored, const catalog::OmfType& sent, std::string& reason,
                     std::string& minor);

/// The states of an enumeration that can be a digital set: values from 0 without gaps, names and id shorter
/// than 80 characters, format int16 or int32 (*Type message limitations*).
std::optional<std::vector<DigitalState>> digital_states(const catalog::OmfType& enumeration);

}  // namespace penstock::dialects::omf
