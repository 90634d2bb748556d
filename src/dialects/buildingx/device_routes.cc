#include <algorithm>
#include <functional>

#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/places.h"
#include "dialects/buildingx/query.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

using catalog::BxDevice;
using catalog::BxLocation;

template <class Row>
std::optional<Row> with_id(const std::vector<Row>& rows, std::string_view id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return iequals(row.id, id); });
  if (at == rows.end()) return std::nullopt;
  return *at;
}

/// One page of rows that are ascending by id, and the cursor of the next page or nothing.
template <class Row>
std::string cut_page(std::vector<Row>& rows, const ListQuery& query) {
  std::erase_if(rows, [&](const Row& row) { return row.id <= query.after; });
  if (rows.size() <= query.limit) return {};
  rows.resize(query.limit);
  return make_list_cursor(rows.back().id);
}

/// Drops what a filter of the request does not name.
void keep_filtered(std::vector<BxDevice>& devices, const http::Parameters& parameters) {
  struct Filter {
    std::string_view name;
    std::string BxDevice::*member;
  };
  static constexpr Filter kFilters[] = {{"filter[hasLocation.data.id]", &BxDevice::location},
                                        {"filter[serialNumber]", &BxDevice::serial_number},
                                        {"filter[modelName]", &BxDevice::model_name},
                                        {"filter[profile.name]", &BxDevice::name}};
  for (const Filter& filter : kFilters) {
    const auto wanted = parameters.find(filter.name);
    if (!wanted) continue;
    const bool is_id = filter.member == &BxDevice::location;
    std::erase_if(devices, [&](const BxDevice& device) {
      const std::string& value = device.*filter.member;
      return is_id ? !iequals(value, *wanted) : value != *wanted;
    });
  }
}

std::string cursor_of(const http::Parameters& parameters) {
  return std::string{parameters.find("page[cursor]").value_or("")};
}

}  // namespace

/// *Building Operations API, "Devices"*.
http::Response BuildingX::get_devices(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_points);
  if (!caller) return caller.error();
  const http::Parameters parameters = request.parameters();
  const auto query = parse_list_query(parameters, kDeviceIncludes);
  if (!query) return render_problem(query.error());
  std::vector<BxDevice> devices;
  std::vector<BxLocation> locations;
  {
    const auto tables = house_.archive.catalog();
    const auto* partition = tables->building_x.partitions.find(to_lower(target.partition));
    if (partition == nullptr) return render_problem(missing_permission());
    devices = devices_of(*tables, *partition);
    locations = locations_of(*tables, *partition);
  }
  std::string url = link(request, target, "devices");
  if (target.resource != Resource::devices) {
    const auto device = with_id(devices, target.device);
    if (!device) return render_problem(not_found("device", target.device));
    url.append("/").append(http::percent_encode(target.device));
    if (target.resource == Resource::device) {
      std::string body;
      http::JsonWriter w{body};
      w.object_begin();
      append_links(w, url, {});
      w.key("data");
      append_device(w, *device, locations);
      append_included(w, std::vector{*device}, *query);
      w.object_end();
      return document(200, std::move(body));
    }
    url.append("/devices");
    std::erase_if(devices, [&](const BxDevice& each) { return each.gateway != device->id; });
  }
  keep_filtered(devices, parameters);
  const std::string next = cut_page(devices, *query);
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, page_url(url, parameters, cursor_of(parameters)),
               next.empty() ? next : page_url(url, parameters, next));
  w.key("data").array_begin();
  for (const BxDevice& device : devices) append_device(w, device, locations);
  w.array_end();
  append_included(w, devices, *query);
  w.object_end();
  return document(200, std::move(body));
}

/// *Building Operations API, "Locations"*.
http::Response BuildingX::get_locations(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_points);
  if (!caller) return caller.error();
  const http::Parameters parameters = request.parameters();
  const auto query = parse_list_query(parameters, kLocationIncludes);
  if (!query) return render_problem(query.error());
  std::vector<BxLocation> locations;
  {
    const auto tables = house_.archive.catalog();
    const auto* partition = tables->building_x.partitions.find(to_lower(target.partition));
    if (partition == nullptr) return render_problem(missing_permission());
    locations = locations_of(*tables, *partition);
  }
  std::string url = link(request, target, "locations"), next;
  const bool single = target.resource == Resource::location;
  if (single) {
    const auto location = with_id(locations, target.location);
    if (!location) return render_problem(not_found("location", target.location));
    locations = {*location};
    url.append("/").append(http::percent_encode(target.location));
  } else {
    if (const auto type = parameters.find("filter[type]")) {
      std::erase_if(locations, [&](const BxLocation& each) { return !iequals(each.type, *type); });
    }
    const std::string cursor = cut_page(locations, *query);
    if (!cursor.empty()) next = page_url(url, parameters, cursor);
    url = page_url(std::move(url), parameters, cursor_of(parameters));
  }
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, url, next);
  w.key("data");
  if (!single) w.array_begin();
  for (const BxLocation& location : locations) append_location(w, location);
  if (!single) w.array_end();
  append_included(w, locations, *query);
  w.object_end();
  return document(200, std::move(body));
}

}  // namespace penstock::dialects::buildingx
