#include "door_fixture.h"

namespace penstock::dialects::energyview {
namespace {

struct AwayCase {
  const char* name;
  const char* options;
  bool reject;  ///< energyview.on_duplicate.
  int status;
};
const AwayCase kAway[] = {
    {"silent", "silent=true", false, 204},
    {"silent, over what is there", "silent=true&overwrite=update_window", false, 204},
    {"silent, a whole window", "silent=true&overwrite=replace_window", false, 204},
    {"with rows", "silent=false", false, 503},
    {"silent, but told of conflicts", "silent=true", true, 503},
    {"silent over conflicts", "silent=true&overwrite=update_window", true, 204},
};

class EnergyViewDelivery : public DoorTest {};

TEST_F(EnergyViewDelivery, WhileTheArchiveIsAway) {
  AwayArchive& gate = put_switch();
  for (const auto& c : kAway) {
    SCOPED_TRACE(c.name);
    Settings settings;
    if (c.reject) settings.on_duplicate = OnDuplicate::reject;
    use(settings);
    const std::string body = R"([{"node_id":7,"tag":"a","data":[{"v":1,"ts":"2026-11-20T10:00:00Z"}]}])";
    gate.away = false;
    const auto known = post("silent=true&overwrite=update_window", body);
    EXPECT_EQ(known.status, 204) << known.body;
    EXPECT_FALSE(known.headers.has("Penstock-Receipt"));
    EXPECT_TRUE(known.headers.has("Penstock-Stored"));
    gate.away = true;
    const auto answer = post(c.options, body);
    EXPECT_EQ(answer.status, c.status) << answer.body;
    EXPECT_EQ(answer.headers.has("Retry-After"), c.status == 503);
    EXPECT_FALSE(answer.headers.has("Penstock-Stored"));
    const auto receipt = archive_->receipts().seq(answer.headers.get("Penstock-Receipt"));
    EXPECT_EQ(receipt.value_or(0), c.status == 204 ? AwayArchive::kQueued : 0);
  }
}

}  // namespace
}  // namespace penstock::dialects::energyview
