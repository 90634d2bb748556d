#include "dialects/energyview/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::dialects::energyview {
namespace {

constexpr const char* kUuid = "12345678-1234-1234-1234-123456789012";

Checked<std::vector<SeriesEntry>> parse(const std::string& text, Zone zone = {}) {
  return parse_series(http::Body{text}, zone);
}

TEST(SeriesBody, ReadsTheGuidesExample) {
  const auto entries =
      parse(std::string{R"([
    {"node_id": 1, "tag": "outdoortemp", "data": [
      {"v": 12.3, "ts": "2023-01-01T12:00:00Z"}, {"ts": "2023-01-01T14:10:00.1234567+02:00", "v": 12}]},
    {"node_id": ")"} +
            kUuid + R"(", "tag": "outdoortemp", "data": [{"v": -1e-3, "ts": "2023-01-01T12:00:00Z"}]}])");
  ASSERT_TRUE(entries.has_value()) << entries.error().error;
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].node.id, 1u);
  EXPECT_FALSE((*entries)[0].node.by_uuid);
  EXPECT_EQ((*entries)[0].tag, "outdoortemp");
  EXPECT_EQ((*entries)[0].data.times, (std::vector<std::int64_t>{1672574400000000000, 1672575000123456000}));
  EXPECT_EQ((*entries)[0].data.numbers, (std::vector<double>{12.3, 12}));
  EXPECT_TRUE((*entries)[1].node.by_uuid);
  EXPECT_EQ((*entries)[1].node.uuid.to_string(), kUuid);
}

TEST(SeriesBody, MayBeWrapped) {
  const auto entries = parse(R"({"x":{"y":[]},"timeseries":[{"node_id":7,"tag":"a","data":[]}]})");
  ASSERT_TRUE(entries.has_value());
  EXPECT_TRUE(entries->front().data.empty());
}

