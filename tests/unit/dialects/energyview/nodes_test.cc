#include "door_fixture.h"

namespace penstock::dialects::energyview {
namespace {

constexpr const char* kOther = "4a0b6a0e-5b1c-4d1e-9a70-2f4f0c9d8e12";

class NodesTest : public DoorTest {
 protected:
  http::Response call(http::Method method, const std::string& path, const std::string& body = "") {
    http::Request made = request(method, "/town/api/v1/" + path, body);
    return send(made);
  }
  std::string make(const std::string& more) {
    const auto answer =
        call(http::Method::post, "nodes", R"({"name":"n","device":"d","designation":"sensor")" + more + "}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    const auto document = json::parse(answer.body);
    return document ? document->find("id")->to_string() : "";
  }
  json::Value node(const std::string& id) {
    const auto answer = get("node/" + id);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return *json::parse(answer.body);
  }
};

TEST_F(NodesTest, ANodeIsMadeReadChangedAndDeleted) {
  const std::string id = make(std::string{R"(,"uuid":")"} + kOther +
                              R"(","tags":["a","rssi"],"parent":7,"dataif":"x-1","state":"in-use")");
  json::Value read = node(kOther);
  EXPECT_EQ(read.find("id")->to_string(), id);
  EXPECT_EQ(read.find("tags")->to_string(), R"(["a","rssi"])");
  EXPECT_EQ(read.find("dataif")->to_string(), R"("x-1")");
  EXPECT_EQ(read.find("parent")->to_string(), R"({"id":7,"uuid":")" + std::string{kNodeUuid} + R"("})");
  EXPECT_EQ(node("7").find("children")->to_string(), R"([{"id":)" + id + R"(,"uuid":")" + kOther + R"("}])");
  EXPECT_EQ(post("silent=true", body(id, "rssi", {{10, 1}})).status, 204);

  const auto changed = call(http::Method::put, "nodes/" + id,
                            R"({"description":"roof","interval":"00:15:00","enabled":false,"public":true})");
  EXPECT_EQ(changed.status, 204) << changed.body;
  read = node(id);
  EXPECT_EQ(read.find("description")->to_string(), R"("roof")");
  EXPECT_EQ(read.find("interval")->to_string(), "900");
  EXPECT_EQ(read.find("enabled")->to_string() + read.find("public")->to_string(), "falsetrue");
  EXPECT_EQ(read.find("name")->to_string(), R"("n")");

  EXPECT_EQ(call(http::Method::del, "node/" + id).status, 204);
  EXPECT_EQ(error(get("nodes/" + id)), "404 not_found");
  EXPECT_EQ(error(post("", body(id, "rssi", {{10, 1}}))), "400 unknown_node [0].node_id");
  EXPECT_EQ(node("7").find("children")->to_string(), "[]");
  EXPECT_EQ(archive_->catalog()->points.find_tag("EV.town." + std::string{kOther} + ".rssi"), nullptr);
}

TEST_F(NodesTest, ALostTagKeepsItsDataOutOfSight) {
  ASSERT_EQ(post("silent=true", body("7", "a", {{10, 1}})).status, 204);
  ASSERT_EQ(call(http::Method::put, "nodes/7", R"({"tags":["b","c"]})").status, 204);
  EXPECT_EQ(node("7").find("tags")->to_string(), R"(["b","c"])");
  EXPECT_EQ(error(post("", body("7", "a", {{11, 2}}))), "400 unknown_tag [0].tag");
  EXPECT_EQ(get("timeseries?start=2024-05-01T00:00:00Z").body, R"({"timeseries":[]})");
  ASSERT_EQ(call(http::Method::put, "nodes/7", R"({"tags":["a"]})").status, 204);
  EXPECT_EQ(stored("a"), "10=1");
}

TEST_F(NodesTest, BadNodesAreRefusedWhole) {
  struct Case {
    const char *name, *body, *error;
  };
  const Case cases[] = {
      {"no name", R"({"device":"d","designation":"s"})", "400 missing_parameter name"},
      {"no device", R"({"name":"n","designation":"s"})", "400 missing_parameter device"},
      {"no designation", R"({"name":"n","device":"d"})", "400 missing_parameter designation"},
      {"a name that is no text", R"({"name":1,"device":"d","designation":"s"})",
       "400 invalid_parameter name"},
      {"no JSON", "{", "400 invalid_json"},
      {"an array", "[]", "400 invalid_json"},
      {"a bad UUID", R"({"name":"n","device":"d","designation":"s","uuid":"x"})",
       "400 invalid_parameter uuid"},
      {"a known UUID",
       R"({"name":"n","device":"d","designation":"s","uuid":"3f0b6a0e-5b1c-4d1e-9a70-2f4f0c9d8e11"})",
       "409 conflict uuid"},
      {"a bad tag", R"({"name":"n","device":"d","designation":"s","tags":["a","b.c"]})",
       "400 invalid_parameter tags[1]"},
      {"no such parent", R"({"name":"n","device":"d","designation":"s","parent":99})",
       "400 invalid_parameter parent"},
      {"a bad interval", R"({"name":"n","device":"d","designation":"s","interval":"1h"})",
       "400 invalid_parameter interval"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(error(call(http::Method::post, "node", c.body)), c.error);
  }
  EXPECT_EQ(json::parse(get("nodes").body)->find("nodes")->array().size(), 1u);
}

TEST_F(NodesTest, ANodeCantStandBelowItself) {
  const std::string child = make(R"(,"parent":7)");
  EXPECT_EQ(error(call(http::Method::put, "nodes/7", R"({"parent":)" + child + "}")),
            "400 invalid_parameter parent");
  EXPECT_EQ(error(call(http::Method::put, "nodes/7", R"({"parent":7})")), "400 invalid_parameter parent");
  EXPECT_EQ(call(http::Method::put, "nodes/" + child, R"({"parent":null})").status, 204);
  EXPECT_EQ(node(child).find("parent")->to_string(), R"({"id":null,"uuid":null})");
}

TEST_F(NodesTest, MetadataIsKeptAndOnlyReplacedWhenAsked) {
  const std::string both = R"([{"key":"lat","value":"55.6"},{"key":"long","value":"13.0"}])";
  EXPECT_EQ(call(http::Method::post, "nodes/7/metadata", both).status, 204);
  EXPECT_EQ(get("nodes/7/metadata").body, both);
  const std::string again = R"([{"key":"new","value":"1"},{"key":"lat","value":"1"}])";
  EXPECT_EQ(error(call(http::Method::post, "nodes/7/metadata", again)), "409 conflict key");
  EXPECT_EQ(get("node/7/metadata").body, both);
  EXPECT_EQ(call(http::Method::post, "nodes/7/metadata?overwrite=true", again).status, 204);
  EXPECT_EQ(get("node/7/metadata").body,
            R"([{"key":"lat","value":"1"},{"key":"long","value":"13.0"},{"key":"new","value":"1"}])");
  EXPECT_EQ(error(call(http::Method::post, "nodes/7/metadata", R"([{"key":"x"}])")),
            "400 invalid_parameter [0].value");
  EXPECT_EQ(error(call(http::Method::post, "nodes/99/metadata", both)), "404 not_found");
}

TEST_F(NodesTest, ProvisionIsKept) {
  for (const http::Method method : {http::Method::put, http::Method::post}) {
    EXPECT_EQ(call(method, "nodes/7/provision", R"({"service":"building"})").status, 204);
  }
  EXPECT_EQ(archive_->catalog()->energyview.nodes.find("town", 7)->provision, R"({"service":"building"})");
  EXPECT_EQ(error(call(http::Method::put, "nodes/7/provision", "{")), "400 invalid_json");
}

TEST_F(NodesTest, ChangesNeedTheRightToWriteTheWholeNode) {
  for (const char* key : {"viewer-secret", "only-a"}) {
    SCOPED_TRACE(key);
    key_ = key;
    EXPECT_EQ(error(call(http::Method::post, "nodes", R"({"name":"n","device":"d","designation":"s"})")),
              "403 forbidden");
    EXPECT_EQ(error(call(http::Method::put, "nodes/7", "{}")), "403 forbidden");
    EXPECT_EQ(error(call(http::Method::del, "nodes/7")), "403 forbidden");
    EXPECT_EQ(error(call(http::Method::put, "settings/node/7", R"({"path":"a","value":1})")),
              "403 forbidden");
  }
}

TEST_F(NodesTest, SettingsAreATreeUnderDottedPaths) {
  EXPECT_EQ(call(http::Method::put, "settings/node/7", R"({"path":"control.curve","value":[1,2]})").status,
            204);
  http::Request form = request(http::Method::put, "/town/api/v1/settings/node/" + std::string{kNodeUuid},
                               "path=control.mode&value=auto&force=1");
  form.headers.set("Content-Type", "application/x-www-form-urlencoded");
  const auto answer = send(form);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"value":"auto"})");
  EXPECT_EQ(get("settings/node/7").body, R"({"control":{"curve":[1,2],"mode":"auto"}})");
  EXPECT_EQ(get("settings/node/7?path=control.mode").body, R"({"control":{"mode":"auto"}})");
  EXPECT_EQ(get("settings/node/7?path=control.curve&extract=1").body, "[1,2]");
  EXPECT_EQ(error(get("settings/node/7?path=control.none")), "404 not_found path");
  EXPECT_EQ(error(get("settings/node/99")), "404 not_found");
  EXPECT_EQ(error(get("settings/other/7")), "404 not_found");
  EXPECT_EQ(get("settings/cluster/1").body, "{}");
}

TEST_F(NodesTest, OtherMethodsAreNotAllowed) {
  const auto answer = call(http::Method::post, "nodes/7", "{}");
  EXPECT_EQ(error(answer), "405 method_not_allowed");
  EXPECT_EQ(answer.headers.get("Allow"), "GET, HEAD, PUT, DELETE");
}

}  // namespace
}  // namespace penstock::dialects::energyview
