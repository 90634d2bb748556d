#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "dialects/piwebapi/webid.h"

namespace penstock::dialects::piwebapi {

/// Who this server is at this door.
struct Identity {
  std::string server_name;  ///< Of the data server and of the AF server.
  Uuid data_server, asset_server;
};

/// Spells paths, WebIDs and links of objects for one request.
struct Naming {
  const Identity& identity;
  std::string base;  ///< "https://hist01:8443/piwebapi"
  WebIdForm form = WebIdForm::full;

  std::string link(std::string_view rest) const { return base + "/" + std::string{rest}; }

  std::string server_path() const { return "\\\\" + identity.server_name; }
  std::string point_path(std::string_view tag) const { return server_path() + "\\" + std::string{tag}; }
  std::string set_path(const DigitalSet& set) const {
    return server_path() + "\\EnumerationSets[" + set.name + "]";
  }
  std::string state_path(const DigitalSet& set, const DigitalState& state) const {
    return set_path(set) + "\\" + state.name;
  }
  std::string database_path(const catalog::AfDatabase& database) const {
    return server_path() + "\\" + database.name;
  }
  std::string element_path(const catalog::Tables& tables, const catalog::AfElement& element) const;
  std::string attribute_path(const catalog::Tables& tables, const catalog::AfAttribute& attribute) const;

  std::string category_path(const catalog::Tables& tables, const catalog::AfCategory& category) const;
  std::string element_template_path(const catalog::Tables& tables,
                                    const catalog::AfElementTemplate& element_template) const;
  std::string attribute_template_path(const catalog::Tables& tables,
                                      const catalog::AfAttributeTemplate& attribute_template) const;
  std::string asset_set_path(const catalog::Tables& tables, const catalog::AfEnumerationSet& set) const;

  std::string data_server() const;
  std::string point(PointId id, std::string_view tag) const;
  std::string set(const DigitalSet& set) const;
  std::string state(const DigitalSet& set, const DigitalState& state) const;
  std::string asset_server() const;
  std::string database(const catalog::AfDatabase& database) const;
  std::string element(const catalog::Tables& tables, const catalog::AfElement& element) const;
  std::string attribute(const catalog::Tables& tables, const catalog::AfAttribute& attribute) const;
  std::string category(const catalog::Tables& tables, const catalog::AfCategory& category) const;
  std::string element_template(const catalog::Tables& tables,
                               const catalog::AfElementTemplate& element_template) const;
  std::string attribute_template(const catalog::Tables& tables,
                                 const catalog::AfAttributeTemplate& attribute_template) const;
  std::string asset_set(const catalog::Tables& tables, const catalog::AfEnumerationSet& set) const;
  std::string asset_value(const catalog::Tables& tables, const catalog::AfEnumerationSet& set,
                          const catalog::AfEnumerationValue& value) const;
};

/// Ids of the data server's sets and states, which have no GUID of their own: the number in the first group.
Uuid numbered_id(std::uint32_t number);
/// The number of such an id, or nothing.
std::optional<std::uint32_t> id_number(const Uuid& id);

}  // namespace penstock::dialects::piwebapi
