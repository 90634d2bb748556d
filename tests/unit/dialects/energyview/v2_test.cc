#include "base/text.h"
#include "dialects/energyview/rate_limit.h"
#include "door_fixture.h"

namespace penstock::dialects::energyview {
namespace {

constexpr const char* kNoUuid = "4a0b6a0e-5b1c-4d1e-9a70-2f4f0c9d8e12";
const std::string kThing = kNodeUuid;

class VersionTwoTest : public DoorTest {
 protected:
  http::Response call(http::Method method, const std::string& path, const std::string& body = "") {
    http::Request made;
    made.method = method;
    made.set_target("/api/v2/" + path);
    if (!user_.empty()) made.headers.add("Authorization", "Basic " + base64_encode(user_));
    if (!body.empty()) made.headers.add("Content-Type", "application/json");
    made.body.assign(body);
    return send(made);
  }
  http::Response read(const std::string& path) { return call(http::Method::get, path); }
  http::Response add(const std::string& path, const std::string& body) {
    return call(http::Method::post, path, body);
  }
  http::Response change(const std::string& path, const std::string& body) {
    return call(http::Method::put, path, body);
  }
  json::Value document(const http::Response& answer) {
    auto parsed = json::parse(answer.body);
    EXPECT_TRUE(parsed.has_value()) << answer.body;
    return parsed ? std::move(*parsed) : json::Value{};
  }
  std::string text(const json::Value& of, std::string_view name) {
    const json::Value* const member = of.find(name);
    return member == nullptr ? "absent" : std::string{member->as_string().value_or("no text")};
  }
  /// "400 tags: It must…": the status and the plain text.
  std::string refusal(const http::Response& answer) {
    EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain; charset=utf-8");
    return std::to_string(answer.status) + " " + answer.body.substr(0, answer.body.find('\n'));
  }
  /// The UUID of a series of node 7.
  std::string uuid_of(const std::string& name) {
    const json::Value list = document(read("things/" + kThing + "/timeseries"));
    for (const json::Value& each : list.array()) {
      if (text(each, "name") == name) return text(each, "uuid");
    }
    return "none";
  }
  std::string make(const std::string& name, const std::string& more = "") {
    const auto answer = add("timeseries", R"({"name":")" + name + R"(","si_unit":"C","thing_uuid":")" +
                                              kThing + "\"" + more + "}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return text(document(answer), "uuid");
  }
  std::string data(const std::string& uuid, const std::string& more = "") {
    return read("timeseries/" + uuid + "/data?start=2024-05-01T00:00:00Z&end=2024-05-02T00:00:00Z" + more)
        .body;
  }

