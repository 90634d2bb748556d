#include "catalog/buildingx.h"

#include "house.h"

namespace penstock::catalog {
namespace {

const Timestamp kNow = Timestamp::from_unix_ns(1'770'000'000'000'000'000);

/// A house with the partition `p` and the points `i` and `j` in it.
class BuildingXTest : public ::testing::Test {
 protected:
  void SetUp() override {
    EXPECT_EQ(house_.edit([](Editor& editor) { return put_partition(editor, {"P", "Part", ""}); }), "");
    for (const char* id : {"I", "j"}) EXPECT_EQ(add(id), "");
  }
  std::string add(const std::string& id, const std::string& device = "") {
    return house_.edit([&](Editor& editor) -> Result<void> {
      NewBxPoint wanted;
      wanted.partition = "p";
      wanted.id = id;
      wanted.device = device;
      TRY_VOID(add_bx_point(editor, wanted, kNow));
      return {};
    });
  }
  std::string put_device(const std::string& id, const std::string& gateway = "",
                         const std::string& location = "") {
    return house_.edit([&](Editor& editor) {
      BxDevice device;
      device.partition = "p";
      device.id = id;
      device.gateway = gateway;
      device.location = location;
      return put_bx_device(editor, device);
    });
  }
  const BxPoint* point(const std::string& id) const {
    return house_.tables.building_x.points.find("p/" + id);
  }

  House house_;
};

TEST(BxPointRow, OneOfTheFirstVersionIsRead) {
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(1);
  out.u8(static_cast<std::uint8_t>(BxDataType::enumeration));
  out.varint(1);
  out.svarint(-5);
  out.text("Low");
  ByteReader in{bytes};
  const auto row = BxPoint::decode("p/i", in);
  ASSERT_TRUE(row && in.ok());
  EXPECT_EQ(row->states.front(), (std::pair<std::int32_t, std::string>{-5, "Low"}));
  EXPECT_TRUE(row->device.empty() && row->tags.empty());
  BxPoint now = *row;
  now.device = "d";
  now.point_class = "c";
  now.tags = {{"a", "b"}};
  const std::string again = Table<BxPoint>::encode(now);
  ByteReader reader{again};
  const auto back = BxPoint::decode("p/i", reader);
  ASSERT_TRUE(back && reader.ok() && reader.at_end());
  EXPECT_EQ(back->device.str() + back->point_class.str() + back->tags.front().second, "dcb");
}

TEST_F(BuildingXTest, APointGoesWithItsSamplesOnlyIfNobodyElseAddressesIt) {
  const PointId i = *house_.tables.addresses.find(Door::building_x, "p/i");
  const PointId j = *house_.tables.addresses.find(Door::building_x, "p/j");
  house_.edit([&](Editor& editor) -> Result<void> {
    editor.bind(Door::energyview, "d/1/t", j);
    return {};
  });
  for (const char* id : {"I", "J"}) {
    EXPECT_EQ(house_.edit([&](Editor& editor) { return erase_bx_point(editor, "P", id); }), "");
  }
  EXPECT_EQ(house_.tables.points.find(i), nullptr);
  EXPECT_NE(house_.tables.points.find(j), nullptr) << "another door has it";
  EXPECT_EQ(point("i"), nullptr);
  EXPECT_EQ(house_.edit([](Editor& editor) { return erase_bx_point(editor, "p", "i"); }).substr(0, 9),
            "not_found");
}

TEST_F(BuildingXTest, APointOfAnotherDoorOnlyLosesItsAddress) {
  PointId id{};
  EXPECT_EQ(house_.edit([&](Editor& editor) -> Result<void> {
    Point made;
    made.tag = "CDT158";
    TRY(id, editor.add_point(made));
    return bind_bx_point(editor, "P", "Bound", id);
  }),
            "");
  EXPECT_EQ(house_.edit([&](Editor& editor) { return bind_bx_point(editor, "p", "bound", id); }), "")
      << "again";
  EXPECT_EQ(house_.edit([&](Editor& editor) { return bind_bx_point(editor, "p", "i", id); }).substr(0, 8),
            "conflict");
  EXPECT_EQ(house_.edit([](Editor& editor) { return erase_bx_point(editor, "p", "bound"); }), "");
  EXPECT_NE(house_.tables.points.find(id), nullptr);
  EXPECT_FALSE(house_.tables.addresses.find(Door::building_x, "p/bound"));
}

TEST_F(BuildingXTest, APointThatAnotherDoorDeletesLeavesNothingHere) {
  ASSERT_NE(point("i"), nullptr);
  const auto id = house_.tables.addresses.find(Door::building_x, "p/i");
  ASSERT_TRUE(id);
  EXPECT_EQ(house_.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(editor.erase_point(*id));
    EXPECT_EQ(point("i"), nullptr);
    return fail(ErrorCode::conflict, {}, "no");
  }),
            "conflict: no");
  ASSERT_NE(point("i"), nullptr) << "a failed edit takes nothing";
  EXPECT_EQ(house_.edit([&](Editor& editor) { return editor.erase_point(*id); }), "");
  EXPECT_EQ(point("i"), nullptr);
  EXPECT_FALSE(house_.tables.addresses.find(Door::building_x, "p/i"));
  EXPECT_NE(point("j"), nullptr);
}

