#include "door_fixture.h"

namespace penstock::dialects::energyview {
namespace {

const std::string kSpan = "&start=2024-05-01T10:00:00Z&end=2024-05-01T14:00:00Z";

class ReadTest : public DoorTest {
 protected:
  void SetUp() override {
    DoorTest::SetUp();
    ASSERT_EQ(post("silent=true", "[" + series("7", "a", {{10, 1}, {11, 2}, {12, 3}, {13, 4}}) + "," +
                                      series("7", "b", {{11, 20.5}}) + "]")
                  .status,
              204);
  }
  std::string rows(const std::string& data) {
    return R"({"timeseries":[{"node_id":7,"node_uuid":")" + std::string{kNodeUuid} +
           R"(","tag":"a","data":[)" + data + "]}]}";
  }
};

TEST_F(ReadTest, BothEndsBelongToTheInterval) {
  const auto answer =
      get("timeseries?node_id=7&tag=a&start=2024-05-01T10:00:00Z&end=2024-05-01T14:00:00%2B02:00");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(answer.body,
            rows(R"({"v":1,"ts":"2024-05-01T12:00:00+02:00"},{"v":2,"ts":"2024-05-01T13:00:00+02:00"},)"
                 R"({"v":3,"ts":"2024-05-01T14:00:00+02:00"})"));
}

TEST_F(ReadTest, BucketsAreNamedByTheirLocalBegin) {
  const std::string u = std::string{kNodeUuid};
  const auto answer = get("timeseries?node_ids=[\"" + u + "\"]&tags=[\"a\",\"b\",\"none\"]" + kSpan +
                          "&resolution=day&aggregate=max");
  EXPECT_EQ(answer.body,
            R"({"timeseries":[{"node_id":")" + u + R"(","node_uuid":")" + u +
                R"(","tag":"a","data":[{"v":4,"ts":"2024-05-01T00:00:00+02:00"}]},{"node_id":")" + u +
                R"(","node_uuid":")" + u +
                R"(","tag":"b","data":[{"v":20.5,"ts":"2024-05-01T00:00:00+02:00"}]}]})");
}

TEST_F(ReadTest, EpochsAreNumbers) {
  EXPECT_EQ(
      get("timeseries?node_id=7&tag=a&start=2024-05-01T13:00:00Z&end=2024-05-01T14:00:00Z&epoch=1").body,
      rows(R"({"v":4,"ts":1714568400})"));
}

TEST_F(ReadTest, WithoutFiltersEverythingComes) {
  const auto document = json::parse(get("timeseries?start=2024-05-01T10:00:00Z").body);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->find("timeseries")->array().size(), 2u);
  // Both ends default to now, where nothing is.
  EXPECT_EQ(get("timeseries").body, R"({"timeseries":[]})");
}

TEST_F(ReadTest, UnknownNamesAreErrorsOnlyInTheSingular) {
  EXPECT_EQ(error(get("timeseries?node_id=999")), "400 unknown_node node_id");
  EXPECT_EQ(error(get("timeseries?node_id=7&tag=zzz")), "400 unknown_tag tag");
  EXPECT_EQ(get("timeseries?node_ids=[999]&tags=[\"zzz\"]").body, R"({"timeseries":[]})");
  EXPECT_EQ(error(get("timeseries?node_id=7&node_ids=[7]")), "400 invalid_parameter node_ids");
}

TEST_F(ReadTest, RightsAreLookedAtPerSeries) {
  key_ = "only-a";
  const auto document = json::parse(get("timeseries?start=2024-05-01T10:00:00Z").body);
  EXPECT_EQ(document->find("timeseries")->array().size(), 1u);
  EXPECT_EQ(error(get("timeseries?node_id=7&tag=b" + kSpan)), "403 forbidden");
  key_ = "demo-secret";
  EXPECT_EQ(error(get("timeseries")), "401 invalid_key");
}

TEST_F(ReadTest, LargeAnswersAreRefused) {
  use({.max_read_points = 4});
  EXPECT_EQ(get("timeseries?node_id=7&tag=a" + kSpan).status, 200);
  EXPECT_EQ(error(get("timeseries?node_id=7" + kSpan)), "400 invalid_parameter");
}

TEST_F(ReadTest, NodesAndTagsAreListed) {
  const auto nodes = json::parse(get("nodes").body);
  ASSERT_TRUE(nodes.has_value());
  const auto& list = nodes->find("nodes")->array();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].find("uuid")->as_string(), kNodeUuid);
  EXPECT_EQ(list[0].find("tags")->to_string(), R"(["a","b"])");
  EXPECT_EQ(json::parse(get("node/" + std::string{kNodeUuid}).body)->find("id")->as_int64(), 7);
  EXPECT_EQ(error(get("nodes/99")), "404 not_found");
  const auto tags = json::parse(get("tags").body);
  ASSERT_EQ(tags->find("sensors")->array().size(), 2u);
  EXPECT_EQ(tags->find("sensors")->array()[1].find("name")->as_string(), "b");
  EXPECT_EQ(error(get("settings/other/7")), "404 not_found");
}

TEST_F(ReadTest, TheDemoSeedsOnce) {
  archive::Archive::Edit seed = [](catalog::Editor& editor) {
    return seed_demo(editor, Timestamp::from_unix_ns(kClockNs));
  };
  const std::uint64_t before = archive_->stats().last_seq;
  ASSERT_TRUE(sync_wait(archive_->change(seed, Door::internal, 0)).has_value());
  EXPECT_EQ(archive_->stats().last_seq, before);
  EXPECT_NE(archive_->catalog()->points.find_tag("EV.demo.1.outdoortemp"), nullptr);
}

}  // namespace
}  // namespace penstock::dialects::energyview
