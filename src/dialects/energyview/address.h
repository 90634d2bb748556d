#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace penstock::dialects::energyview {

enum class Resource : std::uint8_t {
  none,
  timeseries,
  nodes,
  node,
  metadata,   ///< Of a node.
  provision,  ///< Of a node.
  tags,
  settings
};

/// A path taken apart. The views are of the request's path, or of `decoded` where it has percent escapes.
struct Target {
  Resource resource = Resource::none;
  std::string_view domain;  ///< Without the tilde. Empty if the path names none.
  std::string_view node;    ///< As written, for a node and what is below it; of settings: their id.
  std::string_view kind;    ///< Of settings: "cluster", "node", "report", "netmgr", "gridmgr".
};

/// `/{domain}/api/v1/…`, with or without a tilde in front of the domain; `node` and `nodes` mean the same.
Target find_target(const http::Request& request, std::vector<std::string>& decoded);

/// "GET, HEAD, POST": the methods of a resource, as in `Allow`.
std::string_view allowed_methods(Resource resource);
/// Whether such a list has the method.
bool allows(std::string_view list, http::Method method);

}  // namespace penstock::dialects::energyview