  std::string user_ = "town:town-secret";
};

TEST_F(VersionTwoTest, ANodeAndItsTagAreAThingAndItsSeries) {
  ASSERT_EQ(post("silent=true", body("7", "a", {{10, 1}, {11, 2.5}})).status, 204);
  const json::Value series = document(read("timeseries")).array().at(0);
  EXPECT_EQ(text(series, "name"), "a");
  EXPECT_EQ(text(series, "thing_uuid"), kThing);
  EXPECT_EQ(text(series, "id"), text(series, "uuid"));
  EXPECT_EQ(series.find("lower_bound")->to_string() + series.find("tags")->to_string(), "null[]");
  const std::string uuid = text(series, "uuid");
  EXPECT_EQ(read("timeseries/" + uuid).body, series.to_string());
  EXPECT_EQ(data(uuid), R"([{"v":1,"ts":"2024-05-01T10:00:00Z"},{"v":2.5,"ts":"2024-05-01T11:00:00Z"}])");
  EXPECT_EQ(
      add("timeseries/" + uuid + "/data", R"([{"value":3,"timestamp":"2024-05-01T14:00:00+02:00"}])").status,
      201);
  EXPECT_EQ(stored("a"), "10=1 11=2.5 12=3");
}

TEST_F(VersionTwoTest, ASeriesIsMadeChangedAndDeleted) {
  const std::string uuid =
      make("Supply temp", R"(,"lower_bound":-50,"upper_bound":50,"tags":["GT31","heat"])");
  json::Value series = document(read("timeseries/" + uuid));
  EXPECT_EQ(text(series, "name"), "Supply temp");
  EXPECT_EQ(text(series, "si_unit"), "C");
  EXPECT_EQ(series.find("lower_bound")->to_string(), "-50");
  EXPECT_EQ(series.find("tags")->to_string(), R"(["GT31","heat"])");
  EXPECT_NE(text(series, "created_by"), text(document(read("timeseries/" + uuid_of("a"))), "created_by"));
  {
    // API v1 knows it by a tag that is as near as can be, PI with its unit and range.
    const auto tables = archive_->catalog();
    const Point* point = tables->points.find_tag("EV.town.7.Supply_temp");
    ASSERT_NE(point, nullptr);
    EXPECT_EQ(point->eng_units, "C");
    EXPECT_EQ(point->zero, -50);
    EXPECT_EQ(point->span, 100);
  }
  EXPECT_EQ(
      change("timeseries/" + uuid, R"({"name":"Supply","upper_bound":null,"tags":[],"si_unit":"K"})").status,
      204);
  series = document(read("timeseries/" + uuid));
  EXPECT_EQ(text(series, "name") + text(series, "si_unit"), "SupplyK");
  EXPECT_EQ(series.find("lower_bound")->to_string() + series.find("upper_bound")->to_string(), "-50null");
  EXPECT_EQ(series.find("tags")->to_string(), "[]");
  EXPECT_EQ(post("silent=true", body("7", "Supply_temp", {{10, 1}})).status, 204);

  EXPECT_EQ(call(http::Method::del, "timeseries/" + uuid).status, 204);
  EXPECT_EQ(refusal(read("timeseries/" + uuid)), "404 There is no time series " + uuid);
  EXPECT_EQ(archive_->catalog()->points.find_tag("EV.town.7.Supply_temp"), nullptr);
  EXPECT_EQ(archive_->catalog()->energyview.series.size(), 0u);
  EXPECT_EQ(error(post("", body("7", "Supply_temp", {{10, 1}}))), "400 unknown_tag [0].tag");
}

TEST_F(VersionTwoTest, ValuesOutsideOfTheBoundsAreSkipped) {
  const std::string path = "timeseries/" + make("bounded", R"(,"lower_bound":0,"upper_bound":10)") + "/data";
  const auto some =
      add(path, R"([{"v":-1,"ts":"2024-05-01T10:00:00Z"},{"v":10,"ts":"2024-05-01T11:00:00Z"},)"
                R"({"v":10.5,"ts":"2024-05-01T12:00:00Z"},{"v":0,"ts":"2024-05-01T13:00:00Z"}])");
  EXPECT_EQ(some.status, 201);
  EXPECT_EQ(some.body, R"({"inserted":2})");
  EXPECT_EQ(some.headers.get("Penstock-Stored"), "2");
  EXPECT_EQ(stored("bounded"), "11=10 13=0");
  const auto none = add(path, R"([{"v":-1,"ts":"2024-05-01T10:00:00Z"}])");
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.body, "");
}

TEST_F(VersionTwoTest, NumbersOfManyDigitsAreRead) {
  const std::string uuid = uuid_of("a");
  ASSERT_EQ(
      add("timeseries/" + uuid + "/data", R"([{"v":12345678901234567890123.5,"ts":"2024-05-01T10:00:00Z"}])")
          .status,
      201);
  EXPECT_EQ(data(uuid), R"([{"v":1.2345678901234568e+22,"ts":"2024-05-01T10:00:00Z"}])");
}

TEST_F(VersionTwoTest, ATakenTimeRefusesTheWholeInsert) {
  const std::string path = "timeseries/" + uuid_of("a") + "/data";
  ASSERT_EQ(add(path, R"([{"v":1,"ts":"2024-05-01T10:00:00Z"}])").status, 201);
  const std::string taken = "400 There is a value at one of these times; nothing was stored";
  EXPECT_EQ(
      refusal(add(path, R"([{"v":2,"ts":"2024-05-01T11:00:00Z"},{"v":9,"ts":"2024-05-01T10:00:00Z"}])")),
      taken);
  EXPECT_EQ(
      refusal(add(path, R"([{"v":2,"ts":"2024-05-01T11:00:00Z"},{"v":3,"ts":"2024-05-01T11:00:00Z"}])")),
      taken);
  EXPECT_EQ(stored("a"), "10=1");
}

TEST_F(VersionTwoTest, ReadsAreCutToABandAndPutIntoBuckets) {
  ASSERT_EQ(post("silent=true", body("7", "a", {{10, 1}, {11, 2}, {12, 3}, {13, 4}})).status, 204);
  const std::string uuid = uuid_of("a");
  struct {
    const char *name, *query, *rows;
  } const cases[] = {
      {"at least", "&ge=3", R"([{"v":3,"ts":"2024-05-01T12:00:00Z"},{"v":4,"ts":"2024-05-01T13:00:00Z"}])"},
      {"at most", "&le=1", R"([{"v":1,"ts":"2024-05-01T10:00:00Z"}])"},
      {"inside of a band", "&ge=2&le=2", R"([{"v":2,"ts":"2024-05-01T11:00:00Z"}])"},
      {"outside of a band", "&ge=4&le=1",
       R"([{"v":1,"ts":"2024-05-01T10:00:00Z"},{"v":4,"ts":"2024-05-01T13:00:00Z"}])"},
      {"an aggregate without precision does nothing", "&aggregate=max&le=1",
       R"([{"v":1,"ts":"2024-05-01T10:00:00Z"}])"},
      {"days in UTC", "&precision=day&aggregate=sum", R"([{"v":10,"ts":"2024-05-01T00:00:00Z"}])"},
      {"days in a zone", "&precision=day&aggregate=count&timezone=Europe/Stockholm",
       R"([{"v":4,"ts":"2024-05-01T00:00:00+02:00"}])"},
      {"weeks begin on Monday", "&precision=week", R"([{"v":2.5,"ts":"2024-04-29T00:00:00Z"}])"},
      {"the band is asked of the buckets", "&precision=week&ge=3", "[]"},
      {"microseconds", "&precision=microseconds&le=1", R"([{"v":1,"ts":"2024-05-01T10:00:00Z"}])"},
      {"minutes", "&precision=minute30&ge=4", R"([{"v":4,"ts":"2024-05-01T13:00:00Z"}])"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(data(uuid, c.query), c.rows);
  }
  EXPECT_EQ(read("timeseries/" + uuid +
                 "/data?start=2024-05-01T12:00:00&end=2024-05-01T13:00:00%2B02:00"
                 "&timezone=Europe/Stockholm")
                .body,
            R"([{"v":1,"ts":"2024-05-01T12:00:00+02:00"},{"v":2,"ts":"2024-05-01T13:00:00+02:00"}])");
}

TEST_F(VersionTwoTest, DataIsDeletedByRangeAndByValue) {
  ASSERT_EQ(post("silent=true", body("7", "a", {{10, 1}, {11, 2}, {12, 3}, {13, 4}})).status, 204);
  const std::string path = "timeseries/" + uuid_of("a") + "/data?";
  const auto erase = [&](const std::string& query) { return call(http::Method::del, path + query); };
  // A band that is upside down holds nothing.
  EXPECT_EQ(erase("start=2024-05-01T00:00:00Z&end=2024-05-02T00:00:00Z&ge=3&le=2").status, 204);
  EXPECT_EQ(stored("a"), "10=1 11=2 12=3 13=4");
  const auto some = erase("start=2024-05-01T00:00:00Z&end=2024-05-02T00:00:00Z&ge=2&le=3");
  EXPECT_EQ(some.status, 204);
  EXPECT_EQ(some.headers.get("Penstock-Erased"), "2");
  EXPECT_EQ(stored("a"), "10=1 13=4");
  EXPECT_EQ(erase("start=2024-05-01T13:00:00Z&end=2024-05-01T13:00:00Z").status, 204);
  EXPECT_EQ(stored("a"), "10=1");
  EXPECT_EQ(refusal(erase("start=2024-05-01T13:00:00Z")), "400 end: It is required");
}

TEST_F(VersionTwoTest, BadRequestsAreRefusedInPlainText) {
  const std::string uuid = uuid_of("a"), series = "timeseries/" + uuid;
  const std::string span = series + "/data?start=2024-05-01T00:00:00Z&end=2024-05-02T00:00:00Z";
  struct {
    const char* name;
    http::Method method;
    std::string path, body;
    std::string refusal;
  } const cases[] = {
      {"a limit of none", http::Method::get, "timeseries?limit=0", "",
       "400 limit: It must be a number from 1 to 100"},
      {"a large limit", http::Method::get, "timeseries?limit=101", "",
       "400 limit: It must be a number from 1 to 100"},
      {"a negative offset", http::Method::get, "timeseries?offset=-1", "",
       "400 offset: It must be a number from 0 to 1000000000"},
      {"no UUID", http::Method::get, "timeseries/7", "", "400 uuid: The path must name a UUID"},
      {"an unknown series", http::Method::get, "timeseries/" + std::string{kNoUuid}, "",
       "404 There is no time series " + std::string{kNoUuid}},
      {"a node is no series", http::Method::get, "timeseries/" + kThing, "",
       "404 There is no time series " + kThing},
      {"an unknown thing", http::Method::get, "things/" + std::string{kNoUuid} + "/timeseries", "",
       "404 There is no thing " + std::string{kNoUuid}},
      {"no name", http::Method::post, "timeseries", R"({"si_unit":"C","thing_uuid":")" + kThing + "\"}",
       "400 name: It is required"},
      {"a short name", http::Method::post, "timeseries",
       R"({"name":"ab","si_unit":"C","thing_uuid":")" + kThing + "\"}",
       "400 name: Must be a text of 3 characters to 1024 bytes"},
      {"no unit", http::Method::post, "timeseries", R"({"name":"abc","thing_uuid":")" + kThing + "\"}",
       "400 si_unit: It is required"},
      {"no thing", http::Method::post, "timeseries", R"({"name":"abc","si_unit":"C"})",
       "400 thing_uuid: A series belongs to a thing"},
      {"an unknown thing for a series", http::Method::post, "timeseries",
       R"({"name":"abc","si_unit":"C","thing_uuid":")" + std::string{kNoUuid} + "\"}",
       "400 thing_uuid: There is no such thing"},
      {"crossed bounds", http::Method::post, "timeseries",
       R"({"name":"abc","si_unit":"C","lower_bound":2,"upper_bound":1,"thing_uuid":")" + kThing + "\"}",
       "400 lower_bound: It is above upper_bound"},
      {"no JSON", http::Method::post, "timeseries", "{",
       "400 Not valid JSON: expected a member name in quotes at byte 1."},
      {"a bound that is a text", http::Method::put, series, R"({"lower_bound":"1"})",
       "400 lower_bound: Must be a number or null"},
      {"tags that are no texts", http::Method::put, series, R"({"tags":[1]})",
       "400 tags[0]: Must be a text of 1 to 1024 bytes"},
      {"no point", http::Method::post, series + "/data", "[]", "400 There is no point in the body"},
      {"no array", http::Method::post, series + "/data", "{}", "400 The body must be an array of points"},
      {"a value that is null", http::Method::post, series + "/data",
       R"([{"v":null,"ts":"2024-05-01T00:00:00Z"}])", "400 [0].v: It must be a number"},
      {"a time that is a day", http::Method::post, series + "/data", R"([{"v":1,"ts":"2024-05-01"}])",
       "400 [0].ts: '2024-05-01' is not a date and time"},
      {"another unit on a write", http::Method::post, series + "/data?unit=F",
       R"([{"v":1,"ts":"2024-05-01T00:00:00Z"}])", "400 unit: Values are kept in '' and not converted"},
      {"another unit on a read", http::Method::get, span + "&unit=F", "",
       "400 unit: Values are kept in '' and not converted"},
      {"no start", http::Method::get, series + "/data?end=2024-05-01T00:00:00Z", "",
       "400 start: It is required"},
      {"more than a leap year", http::Method::get,
       series + "/data?start=2023-01-01T00:00:00Z&end=2024-01-02T00:00:01Z", "",
       "400 end: The time range may have 366 days"},
      {"a word of the other version", http::Method::get, span + "&precision=5minute", "",
       "400 precision: There is no such precision"},
      {"an unknown aggregate", http::Method::get, span + "&aggregate=median", "",
       "400 aggregate: It must be avg, min, max, sum or count"},
      {"an unknown zone", http::Method::get, span + "&timezone=Mars/Base", "",
       "400 timezone: There is no such time zone"},
      {"a band of words", http::Method::get, span + "&ge=high", "", "400 ge: It must be a number"},
      {"another method", http::Method::del, "timeseries", "", "405 Allowed here: GET, HEAD, POST"},
      {"no such resource", http::Method::get, "datasets", "", "404 There is no such resource"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(refusal(call(c.method, c.path, c.body)), c.refusal);
  }
  EXPECT_EQ(document(read("timeseries")).array().size(), 2u);
  EXPECT_EQ(stored("a"), "");
  make("twice");
  EXPECT_EQ(refusal(add("timeseries", R"({"name":"twice","si_unit":"C","thing_uuid":")" + kThing + "\"}")),
            "400 name: The thing has a series of that name already");
  http::Request large;
  large.method = http::Method::post;
  large.set_target("/api/v2/timeseries");
  large.headers.add("Authorization", "Basic " + base64_encode(user_));
  large.fault = http::Fault::body_too_large;
  EXPECT_EQ(refusal(send(large)), "413 The body may have 16 MiB");
  large.fault = http::Fault::none;
  large.headers.add("Content-Type", "text/plain");
  EXPECT_EQ(refusal(send(large)), "415 The body must be JSON");
}

