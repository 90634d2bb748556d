#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/render.h"

/// The objects of *PI Web API Reference*, each with the members and links of its page.
namespace penstock::dialects::piwebapi {
namespace {

void write_stream_links(http::JsonWriter& json, const Naming& naming, const std::string& streams) {
  json.member("InterpolatedData", naming.link(streams + "/interpolated"));
  json.member("RecordedData", naming.link(streams + "/recorded"));
  json.member("PlotData", naming.link(streams + "/plot"));
  json.member("SummaryData", naming.link(streams + "/summary"));
}

/// `associations` is a list with semicolons. *PI Web API Reference, "Attribute Get"*.
bool wants_reference(const Call& call) {
  for (const std::string_view name : split(call.parameter_or("associations", ""), ';')) {
    if (iequals(trim(name), "DataReference")) return true;
  }
  return false;
}

}  // namespace

void write_data_server(http::JsonWriter& json, const Naming& naming, Timestamp now) {
  const std::string id = naming.data_server();
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", naming.identity.data_server.to_string());
  json.member("Name", naming.identity.server_name);
  json.member("Path", "\\\\PIServers[" + naming.identity.server_name + "]");
  json.member("IsConnected", true);
  json.member("ServerVersion", kProductVersion);
  json.member("ServerTime", format_trimmed(now.floor_to(kNsPerTick)));
  json.key("Links").object_begin();
  json.member("Self", naming.link("dataservers/" + id));
  json.member("Points", naming.link("dataservers/" + id + "/points"));
  json.member("EnumerationSets", naming.link("dataservers/" + id + "/enumerationsets"));
  json.object_end().object_end();
}

void write_point(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                 const Point& point) {
  const std::string id = naming.point(point.id, point.tag);
  const DigitalSet* set =
      point.type == PointType::digital ? tables.digital_sets.find(point.digital_set) : nullptr;
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", to_number(point.id));
  json.member("Name", point.tag);
  json.member("Path", naming.point_path(point.tag));
  json.member("Descriptor", point.descriptor);
  json.member("PointClass", point.point_class);
  json.member("PointType", to_string(point.type));
  json.member("DigitalSetName", set != nullptr ? set->name : std::string{});
  json.member("EngineeringUnits", point.eng_units);
  json.member("Span", point.span);
  json.member("Zero", point.zero);
  json.member("Step", point.step);
  json.member("Future", point.future);
  json.member("DisplayDigits", point.display_digits);
  json.key("Links").object_begin();
  json.member("Self", naming.link("points/" + id));
  json.member("DataServer", naming.link("dataservers/" + naming.data_server()));
  json.member("Attributes", naming.link("points/" + id + "/attributes"));
  write_stream_links(json, naming, "streams/" + id);
  json.member("Value", naming.link("streams/" + id + "/value"));
  json.member("EndValue", naming.link("streams/" + id + "/end"));
  json.object_end().object_end();
}

void write_set(http::JsonWriter& json, const Naming& naming, const DigitalSet& set) {
  const std::string id = naming.set(set);
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", numbered_id(to_number(set.id)).to_string());
  json.member("Name", set.name);
  json.member("Description", set.description);
  json.member("Path", naming.set_path(set));
  json.member("SerializeDescription", false);
  json.key("Links").object_begin();
  json.member("Self", naming.link("enumerationsets/" + id));
  json.member("DataServer", naming.link("dataservers/" + naming.data_server()));
  json.member("Values", naming.link("enumerationsets/" + id + "/enumerationvalues"));
  json.object_end().object_end();
}

void write_state(http::JsonWriter& json, const Naming& naming, const DigitalSet& set,
                 const DigitalState& state) {
  const std::string id = naming.state(set, state);
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", numbered_id(static_cast<std::uint32_t>(state.code)).to_string());
  json.member("Name", state.name);
  json.member("Description", state.description);
  json.member("Value", state.code);
  json.member("Path", naming.state_path(set, state));
  json.member("Parent", "");
  json.key("Links").object_begin();
  json.member("Self", naming.link("enumerationvalues/" + id));
  json.member("EnumerationSet", naming.link("enumerationsets/" + naming.set(set)));
  json.object_end().object_end();
}

void write_asset_server(http::JsonWriter& json, const Naming& naming, Timestamp now) {
  const std::string id = naming.asset_server();
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", naming.identity.asset_server.to_string());
  json.member("Name", naming.identity.server_name);
  json.member("Description", "");
  json.member("Path", naming.server_path());
  json.member("IsConnected", true);
  json.member("ServerVersion", kProductVersion);
  json.member("ServerTime", format_trimmed(now.floor_to(kNsPerTick)));
  json.key("ExtendedProperties").object_begin().object_end();
  json.key("Links").object_begin();
  json.member("Self", naming.link("assetservers/" + id));
  json.member("Databases", naming.link("assetservers/" + id + "/assetdatabases"));
  json.object_end().object_end();
}

void write_database(http::JsonWriter& json, const Naming& naming, const catalog::AfDatabase& database) {
  const std::string id = naming.database(database);
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", database.id.to_string());
  json.member("Name", database.name);
  json.member("Description", database.description);
  json.member("Path", naming.database_path(database));
  write_extended(json, database.extended);
  json.key("Links").object_begin();
  json.member("Self", naming.link("assetdatabases/" + id));
  json.member("Elements", naming.link("assetdatabases/" + id + "/elements"));
  json.member("ElementTemplates", naming.link("assetdatabases/" + id + "/elementtemplates"));
  json.member("ElementCategories", naming.link("assetdatabases/" + id + "/elementcategories"));
  json.member("AttributeCategories", naming.link("assetdatabases/" + id + "/attributecategories"));
  json.member("EnumerationSets", naming.link("assetdatabases/" + id + "/enumerationsets"));
  json.member("EventFrames", naming.link("assetdatabases/" + id + "/eventframes"));
  json.member("AssetServer", naming.link("assetservers/" + naming.asset_server()));
  json.object_end().object_end();
}

void write_element(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                   const catalog::AfElement& element) {
  const std::string id = naming.element(tables, element);
  const std::string path = naming.element_path(tables, element);
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", element.id.to_string());
  json.member("Name", element.name);
  json.member("Description", element.description);
  json.member("Path", path);
  json.key("Paths").array_begin().value(path).array_end();
  json.member("TemplateName", element.template_name);
  json.member("HasChildren", !tables.af_elements.children(element.id).empty());
  write_texts(json, "CategoryNames", element.categories);
  write_extended(json, element.extended);
  json.key("Links").object_begin();
  json.member("Self", naming.link("elements/" + id));
  json.member("Attributes", naming.link("elements/" + id + "/attributes"));
  json.member("Elements", naming.link("elements/" + id + "/elements"));
  json.member("Categories", naming.link("elements/" + id + "/categories"));
  json.member("EventFrames", naming.link("elements/" + id + "/eventframes"));
  if (const auto* made_from = tables.af_templates.find_name(element.database, element.template_name)) {
    json.member("Template", naming.link("elementtemplates/" + naming.element_template(tables, *made_from)));
  }
  if (const catalog::AfDatabase* database = tables.af_databases.find(element.database)) {
    const std::string database_link = naming.link("assetdatabases/" + naming.database(*database));
    json.member("Database", database_link);
    const catalog::AfElement* parent = tables.af_elements.find(element.parent);
    json.member("Parent", parent != nullptr ? naming.link("elements/" + naming.element(tables, *parent))
                                            : database_link);
  }
  write_stream_links(json, naming, "streamsets/" + id);
  json.member("Value", naming.link("streamsets/" + id + "/value"));
  json.member("EndValue", naming.link("streamsets/" + id + "/end"));
  json.object_end().object_end();
}

void write_attribute(http::JsonWriter& json, const Call& call, const catalog::Tables& tables,
                     const catalog::AfAttribute& attribute) {
  const Naming& naming = call.naming;
  const std::string id = naming.attribute(tables, attribute);
  const std::string path = naming.attribute_path(tables, attribute);
  const Point* point = nullptr;
  const bool referenced = !attribute.data_reference.empty();
  if (referenced) {
    const PointReference reference = point_reference(tables, naming, attribute);
    const auto found = find_point_path(tables, naming.identity, reference.path);
    if (found && call.may_see((*found)->tag)) point = *found;
  }
  json.object_begin();
  json.member("WebId", id);
  json.member("Id", attribute.id.to_string());
  json.member("Name", attribute.name);
  json.member("Description", attribute.description);
  json.member("Path", path);
  json.key("Paths").array_begin().value(path).array_end();
  json.member("Type", attribute.type);
  json.member("TypeQualifier", attribute.type_qualifier);
  json.member("DefaultUnitsName", attribute.units);
  json.member("DefaultUnitsNameAbbreviation", attribute.units);
  json.member("DisplayDigits", attribute.display_digits);
  json.member("DataReferencePlugIn", attribute.data_reference);
  json.member("ConfigString", attribute.config_string);
  json.member("IsConfigurationItem", attribute.configuration_item);
  json.member("IsExcluded", attribute.excluded);
  json.member("IsHidden", attribute.hidden);
  json.member("IsManualDataEntry", attribute.manual_entry);
  json.member("HasChildren", !tables.af_attributes.children(attribute.id).empty());
  write_texts(json, "CategoryNames", attribute.categories);
  json.member("Step", point != nullptr && point->step);
  json.member("TraitName", attribute.trait);
  json.member("Span", point != nullptr ? point->span : 0.0);
  json.member("Zero", point != nullptr ? point->zero : 0.0);
  if (referenced && wants_reference(call)) {
    json.key("DataReference").object_begin().member("Type", attribute.data_reference);
    if (point != nullptr) {
      json.key("PIPoint");
      write_point(json, naming, tables, *point);
    }
    json.object_end();
  }
  json.key("Links").object_begin();
  json.member("Self", naming.link("attributes/" + id));
  json.member("Attributes", naming.link("attributes/" + id + "/attributes"));
  json.member("Categories", naming.link("attributes/" + id + "/categories"));
  if (attribute.from_template) {
    if (const auto* made_from = tables.af_attribute_templates.find(*attribute.from_template)) {
      json.member("Template",
                  naming.link("attributetemplates/" + naming.attribute_template(tables, *made_from)));
    }
  }
  if (const catalog::AfElement* element = tables.af_elements.find(attribute.element)) {
    json.member("Element", naming.link("elements/" + naming.element(tables, *element)));
  }
  if (attribute.parent_attribute) {
    if (const catalog::AfAttribute* parent = tables.af_attributes.find(*attribute.parent_attribute)) {
      json.member("Parent", naming.link("attributes/" + naming.attribute(tables, *parent)));
    }
  }
  if (point != nullptr) json.member("Point", naming.link("points/" + naming.point(point->id, point->tag)));
  if (referenced) {
    write_stream_links(json, naming, "streams/" + id);
    json.member("Value", naming.link("streams/" + id + "/value"));
    json.member("EndValue", naming.link("streams/" + id + "/end"));
  } else {
    // Clients write a static attribute through its own link.
    json.member("Value", naming.link("attributes/" + id + "/value"));
  }
  const catalog::AfDatabase* database = database_of(tables, attribute);
  write_qualifier_links(json, naming, tables, database != nullptr ? database->id : Uuid{},
                        attribute.type_qualifier);
  json.object_end().object_end();
}

}  // namespace penstock::dialects::piwebapi
