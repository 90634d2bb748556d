#include "dialects/omf/type_assets.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "catalog/template_rules.h"
#include "dialects/omf/mapping.h"

namespace penstock::dialects::omf {
namespace {

using catalog::AfAttributeTemplate;
using catalog::AfCategory;
using catalog::AfCategoryKind;
using catalog::AfElementTemplate;
using catalog::AfEnumerationSet;
using catalog::OmfClassification;
using catalog::OmfProperty;
using catalog::OmfType;

constexpr std::string_view kTypeProperty = "OmfTypeId";

AfEnumerationSet enumeration_set(const Uuid& database, const OmfType& type) {
  AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = database;
  set.name = type.id;
  set.description = type.description;
  for (const catalog::OmfEnumValue& value : type.values) {
    set.values.push_back({Uuid::random(), static_cast<std::int32_t>(value.value), value.name, ""});
  }
  return set;
}

bool fits(const OmfType& enumeration) {
  using Limits = std::numeric_limits<std::int32_t>;
  return std::all_of(enumeration.values.begin(), enumeration.values.end(), [](const auto& value) {
    return value.value >= Limits::min() && value.value <= Limits::max();
  });
}

bool same_values(const AfEnumerationSet& a, const AfEnumerationSet& b) {
  return std::equal(
      a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
      [](const auto& x, const auto& y) { return x.value == y.value && iequals(x.name, y.name); });
}

std::optional<Event> make_set(catalog::Editor& editor, const Uuid& database, OmfType& type) {
  if (editor.tables().af_enumeration_sets.find(type.asset) != nullptr) return std::nullopt;
  type.asset = Uuid{};
  if (!fits(type)) return std::nullopt;
  AfEnumerationSet set = enumeration_set(database, type);
  if (const auto* known = editor.tables().af_enumeration_sets.find_name(database, set.name)) {
    // Somebody else's, and stays so: it is not deleted with the type.
    if (same_values(*known, set)) return std::nullopt;
    return events::asset_name_taken("enumeration set", type.id);
  }
  type.asset = set.id;
  editor.put(set);
  return std::nullopt;
}

/// Template categories are made on demand.
void make_categories(catalog::Editor& editor, const Uuid& database, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (editor.tables().af_categories.find_name(database, AfCategoryKind::element, name) != nullptr) continue;
    AfCategory category;
    category.id = Uuid::random();
    category.database = database;
    category.name = name;
    editor.put(category);
  }
}

AfElementTemplate element_template(const Uuid& database, const OmfType& type) {
  AfElementTemplate row;
  row.id = Uuid::random();
  row.database = database;
  row.name = type.id;
  row.description = type.name + "\\" + type.version + "\\" + type.description;
  row.categories = type.tags;
  const bool is_static = type.classification == OmfClassification::static_type;
  row.extended = {{"OmfClassification", is_static ? "static" : "dynamic"},
                  {std::string{kTypeProperty}, type.id}};
  if (!type.extrapolation.empty()) row.extended.emplace_back("OmfExtrapolation", type.extrapolation);
  row.extended.insert(row.extended.end(), type.metadata.begin(), type.metadata.end());
  return row;
}

void put_attribute(catalog::Editor& editor, const Uuid& element_template, catalog::AfAttributeFields fields) {
  if (editor.tables().af_attribute_templates.find_child(element_template, fields.name) != nullptr) return;
  AfAttributeTemplate row;
  static_cast<catalog::AfAttributeFields&>(row) = std::move(fields);
  row.id = Uuid::random();
  row.element_template = element_template;
  editor.put(row);
}

void put_hidden(catalog::Editor& editor, const Uuid& element_template, std::string_view name,
                const std::string& value) {
  catalog::AfAttributeFields fields;
  fields.name = name;
  fields.type = "String";
  fields.hidden = true;
  if (!value.empty()) fields.value = Sample{Timestamp::from_unix_ns(0), value, Quality{}};
  put_attribute(editor, element_template, std::move(fields));
}

void put_attributes(catalog::Editor& editor, const Uuid& element_template, const OmfType& type) {
  std::vector<std::string> names = attribute_names(type.properties);
  for (std::size_t i = 0; i < names.size(); ++i) {
    put_attribute(editor, element_template, attribute_fields(type.properties[i], std::move(names[i])));
  }
  if (type.classification == OmfClassification::static_type)
    put_hidden(editor, element_template, kIdAttribute, "");
  for (const OmfProperty& property : type.properties) {
    if (property.is_index) put_hidden(editor, element_template, kIndexAttribute, property.key);
    if (property.is_name) put_hidden(editor, element_template, kNameAttribute, property.key);
    if (property.is_quality) put_hidden(editor, element_template, kQualityAttribute, property.key);
  }
}

bool is_of(const AfElementTemplate& row, const OmfType& type) {
  return std::any_of(row.extended.begin(), row.extended.end(), [&](const auto& pair) {
    return pair.first == kTypeProperty && iequals(pair.second, type.id);
  });
}

std::optional<Event> make_template(catalog::Editor& editor, const Uuid& database, OmfType& type) {
  const catalog::AfElementTemplates& templates = editor.tables().af_templates;
  if (templates.find(type.asset) != nullptr) return std::nullopt;
  if (const AfElementTemplate* known = templates.find_name(database, type.id)) {
    if (!is_of(*known, type)) return events::asset_name_taken("element template", type.id);
    type.asset = known->id;
    return std::nullopt;
  }
  make_categories(editor, database, type.tags);
  const AfElementTemplate row = element_template(database, type);
  type.asset = row.id;
  editor.put(row);
  put_attributes(editor, row.id, type);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> attribute_names(const std::vector<OmfProperty>& properties) {
  std::set<std::string> keys, used;
  for (const OmfProperty& property : properties) keys.insert(to_upper_invariant(property.key));
  std::vector<std::string> names;
  for (const OmfProperty& property : properties) {
    const std::string& shown = property.shown_name();
    const bool is_own_key = iequals(shown, property.key);
    const bool is_free = (is_own_key || !keys.contains(to_upper_invariant(shown))) &&
                         used.insert(to_upper_invariant(shown)).second;
    names.push_back(is_free ? shown : property.key);
  }
  return names;
}

catalog::AfAttributeFields attribute_fields(const OmfProperty& property, std::string name) {
  catalog::AfAttributeFields fields;
  fields.name = std::move(name);
  fields.description = property.description;
  fields.type = attribute_type(property.format);
  fields.type_qualifier = property.ref_type_id;
  if (!property.is_index && !property.is_name) fields.units = property.hints.uom;
  return fields;
}

std::optional<Event> make_asset(catalog::Editor& editor, const Uuid& database, OmfType& type) {
  return type.classification == OmfClassification::enumeration ? make_set(editor, database, type)
                                                               : make_template(editor, database, type);
}

std::string asset_user(const catalog::Tables& tables, const OmfType& type) {
  if (const AfEnumerationSet* set = tables.af_enumeration_sets.find(type.asset)) {
    return catalog::is_used(tables, *set) ? set->name : std::string{};
  }
  const AfElementTemplate* row = tables.af_templates.find(type.asset);
  if (row == nullptr) return {};
  const auto& elements = tables.af_elements.of_template(row->database, row->name);
  if (!elements.empty()) return (*elements.begin())->name;
  const auto derived = tables.af_templates.derived(*row);
  return derived.empty() ? std::string{} : derived.front()->name;
}

void erase_asset(catalog::Editor& editor, const OmfType& type) {
  // Errors would be those of a use, which asset_user finds first, and of a row that is gone already.
  static_cast<void>(catalog::erase_enumeration_set(editor, type.asset));
  static_cast<void>(catalog::erase_element_template(editor, type.asset));
}

}  // namespace penstock::dialects::omf