TEST_F(VersionTwoTest, CredentialsAreADomainAndItsKey) {
  const std::string series = "timeseries/" + uuid_of("b");
  struct {
    const char *name, *user, *challenge;
  } const cases[] = {{"nobody", "", R"(Basic realm="domain")"},
                     {"a wrong key", "town:wrong", R"(Basic realm="town")"},
                     {"a key of another domain", "town:demo-secret", R"(Basic realm="town")"},
                     {"no domain", "nowhere:town-secret", R"(Basic realm="nowhere")"},
                     {"a domain that can't be one", "a\"b:x", R"(Basic realm="domain")"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    user_ = c.user;
    const auto answer = read("timeseries");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.headers.get("WWW-Authenticate"), c.challenge);
    EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain; charset=utf-8");
  }
  // A series of one domain is none in another.
  user_ = "demo:demo-secret";
  EXPECT_EQ(read(series).status, 404);
  EXPECT_EQ(read("things/" + kThing).status, 404);

  user_ = "town:viewer-secret";
  EXPECT_EQ(read(series).status, 200);
  const std::string forbidden = "403 The key has no right to do this";
  EXPECT_EQ(refusal(change(series, "{}")), forbidden);
  EXPECT_EQ(refusal(call(http::Method::del, series)), forbidden);
  EXPECT_EQ(refusal(add(series + "/data", "[]")), forbidden);
  EXPECT_EQ(refusal(call(http::Method::del, series + "/data")), forbidden);
  EXPECT_EQ(refusal(add("things", R"({"name":"Boiler"})")), forbidden);
  EXPECT_EQ(refusal(change("things/" + kThing, "{}")), forbidden);
  EXPECT_EQ(refusal(call(http::Method::del, "things/" + kThing)), forbidden);
  EXPECT_EQ(refusal(add("timeseries", R"({"name":"abc","si_unit":"C","thing_uuid":")" + kThing + "\"}")),
            forbidden);

  user_ = "town:only-a";
  EXPECT_EQ(document(read("timeseries")).array().size(), 1u);
  EXPECT_EQ(refusal(read(series)), forbidden);
  EXPECT_EQ(document(read("things/" + kThing + "/timeseries")).array().size(), 1u);
}

