#include "dialects/piwebapi/naming.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr int kDepthMax = 64;  // A guard against rows that name each other as parents.

/// `\\SERVER\Database`, or the server alone where the database is gone.
std::string path_of_database(const Naming& naming, const catalog::Tables& tables, const Uuid& id) {
  const catalog::AfDatabase* database = tables.af_databases.find(id);
  return database != nullptr ? naming.database_path(*database) : naming.server_path();
}

/// A WebID of an object of the asset server, without what only some kinds have.
WebId asset_id(const Naming& naming, WebIdKind kind, const Uuid& id) {
  WebId made;
  made.form = naming.form;
  made.kind = kind;
  made.server = naming.identity.asset_server;
  made.id = id;
  return made;
}

}  // namespace

Uuid numbered_id(std::uint32_t number) {
  Uuid id;
  for (int i = 0; i < 4; ++i) id.bytes[i] = static_cast<unsigned char>(number >> (24 - 8 * i));
  return id;
}

std::optional<std::uint32_t> id_number(const Uuid& id) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | id.bytes[i];
  if (numbered_id(number) != id) return std::nullopt;
  return number;
}

std::string Naming::element_path(const catalog::Tables& tables, const catalog::AfElement& element) const {
  std::string path;
  const catalog::AfElement* at = &element;
  for (int depth = 0; at != nullptr && depth < kDepthMax; ++depth) {
    path.insert(0, "\\" + at->name);
    if (at->parent == at->database) break;
    at = tables.af_elements.find(at->parent);
  }
  return path_of_database(*this, tables, element.database) + path;
}

std::string Naming::attribute_path(const catalog::Tables& tables,
                                   const catalog::AfAttribute& attribute) const {
  std::string path;
  const catalog::AfAttribute* at = &attribute;
  for (int depth = 0; at != nullptr && depth < kDepthMax; ++depth) {
    path.insert(0, "|" + at->name);
    if (!at->parent_attribute) break;
    at = tables.af_attributes.find(*at->parent_attribute);
  }
  const catalog::AfElement* owner = tables.af_elements.find(attribute.element);
  return (owner != nullptr ? element_path(tables, *owner) : server_path()) + path;
}

std::string Naming::category_path(const catalog::Tables& tables,
                                  const catalog::AfCategory& af_category) const {
  const bool of_elements = af_category.kind == catalog::AfCategoryKind::element;
  return path_of_database(*this, tables, af_category.database) +
         (of_elements ? "\\CategoriesElement[" : "\\CategoriesAttribute[") + af_category.name + "]";
}

std::string Naming::element_template_path(const catalog::Tables& tables,
                                          const catalog::AfElementTemplate& row) const {
  return path_of_database(*this, tables, row.database) + "\\ElementTemplates[" + row.name + "]";
}

std::string Naming::attribute_template_path(const catalog::Tables& tables,
                                            const catalog::AfAttributeTemplate& row) const {
  std::string path;
  const catalog::AfAttributeTemplate* at = &row;
  for (int depth = 0; at != nullptr && depth < kDepthMax; ++depth) {
    path.insert(0, "|" + at->name);
    if (!at->parent) break;
    at = tables.af_attribute_templates.find(*at->parent);
  }
  const catalog::AfElementTemplate* owner = tables.af_templates.find(row.element_template);
  return (owner != nullptr ? element_template_path(tables, *owner) : server_path()) + path;
}

std::string Naming::asset_set_path(const catalog::Tables& tables,
                                   const catalog::AfEnumerationSet& row) const {
  return path_of_database(*this, tables, row.database) + "\\EnumerationSets[" + row.name + "]";
}

std::string Naming::data_server() const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::data_server;
  id.server = id.id = identity.data_server;
  id.path = identity.server_name;
  return render_webid(id);
}

std::string Naming::point(PointId point_id, std::string_view tag) const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::point;
  id.server = identity.data_server;
  id.point = static_cast<std::int32_t>(to_number(point_id));
  if (form == WebIdForm::full || form == WebIdForm::path_only) id.path = point_path(tag);
  return render_webid(id);
}

std::string Naming::set(const DigitalSet& digital_set) const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::enumeration_set;
  id.owner = WebIdOwner::data_server;
  id.server = identity.data_server;
  id.id = numbered_id(to_number(digital_set.id));
  id.path = set_path(digital_set);
  return render_webid(id);
}

std::string Naming::state(const DigitalSet& digital_set, const DigitalState& digital_state) const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::enumeration_value;
  id.owner = WebIdOwner::data_server;
  id.server = identity.data_server;
  id.parent = numbered_id(to_number(digital_set.id));
  id.id = numbered_id(static_cast<std::uint32_t>(digital_state.code));
  id.path = state_path(digital_set, digital_state);
  return render_webid(id);
}

std::string Naming::asset_server() const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::asset_server;
  id.server = id.id = identity.asset_server;
  id.path = identity.server_name;
  return render_webid(id);
}

std::string Naming::database(const catalog::AfDatabase& af_database) const {
  WebId id = asset_id(*this, WebIdKind::database, af_database.id);
  id.path = database_path(af_database);
  return render_webid(id);
}

std::string Naming::element(const catalog::Tables& tables, const catalog::AfElement& af_element) const {
  WebId id = asset_id(*this, WebIdKind::element, af_element.id);
  id.path = element_path(tables, af_element);
  return render_webid(id);
}

std::string Naming::attribute(const catalog::Tables& tables, const catalog::AfAttribute& af_attribute) const {
  WebId id = asset_id(*this, WebIdKind::attribute, af_attribute.id);
  id.owner = WebIdOwner::element;
  id.parent = af_attribute.element;
  id.path = attribute_path(tables, af_attribute);
  return render_webid(id);
}

std::string Naming::category(const catalog::Tables& tables, const catalog::AfCategory& row) const {
  const bool of_elements = row.kind == catalog::AfCategoryKind::element;
  WebId id =
      asset_id(*this, of_elements ? WebIdKind::element_category : WebIdKind::attribute_category, row.id);
  id.path = category_path(tables, row);
  return render_webid(id);
}

std::string Naming::element_template(const catalog::Tables& tables,
                                     const catalog::AfElementTemplate& row) const {
  WebId id = asset_id(*this, WebIdKind::element_template, row.id);
  id.path = element_template_path(tables, row);
  return render_webid(id);
}

std::string Naming::attribute_template(const catalog::Tables& tables,
                                       const catalog::AfAttributeTemplate& row) const {
  WebId id = asset_id(*this, WebIdKind::attribute_template, row.id);
  id.owner = WebIdOwner::element;
  id.parent = row.element_template;
  id.path = attribute_template_path(tables, row);
  return render_webid(id);
}

std::string Naming::asset_set(const catalog::Tables& tables, const catalog::AfEnumerationSet& row) const {
  WebId id = asset_id(*this, WebIdKind::enumeration_set, row.id);
  id.owner = WebIdOwner::asset_server;
  id.path = asset_set_path(tables, row);
  return render_webid(id);
}

std::string Naming::asset_value(const catalog::Tables& tables, const catalog::AfEnumerationSet& row,
                                const catalog::AfEnumerationValue& value) const {
  WebId id = asset_id(*this, WebIdKind::enumeration_value, value.id);
  id.owner = WebIdOwner::asset_server;
  id.parent = row.id;
  id.path = asset_set_path(tables, row) + "\\" + value.name;
  return render_webid(id);
}

}  // namespace penstock::dialects::piwebapi
