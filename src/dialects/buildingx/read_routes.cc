#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/query.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

/// The device that a point stands under: without one of its own the virtual one, with the partition's id.
std::string_view device_of(const catalog::Tables& tables, std::string_view partition,
                           std::string_view address) {
  const catalog::BxPoint* point = tables.building_x.points.find(address);
  return point == nullptr || point->device.empty() ? partition : std::string_view{point->device};
}

}  // namespace

std::string BuildingX::link(const http::Request& request, const Target& target, std::string_view rest) const {
  std::string url = settings_.absolute_links ? base_url(request).append(target.mount) : std::string{};
  return url.append("/partitions/").append(http::percent_encode(target.partition)).append("/").append(rest);
}

http::Response BuildingX::get_values(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_values);
  if (!caller) return caller.error();
  const auto query = parse_values_query(request.parameters(), house_.now());
  if (!query) return render_problem(query.error());

  const std::string address = catalog::BxPoint::address_of(target.partition, target.point);
  PointId id{};
  {
    const auto tables = house_.archive.catalog();
    const std::optional<Located> found = locate(*tables, address);
    if (!found) return render_problem(point_not_found(target.point));
    if (!(*caller)->may(auth::Right::read, found->format.point.tag)) {
      return render_problem(missing_permission());
    }
    id = found->id;
  }
  std::vector<ValueRow> rows;
  Timestamp at = query->start.value_or(query->from);
  // One row more than asked for tells that there is a next page, and that the row before it is complete.
  while (at < query->to && rows.size() <= query->limit) {
    archive::Scan scan;
    scan.point = id;
    scan.first = at;
    scan.last = query->to.plus_ns(-1);
    scan.limit = query->limit + 1;
    const Result<Run> run = house_.archive.scan(scan);
    if (!run) return render_problem(problem_of(run.error()));
    if (run->empty()) break;
    const auto tables = house_.archive.catalog();
    const std::optional<Located> found = locate(*tables, address);
    if (!found) return render_problem(point_not_found(target.point));
    for (ValueRow& row : rows_of(*run, found->format)) {
      if (!rows.empty() && rows.back().time == row.time) {
        rows.back() = std::move(row);
      } else {
        rows.push_back(std::move(row));
      }
    }
    const Timestamp last = run->time(run->size() - 1);
    if (run->size() < scan.limit || last == Timestamp::max()) break;
    at = last.plus_ns(1);
  }
  const std::size_t count = std::min(rows.size(), query->limit);
  const auto page = [&](std::string_view cursor) {
    std::string rest = "points/" + http::percent_encode(target.point) +
                       "/values?filter[timestamp][from]=" + format_fixed(query->from, 3);
    if (query->to_given) rest += "&filter[timestamp][to]=" + format_fixed(query->to, 3);
    rest += "&page[limit]=" + std::to_string(query->limit);
    if (!cursor.empty()) rest.append("&page[cursor]=").append(cursor);
    return link(request, target, rest);
  };
  const std::string self = page(query->start ? make_cursor(*query->start, query->to) : std::string{});
  const std::string next =
      rows.size() > count ? page(make_cursor(rows[count].time, query->to)) : std::string{};
  return render_values(rows, count, to_lower(target.point), self, next);
}

std::optional<ValueRow> BuildingX::newest_row(std::string_view address, PointId id) const {
  const auto newest = house_.archive.newest(id);
  if (!newest || !*newest) return std::nullopt;
  const auto tables = house_.archive.catalog();
  const std::optional<Located> found = locate(*tables, address);
  if (!found || found->id != id) return std::nullopt;
  return ValueRow{(**newest).time.floor_to(kNsPerMillisecond),
                  render_value((**newest).value, (**newest).quality, found->format)};
}