TEST_F(VersionTwoTest, RatesAreLimitedForBothVersionsTogether) {
  use({.rate_limit = 3});
  EXPECT_EQ(read("timeseries").status, 200);
  EXPECT_EQ(get("nodes").status, 200);
  EXPECT_EQ(read("timeseries").status, 200);
  const auto refused = read("timeseries");
  EXPECT_EQ(refusal(refused), "429 The domain sends too many requests");
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  EXPECT_EQ(refused.headers.get("X-RateLimit-Limit"), "10800");
  const auto first = get("nodes");
  EXPECT_EQ(error(first), "429 rate_limited");
  EXPECT_EQ(first.headers.get("Retry-After"), "1");
  // Each domain counts alone.
  user_ = "demo:demo-secret";
  EXPECT_EQ(read("timeseries").status, 200);
}

TEST(RateLimit, FillsAgainWithTime) {
  RateLimit limit{10};
  const Timestamp start = Timestamp::from_unix_ns(kClockNs);
  const auto taken = [&](Timestamp now) {
    int count = 0;
    while (count < 100 && limit.take("town", now)) ++count;
    return count;
  };
  EXPECT_EQ(taken(start), 10);
  EXPECT_EQ(taken(start.plus_ns(99'000'000)), 0);
  EXPECT_EQ(taken(start.plus_ns(350'000'000)), 3);
  EXPECT_EQ(taken(start.plus_ns(60 * kNsPerSecond)), 10);
  EXPECT_EQ(taken(start), 0);
}

