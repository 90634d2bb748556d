#include "catalog/buildingx.h"

#include "base/text.h"
#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

constexpr std::size_t kNameBytesMax = 256;

/// The one set behind all booleans, made when the first is needed.
Result<SetId> boolean_set(Editor& editor) {
  std::string name = "Boolean";
  for (int n = 2;; ++n) {
    const DigitalSet* set = editor.tables().digital_sets.find_name(name);
    if (set == nullptr) break;
    if (set->states.size() == 2 && iequals(set->states[0].name, "false") &&
        iequals(set->states[1].name, "true")) {
      return set->id;
    }
    name = "Boolean~" + std::to_string(n);
  }
  DigitalSet made;
  made.name = std::move(name);
  made.states = {{0, "false", {}}, {1, "true", {}}};
  return editor.add_digital_set(std::move(made));
}

bool is_dense(const std::vector<std::pair<std::int32_t, std::string>>& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].first != static_cast<std::int32_t>(i)) return false;
  }
  return !states.empty();
}

Result<void> check_states(const NewBxPoint& wanted) {
  for (std::size_t i = 0; i < wanted.states.size(); ++i) {
    if (wanted.states[i].second.empty())
      return fail(ErrorCode::invalid_argument, "/enum", "a label is empty");
    if (i > 0 && wanted.states[i].first <= wanted.states[i - 1].first) {
      return fail(ErrorCode::invalid_argument, "/enum", "the keys of an enum must ascend");
    }
  }
  return {};
}

/// Rows that live on while the table changes.
template <class Row>
std::vector<Row> copies(const std::vector<const Row*>& rows) {
  std::vector<Row> made;
  made.reserve(rows.size());
  for (const Row* row : rows) made.push_back(*row);
  return made;
}

Result<void> check_id(std::string_view id) {
  if (!id.empty() && id.size() <= kNameBytesMax && id.find('/') == std::string_view::npos &&
      is_valid_utf8(id)) {
    return {};
  }
  return fail(ErrorCode::invalid_argument, "/id", "an id has 1 to 256 bytes, without a slash");
}

Result<void> get_partition(const Editor& editor, std::string_view id) {
  if (editor.tables().building_x.partitions.find(to_lower(id)) != nullptr) return {};
  return fail(ErrorCode::not_found, "/partition", "there is no such partition");
}

}  // namespace

Result<void> put_partition(Editor& editor, BxPartition partition) {
  partition.id = to_lower(partition.id);
  TRY_VOID(check_id(partition.id));
  const BxPartition* known = editor.tables().building_x.partitions.find(partition.id);
  if (known != nullptr && known->name == partition.name && known->description == partition.description) {
    return {};
  }
  editor.put(partition);
  return {};
}

Result<PointId> add_bx_point(Editor& editor, const NewBxPoint& wanted, Timestamp now) {
  const Tables& tables = editor.tables();
  TRY_VOID(get_partition(editor, wanted.partition));
  TRY_VOID(check_id(wanted.id));
  if (!wanted.device.empty() && !iequals(wanted.device, wanted.partition) &&
      tables.building_x.devices.find(BxPoint::address_of(wanted.partition, wanted.device)) == nullptr) {
    return fail(ErrorCode::not_found, "/device", "there is no such device in the partition");
  }
  TRY_VOID(check_states(wanted));
  const std::string address = BxPoint::address_of(wanted.partition, wanted.id);
  if (tables.addresses.find(Door::building_x, address)) {
    return fail(ErrorCode::conflict, "/id", "a point " + wanted.id + " exists");
  }

  Point point;
  point.tag = editor.free_tag("BX." + to_lower(wanted.partition) + "." + to_lower(wanted.id));
  point.descriptor = wanted.name;
  point.extended_descriptor = wanted.description;
  point.eng_units = wanted.unit;
  point.point_source = "BX";
  point.future = true;
  point.created = point.changed = now;
  switch (wanted.data_type) {
    case BxDataType::number: point.type = PointType::float64; break;
    case BxDataType::string:
      point.type = PointType::string;
      point.step = true;
      break;
    case BxDataType::boolean: {
      point.type = PointType::digital;
      point.step = true;
      TRY(point.digital_set, boolean_set(editor));
      break;
    }
    case BxDataType::enumeration:
      point.step = true;
      if (is_dense(wanted.states)) {
        DigitalSet set;
        set.name = point.tag;
        for (const auto& [code, label] : wanted.states) set.states.push_back({code, label, {}});
        point.type = PointType::digital;
        TRY(point.digital_set, editor.add_digital_set(std::move(set)));
      } else {
        point.type = PointType::int32;
      }
      break;
  }
  TRY(const PointId id, editor.add_point(std::move(point)));
  editor.bind(Door::building_x, address, id);

  BxPoint row;
  row.partition = to_lower(wanted.partition);
  row.id = to_lower(wanted.id);
  row.data_type = wanted.data_type;
  row.states = wanted.states;
  row.device = to_lower(wanted.device);
  row.point_class = wanted.point_class;
  row.tags = wanted.tags;
  editor.put(row);
  return id;
}

