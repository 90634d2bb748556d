#include "dialects/energyview/parse_regular.h"

#include "dialects/energyview/parse.h"
#include "door_fixture.h"

namespace penstock::dialects::energyview {
namespace {

std::string entry(const std::string& node, const std::string& tag, const std::string& points) {
  return R"({"node_id":)" + node + R"(,"tag":")" + tag + R"(","data":[)" + points + "]}";
}
std::string point(int second, const std::string& value = "71.25") {
  return R"({"v":)" + value + R"(,"ts":"2024-05-01T10:00:)" + std::to_string(second) + R"(Z"})";
}
std::string points(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += (i == 0 ? "" : ", ") + point(10 + i, std::to_string(i) + ".5");
  return text;
}
std::string list(const std::string& first, const std::string& more) {
  std::string body = "[" + first;
  for (int i = 0; i < 5; ++i) body += "," + more;
  return body + "]";
}

struct Case {
  const char* name;
  std::string body;
  bool regular;
};

std::vector<Case> cases() {
  const std::string a = entry("7", "a", point(10)), b = entry("7", "b", point(11));
  const std::string uuid = std::string{"\""} + kNodeUuid + "\"";
  return {
      {"one point each", list(a, b), true},
      {"one run", "[" + entry("7", "a", points(20)) + "]", true},
      {"runs", list(entry("7", "a", points(5)), entry("7", "b", points(7))), true},
      {"wrapped", "{\"timeseries\": " + list(a, b) + "}", true},
      {"by UUID", list(entry(uuid, "a", point(10)), entry(uuid, "b", point(10))), true},
      {"by both names",
       list(R"({"node_id":7,"node_uuid":)" + uuid + R"(,"x":"é","tag":"a","data":[)" + points(2) + "]}",
            R"({"node_id":8,"node_uuid":)" + uuid + R"(,"x":"é","tag":"a","data":[)" + points(2) + "]}"),
       true},
      {"another offset, digits that are cut",
       list(entry("7", "a", R"({"ts":"2024-05-01T10:00:00.1234567+02:00","v":1e-3})"),
            entry("7", "a", R"({"ts":"2024-05-01T10:00:00.9999999+02:00","v":-0.0})")),
       true},
      {"clock times of the domain", list(a, entry("7", "b", R"({"v":1,"ts":"2024-05-01T10:00:00"})")), false},
      {"minus zero", list(a, entry("7", "b", point(10, "-0"))), false},
      {"a text for a number", list(a, entry("7", "b", point(10, "\"1\""))), false},
      {"null", list(a, entry("7", "b", point(10, "null"))), false},
      {"a tag that is none", list(a, entry("7", "b c", point(10))), false},
      {"a UUID that is none", list(entry("\"x\"", "a", point(10)), entry("\"x\"", "a", point(10))), false},
      {"a negative node", list(a, entry("-7", "b", point(10))), false},
      {"no points", list(a, entry("7", "b", "")), false},
      {"names behind the points", list(R"({"node_id":7,"data":[)" + point(10) + R"(],"tag":"a"})", a), false},
      {"an escape in a tag", list(a, entry("7", "\\u0062", point(10))), false},
      {"cut off", list(a, b).substr(0, 280), false},
      {"something behind", list(a, b) + "1", false},
      {"short", "[" + a + "]", false},
  };
}

bool same(const SeriesEntry& a, const SeriesEntry& b) {
  return a.node.to_string() == b.node.to_string() && a.node.by_uuid == b.node.by_uuid &&
         a.has_second_name == b.has_second_name && (!a.has_second_name || a.second_name == b.second_name) &&
         a.tag == b.tag && a.data == b.data;
}

TEST(RegularSeries, AgreeWithTheReadingByItem) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const http::Body body{c.body};
    const auto regular = parse_regular_series(body);
    EXPECT_EQ(regular.has_value(), c.regular);
    if (!regular) continue;
    const auto careful = parse_series_by_item(body, {});
    ASSERT_TRUE(careful);
    ASSERT_EQ(regular->size(), careful->size());
    for (std::size_t i = 0; i < regular->size(); ++i) EXPECT_TRUE(same((*regular)[i], (*careful)[i])) << i;
  }
}

class SliceTest : public DoorTest {
 protected:
  std::optional<std::vector<PointSample>> slice_of(const std::string& body,
                                                   const std::string& pattern = "*") {
    const auto tables = archive_->catalog();
    const auto caller = principal(1, pattern, auth::Right::read | auth::Right::write, "town");
    return parse_regular_slice(http::Body{body}, *tables, "town", *caller);
  }
};

TEST_F(SliceTest, IsOfKnownSeriesThatTheCallerMayWrite) {
  const std::string a = entry("7", "a", point(10)), b = entry("7", "b", point(11));
  ASSERT_TRUE(slice_of(list(a, b)));
  EXPECT_EQ(slice_of(list(a, b))->size(), 6u);
  EXPECT_FALSE(slice_of(list(a, b), "EV.town.*.a"));
  EXPECT_TRUE(slice_of(list(a, a), "EV.town.*.a"));
  EXPECT_FALSE(slice_of(list(a, entry("7", "c", point(10)))));
  EXPECT_FALSE(slice_of(list(a, entry("8", "a", point(10)))));
  EXPECT_FALSE(slice_of(list(a, entry("7", "a", points(20)))));
}

TEST_F(SliceTest, IsWrittenLikeRuns) {
  const std::string body = list(entry("7", "a", R"({"v":1.5,"ts":"2024-05-01T10:00:00Z"})"),
                                entry("7", "b", R"({"v":2.5,"ts":"2024-05-01T11:00:00Z"})"));
  const auto first = post("silent=true", body);
  EXPECT_EQ(first.status, 204);
  EXPECT_EQ(first.headers.get("Penstock-Stored"), "2");
  EXPECT_EQ(first.headers.get("Penstock-Ignored"), "4");
  EXPECT_EQ(stored("a"), "10=1.5");
  EXPECT_EQ(stored("b"), "11=2.5");
  const auto again = post("silent=true&overwrite=update_window", body);
  EXPECT_EQ(again.headers.get("Penstock-Replaced"), "6");
  const auto windowed = post("silent=true&overwrite=replace_window", body);
  EXPECT_EQ(windowed.status, 204);
  EXPECT_EQ(stored("b"), "11=2.5");
}

}  // namespace
}  // namespace penstock::dialects::energyview