TEST_F(VersionTwoTest, ListsComeInPagesAndByTag) {
  for (int i = 10; i < 40; ++i)
    make("series" + std::to_string(i), i % 3 == 0 ? R"(,"tags":["third","x"])" : "");
  EXPECT_EQ(document(read("timeseries")).array().size(), 20u);
  EXPECT_EQ(document(read("timeseries?limit=100")).array().size(), 32u);
  EXPECT_EQ(document(read("timeseries?limit=100&offset=30")).array().size(), 2u);
  EXPECT_EQ(document(read("timeseries?tags=third&limit=100")).array().size(), 10u);
  EXPECT_EQ(document(read("timeseries?tags=none,x&limit=4&offset=7")).array().size(), 3u);
  EXPECT_EQ(document(read("timeseries?tags=none&tags=third")).array().size(), 10u);
  // Pages meet without a gap.
  const auto all = document(read("timeseries?limit=100")), first = document(read("timeseries?limit=5")),
             second = document(read("timeseries?limit=5&offset=5"));
  EXPECT_EQ(first.array()[4].to_string(), all.array()[4].to_string());
  EXPECT_EQ(second.array()[0].to_string(), all.array()[5].to_string());
}

TEST_F(VersionTwoTest, ThingsAreNodes) {
  const auto made =
      add("things",
          R"({"name":"Boiler room","type":"building/office","tags":["heat"],"parent":")" + kThing + "\"}");
  ASSERT_EQ(made.status, 201) << made.body;
  json::Value thing = document(made);
  const std::string uuid = text(thing, "uuid");
  EXPECT_EQ(text(thing, "state") + " " + text(thing, "type"), "active building/office");
  EXPECT_EQ(text(thing, "parent"), kThing);
  EXPECT_EQ(read("things/" + uuid).body, made.body);
  EXPECT_EQ(document(read("things/" + kThing)).find("children")->to_string(), "[\"" + uuid + "\"]");
  EXPECT_EQ(document(read("things?tags=heat")).array().size(), 1u);
  EXPECT_EQ(document(read("things")).array().size(), 2u);

  EXPECT_EQ(change("things/" + uuid, R"({"state":"archived","type":null,"parent":null,"tags":["x"]})").status,
            204);
  thing = document(read("things/" + uuid));
  EXPECT_EQ(text(thing, "state"), "archived");
  EXPECT_TRUE(thing.find("type")->is_null());
  EXPECT_TRUE(thing.find("parent")->is_null());
  // API v1 shows the same node.
  const json::Value node = document(get("nodes/" + uuid));
  EXPECT_EQ(node.find("archived")->to_string() + node.find("enabled")->to_string(), "truefalse");
  EXPECT_EQ(text(node, "name"), "Boiler room");

  EXPECT_EQ(refusal(change("things/" + uuid, R"({"state":"gone"})")),
            "400 state: Must be active, inactive, passive or archived");
  EXPECT_EQ(refusal(change("things/" + kThing, R"({"parent":")" + kThing + "\"}")),
            "400 parent: A node can't stand below itself");
  EXPECT_EQ(refusal(add("things", R"({"type":"abc"})")), "400 name: It is required");

  EXPECT_EQ(call(http::Method::del, "things/" + uuid).status, 204);
  EXPECT_EQ(read("things/" + uuid).status, 404);
}

