#include "door_fixture.h"
#include "http/inflate.h"

namespace penstock::dialects::energyview {
namespace {

const std::string kU = "\"" + std::string{kNodeUuid} + "\"";

json::Value parsed(const http::Response& answer) {
  auto document = json::parse(answer.body);
  EXPECT_TRUE(document.has_value()) << answer.body;
  return document ? std::move(*document) : json::Value{};
}

TEST_F(DoorTest, SilentWritesAnswerWithoutABody) {
  const auto answer = post("silent=true", body("7", "a", {{10, 1}, {11, 2}, {12, 3}}));
  EXPECT_EQ(answer.status, 204) << answer.body;
  EXPECT_TRUE(answer.body.empty());
  EXPECT_EQ(answer.headers.get("Penstock-Stored"), "3");
  EXPECT_EQ(stored("a"), "10=1 11=2 12=3");
}

TEST_F(DoorTest, WithoutOverwriteTheStoredValueStays) {
  post("silent=true", body("7", "a", {{10, 1}, {11, 2}}));
  const auto answer = post("", body("7", "a", {{11, 9}}));
  EXPECT_EQ(answer.status, 200);
  const json::Value document = parsed(answer);
  const auto& series = document.find("timeseries")->array();
  ASSERT_EQ(series.size(), 1u);
  EXPECT_TRUE(series[0].find("data")->is_array());
  EXPECT_EQ(series[0].find("data")->array().size(), 0u);
  EXPECT_EQ(answer.headers.get("Penstock-Ignored"), "1");
  EXPECT_EQ(stored("a"), "10=1 11=2");
}

TEST_F(DoorTest, UpdateWindowReplacesAndInserts) {
  post("silent=true", body("7", "a", {{10, 1}, {11, 2}, {12, 3}}));
  const auto answer = post("overwrite=update_window", body("7", "a", {{13, 4}, {11, 9}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"timeseries":[{"node_id":7,"node_uuid":")" + std::string{kNodeUuid} +
                             R"(","tag":"a","data":[{"v":9,"ts":"2024-05-01T13:00:00+02:00"},)"
                             R"({"v":4,"ts":"2024-05-01T15:00:00+02:00"}]}]})");
  EXPECT_EQ(stored("a"), "10=1 11=9 12=3 13=4");
}

TEST_F(DoorTest, ReplaceWindowClearsFromTheLowestToTheHighestTime) {
  post("silent=true", body("7", "a", {{10, 1}, {11, 9}, {12, 3}, {13, 4}}));
  EXPECT_EQ(post("silent=true&overwrite=replace_window", body("7", "a", {{12, 7}, {10, 5}})).status, 204);
  EXPECT_EQ(stored("a"), "10=5 12=7 13=4");
  // One point is a window of one instant.
  EXPECT_EQ(post("silent=true&overwrite=replace_window", body("7", "a", {{12, 8}})).status, 204);
  EXPECT_EQ(stored("a"), "10=5 12=8 13=4");
  // No point is no window.
  EXPECT_EQ(post("silent=true&overwrite=replace_window", body("7", "a", {})).status, 204);
  EXPECT_EQ(stored("a"), "10=5 12=8 13=4");
}

TEST_F(DoorTest, EntriesOfOneSeriesAreOneWindow) {
  post("silent=true", body("7", "a", {{10, 5}, {12, 7}, {13, 4}}));
  const auto answer = post("overwrite=replace_window",
                           "[" + series("7", "a", {{10, 1}}) + "," + series(kU, "a", {{13, 2}}) + "]");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer).find("timeseries")->array().size(), 1u);
  EXPECT_EQ(stored("a"), "10=1 13=2");
}

TEST_F(DoorTest, OfTwoValuesAtOneTimeTheFirstOrTheLastCounts) {
  const std::string twice = body("7", "a", {{10, 1}, {10, 2}});
  EXPECT_EQ(post("silent=true", twice).status, 204);
  EXPECT_EQ(stored("a"), "10=1");
  EXPECT_EQ(post("silent=true&overwrite=update_window", twice).status, 204);
  EXPECT_EQ(stored("a"), "10=2");
  EXPECT_EQ(post("silent=true&overwrite=replace_window", body("7", "a", {{10, 3}, {10, 4}})).status, 204);
  EXPECT_EQ(stored("a"), "10=4");
}

TEST_F(DoorTest, AnyErrorStoresNothing) {
  struct {
    const char* name;
    std::string options, body;
    const char* error;
  } const cases[] = {
      {"an unknown node", "", "[" + series("7", "b", {{10, 1}}) + "," + series("999", "a", {{10, 1}}) + "]",
       "400 unknown_node [1].node_id"},
      {"an unknown tag", "", "[" + series("7", "b", {{10, 1}}) + "," + series("7", "c", {{10, 1}}) + "]",
       "400 unknown_tag [1].tag"},
      {"another overwrite", "overwrite=replace", body("7", "b", {{10, 1}}),
       "400 invalid_parameter overwrite"},
      {"an empty silent", "silent=", body("7", "b", {{10, 1}}), "400 invalid_parameter silent"},
      {"a text as value", "", R"([{"node_id":7,"tag":"b","data":[{"v":"3","ts":"2024-05-01T10:00:00Z"}]}])",
       "400 invalid_value [0].data[0].v"},
      {"a day as time", "",
       R"([{"node_id":7,"tag":"b","data":[{"v":1,"ts":"2024-05-01T10:00:00Z"},{"v":3,"ts":"2024-05-01"}]}])",
       "400 invalid_timestamp [0].data[1].ts"},
      {"two names of two nodes", "", R"([{"node_id":8,"node_uuid":)" + kU + R"(,"tag":"b","data":[]}])",
       "400 invalid_parameter [0].node_uuid"},
      {"no JSON", "", "[", "400 invalid_json"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(error(post(c.options, c.body)), c.error);
  }
  EXPECT_EQ(stored("b"), "");
}

TEST_F(DoorTest, TimesWithoutOffsetAreTheDomains) {
  EXPECT_EQ(
      post("silent=1", R"([{"node_id":7,"tag":"b","data":[{"v":1,"ts":"2024-05-01T12:00:00"}]}])").status,
      204);
  EXPECT_EQ(stored("b"), "10=1");
}

TEST_F(DoorTest, KeysBelongToOneDomain) {
  const std::string good = body("7", "a", {{10, 1}});
  key_ = "wrong";
  const auto refused = post("", good);
  EXPECT_EQ(error(refused), "401 invalid_key");
  EXPECT_EQ(refused.headers.get("WWW-Authenticate"), "Key");
  key_ = "demo-secret";
  EXPECT_EQ(error(post("", good)), "401 invalid_key");
  key_ = "";
  EXPECT_EQ(error(post("", good)), "401 invalid_key");
  key_ = "viewer-secret";
  EXPECT_EQ(error(post("", good)), "403 forbidden [0].tag");
  key_ = "only-a";
  EXPECT_EQ(error(post("", body("7", "b", {{10, 1}}))), "403 forbidden [0].tag");
  EXPECT_EQ(post("", good).status, 200);
  key_ = "town-secret";
  http::Request tilde = request(http::Method::post, "/~town/api/v1/timeseries?silent=true", good);
  EXPECT_EQ(send(tilde).status, 204);
  http::Request elsewhere = request(http::Method::post, "/nowhere/api/v1/timeseries", good);
  EXPECT_EQ(error(send(elsewhere)), "404 not_found");
}

TEST_F(DoorTest, FormsAreTaken) {
  EXPECT_EQ(post_form("node_id=7&tag=a&val=1.5&ts=2024-05-01T12:00:00%2B02:00&silent=true").status, 204);
  EXPECT_EQ(stored("a"), "10=1.5");
  const auto single = post_form("node_id=" + std::string{kNodeUuid} + "&tag=a&val=2&ts=2024-05-01T11:00:00Z");
  EXPECT_EQ(single.status, 200);
  EXPECT_EQ(single.body, R"([{"node_id":")" + std::string{kNodeUuid} + R"(","node_uuid":")" + kNodeUuid +
                             R"(","tag":"a","data":[{"v":2,"ts":"2024-05-01T13:00:00+02:00"}]}])");
  use({.single_reply = SingleReply::object});
  const auto older = post_form("node_id=7&tag=a&val=3&ts=2024-05-01T11:00:00Z&overwrite=update_window");
  EXPECT_EQ(older.body, R"({"node_id":7,"tag":"a","value":3,"ts":"2024-05-01T13:00:00+02:00"})");
  const auto many = post_form("timeseries=" + http::percent_encode(body("7", "b", {{10, 1}, {11, 2}})));
  EXPECT_EQ(many.status, 200);
  EXPECT_EQ(stored("a") + " " + stored("b"), "10=1.5 11=3 10=1 11=2");
}

TEST_F(DoorTest, BodiesMayBeGzippedAndMustBeKnown) {
  http::Request packed = request(http::Method::post, "/town/api/v1/timeseries?silent=true",
                                 http::gzip(body("7", "a", {{10, 1}})));
  packed.headers.add("Content-Encoding", "gzip");
  EXPECT_EQ(send(packed).status, 204);
  http::Request text = request(http::Method::post, "/town/api/v1/timeseries", "x");
  text.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(error(send(text)), "415 unsupported_media_type");
  http::Request large = request(http::Method::post, "/town/api/v1/timeseries");
  large.fault = http::Fault::body_too_large;
  EXPECT_EQ(error(send(large)), "413 payload_too_large");
  http::Request put = request(http::Method::put, "/town/api/v1/timeseries");
  const auto refused = send(put);
  EXPECT_EQ(error(refused), "405 method_not_allowed");
  EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, POST");
}

TEST_F(DoorTest, TagsAndNodesAreMadeWhereAskedFor) {
  use({.auto_create = AutoCreate::tags});
  EXPECT_EQ(post("silent=true", body("7", "c", {{10, 1}})).status, 204);
  EXPECT_EQ(stored("c"), "10=1");
  EXPECT_EQ(error(post("", body("8", "c", {{10, 1}}))), "400 unknown_node [0].node_id");

  use({.auto_create = AutoCreate::nodes});
  const std::string uuid = "12345678-1234-1234-1234-123456789012";
  EXPECT_EQ(post("silent=true", "[" + series("2", "c", {{10, 1}}) + "," +
                                    series("\"" + uuid + "\"", "c", {{10, 2}}) + "," +
                                    series("\"" + uuid + "\"", "c", {{11, 3}}) + "]")
                .status,
            204);
  EXPECT_EQ(error(post("", body("0", "c", {{10, 1}}))), "400 unknown_node [0].node_id");
  const auto tables = archive_->catalog();
  const catalog::EvNode* by_uuid = tables->energyview.nodes.find(*Uuid::parse(uuid));
  ASSERT_NE(by_uuid, nullptr);
  EXPECT_EQ(by_uuid->id, 1'000'000'000u);
  EXPECT_NE(tables->energyview.nodes.find("town", 2), nullptr);
  const Point* point = tables->points.find_tag("EV.town." + uuid + ".c");
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->type, PointType::float64);
  EXPECT_TRUE(point->future);
  EXPECT_NE(tables->points.find_tag("EV.town.2.c"), nullptr);
  // The two names of one node stay one series.
  EXPECT_EQ(tables->addresses.find(Door::energyview, "town/1000000000/c"), point->id);
}

TEST_F(DoorTest, ANodeOfAnotherDomainIsUnknown) {
  use({.auto_create = AutoCreate::nodes});
  key_ = "demo-secret";
  http::Request other = request(http::Method::post, "/demo/api/v1/timeseries", body(kU, "a", {{10, 1}}));
  EXPECT_EQ(error(send(other)), "400 unknown_node [0].node_id");
}

TEST_F(DoorTest, TakenTimesCanRefuseTheWholeRequest) {
  use({.on_duplicate = OnDuplicate::reject});
  EXPECT_EQ(post("silent=true", body("7", "a", {{10, 1}})).status, 204);
  EXPECT_EQ(
      error(post("", "[" + series("7", "b", {{10, 1}}) + "," + series("7", "a", {{11, 1}, {10, 2}}) + "]")),
      "409 conflict");
  EXPECT_EQ(stored("a") + "|" + stored("b"), "10=1|");
  EXPECT_EQ(post("silent=true&overwrite=update_window", body("7", "a", {{10, 2}})).status, 204);
}

TEST_F(DoorTest, ABoundPointTakesWhatFitsItsType) {
  archive::Archive::Edit bind = [](catalog::Editor& editor) -> Result<void> {
    Point point;
    point.tag = "PLANT:COUNT";
    point.type = PointType::int32;
    TRY(const PointId id, editor.add_point(point));
    editor.bind(Door::energyview, "town/7/count", id);
    Point label;
    label.tag = "PLANT:LABEL";
    label.type = PointType::string;
    TRY(const PointId text, editor.add_point(label));
    editor.bind(Door::energyview, "town/7/label", text);
    return {};
  };
  ASSERT_TRUE(sync_wait(archive_->change(bind, Door::internal, 0)).has_value());
  EXPECT_EQ(post("silent=true", body("7", "count", {{10, 41}})).status, 204);
  EXPECT_EQ(stored("count"), "10=41");
  EXPECT_EQ(error(post("", body("7", "count", {{11, 1.5}}))), "400 invalid_value [0].data[0].v");
  EXPECT_EQ(error(post("", body("7", "label", {{11, 1}}))), "400 invalid_value [0].data[0].v");
  // Texts are no series to EnergyView's readers.
  EXPECT_EQ(parsed(get("timeseries?node_id=7&start=2024-05-01T00:00:00Z")).find("timeseries")->array().size(),
            1u);
}

TEST_F(DoorTest, ADigitalPointTakesItsCodesAndShowsNoStates) {
  PointId id{};
  archive::Archive::Edit bind = [&id](catalog::Editor& editor) -> Result<void> {
    DigitalSet set;
    set.name = "Pump";
    set.states = {{0, "Off", ""}, {1, "On", ""}};
    TRY(const SetId made, editor.add_digital_set(set));
    Point pump;
    pump.tag = "PLANT:PUMP";
    pump.type = PointType::digital;
    pump.digital_set = made;
    TRY(id, editor.add_point(pump));
    editor.bind(Door::energyview, "town/7/pump", id);
    return {};
  };
  ASSERT_TRUE(sync_wait(archive_->change(bind, Door::internal, 0)).has_value());
  EXPECT_EQ(post("silent=true", body("7", "pump", {{10, 0}, {11, 1}})).status, 204);
  EXPECT_EQ(error(post("", body("7", "pump", {{12, 0}, {13, 2}}))), "400 invalid_value [0].data[1].v");
  EXPECT_EQ(error(post("", body("7", "pump", {{12, 0.5}}))), "400 invalid_value [0].data[0].v");
  EXPECT_EQ(error(post_form("node_id=7&tag=pump&val=7&ts=2024-05-01T12:00:00Z")), "400 invalid_value val");
  const auto kept = archive_->scan({.point = id});
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->kind, Kind::digital);
  EXPECT_EQ(kept->integers, (std::vector<std::int64_t>{0, 1}));

  // Another door writes a state and a system state: a code is a number, a system state is none.
  WriteCommand command;
  command.door = Door::pi;
  penstock::Run run;
  run.kind = Kind::digital;
  Quality bad;
  bad.state = system_state::kBadInput;
  const Timestamp noon = parse_timestamp("2024-05-01T12:00:00Z", OffsetRule::required).value();
  run.push(noon, std::int64_t{1});
  run.push(noon.plus_ns(kNsPerSecond), std::int64_t{0}, bad);
  command.writes.push_back({id, run});
  ASSERT_TRUE(sync_wait(archive_->write(command)).has_value());
  EXPECT_EQ(stored("pump"), "10=0 11=1 12=1");
}

}  // namespace
}  // namespace penstock::dialects::energyview
