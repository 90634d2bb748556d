#include "door_fixture.h"

namespace penstock::dialects::buildingx {
namespace {

const std::string kPartition = std::string{"/partitions/"} + kDemoPartition;

json::Value data_of(const http::Response& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/vnd.api+json");
  const auto document = json::parse(answer.body);
  if (!document || document->find("data") == nullptr) return json::Value{};
  return *document->find("data");
}

TEST_F(DoorTest, APartitionHasOneVirtualDevice) {
  const json::Value devices = data_of(get("/operations" + kPartition + "/devices"));
  ASSERT_EQ(devices.array().size(), 1u);
  EXPECT_EQ(devices.array()[0].find("type")->as_string(), "Device");
  const std::string device =
      kPartition + "/devices/" + std::string{*devices.array()[0].find("id")->as_string()};
  EXPECT_EQ(data_of(get(device)).to_string(), devices.array()[0].to_string());
  EXPECT_EQ(data_of(get(device + "/points")).array().size(), 4u);
  EXPECT_EQ(data_of(get(device + "/devices")).array().size(), 0u);
  EXPECT_EQ(get(kPartition + "/devices/none").status, 404);
  EXPECT_EQ(get(kPartition + "/devices/none/points").status, 404);
  EXPECT_EQ(get(device + "/other").status, 404);
  EXPECT_EQ(get("/partitions/5a6b1d0e-0000-4000-8000-0000000000ff/devices").status, 403);
  EXPECT_EQ(post(device, "{}").status, 405);
  token_ = "";
  EXPECT_EQ(get(device).status, 401);
}

TEST_F(DoorTest, AccountsShowOnlyWhatTheClientMaySee) {
  const json::Value customers = data_of(get("/accounts/me/customers"));
  ASSERT_EQ(customers.array().size(), 1u);
  const std::string customer{*customers.array()[0].find("id")->as_string()};
  const json::Value partitions =
      data_of(get("/api/openness/accounts/customers/" + customer + "/partitions?page[size]=1"));
  ASSERT_EQ(partitions.array().size(), 1u);
  EXPECT_EQ(partitions.array()[0].find("id")->as_string(), kDemoPartition);
  EXPECT_EQ(data_of(get("/accounts/me")).find("type")->as_string(), "MachineUser");
  const json::Value groups = data_of(get("/accounts/me/usergroups"));
  ASSERT_EQ(groups.array().size(), 1u);
  EXPECT_EQ(groups.array()[0].find("relationships")->find("hasAccessTo")->find("data")->to_string(),
            R"([{"type":"Partition","id":")" + std::string{kDemoPartition} + R"("}])");
  EXPECT_EQ(get("/accounts/customers/other/partitions").status, 403);
  EXPECT_EQ(get("/accounts/me/other").status, 404);
  token_ = "";
  EXPECT_EQ(get("/accounts/me").status, 401);
}

}  // namespace
}  // namespace penstock::dialects::buildingx
