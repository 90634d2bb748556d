#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/energyview/energyview.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/wire.h"

namespace penstock::dialects::energyview {

/// The node behind a name, or null. Both of its names lead to the same node; a node of another domain is
/// none.
const catalog::EvNode* find_node(const catalog::Tables& tables, std::string_view domain, const NodeRef& node);

/// The series behind the entries of a request.
struct Resolved {
  std::vector<std::optional<PointId>> points;  ///< Parallel to the entries; nothing: yet to be made.
  bool complete = true;
};

/// Finds the points of all entries. Errors: unknown_node and unknown_tag unless `auto_create` makes them;
/// invalid_parameter where two names of an entry mean two nodes; forbidden.
Checked<Resolved> resolve(const catalog::Tables& tables, std::string_view domain,
                          const std::vector<SeriesEntry>& entries, AutoCreate auto_create,
                          const auth::Principal& caller);

/// A series that is to be made, by value.
struct NewSeries {
  NodeRef node;
  std::string tag;
};
std::vector<NewSeries> missing_series(const std::vector<SeriesEntry>& entries, const Resolved& resolved);

/// Makes what is still missing of `wanted`: nodes, and the points of their tags.
Result<void> make_series(catalog::Editor& editor, std::string_view domain,
                         const std::vector<NewSeries>& wanted, Timestamp now);

/// A series that exists, for reading.
struct KnownSeries {
  std::uint64_t node_id = 0;
  std::optional<Uuid> node_uuid;  ///< Absent where a point was bound to a node that was never made.
  bool asked_by_uuid = false;
  std::string tag;
  PointId point{};
  Kind kind = Kind::float64;
};

/// The series that a query asks for and the caller may read, by node id, then tag. Points that hold no
/// numbers are left out. Errors: unknown_node, unknown_tag, forbidden (some match, and none may be read).
Checked<std::vector<KnownSeries>> find_series(const catalog::Tables& tables, std::string_view domain,
                                              const ReadQuery& query, const auth::Principal& caller);

/// What EnergyView can show: its values are numbers.
bool is_shown(PointType type);

/// The tags of a node, ascending.
std::vector<std::string> tags_of(const catalog::Tables& tables, std::string_view domain, std::uint64_t node);

/// Tags of a node that the caller may read; nothing where the node has tags and none of them may be.
std::optional<std::vector<std::string>> readable_tags(const catalog::Tables& tables, std::string_view domain,
                                                      const catalog::EvNode& node,
                                                      const auth::Principal& caller);

/// Rights are given over the PI tags of series: who may write all tags that a node can have may change the
/// node.
bool may_change(const auth::Principal& caller, const catalog::EvNode& node);

}  // namespace penstock::dialects::energyview
