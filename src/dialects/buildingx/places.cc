#include "dialects/buildingx/places.h"

#include <algorithm>

#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

using catalog::BxDevice;
using catalog::BxLocation;
using catalog::BxPartition;

void append_reference(http::JsonWriter& w, std::string_view type, std::string_view id) {
  w.object_begin().member("type", type).member("id", id).object_end();
}

/// `name: {data: reference or null}`; an empty id is null.
void append_relationship(http::JsonWriter& w, std::string_view name, std::string_view type,
                         std::string_view id) {
  w.key(name).object_begin().key("data");
  if (id.empty()) {
    w.null();
  } else {
    append_reference(w, type, id);
  }
  w.object_end();
}

std::string feature_id(const BxDevice& device, std::string_view feature) {
  return device.id + "-" + std::string{feature};
}

void append_feature(http::JsonWriter& w, const BxDevice& device, std::string_view type) {
  w.object_begin()
      .member("type", type)
      .member("id", feature_id(device, type))
      .key("attributes")
      .object_begin();
  if (type == "DeviceInfo") {
    w.member("name", device.name).member("description", device.description);
  } else {
    // Devices of ours are virtual: they are there as long as the server is.
    w.member("status", "online");
  }
  w.object_end().key("relationships").object_begin();
  append_relationship(w, "hasDevice", "Device", device.id);
  w.object_end().object_end();
}

std::string address_id(const BxLocation& location) {
  return location.has_address() ? location.id + "-address" : std::string{};
}

template <class Row>
void sort_by_id(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
}

}  // namespace

std::vector<BxLocation> locations_of(const catalog::Tables& tables, const BxPartition& partition) {
  std::vector<BxLocation> made;
  for (const BxLocation* row : tables.building_x.locations_of(partition.id)) made.push_back(*row);
  if (made.empty()) {
    BxLocation whole;
    whole.partition = whole.id = partition.id;
    whole.label = partition.name;
    whole.description = partition.description;
    whole.time_zone = "UTC";
    made.push_back(std::move(whole));
  }
  sort_by_id(made);
  return made;
}

std::vector<BxDevice> devices_of(const catalog::Tables& tables, const BxPartition& partition) {
  std::vector<BxDevice> made;
  for (const BxDevice* row : tables.building_x.devices_of(partition.id)) made.push_back(*row);
  BxDevice whole;
  whole.partition = whole.id = whole.serial_number = whole.external_id = partition.id;
  whole.name = partition.name;
  whole.description = whole.notes = partition.description;
  whole.model_name = "Virtual device";
  const auto locations = locations_of(tables, partition);
  const auto building = std::find_if(locations.begin(), locations.end(),
                                     [](const BxLocation& at) { return at.type == "Building"; });
  if (building != locations.end()) whole.location = building->id;
  made.push_back(std::move(whole));
  sort_by_id(made);
  return made;
}

void append_device(http::JsonWriter& w, const BxDevice& device, const std::vector<BxLocation>& locations) {
  w.object_begin().member("type", "Device").member("id", device.id);
  w.key("attributes").object_begin();
  w.member("modelName", device.model_name).member("serialNumber", device.serial_number);
  w.key("profile").object_begin();
  w.member("name", device.name).member("notes", device.notes).member("externalId", device.external_id);
  w.object_end().object_end();
  w.key("relationships").object_begin();
  append_relationship(w, "hasGateway", "Device", device.gateway);
  const auto at = std::find_if(locations.begin(), locations.end(),
                               [&](const BxLocation& each) { return each.id == device.location; });
  append_relationship(w, "hasLocation", at == locations.end() ? "Building" : at->type, device.location);
  w.key("hasFeatures").object_begin().key("data").array_begin();
  for (const char* type : {"DeviceInfo", "Connectivity"}) append_reference(w, type, feature_id(device, type));
  w.array_end().object_end();
  w.object_end().object_end();
}

void append_included(http::JsonWriter& w, const std::vector<BxDevice>& devices, const ListQuery& query) {
  if (query.includes.empty()) return;
  const bool all = query.including("hasFeatures");
  w.key("included").array_begin();
  for (const BxDevice& device : devices) {
    if (all || query.including("hasFeatures.DeviceInfo")) append_feature(w, device, "DeviceInfo");
    if (all || query.including("hasFeatures.Connectivity")) append_feature(w, device, "Connectivity");
  }
  w.array_end();
}

void append_location(http::JsonWriter& w, const BxLocation& location) {
  w.object_begin().member("type", location.type).member("id", location.id);
  w.key("attributes").object_begin();
  w.member("label", location.label).member("description", location.description);
  w.member("timeZone", location.time_zone).object_end();
  w.key("relationships").object_begin();
  append_relationship(w, "hasPostalAddress", "PostalAddress", address_id(location));
  w.object_end().object_end();
}

void append_included(http::JsonWriter& w, const std::vector<BxLocation>& locations, const ListQuery& query) {
  if (query.includes.empty()) return;
  w.key("included").array_begin();
  for (const BxLocation& location : locations) {
    if (!location.has_address()) continue;
    w.object_begin().member("type", "PostalAddress").member("id", address_id(location));
    w.key("attributes").object_begin();
    w.member("street", location.street).member("locality", location.locality);
    w.member("postalCode", location.postal_code).member("region", location.region);
    w.member("countryName", location.country).object_end().object_end();
  }
  w.array_end();
}

}  // namespace penstock::dialects::buildingx