http::Response BuildingX::get_point(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_points);
  if (!caller) return caller.error();
  const auto query = parse_list_query(request.parameters(), {});
  if (!query) return render_problem(query.error());
  const std::string address = catalog::BxPoint::address_of(target.partition, target.point);
  std::optional<PointId> id;
  {
    const auto tables = house_.archive.catalog();
    id = tables->addresses.find(Door::building_x, address);
  }
  std::optional<ValueRow> newest;
  const auto& rights = (*caller)->partitions.find(to_lower(target.partition))->second;
  if (id && query->with_point_value && rights.read_values) newest = newest_row(address, *id);

  const auto tables = house_.archive.catalog();
  const std::optional<Located> found = locate(*tables, address);
  if (!found) return render_problem(point_not_found(target.point));
  const Point& point = found->format.point;
  if (!(*caller)->may(auth::Right::read, point.tag)) return render_problem(missing_permission());
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, link(request, target, "points/" + http::percent_encode(target.point)), {});
  const bool writable = rights.write_values && (*caller)->may(auth::Right::write, point.tag);
  w.key("data");
  const catalog::BxPoint* const extra = tables->building_x.points.find(address);
  append_point(w, {to_lower(target.point), found->format, writable, newest ? &*newest : nullptr, extra},
               *query);
  w.object_end();
  return document(200, std::move(body));
}

http::Response BuildingX::get_points(const http::Request& request, const Target& target) {
  const Authorized caller = authorize(request, target, Deed::read_points);
  if (!caller) return caller.error();
  const http::Parameters parameters = request.parameters();
  const auto query = parse_list_query(parameters, {});
  if (!query) return render_problem(query.error());
  const std::string partition = to_lower(target.partition), device = to_lower(target.device);
  const auto& rights = (*caller)->partitions.find(partition)->second;

  // Ids first: the values are read without the catalog's lock.
  struct Listed {
    std::string id, address;
    PointId point;
    std::optional<ValueRow> newest;
  };
  std::vector<Listed> listed;
  const std::string prefix = catalog::BxPoint::address_of(target.partition, {});
  {
    const auto tables = house_.archive.catalog();
    if (!device.empty() && device != partition &&
        tables->building_x.devices.find(catalog::BxPoint::address_of(partition, device)) == nullptr) {
      return render_problem(not_found("device", target.device));
    }
    tables->addresses.each_below(
        Door::building_x, prefix, query->after, [&](const catalog::AddressRow& address) {
          std::string id = address.address.substr(prefix.size());
          const Point* point = tables->points.find(address.point);
          if (!device.empty() && device_of(*tables, partition, address.address) != device) return true;
          if (id == query->after || point == nullptr) return true;
          if (!(*caller)->may(auth::Right::read, point->tag)) return true;
          listed.push_back({std::move(id), address.address, address.point, std::nullopt});
          return listed.size() <= query->limit;
        });
  }
  const std::size_t count = std::min(listed.size(), query->limit);
  if (query->with_point_value && rights.read_values) {
    for (std::size_t i = 0; i < count; ++i) {
      listed[i].newest = newest_row(listed[i].address, listed[i].point);
    }
  }
  const std::string url =
      link(request, target,
           device.empty() ? "points" : "devices/" + http::percent_encode(target.device) + "/points");
  const std::string next = listed.size() > count
                               ? page_url(url, parameters, make_list_cursor(listed[count - 1].id))
                               : std::string{};
  const auto tables = house_.archive.catalog();
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, page_url(url, parameters, parameters.find("page[cursor]").value_or("")), next);
  w.key("data").array_begin();
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<Located> found = locate(*tables, listed[i].address);
    if (!found) continue;
    const bool writable = rights.write_values && (*caller)->may(auth::Right::write, found->format.point.tag);
    append_point(w,
                 {listed[i].id, found->format, writable, listed[i].newest ? &*listed[i].newest : nullptr,
                  tables->building_x.points.find(listed[i].address)},
                 *query);
  }
  w.array_end().object_end();
  return document(200, std::move(body));
}

}  // namespace penstock::dialects::buildingx
