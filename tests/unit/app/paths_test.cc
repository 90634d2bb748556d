#include <gtest/gtest.h>

#include "app/address.h"
#include "app/dialects.h"

namespace penstock::app {
namespace {

TEST(FindDoor, ByPath) {
  struct Case {
    const char* path;
    std::optional<DoorIndex> door;
  };
  const Case cases[] = {
      {"/piwebapi", kPiWebApi},
      {"/piwebapi/", kPiWebApi},
      {"/PIWebAPI/streams/x/value", kPiWebApi},
      {"//piwebapi//batch", kPiWebApi},
      {"/piwebapi/omf", kOmf},
      {"/piwebapi/OMF", kOmf},
      {"/piwebapi/omfx", kPiWebApi},
      {"/oauth/token", kBuildingX},
      {"/.well-known/jwks.json", kBuildingX},
      {"/ingest/partitions/p/points/i/values", kBuildingX},
      {"/operations/partitions/p", kBuildingX},
      {"/partitions/p/points/i", kBuildingX},
      {"/accounts/partitions", kBuildingX},
      {"/api/openness/ingest/partitions/p", kBuildingX},
      {"/api/v1/timeseries", std::nullopt},
      {"/demo/api/v1/timeseries", kEnergyView},
      {"/~demo/api/v1/timeseries", kEnergyView},
      {"/nobody/api/v2/timeseries", kEnergyView},
      {"/demo", std::nullopt},
      {"/", std::nullopt},
      {"", std::nullopt},
      {"/health/live", std::nullopt},
      {"/health/api/v1", std::nullopt},
      {"/metrics", std::nullopt},
      {"/penstock/v1/receipts/1", kConsole},
      {"/penstock/api/v1", kConsole},
  };
  for (const auto& c : cases) EXPECT_EQ(find_door(c.path), c.door) << c.path;
}

TEST(ListenAddress, Parsing) {
  struct Case {
    const char* text;
    bool good, off;
    const char* host;
    int port;
    bool loopback;
  };
  const Case cases[] = {
      {"127.0.0.1:8080", true, false, "127.0.0.1", 8080, true},
      {"localhost:0", true, false, "localhost", 0, true},
      {"[::1]:8443", true, false, "::1", 8443, true},
      {"0.0.0.0:80", true, false, "0.0.0.0", 80, false},
      {"[::]:80", true, false, "::", 80, false},
      {"hist01.example:443", true, false, "hist01.example", 443, false},
      {"off", true, true, "", 0, false},
      {"", true, true, "", 0, false},
      {"8080", false, false, "", 0, false},
      {":8080", false, false, "", 0, false},
      {"127.0.0.1:", false, false, "", 0, false},
      {"127.0.0.1:65536", false, false, "", 0, false},
      {"127.0.0.1:80x", false, false, "", 0, false},
      {"::1:80", false, false, "", 0, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto parsed = parse_listen(c.text);
    ASSERT_EQ(parsed.has_value(), c.good);
    if (!c.good) continue;
    ASSERT_EQ(!parsed->has_value(), c.off);
    if (c.off) continue;
    EXPECT_EQ((*parsed)->host, c.host);
    EXPECT_EQ((*parsed)->port, c.port);
    EXPECT_EQ((*parsed)->is_loopback(), c.loopback);
  }
}

}  // namespace
}  // namespace penstock::app
