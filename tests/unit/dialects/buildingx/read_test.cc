#include "door_fixture.h"

namespace penstock::dialects::buildingx {
namespace {

const std::string kT = "2024-03-02T07:15:00";

json::Value parsed(const http::Response& answer) {
  auto document = json::parse(answer.body);
  EXPECT_TRUE(document.has_value()) << answer.body;
  return document ? std::move(*document) : json::Value{};
}
std::string text_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member != nullptr && member->as_string() ? std::string{*member->as_string()} : "<none>";
}

TEST_F(DoorTest, ValuesAreReadFromInclusiveToExclusive) {
  ASSERT_EQ(
      post(point("a1") + "/values", body_of({{kT + ".120Z", "1"}, {kT + ".510Z", "2"}, {kT + ".900Z", "3"}}))
          .status,
      204);
  http::Request wanted =
      request(http::Method::get, point("a1") + "/values?filter%5Btimestamp%5D%5Bfrom%5D=" + kT +
                                     ".120Z&filter[timestamp][to]=" + kT + ".900Z");
  wanted.headers.add("Accept", "application/json");
  const auto answer = send(wanted);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/vnd.api+json");
  const json::Value document = parsed(answer);
  const auto& rows = document.find("data")->array();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(text_of(rows[0], "type"), "PointValue");
  EXPECT_EQ(text_of(rows[0], "id"), "cov-5a6b1d0e-0000-4000-8000-0000000000a1-" + kT + ".120Z");
  EXPECT_EQ(text_of(*rows[1].find("attributes"), "timestamp"), kT + ".510Z");
  EXPECT_EQ(document.find("links")->find("next"), nullptr);
  EXPECT_NE(answer.body.find("\\u0026"), std::string::npos);
}

TEST_F(DoorTest, APlusSignThatWasNotEscapedIsStillOne) {
  ASSERT_EQ(post(point("a1") + "/values", body_of({{kT + "Z", "1"}})).status, 204);
  const auto answer = get(point("a1") + "/values?filter[timestamp][from]=2024-03-02T08:15:00+01:00");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(parsed(answer).find("data")->array().size(), 1u);
}

TEST_F(DoorTest, PagesFollowOneAnother) {
  std::vector<std::pair<std::string, std::string>> values;
  for (int i = 0; i < 25; ++i)
    values.push_back({kT + "." + std::to_string(100 + i) + "Z", std::to_string(i)});
  ASSERT_EQ(post(point("a1") + "/values", body_of(values)).status, 204);
  std::string target = point("a1") + "/values?filter[timestamp][from]=" + kT + "Z&page[limit]=10";
  std::vector<std::size_t> sizes;
  std::string last;
  for (int page = 0; page < 5; ++page) {
    const json::Value document = parsed(get(target));
    const auto& rows = document.find("data")->array();
    sizes.push_back(rows.size());
    if (!rows.empty()) last = text_of(*rows.back().find("attributes"), "value");
    const json::Value* next = document.find("links")->find("next");
    if (next == nullptr) break;
    target = *next->as_string();
    EXPECT_TRUE(target.starts_with("/partitions/")) << target;
    // Values that arrive meanwhile lie behind the end that the first page fixed.
    clock_now_ns += 1'000'000'000;
    EXPECT_EQ(post(point("a1") + "/values", body_of({{format_fixed(house_->now(), 3), "99"}})).status, 204);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
  EXPECT_EQ(last, "24");
}

TEST_F(DoorTest, AMillisecondShowsItsLatestValue) {
  // Another door may keep several instants inside of one millisecond.
  PointId id{};
  {
    const auto tables = archive_->catalog();
    id = *tables->addresses.find(Door::building_x,
                                 std::string{kDemoPartition} + "/5a6b1d0e-0000-4000-8000-0000000000a1");
  }
  penstock::Run run;
  const Timestamp start = parse_timestamp(kT + "Z", OffsetRule::required).value();
  for (int i = 0; i < 30; ++i) run.push(start.plus_ns(i * 100'000), static_cast<double>(i));
  WriteCommand command;
  command.writes.push_back({id, std::move(run)});
  ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
  EXPECT_EQ(stored("a1"),
            (std::vector<std::string>{kT + ".000Z=9(0)", kT + ".001Z=19(0)", kT + ".002Z=29(0)"}));
  const json::Value page =
      parsed(get(point("a1") + "/values?filter[timestamp][from]=" + kT + "Z&page[limit]=2"));
  EXPECT_EQ(page.find("data")->array().size(), 2u);
  EXPECT_NE(page.find("links")->find("next"), nullptr);
}

TEST_F(DoorTest, BadQueriesAreNamed) {
  struct {
    const char* query;
    const char* error;
  } const cases[] = {
      {"", "400 invalid-parameter filter[timestamp][from]"},
      {"filter[timestamp][from]=x", "400 invalid-parameter filter[timestamp][from]"},
      {"filter[timestamp][from]=2024-01-01T00:00:00Z&filter[timestamp][to]=2023-01-01T00:00:00Z",
       "400 invalid-parameter filter[timestamp][from]"},
      {"filter[timestamp][from]=2024-01-01T00:00:00Z&page[limit]=0", "400 invalid-parameter page[limit]"},
      {"filter[timestamp][from]=2024-01-01T00:00:00Z&page[limit]=10001", "400 invalid-parameter page[limit]"},
      {"filter[timestamp][from]=2024-01-01T00:00:00Z&page[cursor]=%2A", "400 invalid-parameter page[cursor]"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.query);
    EXPECT_EQ(first_error(get(point("a1") + "/values?" + c.query)), c.error);
  }
  const auto equal =
      get(point("a1") +
          "/values?filter[timestamp][from]=2024-01-01T00:00:00Z&filter[timestamp][to]=2024-01-01T00:00:00Z");
  EXPECT_EQ(parsed(equal).find("data")->array().size(), 0u);
}

TEST_F(DoorTest, APointTellsWhatItIs) {
  ASSERT_EQ(post(point("a4") + "/values", body_of({{kT + "Z", "On"}})).status, 204);
  const json::Value document = parsed(get("/operations" + point("a4") + "?field[Point]=pointValue"));
  const json::Value* data = document.find("data");
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(text_of(*data, "type"), "Point");
  const json::Value* attributes = data->find("attributes");
  EXPECT_EQ(text_of(*attributes, "name"), "Operating mode");
  EXPECT_EQ(text_of(*attributes, "dataType"), "enum");
  EXPECT_EQ(attributes->find("enum")->array().size(), 3u);
  EXPECT_EQ(text_of(*attributes->find("systemAttributes"), "writable"), "m:");
  EXPECT_EQ(text_of(*attributes->find("pointValue"), "value"), "2");
  EXPECT_EQ(text_of(*attributes->find("pointValue"), "timestamp"), kT + ".000Z");

  const json::Value sparse = parsed(get(point("a1") + "?fields[Point]=name,unit"));
  EXPECT_EQ(sparse.find("data")->find("attributes")->object().size(), 2u);
  EXPECT_EQ(get(point("a1") + "?include=hasFeatures").status, 400);
  EXPECT_EQ(get(std::string{"/partitions/"} + kDemoPartition + "/points/nope").status, 404);
}

TEST_F(DoorTest, ThePointsOfAPartitionAreListedInPages) {
  const std::string list = std::string{"/partitions/"} + kDemoPartition + "/points";
  EXPECT_EQ(parsed(get(list)).find("data")->array().size(), 4u);
  const json::Value first = parsed(get(list + "?page[size]=3"));
  ASSERT_EQ(first.find("data")->array().size(), 3u);
  const json::Value second = parsed(get(std::string{*first.find("links")->find("next")->as_string()}));
  ASSERT_EQ(second.find("data")->array().size(), 1u);
  EXPECT_EQ(text_of(second.find("data")->array()[0], "id"), "5a6b1d0e-0000-4000-8000-0000000000a4");
  EXPECT_EQ(second.find("links")->find("next"), nullptr);
  token_ = token_of("no-tags", "secret");
  EXPECT_EQ(parsed(get(list)).find("data")->array().size(), 0u);
}

TEST_F(DoorTest, LinksCanBeAbsolute) {
  use({.absolute_links = true});
  const json::Value document = parsed(get("/operations" + point("a1")));
  EXPECT_EQ(text_of(*document.find("links"), "self"), "http://hist01:8443/operations" + point("a1"));
}

http::Request token_request(const std::string& type, const std::string& body) {
  http::Request made;
  made.method = http::Method::post;
  made.set_target("/oauth/token");
  if (!type.empty()) made.headers.add("Content-Type", type);
  made.body.assign(body);
  return made;
}

TEST_F(DoorTest, TokensAreGivenForJsonFormAndBasic) {
  const std::string audience = "https://horizon.siemens.com";
  http::Request json_request = token_request(
      "application/json", R"({"client_id":"demo-client","client_secret":"demo-secret","audience":")" +
                              audience + R"(","grant_type":"client_credentials","url":"ignored"})");
  const auto answer = send(json_request);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  const json::Value document = parsed(answer);
  EXPECT_EQ(text_of(document, "token_type"), "Bearer");
  EXPECT_EQ(document.find("expires_in")->as_int64(), 86400);
  token_ = text_of(document, "access_token");
  EXPECT_EQ(get(point("a1")).status, 200);

  http::Request form =
      token_request("application/x-www-form-urlencoded",
                    "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret");
  EXPECT_EQ(send(form).status, 200);
  http::Request basic = token_request("application/x-www-form-urlencoded", "grant_type=client_credentials");
  basic.headers.add("Authorization", "Basic " + base64_encode("demo-client:demo-secret"));
  EXPECT_EQ(send(basic).status, 200);
}

TEST_F(DoorTest, TokenErrorsAreOAuthObjects) {
  struct {
    const char* body;
    int status;
    const char* error;
  } const cases[] = {
      {R"({"client_id":"demo-client","client_secret":"wrong","grant_type":"client_credentials"})", 401,
       "access_denied"},
      {R"({"client_id":"nobody","client_secret":"demo-secret","grant_type":"client_credentials"})", 401,
       "access_denied"},
      {R"({"client_id":"demo-client","client_secret":"demo-secret","grant_type":"client_credentials",
           "audience":"https://elsewhere"})",
       403, "access_denied"},
      {R"({"client_id":"demo-client","client_secret":"demo-secret"})", 400, "invalid_request"},
      {R"({"client_secret":"demo-secret","grant_type":"client_credentials"})", 400, "invalid_request"},
      {R"({"client_id":7,"client_secret":"demo-secret","grant_type":"client_credentials"})", 400,
       "invalid_request"},
      {R"({"client_id":"demo-client","client_secret":"demo-secret","grant_type":"password"})", 400,
       "unsupported_grant_type"},
      {"grant_type=client_credentials", 400, "invalid_request"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    http::Request made = token_request("application/json", c.body);
    const auto answer = send(made);
    EXPECT_EQ(answer.status, c.status);
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
    EXPECT_EQ(text_of(parsed(answer), "error"), c.error);
  }
}

TEST_F(DoorTest, DiscoveryNamesTheEndpoints) {
  const json::Value document = parsed(get("/.well-known/openid-configuration"));
  EXPECT_EQ(text_of(document, "token_endpoint"), "http://hist01:8443/oauth/token");
  EXPECT_EQ(text_of(document, "jwks_uri"), "http://hist01:8443/.well-known/jwks.json");
  EXPECT_EQ(text_of(document, "issuer"), authenticator().token_settings().issuer);
  EXPECT_EQ(parsed(get("/.well-known/jwks.json")).find("keys")->array().size(), 1u);
}

}  // namespace
}  // namespace penstock::dialects::buildingx
