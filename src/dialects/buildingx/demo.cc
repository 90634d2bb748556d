#include "dialects/buildingx/demo.h"

namespace penstock::dialects::buildingx {

Result<void> seed_demo(catalog::Editor& editor, Timestamp now) {
  using catalog::BxDataType;
  if (editor.tables().building_x.partitions.find(kDemoPartition) == nullptr) {
    TRY_VOID(catalog::put_partition(editor, {kDemoPartition, "Demo", "Made by the demo"}));
  }
  struct Shown {
    const char* last;
    const char* name;
    const char* unit;
    BxDataType data_type;
    std::vector<std::pair<std::int32_t, std::string>> states;
  };
  const Shown shown[] = {
      {"a1", "Supply air temperature", "°C", BxDataType::number, {}},
      {"a2", "Fan running", "", BxDataType::boolean, {}},
      {"a3", "Operator note", "", BxDataType::string, {}},
      {"a4", "Operating mode", "", BxDataType::enumeration, {{0, "Off"}, {1, "Auto"}, {2, "On"}}},
  };
  for (const Shown& each : shown) {
    catalog::NewBxPoint point;
    point.partition = kDemoPartition;
    point.id = std::string{"5a6b1d0e-0000-4000-8000-0000000000"} + each.last;
    point.name = each.name;
    point.unit = each.unit;
    point.data_type = each.data_type;
    point.states = each.states;
    const std::string address = catalog::BxPoint::address_of(point.partition, point.id);
    if (editor.tables().addresses.find(Door::building_x, address)) continue;
    TRY_VOID(catalog::add_bx_point(editor, point, now));
  }
  return {};
}

}  // namespace penstock::dialects::buildingx
