#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "dialects/piwebapi/naming.h"
#include "dialects/piwebapi/wire.h"

/// From a WebID or a path to the catalog's row. Every pointer lives as long as the reader over the tables.
/// Where not said otherwise, errors are invalid_argument (no WebID, another kind of object) and not_found.
namespace penstock::dialects::piwebapi {

/// True where `path`'s first part names this server: by name, by `{GUID}`, by both, or as `PIServer[name]`.
/// `rest` gets what is behind it, without backslashes in front.
bool strip_server(std::string_view path, const Identity& identity, const Uuid& server,
                  std::string_view& rest);

Result<const Point*> find_point(const catalog::Tables& tables, const Identity& identity, const WebId& id);
Result<const Point*> find_point_path(const catalog::Tables& tables, const Identity& identity,
                                     std::string_view path);

Result<const DigitalSet*> find_set(const catalog::Tables& tables, const Identity& identity, const WebId& id);
Result<const DigitalSet*> find_set_path(const catalog::Tables& tables, const Identity& identity,
                                        std::string_view path);
struct FoundState {
  const DigitalSet* set;
  const DigitalState* state;
};
Result<FoundState> find_state(const catalog::Tables& tables, const Identity& identity, const WebId& id);
Result<FoundState> find_state_path(const catalog::Tables& tables, const Identity& identity,
                                   std::string_view path);

/// An enumeration set of the data server or of an asset database: one of the two is there.
struct FoundSet {
  const DigitalSet* digital = nullptr;
  const catalog::AfEnumerationSet* asset = nullptr;
};
Result<FoundSet> find_any_set(const catalog::Tables& tables, const Identity& identity, const WebId& id);
Result<FoundSet> find_any_set_path(const catalog::Tables& tables, const Identity& identity,
                                   std::string_view path);
struct FoundValue {
  const catalog::AfEnumerationSet* set;
  const catalog::AfEnumerationValue* value;
};
/// Of the sets of asset databases.
Result<FoundValue> find_asset_value(const catalog::Tables& tables, const Identity& identity, const WebId& id);
Result<FoundValue> find_asset_value_path(const catalog::Tables& tables, const Identity& identity,
                                         std::string_view path);
/// The set that an attribute of the database takes its values from, by name: the database's own before the
/// data server's. Nothing if there is none.
std::optional<FoundSet> find_qualifier(const catalog::Tables& tables, const Uuid& database,
                                       std::string_view name);
/// The same as values are read and written with.
std::optional<DigitalSet> states_of(const catalog::Tables& tables, const Uuid& database,
                                    std::string_view name);

/// Does `id` mean this data server, or this AF server? Errors: as above.
Result<void> check_server(const Identity& identity, const WebId& id, WebIdKind kind);

Result<const catalog::AfDatabase*> find_database(const catalog::Tables& tables, const Identity& identity,
                                                 const WebId& id);
Result<const catalog::AfDatabase*> find_database_path(const catalog::Tables& tables, const Identity& identity,
                                                      std::string_view path);
Result<const catalog::AfElement*> find_element(const catalog::Tables& tables, const Identity& identity,
                                               const WebId& id);
Result<const catalog::AfElement*> find_element_path(const catalog::Tables& tables, const Identity& identity,
                                                    std::string_view path);
Result<const catalog::AfAttribute*> find_attribute(const catalog::Tables& tables, const Identity& identity,
                                                   const WebId& id);
Result<const catalog::AfAttribute*> find_attribute_path(const catalog::Tables& tables,
                                                        const Identity& identity, std::string_view path);

Result<const catalog::AfCategory*> find_category(const catalog::Tables& tables, const Identity& identity,
                                                 const WebId& id, catalog::AfCategoryKind kind);
Result<const catalog::AfCategory*> find_category_path(const catalog::Tables& tables, const Identity& identity,
                                                      std::string_view path, catalog::AfCategoryKind kind);
Result<const catalog::AfElementTemplate*> find_element_template(const catalog::Tables& tables,
                                                                const Identity& identity, const WebId& id);
Result<const catalog::AfElementTemplate*> find_element_template_path(const catalog::Tables& tables,
                                                                     const Identity& identity,
                                                                     std::string_view path);
Result<const catalog::AfAttributeTemplate*> find_attribute_template(const catalog::Tables& tables,
                                                                    const Identity& identity,
                                                                    const WebId& id);
Result<const catalog::AfAttributeTemplate*> find_attribute_template_path(const catalog::Tables& tables,
                                                                         const Identity& identity,
                                                                         std::string_view path);

/// The config string of a PI Point reference, its substitutions made: what it points at and how.
struct PointReference {
  std::string path;  ///< `\\SERVER\Tag`
  bool read_only = false;
};
PointReference point_reference(const catalog::Tables& tables, const Naming& naming,
                               const catalog::AfAttribute& attribute);

/// What reads and writes need of a point.
Stream stream_of(const catalog::Tables& tables, const Point& point);

}  // namespace penstock::dialects::piwebapi
