#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/render.h"

/// *PI Web API Reference, "ElementCategory"*, *"ElementTemplate"*, *"AttributeTemplate"*, and the enumeration
/// sets of asset databases.
namespace penstock::dialects::piwebapi {
namespace {

/// Id, name and description, which every object begins with.
void write_head(http::JsonWriter& json, const std::string& webid, const Uuid& id, const std::string& name,
                const std::string& description, const std::string& path) {
  json.object_begin();
  json.member("WebId", webid);
  json.member("Id", id.to_string());
  json.member("Name", name);
  json.member("Description", description);
  json.member("Path", path);
}

void write_database_link(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                         const Uuid& id) {
  if (const catalog::AfDatabase* database = tables.af_databases.find(id)) {
    json.member("Database", naming.link("assetdatabases/" + naming.database(*database)));
  }
}

}  // namespace

void write_texts(http::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).array_begin();
  for (const std::string& text : texts) json.value(text);
  json.array_end();
}

void write_extended(http::JsonWriter& json, const catalog::Properties& properties) {
  json.key("ExtendedProperties").object_begin();
  for (const auto& [name, value] : properties) {
    json.key(name).object_begin().member("Value", value).object_end();
  }
  json.object_end();
}

void write_qualifier_links(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                           const Uuid& database, std::string_view qualifier) {
  const auto found = find_qualifier(tables, database, qualifier);
  if (!found) return;
  const std::string id =
      found->asset != nullptr ? naming.asset_set(tables, *found->asset) : naming.set(*found->digital);
  json.member("EnumerationSet", naming.link("enumerationsets/" + id));
  json.member("EnumerationValues", naming.link("enumerationsets/" + id + "/enumerationvalues"));
}

void write_category(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                    const catalog::AfCategory& row) {
  const std::string id = naming.category(tables, row);
  const bool of_elements = row.kind == catalog::AfCategoryKind::element;
  write_head(json, id, row.id, row.name, row.description, naming.category_path(tables, row));
  json.key("Links").object_begin();
  json.member("Self", naming.link((of_elements ? "elementcategories/" : "attributecategories/") + id));
  write_database_link(json, naming, tables, row.database);
  json.object_end().object_end();
}

void write_element_template(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                            const catalog::AfElementTemplate& row) {
  const std::string id = naming.element_template(tables, row);
  const catalog::AfElementTemplate* base = row.base ? tables.af_templates.find(*row.base) : nullptr;
  write_head(json, id, row.id, row.name, row.description, naming.element_template_path(tables, row));
  json.member("AllowElementToExtend", row.extensible);
  json.member("BaseTemplate", base != nullptr ? base->name : std::string{});
  json.member("InstanceType", "Element");
  json.member("NamingPattern", row.naming_pattern);
  write_texts(json, "CategoryNames", row.categories);
  write_extended(json, row.extended);
  json.key("Links").object_begin();
  json.member("Self", naming.link("elementtemplates/" + id));
  json.member("AttributeTemplates", naming.link("elementtemplates/" + id + "/attributetemplates"));
  json.member("Categories", naming.link("elementtemplates/" + id + "/categories"));
  if (base != nullptr) {
    json.member("BaseTemplate", naming.link("elementtemplates/" + naming.element_template(tables, *base)));
  }
  write_database_link(json, naming, tables, row.database);
  json.object_end().object_end();
}

void write_attribute_template(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                              const catalog::AfAttributeTemplate& row) {
  const std::string id = naming.attribute_template(tables, row);
  const catalog::AfDatabase* database = database_of(tables, row);
  const Uuid database_id = database != nullptr ? database->id : Uuid{};
  write_head(json, id, row.id, row.name, row.description, naming.attribute_template_path(tables, row));
  json.member("Type", row.type);
  json.member("TypeQualifier", row.type_qualifier);
  json.member("DefaultUnitsName", row.units);
  json.member("DefaultUnitsNameAbbreviation", row.units);
  json.member("DisplayDigits", row.display_digits);
  if (row.value) {
    std::string value;
    append_plain_value(value, attribute_stream(tables, database_id, row), *row.value);
    json.key("DefaultValue").raw(value);
  }
  json.member("DataReferencePlugIn", row.data_reference);
  json.member("ConfigString", row.config_string);
  json.member("IsConfigurationItem", row.configuration_item);
  json.member("IsExcluded", row.excluded);
  json.member("IsHidden", row.hidden);
  json.member("IsManualDataEntry", row.manual_entry);
  json.member("HasChildren", !tables.af_attribute_templates.children(row.id).empty());
  json.member("TraitName", row.trait);
  write_texts(json, "CategoryNames", row.categories);
  json.key("Links").object_begin();
  json.member("Self", naming.link("attributetemplates/" + id));
  json.member("AttributeTemplates", naming.link("attributetemplates/" + id + "/attributetemplates"));
  json.member("Categories", naming.link("attributetemplates/" + id + "/categories"));
  if (const catalog::AfElementTemplate* owner = tables.af_templates.find(row.element_template)) {
    json.member("ElementTemplate",
                naming.link("elementtemplates/" + naming.element_template(tables, *owner)));
  }
  const catalog::AfAttributeTemplate* parent =
      row.parent ? tables.af_attribute_templates.find(*row.parent) : nullptr;
  if (parent != nullptr) {
    json.member("Parent", naming.link("attributetemplates/" + naming.attribute_template(tables, *parent)));
  }
  write_qualifier_links(json, naming, tables, database_id, row.type_qualifier);
  json.object_end().object_end();
}

void write_asset_set(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                     const catalog::AfEnumerationSet& row) {
  const std::string id = naming.asset_set(tables, row);
  write_head(json, id, row.id, row.name, row.description, naming.asset_set_path(tables, row));
  json.member("SerializeDescription", false);
  json.key("Links").object_begin();
  json.member("Self", naming.link("enumerationsets/" + id));
  write_database_link(json, naming, tables, row.database);
  json.member("Values", naming.link("enumerationsets/" + id + "/enumerationvalues"));
  json.object_end().object_end();
}

void write_asset_value(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                       const catalog::AfEnumerationSet& set, const catalog::AfEnumerationValue& value) {
  const std::string id = naming.asset_value(tables, set, value);
  write_head(json, id, value.id, value.name, value.description,
             naming.asset_set_path(tables, set) + "\\" + value.name);
  json.member("Value", value.value);
  json.member("Parent", "");
  json.key("Links").object_begin();
  json.member("Self", naming.link("enumerationvalues/" + id));
  json.member("EnumerationSet", naming.link("enumerationsets/" + naming.asset_set(tables, set)));
  json.object_end().object_end();
}

}  // namespace penstock::dialects::piwebapi
