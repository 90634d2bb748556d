#include "dialects/buildingx/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::dialects::buildingx {
namespace {

std::string item(const std::string& attributes) {
  return R"({"type":"PointValue","attributes":)" + attributes + "}";
}
std::string body_of(const std::string& items) {
  return R"({"data":[)" + items + "]}";
}
tl::expected<PointValues, Problems> parse(const std::string& text) {
  return parse_point_values(http::Body{text});
}

TEST(PointValuesBody, ReadsTimeTextAndQuality) {
  const auto values = parse(body_of(item(R"({"timestamp":"2000-05-11T10:32:54.964Z","value":"12.66"})") +
                                    "," + item(R"({"value":"","timestamp":"1969-12-31T23:59:59.9999Z",
                                             "qualityOfValue":2,"other":{"a":[1,null,true]}})")));
  ASSERT_TRUE(values.has_value()) << values.error().front().detail;
  ASSERT_EQ(values->items.size(), 2u);
  EXPECT_EQ(values->items[0].time_ns, 958041174964000000);
  EXPECT_EQ(values->items[0].value, "12.66");
  EXPECT_EQ(values->items[0].quality_of_value, 0);
  // Cut down to the millisecond, also before 1970.
  EXPECT_EQ(values->items[1].time_ns, -1000000);
  EXPECT_EQ(values->items[1].quality_of_value, 2);
}

TEST(PointValuesBody, TakesOneObjectAsAListOfOne) {
  const auto values =
      parse(R"({"data":)" + item(R"({"timestamp":"2024-01-01T00:00:00Z","value":"1"})") + "}");
  ASSERT_TRUE(values.has_value());
  EXPECT_EQ(values->items.size(), 1u);
  EXPECT_EQ(values->pointer(0), "/data");
}

struct BadCase {
  const char* name;
  std::string body;
  ProblemKind kind;
  const char* pointer;
};

const std::string kGood = item(R"({"timestamp":"2024-03-02T07:15:00Z","value":"1"})");

TEST(PointValuesBody, WhatIsWrongIsNamedWithItsPlace) {
  const BadCase cases[] = {
      {"nothing", "", ProblemKind::invalid_json, ""},
      {"no JSON", "abc", ProblemKind::invalid_json, ""},
      {"cut short", body_of(kGood).substr(0, 60), ProblemKind::invalid_json, ""},
      {"text behind the document", body_of(kGood) + "x", ProblemKind::invalid_json, ""},
      {"a second document", body_of(kGood) + body_of(kGood), ProblemKind::invalid_json, ""},
      {"broken inside of an ignored member", R"({"meta":[1,,2],"data":[)" + kGood + "]}",
       ProblemKind::invalid_json, ""},
      {"bytes that are no UTF-8", body_of(item("{\"timestamp\":\"\xff\",\"value\":\"1\"}")),
       ProblemKind::invalid_json, ""},
      {"an array", "[1]", ProblemKind::invalid_document, ""},
      {"no data", R"({"dat":[]})", ProblemKind::invalid_document, "/data"},
      {"data is a text", R"({"data":"x"})", ProblemKind::invalid_document, "/data"},
      {"no items", R"({"data":[]})", ProblemKind::batch_size, "/data"},
      {"an item that is no object", body_of(kGood + ",7"), ProblemKind::invalid_document, "/data/1"},
      {"no type", body_of(R"({"attributes":{}})"), ProblemKind::invalid_document, "/data/0/type"},
      {"another type", body_of(R"({"type":"Point","attributes":{}})"), ProblemKind::type_mismatch,
       "/data/0/type"},
      {"an id", body_of(R"({"type":"PointValue","id":"x","attributes":{}})"),
       ProblemKind::client_generated_id, "/data/0/id"},
      {"no attributes", body_of(R"({"type":"PointValue"})"), ProblemKind::invalid_document,
       "/data/0/attributes"},
      {"no timestamp", body_of(item(R"({"value":"1"})")), ProblemKind::invalid_timestamp,
       "/data/0/attributes/timestamp"},
      {"a number as timestamp", body_of(item(R"({"timestamp":1,"value":"1"})")),
       ProblemKind::invalid_timestamp, "/data/0/attributes/timestamp"},
      {"a day as timestamp", body_of(item(R"({"timestamp":"2024-03-02","value":"1"})")),
       ProblemKind::invalid_timestamp, "/data/0/attributes/timestamp"},
      {"the 30th of February", body_of(item(R"({"timestamp":"2024-02-30T00:00:00Z","value":"1"})")),
       ProblemKind::invalid_timestamp, "/data/0/attributes/timestamp"},
      {"a year that can't be kept", body_of(item(R"({"timestamp":"2300-01-01T00:00:00Z","value":"1"})")),
       ProblemKind::invalid_timestamp, "/data/0/attributes/timestamp"},
      {"a number as value", body_of(kGood + "," + item(R"({"timestamp":"2024-03-02T07:15:00Z","value":5})")),
       ProblemKind::invalid_value, "/data/1/attributes/value"},
      {"null as value", body_of(item(R"({"timestamp":"2024-03-02T07:15:00Z","value":null})")),
       ProblemKind::invalid_value, "/data/0/attributes/value"},
      {"no value", body_of(item(R"({"timestamp":"2024-03-02T07:15:00Z"})")), ProblemKind::invalid_value,
       "/data/0/attributes/value"},
      {"quality 4", body_of(item(R"({"timestamp":"2024-03-02T07:15:00Z","value":"1","qualityOfValue":4})")),
       ProblemKind::invalid_quality, "/data/0/attributes/qualityOfValue"},
      {"quality as text",
       body_of(item(R"({"timestamp":"2024-03-02T07:15:00Z","value":"1","qualityOfValue":"0"})")),
       ProblemKind::invalid_quality, "/data/0/attributes/qualityOfValue"},
  };
  for (const BadCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto values = parse(c.body);
    ASSERT_FALSE(values.has_value());
    ASSERT_EQ(values.error().size(), 1u);
    EXPECT_EQ(values.error().front().kind, c.kind);
    EXPECT_EQ(values.error().front().pointer, c.pointer);
  }
}

TEST(PointValuesBody, HoldsOneToOneHundred) {
  std::string items = kGood;
  for (int i = 1; i < 100; ++i) items += "," + kGood;
  EXPECT_TRUE(parse(body_of(items)).has_value());
  const auto more = parse(body_of(items + "," + kGood));
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().front().kind, ProblemKind::batch_size);
}

TEST(PointValuesBody, CollectsOneProblemPerBadItem) {
  const auto values = parse(body_of(item("{}") + "," + kGood + "," + R"({"type":"Point"})"));
  ASSERT_FALSE(values.has_value());
  ASSERT_EQ(values.error().size(), 2u);
  EXPECT_EQ(values.error()[0].pointer, "/data/0/attributes/timestamp");
  EXPECT_EQ(values.error()[1].kind, ProblemKind::type_mismatch);
  // Problems of different status answer as 400.
  EXPECT_EQ(render_problems(values.error()).status, 400);
}

TEST(Rfc3339, WhatIsTaken) {
  struct {
    const char* text;
    std::int64_t ms;
  } const cases[] = {
      {"2024-03-02T07:15:00.250Z", 1709363700250},       {"2024-03-02t07:15:00.250z", 1709363700250},
      {"2024-03-02T07:15:00Z", 1709363700000},           {"2024-03-02T08:15:00.25+01:00", 1709363700250},
      {"2024-03-02T07:15:00.250999999Z", 1709363700250}, {"2024-03-02T07:15:00.250", 1709363700250},
      {"2016-12-31T23:59:60Z", 1483228799999},           {"1677-09-22T00:00:00Z", -9223286400000},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto time = parse_rfc3339(c.text);
    ASSERT_TRUE(time.has_value()) << time.error().detail;
    EXPECT_EQ(time->floor_to(kNsPerMillisecond).unix_ns() / kNsPerMillisecond, c.ms);
  }
}

TEST(Rfc3339, WhatIsNot) {
  for (const char* text :
       {"2024-03-02 07:15:00Z", "2024-03-02T07:15Z", "2024-03-02T07:15:00,5Z", "2024-03-02T07:15:00+0100",
        "2024-03-02T07:15:00+01", "2024-03-02T07:15:00.1234567890Z", "2024-03-02T07:15:00.Z", "", "now"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_rfc3339(text).has_value());
  }
}

}  // namespace
}  // namespace penstock::dialects::buildingx