TEST_F(VersionTwoTest, ASeriesMovesToAnotherThingWithItsData) {
  ASSERT_EQ(post("silent=true", body("7", "a", {{10, 1}})).status, 204);
  const std::string uuid = uuid_of("a");
  const std::string other = text(document(add("things", R"({"name":"Other"})")), "uuid");
  ASSERT_EQ(change("timeseries/" + uuid, R"({"thing_uuid":")" + other + "\"}").status, 204);
  EXPECT_EQ(text(document(read("timeseries/" + uuid)), "thing_uuid"), other);
  EXPECT_EQ(data(uuid), R"([{"v":1,"ts":"2024-05-01T10:00:00Z"}])");
  EXPECT_EQ(uuid_of("a"), "none");
  EXPECT_EQ(refusal(change("timeseries/" + uuid, R"({"thing_uuid":null})")),
            "400 thing_uuid: Must be a UUID");
}

TEST_F(VersionTwoTest, UuidsOutliveARestart) {
  const std::string uuid = make("lasting", R"(,"lower_bound":1,"tags":["t"])");
  const std::string before = read("timeseries/" + uuid).body;
  const std::string things = read("things").body;
  reopen();
  EXPECT_EQ(read("timeseries/" + uuid).body, before);
  EXPECT_EQ(read("things").body, things);
}