TEST_F(BuildingXTest, APartitionIsTakenAwayEmpty) {
  const auto erase = [this] {
    return house_.edit([](Editor& editor) { return erase_partition(editor, "P"); });
  };
  EXPECT_EQ(put_device("d"), "");
  EXPECT_EQ(erase().substr(0, 8), "conflict");
  for (const char* id : {"i", "j"})
    house_.edit([&](Editor& editor) { return erase_bx_point(editor, "p", id); });
  EXPECT_EQ(erase(), "");
  EXPECT_EQ(house_.tables.building_x.devices.size(), 0u);
  EXPECT_EQ(erase().substr(0, 9), "not_found");
}

TEST_F(BuildingXTest, DevicesStandAboveOneAnotherWithoutACircle) {
  EXPECT_EQ(put_device("P").substr(0, 8), "conflict") << "the virtual device has this id";
  EXPECT_EQ(put_device("a", "p"), "") << "below the virtual one";
  EXPECT_EQ(put_device("b", "A"), "");
  EXPECT_EQ(put_device("c", "b"), "");
  EXPECT_EQ(put_device("a", "c").substr(0, 16), "invalid_argument");
  EXPECT_EQ(put_device("a", "a").substr(0, 16), "invalid_argument");
  EXPECT_EQ(put_device("d", "x").substr(0, 9), "not_found");
  EXPECT_EQ(put_device("d", "", "x").substr(0, 9), "not_found");
  EXPECT_EQ(add("k", "x").substr(0, 9), "not_found");
  EXPECT_EQ(add("k", "B"), "");
  EXPECT_EQ(point("k")->device, "b");
  EXPECT_EQ(house_.edit([](Editor& editor) { return erase_bx_device(editor, "p", "b"); }), "");
  EXPECT_EQ(point("k")->device, "") << "its points go to the virtual device";
  EXPECT_EQ(house_.tables.building_x.devices.find("p/c")->gateway, "");
}

TEST_F(BuildingXTest, ALocationThatIsGoneLeavesItsDevicesNowhere) {
  const auto put = [this](const std::string& type) {
    return house_.edit([&](Editor& editor) {
      BxLocation location;
      location.partition = "P";
      location.id = "L";
      location.type = type;
      return put_bx_location(editor, location);
    });
  };
  EXPECT_EQ(put("").substr(0, 16), "invalid_argument");
  EXPECT_EQ(put("Building"), "");
  EXPECT_EQ(put_device("d", "", "L"), "");
  EXPECT_EQ(house_.tables.building_x.locations_of("p").size(), 1u);
  EXPECT_EQ(house_.edit([](Editor& editor) { return erase_bx_location(editor, "p", "l"); }), "");
  EXPECT_EQ(house_.tables.building_x.devices.find("p/d")->location, "");
}

}  // namespace
}  // namespace penstock::catalog
