#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/query.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

/// Every partition has one virtual device that holds all of its points; it has the id of the partition.
void append_device(http::JsonWriter& w, const catalog::BxPartition& partition) {
  w.object_begin().member("type", "Device").member("id", partition.id);
  w.key("attributes").object_begin();
  w.member("modelName", "Virtual device").member("serialNumber", partition.id);
  w.key("profile").object_begin();
  w.member("name", partition.name).member("notes", partition.description);
  w.member("externalId", partition.id).object_end();
  w.object_end().object_end();
}

}  // namespace

/// *Building Operations API, "Devices"*.
http::Response BuildingX::get_devices(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_points);
  if (!caller) return caller.error();
  const auto query = parse_list_query(request.parameters());
  if (!query) return render_problem(query.error());
  const std::string id = to_lower(target.partition);
  if (target.resource != Resource::devices && !iequals(target.device, id)) {
    Problem problem;
    problem.kind = ProblemKind::not_found;
    problem.detail = "There is no device " + std::string{target.device.substr(0, 64)} + " in this partition";
    return render_problem(std::move(problem));
  }
  if (target.resource == Resource::device_points) return get_points(request, target);

  std::string url = settings_.absolute_links ? base_url(request).append(target.mount) : std::string{};
  url.append("/partitions/").append(http::percent_encode(target.partition)).append("/devices");
  if (target.resource != Resource::devices) url.append("/").append(http::percent_encode(target.device));
  if (target.resource == Resource::device_devices) url.append("/devices");
  const auto tables = house_.archive.catalog();
  const catalog::BxPartition* const partition = tables->building_x.partitions.find(id);
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, url, {});
  w.key("data");
  if (target.resource == Resource::device) {
    if (partition == nullptr) return render_problem(missing_permission());
    append_device(w, *partition);
  } else {
    w.array_begin();
    // A list goes on behind the one device; no device stands below it.
    const bool is_listed = target.resource == Resource::devices && query->after.empty();
    if (is_listed && partition != nullptr) append_device(w, *partition);
    w.array_end();
  }
  w.object_end();
  return document(200, std::move(body));
}

}  // namespace penstock::dialects::buildingx
