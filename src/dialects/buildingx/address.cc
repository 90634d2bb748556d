#include "dialects/buildingx/address.h"

#include <array>

namespace penstock::dialects::buildingx {
namespace {

constexpr std::size_t kPartsMax = 8;

struct Parts {
  std::array<std::string_view, kPartsMax> part;
  std::size_t count = 0;  ///< kPartsMax + 1 if there are more.

  void push(std::string_view text) {
    if (count < kPartsMax) part[count] = text;
    if (count <= kPartsMax) ++count;
  }
};

Parts parts_of(const http::Request& request, std::vector<std::string>& decoded) {
  Parts parts;
  const std::string_view path = request.path;
  if (path.find('%') != std::string_view::npos) {
    decoded = request.segments();
    for (const std::string& segment : decoded) parts.push(segment);
    return parts;
  }
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    if (slash > at) parts.push(path.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

/// How many parts stand in front of "partitions", or kPartsMax if this is no such path.
std::size_t mount_size(const Parts& parts) {
  const auto& part = parts.part;
  if (part[0] == "partitions") return 0;
  if (parts.count > 1 && (part[0] == "ingest" || part[0] == "operations") && part[1] == "partitions")
    return 1;
  if (parts.count > 3 && part[0] == "api" && part[1] == "openness" &&
      (part[2] == "ingest" || part[2] == "operations") && part[3] == "partitions") {
    return 3;
  }
  return kPartsMax;
}

/// *Accounts API*: `me`, `me/customers`, `me/usergroups`, `customers/{C}/partitions`.
Target find_account(const Parts& parts, std::size_t mount) {
  Target target;
  const auto& part = parts.part;
  const std::size_t behind = parts.count - mount;
  if (behind == 1 && part[mount] == "me") target.resource = Resource::me;
  if (behind == 2 && part[mount] == "me") {
    if (part[mount + 1] == "customers") target.resource = Resource::my_customers;
    if (part[mount + 1] == "usergroups") target.resource = Resource::my_user_groups;
  }
  if (behind == 3 && part[mount] == "customers" && part[mount + 2] == "partitions") {
    target.resource = Resource::customer_partitions;
    target.customer = part[mount + 1];
  }
  return target;
}

Resource device_resource(std::size_t behind, std::string_view last) {
  if (behind == 3) return Resource::devices;
  if (behind == 4) return Resource::device;
  if (last == "points") return Resource::device_points;
  return last == "devices" ? Resource::device_devices : Resource::none;
}

}  // namespace

Target find_target(const http::Request& request, std::vector<std::string>& decoded) {
  const Parts parts = parts_of(request, decoded);
  const auto& part = parts.part;
  Target target;
  if (parts.count == 0 || parts.count > kPartsMax) return target;
  if (parts.count == 2) {
    if (part[0] == "oauth" && part[1] == "token") target.resource = Resource::token;
    if (part[0] == ".well-known" && part[1] == "jwks.json") target.resource = Resource::jwks;
    if (part[0] == ".well-known" && part[1] == "openid-configuration") {
      target.resource = Resource::openid_configuration;
    }
    if (target.resource != Resource::none) return target;
  }
  if (part[0] == "accounts") return find_account(parts, 1);
  if (parts.count > 3 && part[0] == "api" && part[1] == "openness" && part[2] == "accounts") {
    return find_account(parts, 3);
  }
  const std::size_t mount = mount_size(parts);
  if (mount == kPartsMax) return target;
  // Behind the mount: partitions, P, points, I, values.
  const std::size_t behind = parts.count - mount;
  const bool of_points = behind >= 3 && part[mount + 2] == "points";
  const bool of_devices = behind >= 3 && part[mount + 2] == "devices";
  const bool of_locations = behind >= 3 && part[mount + 2] == "locations";
  if (behind > 5 || (!of_points && !of_devices && !of_locations)) return target;
  if (mount == 1) target.mount = part[0] == "ingest" ? "/ingest" : "/operations";
  if (mount == 3) target.mount = part[2] == "ingest" ? "/api/openness/ingest" : "/api/openness/operations";
  target.partition = part[mount + 1];
  if (of_locations) {
    if (behind == 3) target.resource = Resource::locations;
    if (behind == 4) {
      target.resource = Resource::location;
      target.location = part[mount + 3];
    }
    return target;
  }
  if (of_devices) {
    target.resource = device_resource(behind, behind == 5 ? part[mount + 4] : std::string_view{});
    if (behind > 3) target.device = part[mount + 3];
    return target;
  }
  if (behind == 3) {
    target.resource = Resource::points;
    return target;
  }
  target.point = part[mount + 3];
  if (behind == 4) target.resource = Resource::point;
  if (behind == 5 && part[mount + 4] == "values") target.resource = Resource::point_values;
  return target;
}

std::string_view allowed_methods(Resource resource) {
  switch (resource) {
    case Resource::none: return "";
    case Resource::token: return "POST";
    case Resource::jwks:
    case Resource::openid_configuration:
    case Resource::points:
    case Resource::point:
    case Resource::devices:
    case Resource::device:
    case Resource::device_points:
    case Resource::device_devices:
    case Resource::locations:
    case Resource::location:
    case Resource::me:
    case Resource::my_customers:
    case Resource::my_user_groups:
    case Resource::customer_partitions: return "GET, HEAD";
    case Resource::point_values: return "GET, HEAD, POST";
  }
  return "";
}

}  // namespace penstock::dialects::buildingx