TEST(SeriesBody, NamesANodeByItsSecondMember) {
  const auto entries = parse(std::string{R"([{"node_uuid":")"} + kUuid + R"(","tag":"a","data":[]}])");
  ASSERT_TRUE(entries.has_value());
  EXPECT_TRUE(entries->front().node.by_uuid);
  EXPECT_FALSE(entries->front().has_second_name);
}

struct BadCase {
  const char* name;
  const char* body;
  Code code;
  const char* param;
};

TEST(SeriesBody, WhatIsWrongIsNamedWithItsPlace) {
  const BadCase cases[] = {
      {"nothing", "", Code::invalid_json, ""},
      {"no JSON", "[{", Code::invalid_json, ""},
      {"behind the array", R"([{"node_id":1,"tag":"a","data":[]}] 1)", Code::invalid_json, ""},
      {"broken behind the first bad field", R"([{"node_id":"x","tag":"a","data":[}])", Code::invalid_json,
       ""},
      {"broken inside of an ignored member", R"([{"node_id":1,"tag":"a","data":[],"x":[1 2]}])",
       Code::invalid_json, ""},
      {"a number", "7", Code::invalid_parameter, ""},
      {"no series", "[]", Code::invalid_parameter, ""},
      {"an object without series", "{}", Code::missing_parameter, "timeseries"},
      {"a series that is none", "[7]", Code::invalid_parameter, "[0]"},
      {"no node", R"([{"tag":"a","data":[]}])", Code::missing_parameter, "[0].node_id"},
      {"a fraction as node", R"([{"node_id":1.5,"tag":"a","data":[]}])", Code::invalid_parameter,
       "[0].node_id"},
      {"a negative node", R"([{"node_id":-1,"tag":"a","data":[]}])", Code::invalid_parameter, "[0].node_id"},
      {"digits as text", R"([{"node_id":"7","tag":"a","data":[]}])", Code::invalid_parameter, "[0].node_id"},
      {"null as node", R"([{"node_id":null,"tag":"a","data":[]}])", Code::invalid_parameter, "[0].node_id"},
      {"no tag", R"([{"node_id":1,"data":[]}])", Code::missing_parameter, "[0].tag"},
      {"a dot in a tag", R"([{"node_id":1,"tag":"a.b","data":[]}])", Code::invalid_parameter, "[0].tag"},
      {"no data", R"([{"node_id":1,"tag":"a"}])", Code::missing_parameter, "[0].data"},
      {"data that is no array", R"([{"node_id":1,"tag":"a","data":{}}])", Code::invalid_parameter,
       "[0].data"},
      {"a point that is none", R"([{"node_id":1,"tag":"a","data":[[]]}])", Code::invalid_parameter,
       "[0].data[0]"},
      {"a text as value", R"([{"node_id":1,"tag":"a","data":[{"v":"3","ts":"2024-05-01T10:00:00Z"}]}])",
       Code::invalid_value, "[0].data[0].v"},
      {"null as value", R"([{"node_id":1,"tag":"a","data":[{"v":null,"ts":"2024-05-01T10:00:00Z"}]}])",
       Code::invalid_value, "[0].data[0].v"},
      {"true as value", R"([{"node_id":1,"tag":"a","data":[{"v":true,"ts":"2024-05-01T10:00:00Z"}]}])",
       Code::invalid_value, "[0].data[0].v"},
      {"a value beyond a double",
       R"([{"node_id":1,"tag":"a","data":[{"v":1e999,"ts":"2024-05-01T10:00:00Z"}]}])", Code::invalid_value,
       "[0].data[0].v"},
      {"no value", R"([{"node_id":1,"tag":"a","data":[{"ts":"2024-05-01T10:00:00Z"}]}])",
       Code::missing_parameter, "[0].data[0].v"},
      {"no time", R"([{"node_id":1,"tag":"a","data":[{"v":1}]}])", Code::missing_parameter, "[0].data[0].ts"},
      {"a number as time", R"([{"node_id":1,"tag":"a","data":[{"v":1,"ts":1714557600}]}])",
       Code::invalid_timestamp, "[0].data[0].ts"},
      {"a day as time in the second series",
       R"([{"node_id":1,"tag":"a","data":[]},{"node_id":1,"tag":"a","data":[{"v":1,"ts":"2024-05-01T10:00:00Z"},
          {"v":1,"ts":"2024-05-01"}]}])",
       Code::invalid_timestamp, "[1].data[1].ts"},
  };
  for (const BadCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto entries = parse(c.body);
    ASSERT_FALSE(entries.has_value());
    EXPECT_EQ(entries.error().code, c.code) << entries.error().error;
    EXPECT_EQ(entries.error().param, c.param);
  }
}

TEST(SeriesBody, ReadsTimesWithoutOffsetInTheDomainsZone) {
  const auto stockholm = Zone::find("Europe/Stockholm");
  ASSERT_TRUE(stockholm.has_value());
  const auto entries =
      parse(R"([{"node_id":1,"tag":"a","data":[{"v":1,"ts":"2024-05-01T12:00:00"}]}])", *stockholm);
  ASSERT_TRUE(entries.has_value());
  EXPECT_EQ(format_trimmed(entries->front().data.time(0)), "2024-05-01T10:00:00Z");
}

http::Request form_request(const std::string& body) {
  http::Request request;
  request.set_target("/demo/api/v1/timeseries");
  request.body.assign(body);
  return request;
}

TEST(FormBody, TakesOnePoint) {
  const auto write = parse_form_write(
      form_request("node_id=7&tag=a&val=1.5&ts=2024-05-01T12:00:00%2B02:00&silent=true"), {});
  ASSERT_TRUE(write.has_value()) << write.error().error;
  EXPECT_TRUE(write->single);
  EXPECT_TRUE(write->options.silent);
  ASSERT_EQ(write->entries.size(), 1u);
  EXPECT_EQ(write->entries.front().data.numbers, std::vector<double>{1.5});
  EXPECT_EQ(format_trimmed(write->entries.front().data.time(0)), "2024-05-01T10:00:00Z");
}

