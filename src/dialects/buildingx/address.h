#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace penstock::dialects::buildingx {

/// What a path speaks of.
enum class Resource : std::uint8_t {
  none,
  token,
  jwks,
  openid_configuration,
  points,
  point,
  point_values,
  devices,
  device,
  device_points,
  device_devices,
  locations,
  location,
  me,
  my_customers,
  my_user_groups,
  customer_partitions
};

/// A path taken apart. The views are of the request's path, or of `decoded` where it has percent escapes.
struct Target {
  Resource resource = Resource::none;
  std::string_view mount;      ///< The path in front of `/partitions`, "" for the bare form.
  std::string_view partition;  ///< As written.
  std::string_view point;      ///< As written.
  std::string_view device;     ///< As written.
  std::string_view location;   ///< As written.
  std::string_view customer;   ///< As written.
};

/// Finds the resource of a path. All of these stand in front of `/partitions/{P}/…` and mean the same:
/// nothing, `/ingest`, `/operations`, `/api/openness/ingest`, `/api/openness/operations`. The Accounts API
/// has
/// `/accounts` and `/api/openness/accounts`.
Target find_target(const http::Request& request, std::vector<std::string>& decoded);

/// "GET, POST": the methods of a resource, as in `Allow`.
std::string_view allowed_methods(Resource resource);

}  // namespace penstock::dialects::buildingx
