#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/wire.h"
#include "http/json.h"

namespace penstock::dialects::energyview {

/// What a body says of a node; what it does not name stays as it is.
struct NodeWish {
  std::optional<std::string> name, device, designation, description, dataif, state, deployment_date;
  std::optional<Uuid> uuid;  ///< Only when the node is made.
  std::optional<std::vector<std::string>> tags;
  std::optional<NodeRef> parent;
  bool no_parent = false;  ///< `"parent":null`.
  std::optional<bool> is_public, enabled;
  std::optional<std::int64_t> interval_s;
  std::optional<std::vector<std::string>> labels;  ///< Only API v2 has them.
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// The body of *"API reference, nodes"*, "create" and "update". Pure.
enum class NodeDeed { create, update };
Checked<NodeWish> parse_node_wish(const http::Body& body, NodeDeed deed);

/// `[{"key":"lat","value":"55.6"}]`, as in *"Create a Building Node"*. No key may come twice. Pure.
Checked<Metadata> parse_metadata(const http::Body& body);

/// Puts the wish into the node and its tags. Errors: invalid_argument (the parent is unknown, or stands below
/// the node), as catalog::assign_ev_tags.
Result<void> apply_wish(catalog::Editor& editor, catalog::EvNode node, const NodeWish& wish, Timestamp now);

}  // namespace penstock::dialects::energyview
