#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "dialects/buildingx/query.h"

namespace penstock::http {
class JsonWriter;
}

namespace penstock::dialects::buildingx {

/// The devices of a partition, ascending by id, the virtual one among them. It has the id of the partition,
/// its name, and stands in the partition's first building.
std::vector<catalog::BxDevice> devices_of(const catalog::Tables& tables,
                                          const catalog::BxPartition& partition);

/// The locations of a partition, ascending by id. One without locations is a building by itself.
std::vector<catalog::BxLocation> locations_of(const catalog::Tables& tables,
                                              const catalog::BxPartition& partition);

/// Paths that `include` takes (*JSON:API 1.1, "Inclusion of Related Resources"*).
inline constexpr std::string_view kDeviceIncludes[] = {"hasFeatures", "hasFeatures.DeviceInfo",
                                                       "hasFeatures.Connectivity"};
inline constexpr std::string_view kLocationIncludes[] = {"hasPostalAddress"};

/// A `Device` resource, as a member of `data`; the type of its location is looked up in `locations`.
void append_device(http::JsonWriter& w, const catalog::BxDevice& device,
                   const std::vector<catalog::BxLocation>& locations);
/// What the query wants to come along with these devices, as the member `included`; nothing if it wants
/// nothing.
void append_included(http::JsonWriter& w, const std::vector<catalog::BxDevice>& devices,
                     const ListQuery& query);

/// A location resource; its type is that of the place: `Building`, `Floor` …
void append_location(http::JsonWriter& w, const catalog::BxLocation& location);
void append_included(http::JsonWriter& w, const std::vector<catalog::BxLocation>& locations,
                     const ListQuery& query);

}  // namespace penstock::dialects::buildingx
