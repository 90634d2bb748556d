#pragma once

#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/omf/events.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/wire.h"

/// What messages do to the catalog. Each function is run inside one edit, may be run again with a fresh
/// editor, and settles each item by itself: it first looks whether all of the item can be done, then does it.
/// What an item does is seen by the next one. Faults of items go into the report, not into the result.
namespace penstock::dialects::omf {

/// Who changes the catalog, when, and where elements go.
struct Scene {
  const auth::Principal& caller;
  Timestamp now;
  std::string server_name;     ///< In the paths of point references.
  std::string asset_database;  ///< Made if absent.
};

/// *Message types*: create asserts, update only confirms, delete tries.
Result<void> apply_types(catalog::Editor& editor, const std::vector<TypeItem>& items, Action action,
                         Version version, Report& report);

/// *Container messages*: create asserts, update inserts or replaces, delete takes the points along.
Result<void> apply_containers(catalog::Editor& editor, const std::vector<ContainerItem>& items, Action action,
                              const Scene& scene, Report& report);

/// *Static data*: instances become elements, their values attributes.
Result<void> apply_static(catalog::Editor& editor, const StaticItem& item, Action action, const Scene& scene,
                          Report& report);

/// *Link data messages*.
Result<void> apply_links(catalog::Editor& editor, const LinkItem& item, Action action, const Scene& scene,
                         Report& report);

/// Takes a link and the attributes that it made away.
void remove_link(catalog::Editor& editor, const catalog::OmfLink& link);

/// The asset database of the scene; made if absent.
Uuid get_database(catalog::Editor& editor, const Scene& scene);

}  // namespace penstock::dialects::omf