TEST_F(VersionTwoTest, APointOfAnotherDoorKeepsItsUnitAndType) {
  archive::Archive::Edit bind = [](catalog::Editor& editor) -> Result<void> {
    Point point;
    point.tag = "PLANT:COUNT";
    point.type = PointType::int32;
    point.eng_units = "pcs";
    TRY(const PointId id, editor.add_point(point));
    editor.bind(Door::energyview, "town/7/count", id);
    return {};
  };
  ASSERT_TRUE(sync_wait(archive_->change(bind, Door::internal, 0)).has_value());
  const std::string uuid = uuid_of("count"), path = "timeseries/" + uuid;
  EXPECT_EQ(text(document(read(path)), "si_unit"), "pcs");
  EXPECT_EQ(add(path + "/data?unit=pcs", R"([{"v":41,"ts":"2024-05-01T10:00:00Z"}])").status, 201);
  EXPECT_EQ(data(uuid), R"([{"v":41,"ts":"2024-05-01T10:00:00Z"}])");
  EXPECT_EQ(refusal(add(path + "/data",
                        R"([{"v":1,"ts":"2024-05-01T11:00:00Z"},{"v":1.5,"ts":"2024-05-01T12:00:00Z"}])")),
            "400 [1].v: The value does not fit the type of the point");
  EXPECT_EQ(refusal(change(path, R"({"si_unit":"C"})")),
            "400 si_unit: The unit of this series is set elsewhere");
  EXPECT_EQ(change(path, R"({"name":"Pieces"})").status, 204);
  // The series goes, the point stays.
  EXPECT_EQ(call(http::Method::del, path).status, 204);
  EXPECT_EQ(uuid_of("Pieces"), "none");
  EXPECT_NE(archive_->catalog()->points.find_tag("PLANT:COUNT"), nullptr);
}

}  // namespace
}  // namespace penstock::dialects::energyview
