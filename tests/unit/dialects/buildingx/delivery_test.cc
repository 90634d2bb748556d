#include "door_fixture.h"

namespace penstock::dialects::buildingx {
namespace {

class BuildingXDelivery : public DoorTest {
 protected:
  http::Response write(const std::string& query) {
    return post(point("a1") + "/values" + query,
                body_of({{"2026-11-20T10:00:00Z", "1"}, {"2026-11-20T10:00:00Z", "2"}}));
  }
};

TEST_F(BuildingXDelivery, OnlyA202HasAReceipt) {
  const auto first = write("");
  EXPECT_EQ(first.status, 202) << first.body;
  const auto receipt = first.headers.find("Penstock-Receipt");
  ASSERT_TRUE(receipt.has_value());
  EXPECT_EQ(archive_->receipts().seq(*receipt), archive_->stats().last_seq);
  const auto over = write("?overwrite=true");
  EXPECT_EQ(over.status, 204);
  EXPECT_FALSE(over.headers.has("Penstock-Receipt"));
  EXPECT_EQ(over.headers.get("Penstock-Replaced"), "2");
}

TEST_F(BuildingXDelivery, OnlyWhatNamesNoConflictsMayWait) {
  AwayArchive& gate = put_switch();
  use({});
  gate.away = true;
  const auto told = write("");
  EXPECT_EQ(told.status, 503) << told.body;
  EXPECT_EQ(first_error(told), "503 unavailable");
  EXPECT_TRUE(told.headers.has("Retry-After"));
  const auto queued = write("?overwrite=true");
  EXPECT_EQ(queued.status, 204);
  EXPECT_FALSE(queued.headers.has("Penstock-Stored"));
  EXPECT_EQ(archive_->receipts().seq(queued.headers.get("Penstock-Receipt")), AwayArchive::kQueued);
}

}  // namespace
}  // namespace penstock::dialects::buildingx
