#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "dialects/omf/events.h"

/// What types are in the asset database (*Message type mapping*, *Properties keywords reference*): an object
/// type an element template whose attribute templates are its properties, an enumeration an enumeration set.
namespace penstock::dialects::omf {

/// Names of the attributes of properties: the friendly name, or the key where that name is another one's.
std::vector<std::string> attribute_names(const std::vector<catalog::OmfProperty>& properties);

/// What a property says of its attribute; the name is `name`.
catalog::AfAttributeFields attribute_fields(const catalog::OmfProperty& property, std::string name);

/// Makes the template or set of a type if there is none yet, and sets `type.asset`; the caller puts the type.
/// Says why it can't be: something else has its name. An enumeration with values beyond 32 bits has no set.
std::optional<Event> make_asset(catalog::Editor& editor, const Uuid& database, catalog::OmfType& type);

/// Who besides OMF uses the template or set of a type, by name; empty if nobody.
std::string asset_user(const catalog::Tables& tables, const catalog::OmfType& type);
/// Takes it away. Nobody uses it.
void erase_asset(catalog::Editor& editor, const catalog::OmfType& type);

/// Hidden attributes of a template that tell what OMF knows of an element: `__id` is its index.
inline constexpr std::string_view kIdAttribute = "__id", kIndexAttribute = "__indexProperty",
                                  kNameAttribute = "__nameProperty", kQualityAttribute = "__qualityProperty";

}  // namespace penstock::dialects::omf
