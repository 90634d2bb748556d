#include <charconv>

#include "base/text.h"
#include "catalog/energyview.h"
#include "console/calls.h"

namespace penstock::console {
namespace {

struct DoorName {
  Door door;
  std::string_view name;
};
constexpr DoorName kDoors[] = {
    {Door::omf, "omf"}, {Door::building_x, "buildingx"}, {Door::energyview, "energyview"}};

std::optional<Door> door_of(std::string_view name) {
  for (const DoorName& each : kDoors) {
    if (each.name == name) return each.door;
  }
  return std::nullopt;
}

void append_address(http::JsonWriter& w, std::string_view door, std::string_view address) {
  w.object_begin().member("door", door).member("address", address).object_end();
}

/// A point and how each door calls it. Every point has its tag at the PI door.
void append_point(http::JsonWriter& w, const Point& point, const catalog::Tables& tables,
                  std::string_view server) {
  w.object_begin().member("id", to_number(point.id)).member("tag", point.tag);
  w.member("type", to_string(point.type)).member("descriptor", point.descriptor);
  w.member("units", point.eng_units).key("addresses").array_begin();
  append_address(w, "pi", "\\\\" + std::string{server} + "\\" + point.tag);
  for (const catalog::AddressRow* row : tables.addresses.of(point.id)) {
    for (const DoorName& each : kDoors) {
      if (each.door == row->door && is_valid_utf8(row->address)) append_address(w, each.name, row->address);
    }
  }
  w.array_end().object_end();
}

Result<const Point*> find_point(const catalog::Tables& tables, const Call& call) {
  const auto id = parse_point_id(call.part(0));
  const Point* point = id ? tables.points.find(*id) : nullptr;
  if (point == nullptr) return fail(ErrorCode::not_found, {}, "there is no such point");
  return point;
}

/// "<domain>/<node>/<tag>" with a node that exists.
Result<std::string> energyview_address(const catalog::Tables& tables, std::string_view address) {
  const auto parts = split(address, '/');
  std::uint64_t node = 0;
  if (parts.size() == 3) {
    const auto [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), node);
    if (error != std::errc{} || end != parts[1].data() + parts[1].size()) node = 0;
  }
  if (parts.size() != 3 || node == 0 || !catalog::is_ev_tag(parts[2])) {
    return fail(ErrorCode::invalid_argument, "/address", "an address there is domain/node/tag");
  }
  if (tables.energyview.nodes.find(parts[0], node) == nullptr) {
    return fail(ErrorCode::not_found, "/address", "there is no such node in the domain");
  }
  return catalog::ev_address(parts[0], node, parts[2]);
}

Result<void> bind_address(catalog::Editor& editor, Door door, std::string_view address, const Point& point) {
  if (door == Door::building_x) {
    const std::size_t slash = address.find('/');
    if (slash == std::string_view::npos || !Uuid::parse(address.substr(slash + 1))) {
      return fail(ErrorCode::invalid_argument, "/address", "an address there is partition/point, two UUIDs");
    }
    return catalog::bind_bx_point(editor, address.substr(0, slash), address.substr(slash + 1), point.id);
  }
  if (door != Door::energyview) {
    return fail(ErrorCode::invalid_argument, {}, "OMF finds a point by its tag: name a container so");
  }
  if (kind_of(point.type) == Kind::text || point.type == PointType::timestamp) {
    return fail(ErrorCode::value_type_mismatch, {}, "EnergyView has numbers only");
  }
  TRY(const std::string full, energyview_address(editor.tables(), address));
  const auto taken = editor.tables().addresses.find(door, full);
  if (taken && *taken != point.id)
    return fail(ErrorCode::conflict, "/address", "another point has this address");
  if (!taken) editor.bind(door, full, point.id);
  return {};
}

}  // namespace

/// Points by name, ascending, that the caller may read.
Task<Answer> Calls::list_points(Call& call) {
  const http::Parameters parameters = call.request.parameters();
  const std::string pattern{parameters.find("name").value_or("*")};
  const std::string_view after = parameters.find("after").value_or("");
  const auto max = parse_list_max(parameters);
  if (!max) co_return fail(max.error());
  const auto tables = house_.archive.catalog();
  std::string body, next;
  http::JsonWriter w{body};
  w.object_begin().key("items").array_begin();
  std::size_t count = 0;
  const Point* last = nullptr;
  tables->points.each_by_tag(after, [&](const Point& point) {
    if (!glob_match(pattern, point.tag) || !call.caller->may(auth::Right::read, point.tag)) return true;
    if (count++ == *max) {
      next = last->tag;
      return false;
    }
    append_point(w, point, *tables, house_.server_name);
    last = &point;
    return true;
  });
  w.array_end();
  if (!next.empty()) w.member("after", next);
  w.object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_point(Call& call) {
  const auto tables = house_.archive.catalog();
  const auto point = find_point(*tables, call);
  if (!point) co_return fail(point.error());
  if (!call.caller->may(auth::Right::read, (*point)->tag)) {
    co_return fail(ErrorCode::not_found, {}, "there is no such point");
  }
  std::string body;
  http::JsonWriter w{body};
  append_point(w, **point, *tables, house_.server_name);
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::put_address(Call& call) {
  const auto door = door_of(call.part(1));
  if (!door) co_return fail(ErrorCode::not_found, {}, "a further door is buildingx or energyview");
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  std::string address;
  fields->text("address", address);
  if (const auto end = fields->end(); !end) co_return fail(end.error());
  archive::Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
    TRY(const Point* point, find_point(editor.tables(), call));
    return bind_address(editor, *door, address, *point);
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_point(call);
  auto answer = co_await shown;
  co_return answer;
}

/// Takes the point's addresses at the door away. One that a door made keeps its own: there it is deleted.
Task<Answer> Calls::delete_address(Call& call) {
  const auto door = door_of(call.part(1));
  if (!door || *door == Door::omf) {
    co_return fail(ErrorCode::not_found, {}, "a further door is buildingx or energyview");
  }
  archive::Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
    TRY(const Point* point, find_point(editor.tables(), call));
    const std::string_view source = *door == Door::building_x ? "BX" : "EV";
    if (point->point_source == source) {
      return fail(ErrorCode::conflict, {}, "the point was made at this door: delete it there");
    }
    std::vector<catalog::AddressRow> addresses;
    for (const catalog::AddressRow* row : editor.tables().addresses.of(point->id)) {
      if (row->door == *door) addresses.push_back(*row);
    }
    if (addresses.empty()) return fail(ErrorCode::not_found, {}, "the point has no address at this door");
    for (const catalog::AddressRow& row : addresses) {
      if (*door == Door::building_x) {
        editor.unbind(*door, row.address);
      } else {
        TRY_VOID(catalog::erase_ev_series(editor, row));
      }
    }
    return {};
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
