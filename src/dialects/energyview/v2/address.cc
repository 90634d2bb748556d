#include "dialects/energyview/v2/address.h"

#include <vector>

#include "base/text.h"

namespace penstock::dialects::energyview::v2 {

Target find_target(const http::Request& request) {
  const std::vector<std::string> part = request.segments();
  Target target;
  if (part.size() < 3 || part.size() > 5 || part[0] != "api" || part[1] != "v2") return target;
  const bool series = part[2] == "timeseries", things = part[2] == "things";
  if (!series && !things) return target;
  if (part.size() > 3) target.uuid = part[3];
  if (part.size() == 3) target.resource = series ? Resource::timeseries : Resource::things;
  if (part.size() == 4) target.resource = series ? Resource::series : Resource::thing;
  if (part.size() == 5 && series && part[4] == "data") target.resource = Resource::data;
  if (part.size() == 5 && things && part[4] == "timeseries") target.resource = Resource::thing_series;
  return target;
}

std::string_view allowed_methods(Resource resource) {
  switch (resource) {
    case Resource::none: return "";
    case Resource::timeseries:
    case Resource::things: return "GET, HEAD, POST";
    case Resource::series:
    case Resource::thing: return "GET, HEAD, PUT, DELETE";
    case Resource::data: return "GET, HEAD, POST, DELETE";
    case Resource::thing_series: return "GET, HEAD";
  }
  return "";
}

std::optional<Credentials> parse_authorization(std::string_view header) {
  header = trim(header);
  if (!istarts_with(header, "Basic ")) return std::nullopt;
  const auto decoded = base64_decode(trim(header.substr(6)));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

}  // namespace penstock::dialects::energyview::v2
