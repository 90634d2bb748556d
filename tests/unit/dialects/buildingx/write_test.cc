#include "base/text.h"
#include "dialects/buildingx/errors.h"
#include "door_fixture.h"
#include "http/inflate.h"

namespace penstock::dialects::buildingx {
namespace {

using Rows = std::vector<std::string>;
using Indices = std::vector<std::int64_t>;

const std::string kT = "2024-03-02T07:15:00";

std::vector<std::pair<std::string, std::string>> out_of_order() {
  return {{kT + ".510Z", "1"},
          {kT + ".120Z", "2"},
          {kT + ".900Z", "3"},
          {kT + ".510Z", "4"},
          {kT + ".120Z", "5"}};
}
const Rows kAfterOutOfOrder = {kT + ".120Z=2(0)", kT + ".510Z=1(0)", kT + ".900Z=3(0)"};

TEST_F(DoorTest, TheFirstKeepsItsMillisecondAndTheDroppedAreNamed) {
  const auto first = post(point("a1") + "/values", body_of(out_of_order()));
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(first.headers.get("Content-Type"), "application/vnd.api+json");
  EXPECT_EQ(conflicts(first), (Indices{3, 4}));
  EXPECT_EQ(json::parse(first.body)->find("data")->array().size(), 3u);
  EXPECT_EQ(first.headers.get("Penstock-Stored"), "3");
  EXPECT_EQ(first.headers.get("Penstock-Ignored"), "2");
  EXPECT_EQ(stored("a1"), kAfterOutOfOrder);

  const auto repeated = post(point("a1") + "/values", body_of(out_of_order()));
  EXPECT_EQ(repeated.status, 202);
  EXPECT_EQ(conflicts(repeated), (Indices{0, 1, 2, 3, 4}));
  EXPECT_EQ(json::parse(repeated.body)->find("data")->array().size(), 0u);
  EXPECT_EQ(stored("a1"), kAfterOutOfOrder);
}

TEST_F(DoorTest, WithoutConflictsThereIsNoBody) {
  const auto answer = post(point("a1") + "/values", body_of({{"2000-05-11T10:32:54.964Z", "12.66"}}));
  EXPECT_EQ(answer.status, 204);
  EXPECT_TRUE(answer.body.empty());
  EXPECT_FALSE(answer.headers.has("Content-Type"));
  EXPECT_EQ(answer.headers.get("Penstock-Stored"), "1");
  EXPECT_EQ(stored("a1"), Rows{"2000-05-11T10:32:54.964Z=12.66(0)"});
}

TEST_F(DoorTest, OverwriteReplacesValueAndQuality) {
  const std::string with_quality = R"({"data":[{"type":"PointValue","attributes":{"timestamp":")" + kT +
                                   R"(.510Z","value":"1","qualityOfValue":2}}]})";
  EXPECT_EQ(post(point("a1") + "/values", with_quality).status, 204);
  EXPECT_EQ(stored("a1"), Rows{kT + ".510Z=1(2)"});
  const auto answer = post(point("a1") + "/values?overwrite=true",
                           body_of({{kT + ".510Z", "8"}, {kT + ".510Z", "9"}, {kT + ".520Z", "5"}}));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(stored("a1"), (Rows{kT + ".510Z=9(0)", kT + ".520Z=5(0)"}));
}

TEST_F(DoorTest, TimesAreCutToTheirMillisecond) {
  EXPECT_EQ(conflicts(post(point("a1") + "/values", body_of({{kT + ".7001Z", "1"}, {kT + ".7009Z", "2"}}))),
            Indices{1});
  EXPECT_EQ(stored("a1"), Rows{kT + ".700Z=1(0)"});
}

TEST_F(DoorTest, OneInstantInTwoSpellingsIsOneMillisecond) {
  EXPECT_EQ(post(point("a1") + "/values", body_of({{kT + ".600+00:00", "1"}})).status, 204);
  EXPECT_EQ(conflicts(post(point("a1") + "/values", body_of({{kT + ".600Z", "2"}}))), Indices{0});
  // Without a zone it is UTC, as the quick start writes such times.
  EXPECT_EQ(conflicts(post(point("a1") + "/values", body_of({{kT + ".600", "3"}}))), Indices{0});
}

TEST_F(DoorTest, TheQuickStartsExampleDropsItsThirdValue) {
  const auto answer = post(point("a1") + "/values", body_of({{"2022-07-11T11:11:30.333", "1"},
                                                             {"2022-07-11T11:11:30.222", "2"},
                                                             {"2022-07-11T11:11:30.333", "3"},
                                                             {"2022-07-11T11:11:30.444", "4"}}));
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(conflicts(answer), Indices{2});
}