Result<void> erase_bx_point(Editor& editor, std::string_view partition, std::string_view id) {
  const Tables& tables = editor.tables();
  const std::string address = BxPoint::address_of(partition, id);
  const auto found = tables.addresses.find(Door::building_x, address);
  if (!found) return fail(ErrorCode::not_found, {}, "there is no such point in the partition");
  const Point* point = tables.points.find(*found);
  const bool ours = point != nullptr && point->point_source == "BX";
  if (ours && tables.addresses.of(*found).size() == 1) return editor.erase_point(*found);
  editor.unbind(Door::building_x, address);
  return {};
}

Result<void> bind_bx_point(Editor& editor, std::string_view partition, std::string_view id, PointId point) {
  TRY_VOID(get_partition(editor, partition));
  TRY_VOID(check_id(id));
  const std::string address = BxPoint::address_of(partition, id);
  const auto taken = editor.tables().addresses.find(Door::building_x, address);
  if (taken == point) return {};
  if (taken) return fail(ErrorCode::conflict, "/address", "another point has this address");
  editor.bind(Door::building_x, address, point);
  return {};
}

Result<void> erase_partition(Editor& editor, std::string_view partition) {
  TRY_VOID(get_partition(editor, partition));
  const Tables& tables = editor.tables();
  const std::string id = to_lower(partition), prefix = BxPoint::address_of(id, {});
  bool has_points = false;
  tables.addresses.each_below(Door::building_x, prefix, {}, [&](const AddressRow&) {
    has_points = true;
    return false;
  });
  if (has_points) {
    return fail(ErrorCode::conflict, {}, "the partition has points: take them away first");
  }
  for (const BxDevice& device : copies(tables.building_x.devices_of(id))) editor.erase(device);
  for (const BxLocation& location : copies(tables.building_x.locations_of(id))) editor.erase(location);
  editor.erase(BxPartition::kTable, id);
  return {};
}

Result<void> put_bx_device(Editor& editor, BxDevice device) {
  for (std::string* id : {&device.partition, &device.id, &device.location, &device.gateway})
    *id = to_lower(*id);
  TRY_VOID(get_partition(editor, device.partition));
  TRY_VOID(check_id(device.id));
  const BuildingXTables& tables = editor.tables().building_x;
  if (device.id == device.partition) {
    return fail(ErrorCode::conflict, "/id", "the virtual device of the partition has this id");
  }
  if (!device.location.empty() &&
      tables.locations.find(BxPoint::address_of(device.partition, device.location)) == nullptr) {
    return fail(ErrorCode::not_found, "/location", "there is no such location in the partition");
  }
  // A chain of gateways must end.
  std::string above = device.gateway;
  while (!above.empty() && above != device.partition) {
    const BxDevice* gateway = tables.devices.find(BxPoint::address_of(device.partition, above));
    if (gateway == nullptr) return fail(ErrorCode::not_found, "/gateway", "there is no such device");
    if (above == device.id)
      return fail(ErrorCode::invalid_argument, "/gateway", "a device can't be above itself");
    above = gateway->gateway;
  }
  editor.put(device);
  return {};
}

Result<void> erase_bx_device(Editor& editor, std::string_view partition, std::string_view id) {
  const BuildingXTables& tables = editor.tables().building_x;
  const std::string key = BxPoint::address_of(partition, id), device = to_lower(id);
  if (tables.devices.find(key) == nullptr) return fail(ErrorCode::not_found, {}, "there is no such device");
  const InternedText owner = to_lower(partition), known_device = device;
  std::vector<BxPoint> points;
  tables.points.each([&](const BxPoint& point) {
    if (point.partition == owner && point.device == known_device) points.push_back(point);
    return true;
  });
  for (BxPoint& point : points) {
    point.device.clear();
    editor.put(point);
  }
  for (BxDevice& below : copies(tables.devices_of(partition))) {
    if (below.gateway != device) continue;
    below.gateway.clear();
    editor.put(below);
  }
  editor.erase(BxDevice::kTable, key);
  return {};
}

Result<void> put_bx_location(Editor& editor, BxLocation location) {
  location.partition = to_lower(location.partition);
  location.id = to_lower(location.id);
  TRY_VOID(get_partition(editor, location.partition));
  TRY_VOID(check_id(location.id));
  if (location.type.empty() || location.type.size() > kNameBytesMax) {
    return fail(ErrorCode::invalid_argument, "/type", "a location needs a type, such as Building");
  }
  editor.put(location);
  return {};
}

Result<void> erase_bx_location(Editor& editor, std::string_view partition, std::string_view id) {
  const BuildingXTables& tables = editor.tables().building_x;
  const std::string key = BxPoint::address_of(partition, id), location = to_lower(id);
  if (tables.locations.find(key) == nullptr)
    return fail(ErrorCode::not_found, {}, "there is no such location");
  for (BxDevice& device : copies(tables.devices_of(partition))) {
    if (device.location != location) continue;
    device.location.clear();
    editor.put(device);
  }
  editor.erase(BxLocation::kTable, key);
  return {};
}

}  // namespace penstock::catalog
