#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/omf/events.h"
#include "dialects/omf/parse_assets.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/wire.h"

/// What messages do to the catalog. Each function is run inside an edit, may be run again with a fresh editor
/// and report, and settles each item by itself: it first looks whether all of the item can be done, then does
/// it. What an item does is seen by the next one. Faults of items go into the report, not into the result.
///
/// A message of any length is done in edits of bounded size: a function begins at `at` and stops, with `at`
/// moved on, after the last item or when the edit is full. Call it again with the next edit until `at` is at
/// the end.
namespace penstock::dialects::omf {

/// Who changes the catalog, when, and where elements go.
struct Scene {
  const auth::Principal& caller;
  Timestamp now;
  std::string server_name;     ///< In the paths of point references.
  std::string asset_database;  ///< Made if absent.
  bool compressing = false;    ///< Of new points.
};

/// How much of a message is done.
struct Progress {
  std::size_t item = 0;    ///< Items before this one are.
  std::size_t part = 0;    ///< Instances or links of that item that are.
  std::size_t points = 0;  ///< PI points that the message made.
};

/// True once an edit has as much as it should: others wait for it.
inline bool is_full(const catalog::Editor& editor) {
  return editor.bytes() >= kEditBytes;
}

/// *Message types*: create asserts, update only confirms, delete tries.
Result<void> apply_types(catalog::Editor& editor, const std::vector<TypeItem>& items, Action action,
                         Version version, const Scene& scene, Report& report, Progress& at);

/// *Container messages*: create asserts, update inserts or replaces, delete takes the points along.
Result<void> apply_containers(catalog::Editor& editor, const std::vector<ContainerItem>& items, Action action,
                              const Scene& scene, Report& report, Progress& at);

/// *Static data* and *Link data messages*, in the order of the body.
Result<void> apply_assets(catalog::Editor& editor, const std::vector<AssetItem>& items, Action action,
                          const Scene& scene, Report& report, Progress& at);

/// *Static data*: instances become elements, their values attributes. From the instance `part` on; leaves it
/// at the first that was not done.
Result<void> apply_static(catalog::Editor& editor, const StaticItem& item, Action action, const Scene& scene,
                          Report& report, std::size_t& part);

/// *Link data messages*. From the link `part` on, as apply_static.
Result<void> apply_links(catalog::Editor& editor, const LinkItem& item, Action action, const Scene& scene,
                         Report& report, std::size_t& part);

/// Takes a link and the attributes that it made away.
void remove_link(catalog::Editor& editor, const catalog::OmfLink& link);

/// The asset database of the scene; made if absent.
Uuid get_database(catalog::Editor& editor, const Scene& scene);

}  // namespace penstock::dialects::omf