TEST_F(DoorTest, EveryDataTypeKeepsItsValues) {
  EXPECT_EQ(post(point("a2") + "/values", body_of({{kT + "Z", "on"}, {kT + ".001Z", "false"}})).status, 204);
  EXPECT_EQ(stored("a2"), (Rows{kT + ".000Z=true(0)", kT + ".001Z=false(0)"}));
  EXPECT_EQ(post(point("a3") + "/values", body_of({{kT + "Z", "Grüße"}})).status, 204);
  EXPECT_EQ(stored("a3"), Rows{kT + ".000Z=Grüße(0)"});
  EXPECT_EQ(post(point("a4") + "/values", body_of({{kT + "Z", "Auto"}, {kT + ".5Z", "2"}})).status, 204);
  EXPECT_EQ(stored("a4"), (Rows{kT + ".000Z=1(0)", kT + ".500Z=2(0)"}));
}

TEST_F(DoorTest, AnyErrorStoresNothing) {
  struct {
    const char* name;
    std::string body;
    int status;
    const char* error;
  } const cases[] = {
      {"a number as value",
       R"({"data":[{"type":"PointValue","attributes":{"timestamp":"2024-03-02T07:15:00Z","value":"1"}},
           {"type":"PointValue","attributes":{"timestamp":"2024-03-02T07:15:01Z","value":5}}]})",
       400, "400 invalid-value /data/1/attributes/value"},
      {"a text that is no number", body_of({{kT + "Z", "1"}, {kT + ".1Z", "abc"}}), 422,
       "422 value-type-mismatch /data/1/attributes/value"},
      {"another type", R"({"data":[{"type":"Point","attributes":{}}]})", 409,
       "409 type-mismatch /data/0/type"},
      {"an id", R"({"data":[{"type":"PointValue","id":"a","attributes":{}}]})", 403,
       "403 client-generated-id /data/0/id"},
      {"no items", R"({"data":[]})", 400, "400 batch-size /data"},
      {"no JSON", "{", 400, "400 invalid-json"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto answer = post(point("a1") + "/values", c.body);
    EXPECT_EQ(answer.status, c.status);
    EXPECT_EQ(first_error(answer), c.error);
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/vnd.api+json");
  }
  EXPECT_EQ(stored("a1"), Rows{});
}

TEST_F(DoorTest, ErrorDocumentsHaveOneMemberAndAnIdEach) {
  const auto document = json::parse(post(point("a1") + "/values", "{").body);
  ASSERT_TRUE(document.has_value());
  ASSERT_EQ(document->object().size(), 1u);
  const json::Value& error = document->find("errors")->array().front();
  EXPECT_TRUE(Uuid::parse(*error.find("id")->as_string()).has_value());
  EXPECT_EQ(error.find("status")->as_string(), "400");
  EXPECT_TRUE(error.find("title")->is_string());
}

