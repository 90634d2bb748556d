#include <gtest/gtest.h>

#include "dialects/piwebapi/parse_regular.h"

namespace penstock::dialects::piwebapi {
namespace {

const Timestamp kNow = *parse_timestamp("2026-11-20T12:43:20.1234567Z", OffsetRule::required);

Stream stream(PointType type, bool future = false) {
  Stream stream;
  stream.type = type;
  stream.future = future;
  if (type == PointType::digital) {
    DigitalSet set;
    set.id = static_cast<SetId>(1);
    set.states = {{0, "Inactive", ""}, {1, "Active", ""}, {2, "Idle", ""}};
    stream.set = set;
  }
  return stream;
}

/// Eight rows, the sixth of which is as given; the others are `row`.
std::string list(const std::string& row, const std::string& sixth, const std::string& between = ",") {
  std::string body = "[";
  for (int i = 0; i < 8; ++i) {
    if (i > 0) body += between;
    body += i == 5 ? sixth : row;
  }
  return body + "]";
}

const char kRow[] = R"({"Timestamp":"2026-04-02T06:30:00.25Z","Value":71.25})";

struct Case {
  const char* name;
  PointType type;
  std::string body;
  bool regular;  ///< Read by its layout.
};

std::vector<Case> cases() {
  const auto value = [](const std::string& number) {
    return R"({"Timestamp":"2026-04-02T06:30:00.25Z","Value":)" + number + "}";
  };
  const auto at = [](const std::string& time) { return R"({"Timestamp":")" + time + R"(","Value":71.25})"; };
  const std::string flags =
      R"({"Good":true,"Questionable":false,"UnitsAbbreviation":"°C","Value":1.5,"Timestamp":"2026-04-02T08:30:00+02:00"})";
  const PointType f64 = PointType::float64, f32 = PointType::float32, i32 = PointType::int32,
                  i16 = PointType::int16;
  return {
      {"numbers", f64, list(kRow, value("-1e-7")), true},
      {"numbers in single precision", f32, list(kRow, value("0.1")), true},
      {"whole numbers among others", f64, list(kRow, value("7")), true},
      {"many digits", f64, list(kRow, value("0.30000000000000004")), true},
      {"a whole number beyond 2^53", f64, list(kRow, value("9007199254740993")), true},
      {"flags that say nothing", f32, list(flags, flags, ",\n "), true},
      {"wrapped in Items", f64, "{\"Items\": " + list(kRow, kRow) + "}\n", true},
      {"blanks", f64, " \n[ " + list(kRow, kRow, " , ").substr(1) + " ", true},
      {"integers", i32, list(value("5"), value("-70000")), true},
      {"codes of states", PointType::digital, list(value("2"), value("0")), true},
      {"an integer with a fraction", i32, list(value("5"), value("5.5")), false},
      {"an integer beyond its type", i16, list(value("5"), value("40000")), false},
      {"a code of no state", PointType::digital, list(value("2"), value("3")), false},
      {"minus zero", f64, list(kRow, value("-0")), false},
      {"a number beyond single precision", f32, list(kRow, value("1e39")), false},
      {"a number beyond double precision", f64, list(kRow, value("1e400")), false},
      {"a long integer", f64, list(kRow, value("12345678901234567890")), false},
      {"a text", f64, list(kRow, value("\"Bad Input\"")), false},
      {"null", f64, list(kRow, value("null")), false},
      {"a bad value", f64, list(kRow, R"({"Timestamp":"2026-04-02T06:30:00Z","Value":1,"Good":false})"),
       false},
      {"all values bad", f64,
       list(R"({"Timestamp":"2026-04-02T06:30:00Z","Value":1,"Good":false})",
            R"({"Timestamp":"2026-04-02T06:30:00Z","Value":1,"Good":false})"),
       false},
      {"the least time means now", f64, list(kRow, at("1970-01-01T00:00:00Z")), false},
      {"a time in the future", f64, list(kRow, at("2026-11-20T12:53:20.1234568Z")), false},
      {"a time just not in the future", f64, list(kRow, at("2026-11-20T12:53:20.1234567Z")), true},
      {"a time after 2038", f64, list(kRow, at("2039-11-20T12:53:20Z")), false},
      {"nine digits", f64, list(kRow, at("2026-04-02T06:30:00.123456789Z")), true},
      {"ten digits", f64, list(kRow, at("2026-04-02T06:30:00.1234567899Z")), false},
      {"another offset", f64, list(kRow, at("2026-04-02T08:30:00+02:00")), false},
      {"a relative time", f64, list(kRow, at("*-1h")), false},
      {"a leap second", f64, list(kRow, at("2026-04-02T06:30:60Z")), false},
      {"another order", f64, list(kRow, R"({"Value":71.25,"Timestamp":"2026-04-02T06:30:00.25Z"})"), false},
      {"a row that is no object", f64, list(kRow, "5"), false},
      {"a list in a list", f64, "[" + list(kRow, kRow) + "]", false},
      {"something behind the list", f64, list(kRow, kRow) + "1", false},
      {"a comma behind the last row", f64, list(kRow, kRow).substr(0, list(kRow, kRow).size() - 1) + ",]",
       false},
      {"texts", PointType::string, list(kRow, kRow), false},
      {"scaled numbers", PointType::float16, list(kRow, kRow), false},
      {"a short list", f64, "[" + std::string{kRow} + "]", false},
  };
}

TEST(RegularValues, AgreeWithTheReadingByItem) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const http::Body body{c.body};
    const Stream to = stream(c.type);
    const ParseRules rules{true, kNow, 1000};
    const auto regular = parse_regular_values(body, to, rules);
    EXPECT_EQ(regular.has_value(), c.regular);
    const auto careful = parse_values_by_item(body, BodyShape::list, to, rules);
    const auto either = parse_values(body, BodyShape::list, to, rules);
    ASSERT_EQ(careful.has_value(), either.has_value());
    if (!careful) continue;
    EXPECT_TRUE(either->run == careful->run);
    EXPECT_EQ(either->sent, careful->sent);
    EXPECT_EQ(either->errors.size(), careful->errors.size());
    EXPECT_EQ(either->positions, careful->positions);
  }
}

TEST(RegularValues, LimitsAndOptionsHold) {
  const http::Body body{list(kRow, kRow)};
  const Stream to = stream(PointType::float64);
  EXPECT_EQ(parse_regular_values(body, to, {true, kNow, 8})->sent, 8u);
  EXPECT_FALSE(parse_regular_values(body, to, {true, kNow, 7}));
  EXPECT_FALSE(parse_regular_values(body, to, {false, kNow, 1000})) << "Remove looks at times alone";
  const http::Body later{list(kRow, R"({"Timestamp":"2037-04-02T06:30:00Z","Value":71.25})")};
  EXPECT_FALSE(parse_regular_values(later, to, {true, kNow, 8}));
  EXPECT_TRUE(parse_regular_values(later, stream(PointType::float64, true), {true, kNow, 8}));
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
