#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace penstock::dialects::energyview::v2 {

enum class Resource : std::uint8_t {
  none,
  timeseries,    ///< The list.
  series,        ///< One of it.
  data,          ///< Of a series.
  things,        ///< The list.
  thing,         ///< One of it.
  thing_series,  ///< The series of a thing.
};

/// `/api/v2/…` taken apart. `uuid` is as written, for what has one in its path.
struct Target {
  Resource resource = Resource::none;
  std::string uuid;
};
Target find_target(const http::Request& request);

/// The methods of a resource, as in `Allow`.
std::string_view allowed_methods(Resource resource);

/// `Basic base64(domain:key)`.
struct Credentials {
  std::string domain, key;
};
std::optional<Credentials> parse_authorization(std::string_view header);

}  // namespace penstock::dialects::energyview::v2
