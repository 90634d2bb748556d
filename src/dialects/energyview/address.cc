#include "dialects/energyview/address.h"

#include <array>

#include "base/text.h"

namespace penstock::dialects::energyview {
namespace {

constexpr std::size_t kPartsMax = 6;  // domain, api, v1, nodes, node, metadata

bool is_settings_kind(std::string_view kind) {
  return kind == "cluster" || kind == "node" || kind == "report" || kind == "netmgr" || kind == "gridmgr";
}

}  // namespace

Target find_target(const http::Request& request, std::vector<std::string>& decoded) {
  std::array<std::string_view, kPartsMax> part;
  std::size_t count = 0;
  const auto push = [&](std::string_view text) {
    if (count < kPartsMax) part[count] = text;
    ++count;
  };
  const std::string_view path = request.path;
  if (path.find('%') != std::string_view::npos) {
    decoded = request.segments();
    for (const std::string& segment : decoded) push(segment);
  } else {
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t slash = std::min(path.find('/', at), path.size());
      if (slash > at) push(path.substr(at, slash - at));
      at = slash + 1;
    }
  }
  Target target;
  if (count < 3 || part[1] != "api" || part[2] != "v1") return target;
  target.domain = part[0];
  if (target.domain.starts_with('~')) target.domain.remove_prefix(1);
  if (count == 4) {
    if (part[3] == "timeseries") target.resource = Resource::timeseries;
    if (part[3] == "nodes" || part[3] == "node") target.resource = Resource::nodes;
    if (part[3] == "tags") target.resource = Resource::tags;
  }
  if (count == 5 && (part[3] == "nodes" || part[3] == "node")) {
    target.resource = Resource::node;
    target.node = part[4];
  }
  if (count == 6 && (part[3] == "nodes" || part[3] == "node")) {
    if (part[5] == "metadata") target.resource = Resource::metadata;
    if (part[5] == "provision") target.resource = Resource::provision;
    target.node = part[4];
  }
  if (count == 6 && part[3] == "settings" && is_settings_kind(part[4])) {
    target.resource = Resource::settings;
    target.kind = part[4];
    target.node = part[5];
  }
  return target;
}

std::string_view allowed_methods(Resource resource) {
  switch (resource) {
    case Resource::none: return "";
    case Resource::timeseries:
    case Resource::nodes:
    case Resource::metadata: return "GET, HEAD, POST";
    case Resource::node: return "GET, HEAD, PUT, DELETE";
    case Resource::provision: return "PUT, POST";
    case Resource::settings: return "GET, HEAD, PUT";
    case Resource::tags: return "GET, HEAD";
  }
  return "";
}

bool allows(std::string_view list, http::Method method) {
  for (const std::string_view each : split(list, ',')) {
    if (trim(each) == http::to_string(method)) return true;
  }
  return false;
}

}  // namespace penstock::dialects::energyview
