#include "dialects/buildingx/parse_regular.h"

#include <gtest/gtest.h>

#include "dialects/buildingx/parse.h"

namespace penstock::dialects::buildingx {
namespace {

const Timestamp kLatest = *parse_timestamp("2026-11-20T12:00:00Z", OffsetRule::required);

std::string value(const std::string& text, const std::string& time = "2024-03-02T07:15:00.510Z",
                  const std::string& more = "") {
  return R"({"type":"PointValue","attributes":{"timestamp":")" + time + R"(","value":")" + text + "\"" +
         more + "}}";
}
std::string document(const std::string& first, const std::string& other, int n = 6) {
  std::string body = "{\"data\":[" + first;
  for (int i = 1; i < n; ++i) body += "," + (i == 3 ? other : first);
  return body + "]}";
}

struct Case {
  const char* name;
  PointType type;
  std::string body;
  bool regular;
};

std::vector<Case> cases() {
  const PointType f64 = PointType::float64, f32 = PointType::float32, i32 = PointType::int32,
                  i16 = PointType::int16;
  const std::string good = R"(,"qualityOfValue":0)", poor = R"(,"qualityOfValue":1)";
  const std::string usual = value("12.66");
  return {
      {"numbers", f64, document(usual, value("-7")), true},
      {"single precision", f32, document(usual, value("0.1")), true},
      {"whole numbers", i32, document(value("5"), value("-2147483648")), true},
      {"good quality", f64,
       document(value("1", "2024-03-02T07:15:00Z", good), value("2", "2024-03-02T07:15:00Z", good)), true},
      {"no zone", f64, document(value("1", "2024-03-02T07:15:00"), value("1", "2024-03-02T07:15:01.9999")),
       true},
      {"another offset", f64,
       document(value("1", "2024-03-02T07:15:00+01:00"), value("2", "2024-03-02T07:15:01+01:00")), true},
      {"the latest", f64, document(usual, value("1", "2026-11-20T12:00:00Z")), true},
      {"too late", f64, document(usual, value("1", "2026-11-20T12:00:00.001Z")), false},
      {"a plus sign", f64, document(usual, value("+5")), false},
      {"beyond single precision", f32, document(usual, value("1e39")), false},
      {"no number", f64, document(usual, value("on")), false},
      {"beyond 16 bits", i16, document(value("5"), value("32768")), false},
      {"a fraction", i32, document(value("5"), value("5.0")), false},
      {"poor quality", f64, document(usual, value("1", "2024-03-02T07:15:00Z", poor)), false},
      {"all of poor quality", f64,
       document(value("1", "2024-03-02T07:15:00Z", poor), value("1", "2024-03-02T07:15:00Z", poor)), false},
      {"another type", f64,
       document(usual, R"({"type":"Point","attributes":{"timestamp":"2024-03-02T07:15:00Z","value":"1"}})"),
       false},
      {"a number that is no text", f64,
       document(R"({"type":"PointValue","attributes":{"timestamp":"2024-03-02T07:15:00Z","value":1}})",
                R"({"type":"PointValue","attributes":{"timestamp":"2024-03-02T07:15:00Z","value":1}})"),
       false},
      {"an id", f64, document(R"({"id":"1",)" + usual.substr(1), R"({"id":"1",)" + usual.substr(1)), false},
      {"texts", PointType::string, document(usual, usual), false},
      {"a hundred", f64, document(usual, usual, 100), true},
      {"more than a hundred", f64, document(usual, usual, 101), false},
      {"cut off", f64, document(usual, usual).substr(0, 300), false},
  };
}

TEST(RegularPointValues, AgreeWithTheReadingByItem) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Point point;
    point.type = c.type;
    const PointFormat format{point};
    const http::Body body{c.body};
    const auto regular = parse_regular_values(body, format, kLatest);
    EXPECT_EQ(regular.has_value(), c.regular);
    if (!regular) continue;
    const auto careful = parse_point_values(body);
    ASSERT_TRUE(careful.has_value());
    ASSERT_EQ(careful->items.size(), regular->size());
    for (std::size_t i = 0; i < regular->size(); ++i) {
      const auto kept = parse_value(careful->items[i].value, format);
      ASSERT_TRUE(kept.has_value());
      EXPECT_EQ(regular->value(i), *kept);
      EXPECT_EQ(regular->times[i], careful->items[i].time_ns);
      EXPECT_EQ(careful->items[i].quality_of_value, 0);
    }
  }
}

}  // namespace
}  // namespace penstock::dialects::buildingx