TEST(FormBody, TakesManyPointsAsJsonText) {
  const auto write = parse_form_write(
      form_request(
          "overwrite=replace_window&timeseries=" +
          http::percent_encode(R"([{"node_id":7,"tag":"a","data":[{"v":1,"ts":"2024-05-01T12:00:00Z"}]}])")),
      {});
  ASSERT_TRUE(write.has_value()) << write.error().error;
  EXPECT_FALSE(write->single);
  EXPECT_EQ(write->options.overwrite, Overwrite::replace_window);
  EXPECT_EQ(write->entries.front().data.size(), 1u);
}

TEST(FormBody, WhatIsWrongIsNamed) {
  struct {
    const char* body;
    Code code;
    const char* param;
  } const cases[] = {
      {"", Code::missing_parameter, "node_id"},
      {"node_id=7&tag=a&val=1", Code::missing_parameter, "ts"},
      {"node_id=x&tag=a&val=1&ts=2024-05-01T12:00:00Z", Code::invalid_parameter, "node_id"},
      {"node_id=7&tag=a&val=nan&ts=2024-05-01T12:00:00Z", Code::invalid_value, "val"},
      {"node_id=7&tag=a&val=1&ts=today", Code::invalid_timestamp, "ts"},
      {"timeseries=[]&tag=a", Code::invalid_parameter, "tag"},
      {"timeseries=[", Code::invalid_json, ""},
      {"node_id=7&tag=a&val=1&ts=2024-05-01T12:00:00Z&silent=", Code::invalid_parameter, "silent"},
      {"node_id=7&tag=a&val=1&ts=2024-05-01T12:00:00Z&overwrite=replace", Code::invalid_parameter,
       "overwrite"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const auto write = parse_form_write(form_request(c.body), {});
    ASSERT_FALSE(write.has_value());
    EXPECT_EQ(write.error().code, c.code);
    EXPECT_EQ(write.error().param, c.param);
  }
}

TEST(ReadParameters, ReadNodesTagsAndBuckets) {
  const auto query =
      parse_read_query(http::Parameters::parse(
                           std::string{"node_ids=[7,\""} + kUuid +
                           "\"]&tags=[\"a\",\"b\"]&start=2024-05-01T10:00:00Z&end=2024-05-01T16:00:00+02:00"
                           "&resolution=15minute&aggregate=max&epoch=1"),
                       {}, Timestamp::from_unix_ns(0));
  ASSERT_TRUE(query.has_value()) << query.error().error;
  EXPECT_EQ(query->nodes.size(), 2u);
  EXPECT_EQ(query->tags, (std::vector<std::string>{"a", "b"}));
  // A plus sign that was not escaped is still one.
  EXPECT_EQ(format_trimmed(query->end), "2024-05-01T14:00:00Z");
  EXPECT_EQ(query->resolution, Resolution::minute15);
  EXPECT_EQ(query->aggregate, Aggregate::max);
  EXPECT_TRUE(query->epoch);
}

TEST(ReadParameters, WhatIsWrongIsNamed) {
  struct {
    const char* query;
    const char* param;
  } const cases[] = {
      {"node_id=7&node_ids=[7]", "node_ids"},
      {"tag=a&tags=[\"a\"]", "tags"},
      {"node_ids=7", "node_ids"},
      {"node_ids=[\"7\"]", "node_ids"},
      {"node_ids=[1.5]", "node_ids"},
      {"tags=[1]", "tags"},
      {"start=x", "start"},
      {"start=2024-05-02T00:00:00Z&end=2024-05-01T00:00:00Z", "start"},
      {"resolution=week", "resolution"},
      {"resolution=day&aggregate=median", "aggregate"},
      {"epoch=2", "epoch"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.query);
    const auto query = parse_read_query(http::Parameters::parse(c.query), {}, Timestamp::from_unix_ns(0));
    ASSERT_FALSE(query.has_value());
    EXPECT_EQ(query.error().param, c.param);
  }
}

}  // namespace
}  // namespace penstock::dialects::energyview
