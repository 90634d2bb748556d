#include "dialects/buildingx/demo.h"

namespace penstock::dialects::buildingx {

Result<void> seed_demo(catalog::Editor& editor, Timestamp now) {
  using catalog::BxDataType;
  if (editor.tables().building_x.partitions.find(kDemoPartition) == nullptr) {
    TRY_VOID(catalog::put_partition(editor, {kDemoPartition, "Demo", "Made by the demo"}));
  }
  const auto id = [](const char* last) { return std::string{"5a6b1d0e-0000-4000-8000-0000000000"} + last; };
  const catalog::NewBxPoint points[] = {
      {kDemoPartition, id("a1"), "Supply air temperature", "", "°C", BxDataType::number, {}},
      {kDemoPartition, id("a2"), "Fan running", "", "", BxDataType::boolean, {}},
      {kDemoPartition, id("a3"), "Operator note", "", "", BxDataType::string, {}},
      {kDemoPartition,
       id("a4"),
       "Operating mode",
       "",
       "",
       BxDataType::enumeration,
       {{0, "Off"}, {1, "Auto"}, {2, "On"}}},
  };
  for (const catalog::NewBxPoint& point : points) {
    const std::string address = catalog::BxPoint::address_of(point.partition, point.id);
    if (editor.tables().addresses.find(Door::building_x, address)) continue;
    TRY_VOID(catalog::add_bx_point(editor, point, now));
  }
  return {};
}

}  // namespace penstock::dialects::buildingx