TEST_F(DoorTest, CallersAreTold) {
  const std::string body = body_of({{kT + "Z", "1"}});
  const std::string values = point("a1") + "/values";
  const auto with = [&](const std::string& token, const std::string& target) {
    token_ = token;
    return post(target, body);
  };
  const auto bare = with("", values);
  EXPECT_EQ(bare.status, 401);
  EXPECT_EQ(bare.headers.get("WWW-Authenticate"), "Bearer");
  const auto broken = with("x.y.z", values);
  EXPECT_EQ(broken.status, 401);
  EXPECT_EQ(broken.headers.get("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(with(token_of("viewer-client", "viewer-secret"), values).status, 403);
  EXPECT_EQ(with(token_of("no-tags", "secret"), values).status, 403);
  const std::string good = token_of("demo-client", "demo-secret");
  EXPECT_EQ(with(good, std::string{"/partitions/"} + kOtherPartition + "/points/x/values").status, 403);
  EXPECT_EQ(with(good, std::string{"/partitions/"} + kDemoPartition + "/points/x/values").status, 404);
  clock_now_ns += 86'400'000'000'000 + 61'000'000'000;
  EXPECT_EQ(with(good, values).status, 401);
  token_ = token_of("demo-client", "demo-secret");
  EXPECT_EQ(stored("a1"), Rows{});
}

TEST_F(DoorTest, AllPrefixesMeanTheSame) {
  const std::string body = body_of({{kT + "Z", "1"}});
  EXPECT_EQ(post("/ingest" + point("a1") + "/values", body).status, 204);
  for (const char* prefix :
       {"/operations", "/api/openness/ingest", "/api/openness/operations", "", "//ingest/"}) {
    SCOPED_TRACE(prefix);
    EXPECT_EQ(post(prefix + point("a1") + "/values", body).status, 202);
  }
  EXPECT_EQ(post("/partitions/5A6B1D0E-0000-4000-8000-000000000001/points/"
                 "5A6B1D0E-0000-4000-8000-0000000000A1/values",
                 body)
                .status,
            202);
  EXPECT_EQ(post("/accounts" + point("a1") + "/values", body).status, 404);
}

TEST_F(DoorTest, MediaTypesAndMethodsAndQueriesAreChecked) {
  const std::string values = point("a1") + "/values", body = body_of({{kT + "Z", "1"}});
  http::Request typed = request(http::Method::post, values, body);
  typed.headers.set("Content-Type", "application/json");
  EXPECT_EQ(first_error(send(typed)), "415 unsupported-media-type Content-Type");
  typed.headers.set("Content-Type", "application/vnd.api+json; charset=utf-8");
  EXPECT_EQ(send(typed).status, 415);
  use({.lenient_content_type = true});
  EXPECT_EQ(send(typed).status, 204);
  http::Request accepting = request(http::Method::post, values, body);
  accepting.headers.add("Accept", "application/vnd.api+json; charset=utf-8");
  EXPECT_EQ(first_error(send(accepting)), "406 not-acceptable Accept");
  EXPECT_EQ(first_error(post(values + "?overwrite=True", body)), "400 invalid-parameter overwrite");
  http::Request put = request(http::Method::put, values, body);
  const auto refused = send(put);
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, POST");
  http::Request patch = request(http::Method::patch, point("a1"), body);
  EXPECT_EQ(send(patch).status, 403);
  http::Request large = request(http::Method::post, values);
  large.fault = http::Fault::body_too_large;
  EXPECT_EQ(first_error(send(large)), "413 payload-too-large");
}

TEST_F(DoorTest, BodiesMayBeGzipped) {
  http::Request packed =
      request(http::Method::post, point("a1") + "/values", http::gzip(body_of({{kT + "Z", "1"}})));
  packed.headers.add("Content-Encoding", "gzip");
  EXPECT_EQ(send(packed).status, 204);
  EXPECT_EQ(stored("a1"), Rows{kT + ".000Z=1(0)"});
}

TEST_F(DoorTest, UnknownPointsAreMadeOnlyWhereAskedFor) {
  const std::string fresh =
      std::string{"/partitions/"} + kDemoPartition + "/points/00000000-0000-4000-8000-00000000abcd/values";
  const std::string body = body_of({{kT + "Z", "as text"}});
  EXPECT_EQ(post(fresh, body).status, 404);
  use({.auto_create_points = true});
  EXPECT_EQ(post(fresh, body).status, 204);
  EXPECT_EQ(post(fresh, body).status, 202);
  EXPECT_EQ(post(std::string{"/partitions/"} + kDemoPartition + "/points/no-uuid/values", body).status, 404);
}

TEST_F(DoorTest, TimesAheadCanBeLimited) {
  const std::string body = body_of({{"2030-01-01T00:00:00Z", "1"}});
  use({.max_future_s = 3600});
  EXPECT_EQ(first_error(post(point("a1") + "/values", body)),
            "422 timestamp-out-of-range /data/0/attributes/timestamp");
  use({});
  EXPECT_EQ(post(point("a1") + "/values", body).status, 204);
}

TEST_F(DoorTest, PointsHaveAPiTagAndAcceptTheFuture) {
  const auto tables = archive_->catalog();
  const Point* number =
      tables->points.find_tag("BX.5a6b1d0e-0000-4000-8000-000000000001.5a6b1d0e-0000-4000-8000-0000000000a1");
  ASSERT_NE(number, nullptr);
  EXPECT_EQ(number->type, PointType::float64);
  EXPECT_TRUE(number->future);
  EXPECT_FALSE(number->step);
  EXPECT_EQ(number->eng_units, "°C");
  const Point* mode =
      tables->points.find_tag("BX.5a6b1d0e-0000-4000-8000-000000000001.5a6b1d0e-0000-4000-8000-0000000000a4");
  ASSERT_NE(mode, nullptr);
  EXPECT_EQ(mode->type, PointType::digital);
  EXPECT_EQ(tables->digital_sets.find(mode->digital_set)->states.size(), 3u);
}

}  // namespace
}  // namespace penstock::dialects::buildingx
