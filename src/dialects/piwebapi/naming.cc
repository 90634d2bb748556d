#include "dialects/piwebapi/naming.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr int kDepthMax = 64;  // A guard against rows that name each other as parents.

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
  const catalog::AfDatabase* owner = tables.af_databases.find(element.database);
  return (owner != nullptr ? database_path(*owner) : server_path()) + path;
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
  WebId id;
  id.form = form;
  id.kind = WebIdKind::database;
  id.server = identity.asset_server;
  id.id = af_database.id;
  id.path = database_path(af_database);
  return render_webid(id);
}

std::string Naming::element(const catalog::Tables& tables, const catalog::AfElement& af_element) const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::element;
  id.server = identity.asset_server;
  id.id = af_element.id;
  id.path = element_path(tables, af_element);
  return render_webid(id);
}

std::string Naming::attribute(const catalog::Tables& tables, const catalog::AfAttribute& af_attribute) const {
  WebId id;
  id.form = form;
  id.kind = WebIdKind::attribute;
  id.owner = WebIdOwner::element;
  id.server = identity.asset_server;
  id.parent = af_attribute.element;
  id.id = af_attribute.id;
  id.path = attribute_path(tables, af_attribute);
  return render_webid(id);
}

}  // namespace penstock::dialects::piwebapi
