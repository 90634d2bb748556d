#include <gtest/gtest.h>

#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/parse.h"

namespace penstock::dialects::piwebapi {
namespace {

const Timestamp kNow = *parse_timestamp("2026-11-20T12:43:20.1234567Z", OffsetRule::required);

Stream stream(PointType type) {
  Stream stream;
  stream.point = static_cast<PointId>(1);
  stream.tag = "X";
  stream.type = type;
  if (type == PointType::digital) {
    DigitalSet set;
    set.id = static_cast<SetId>(1);
    set.name = "BatchAct";
    set.states = {{0, "Inactive", ""}, {1, "Active", ""}};
    stream.set = set;
  }
  return stream;
}

ParsedValues parse(std::string_view body, BodyShape shape, const Stream& to, bool values_needed = true) {
  const http::Body bytes{body};
  auto parsed = parse_values(bytes, shape, to, {values_needed, kNow, 1000});
  EXPECT_TRUE(parsed.has_value()) << body << ": " << (parsed ? "" : parsed.error().detail);
  return parsed ? *std::move(parsed) : ParsedValues{};
}

/// What is stored for a value, as a text: the value, `state 248`, or `400`.
std::string stored(const Stream& to, const std::string& json, const char* more = "") {
  const ParsedValues parsed =
      parse("{\"Value\":" + json + more + ",\"Timestamp\":\"2026-04-02T06:30:00Z\"}", BodyShape::one, to);
  if (!parsed.errors.empty()) return "400";
  if (parsed.run.size() != 1) return "nothing";
  if (parsed.run.quality(0).state != 0) return "state " + std::to_string(parsed.run.quality(0).state);
  const Value value = parsed.run.value(0);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  return json::Value{std::get<double>(value)}.to_string();
}

struct CoercionCase {
  PointType type;
  const char* json;
  const char* stored;
};

const CoercionCase kCoercions[] = {
    {PointType::float64, "42.5", "42.5"},
    {PointType::float64, "42", "42"},
    {PointType::float64, "\"111\"", "111"},
    {PointType::float64, "\" 1.5e3 \"", "1500"},
    {PointType::float64, "true", "1"},
    {PointType::float64, "\"abc\"", "400"},
    {PointType::float64, "\"NaN\"", "400"},
    {PointType::float64, "[1]", "400"},
    {PointType::float64, "{\"Name\":\"Running\",\"Value\":1}", "400"},
    {PointType::float64, "{\"Name\":\"No Data\",\"Value\":248,\"IsSystem\":true}", "state 248"},
    {PointType::float64, "{\"Name\":\"I/O Timeout\"}", "state 246"},
    {PointType::float64, "\"I/O Timeout\"", "state 246"},
    {PointType::float64, "null", "400"},
    {PointType::float32, "12.3", "12.300000190734863"},
    {PointType::float32, "1e39", "400"},
    {PointType::float32, "\"abc\"", "400"},
    {PointType::float16, "50", "50"},
    {PointType::float16, "-1", "state 251"},
    {PointType::float16, "101", "state 252"},
    {PointType::int16, "32767", "32767"},
    {PointType::int16, "32768", "400"},
    {PointType::int16, "-1", "400"},
    {PointType::int16, "1.9", "1"},
    {PointType::int32, "-2.9", "-2"},
    {PointType::int32, "\"12\"", "12"},
    {PointType::int32, "2147483647", "2147483647"},
    {PointType::int32, "2147483648", "400"},
    {PointType::int32, "-2147450880", "-2147450880"},
    {PointType::int32, "-2147450881", "400"},
    {PointType::int32, "false", "0"},
    {PointType::digital, "{\"Name\":\"Active\",\"Value\":1}", "1"},
    {PointType::digital, "{\"Name\":\"Active\"}", "1"},
    {PointType::digital, "{\"Name\":\"Active\",\"Value\":0}", "0"},
    {PointType::digital, "{\"Name\":\"1\",\"Value\":\"0\"}", "0"},
    {PointType::digital, "{\"Name\":\"I/O Timeout\",\"Value\":246}", "state 246"},
    {PointType::digital, "{\"name\":\"No Data\",\"value\":248,\"issystem\":true}", "state 248"},
    {PointType::digital, "1", "1"},
    {PointType::digital, "1.0", "1"},
    {PointType::digital, "1.5", "400"},
    {PointType::digital, "2", "400"},
    {PointType::digital, "-248", "state 248"},
    {PointType::digital, "-9", "400"},
    {PointType::digital, "\"Active\"", "1"},
    {PointType::digital, "\"active\"", "1"},
    {PointType::digital, "\"1\"", "1"},
    {PointType::digital, "\"No Data\"", "state 248"},
    {PointType::digital, "\"Gone\"", "400"},
    {PointType::digital, "true", "1"},
    {PointType::string, "\"B-17\"", "B-17"},
    {PointType::string, "\"tab \\t and \\u00e9\"", "tab \t and \u00e9"},
    {PointType::string, "12", "12"},
    {PointType::string, "0.5", "0.5"},
    {PointType::string, "true", "True"},
    {PointType::string, "{\"Name\":\"No Data\",\"IsSystem\":true}", "state 248"},
    {PointType::string, "[]", "400"},
    {PointType::blob, "\"YWJj\"", "abc"},
    {PointType::blob, "[97,98,99]", "abc"},
    {PointType::blob, "[97,300]", "400"},
    {PointType::blob, "\"***\"", "400"},
    {PointType::timestamp, "\"2026-04-02T06:30:00Z\"", "1775111400000000000"},
    {PointType::timestamp, "\"2040-01-01T00:00:00Z\"", "400"},
    {PointType::timestamp, "12", "400"},
};

TEST(Coercion, ByPointType) {
  for (const auto& c : kCoercions) {
    SCOPED_TRACE(std::string{to_string(c.type)} + " <- " + c.json);
    EXPECT_EQ(stored(stream(c.type), c.json), c.stored);
  }
}

TEST(Coercion, BadValuesBecomeStates) {
  const Stream number = stream(PointType::float64), state = stream(PointType::digital);
  EXPECT_EQ(stored(number, "1.5", ",\"Good\":false"), "state 255");
  EXPECT_EQ(stored(number, "null", ",\"Good\":false"), "state 248");
  EXPECT_EQ(stored(number, "\"Calc Failed\"", ",\"Good\":false"), "state 249");
  EXPECT_EQ(stored(state, "-246", ",\"Good\":false"), "state 246");
  EXPECT_EQ(stored(state, "{\"Name\":\"Active\",\"Value\":1}", ",\"Good\":false"), "1");
  EXPECT_EQ(stored(number, "\"abc\"", ",\"Good\":false"), "400");
}

TEST(Coercion, LongTextsAreRefused) {
  const Stream text = stream(PointType::string);
  EXPECT_EQ(stored(text, "\"" + std::string(976, 'x') + "\""), std::string(976, 'x'));
  EXPECT_EQ(stored(text, "\"" + std::string(977, 'x') + "\""), "400");
}

struct TimeCase {
  const char* member;
  bool future;
  const char* stored;  // Null: refused.
};
const TimeCase kTimes[] = {
    {"", false, "2026-11-20T12:43:20.1234567Z"},
    {",\"Timestamp\":null", false, "2026-11-20T12:43:20.1234567Z"},
    {",\"Timestamp\":\"\"", false, "2026-11-20T12:43:20.1234567Z"},
    {",\"Timestamp\":\"*\"", false, "2026-11-20T12:43:20.1234567Z"},
    {",\"TIMESTAMP\":\"*-1h\"", false, "2026-11-20T11:43:20.1234567Z"},
    {",\"Timestamp\":\"2026-04-02T08:30:00+02:00\"", false, "2026-04-02T06:30:00Z"},
    {",\"Timestamp\":\"2026-04-02T06:30:00.12345678Z\"", false, "2026-04-02T06:30:00.1234567Z"},
    {",\"Timestamp\":\"2026-04-02T06:30:00\\u005a\"", false, "2026-04-02T06:30:00Z"},
    {",\"Timestamp\":\"1970-01-01T00:00:00Z\"", false, "2026-11-20T12:43:20.1234567Z"},
    {",\"Timestamp\":\"1970-01-01T00:00:01Z\"", false, "1970-01-01T00:00:01Z"},
    {",\"Timestamp\":\"1969-12-31T23:59:59Z\"", false, nullptr},
    {",\"Timestamp\":\"2026-02-30T00:00:00Z\"", false, nullptr},
    {",\"Timestamp\":\"2026-04-02T24:00:00Z\"", false, nullptr},
    {",\"Timestamp\":\"2026-04-02T06:30:00.Z\"", false, nullptr},
    {",\"Timestamp\":\"2026-04-02T06:30:0xZ\"", false, nullptr},
    {",\"Timestamp\":\"2026-04-02T06:30:00.5Z\"", false, "2026-04-02T06:30:00.5Z"},
    {",\"Timestamp\":\"*+9m\"", false, "2026-11-20T12:52:20.1234567Z"},
    {",\"Timestamp\":\"*+11m\"", false, nullptr},
    {",\"Timestamp\":\"*+11m\"", true, "2026-11-20T12:54:20.1234567Z"},
    {",\"Timestamp\":\"2039-01-01T00:00:00Z\"", true, nullptr},
    {",\"Timestamp\":12", false, nullptr},
    {",\"Timestamp\":\"soon\"", false, nullptr},
};

TEST(WriteTime, OfAnItem) {
  for (const auto& c : kTimes) {
    SCOPED_TRACE(c.member);
    Stream to = stream(PointType::float64);
    to.future = c.future;
    const ParsedValues parsed = parse(std::string{"{\"Value\":1"} + c.member + "}", BodyShape::one, to);
    if (c.stored == nullptr) {
      EXPECT_EQ(parsed.errors.size(), 1u);
    } else {
      ASSERT_EQ(parsed.run.size(), 1u);
      EXPECT_EQ(format_trimmed(parsed.run.time(0)), c.stored);
    }
  }
}

struct BodyCase {
  const char* name;
  BodyShape shape;
  const char* body;
  int items;  // Good ones, or -1: refused.
  int bad;
};
const BodyCase kBodies[] = {
    {"an array", BodyShape::list, R"([{"Value":1,"Timestamp":"T"},{"Value":2,"Timestamp":"T+1s"}])", 2, 0},
    {"wrapped", BodyShape::list, R"({"Items":[{"Value":1},{"Value":2}]})", 2, 0},
    {"wrapped in lower case", BodyShape::list, R"({"items":[{"value":1}],"Links":{}})", 1, 0},
    {"one object is a list of one", BodyShape::list, R"({"Value":1,"Timestamp":"T"})", 1, 0},
    {"an empty array", BodyShape::list, " [ ] ", 0, 0},
    {"one bad of three", BodyShape::list, R"([{"Value":1},{"Value":"abc"},{"Value":3}])", 2, 1},
    {"an item that is no object", BodyShape::list, R"([{"Value":1},7])", 1, 1},
    {"unknown members", BodyShape::list, R"([{"Value":1,"Extra":{"a":[1,{}]},"Errors":null}])", 1, 0},
    {"a trailing comma", BodyShape::list, R"([{"Value":1,},])", 1, 0},
    {"single quotes", BodyShape::list, R"([{'Value': 1, 'Timestamp': '*', 'Good': True}])", 1, 0},
    {"an object that is neither", BodyShape::list, R"({"Timestamp":"*"})", -1, 0},
    {"Items that is no array", BodyShape::list, R"({"Items":{"Value":1}})", -1, 0},
    {"null", BodyShape::list, "null", -1, 0},
    {"a text", BodyShape::list, "\"x\"", -1, 0},
    {"nothing", BodyShape::list, "", -1, 0},
    {"a word that begins as null does", BodyShape::list, R"([{"Value":nothing,"Good":false}])", -1, 0},
    {"a word that begins as true does", BodyShape::list, R"([{"Value":trust}])", -1, 0},
    {"cut short", BodyShape::list, R"([{"Value":1},{"Value")", -1, 0},
    {"something behind it", BodyShape::list, R"([{"Value":1}] x)", -1, 0},
    {"a second document", BodyShape::list, R"([{"Value":1}][])", -1, 0},
    {"one value", BodyShape::one, R"({"Value":1})", 1, 0},
    {"an array where one is asked for", BodyShape::one, R"([{"Value":1}])", -1, 0},
    {"a number where one is asked for", BodyShape::one, "1", -1, 0},
    {"no value", BodyShape::one, R"({"Timestamp":"*"})", 0, 1},
};

TEST(ParseValues, Bodies) {
  for (const auto& c : kBodies) {
    SCOPED_TRACE(c.name);
    const http::Body body{c.body};
    const auto parsed = parse_values(body, c.shape, stream(PointType::float64), {true, kNow, 1000});
    if (c.items < 0) {
      EXPECT_FALSE(parsed.has_value());
      continue;
    }
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(parsed->run.size(), static_cast<std::size_t>(c.items));
    EXPECT_EQ(parsed->errors.size(), static_cast<std::size_t>(c.bad));
    EXPECT_EQ(parsed->sent, static_cast<std::size_t>(c.items + c.bad));
  }
}

TEST(ParseValues, NumbersOfManyDigits) {
  const penstock::Run run =
      parse(R"([{"Value":0.30000000000000004000000004},{"Value":3.14159265358979323846}])", BodyShape::list,
            stream(PointType::float64))
          .run;
  EXPECT_EQ(run.numbers, (std::vector<double>{0.30000000000000004, 3.141592653589793}));
}

TEST(ParseValues, BadItemsKeepTheirPlaces) {
  const ParsedValues parsed =
      parse(R"([{"Value":1},{"Value":"a"},{"Value":3},{"Value":"b"},{"Value":5,"Questionable":true}])",
            BodyShape::list, stream(PointType::float64));
  EXPECT_EQ(parsed.positions, (std::vector<std::uint32_t>{0, 2, 4}));
  ASSERT_EQ(parsed.errors.size(), 2u);
  EXPECT_EQ(parsed.errors[0].index, 1u);
  EXPECT_EQ(parsed.errors[0].message, "Value 'a' cannot be converted to Float64.");
  EXPECT_EQ(parsed.errors[1].index, 3u);
  EXPECT_TRUE(parsed.run.quality(2).has(Quality::kQuestionable));
}

TEST(ParseValues, ItemsDoNotInheritFromThoseBefore) {
  const ParsedValues parsed = parse(
      R"([{"Value":{"Name":"No Data","IsSystem":true},"Timestamp":"2026-04-02T06:30:00Z","Questionable":true},
          {"Value":{"Value":1}},{"Timestamp":"2026-04-02T06:30:01.12345678Z","Value":"Active","Good":false},{"Timestamp":"*"}])",
      BodyShape::list, stream(PointType::digital));
  ASSERT_EQ(parsed.run.size(), 3u);
  EXPECT_EQ(parsed.run.quality(0).state, 248);
  EXPECT_EQ(parsed.run.quality(1), Quality{});
  EXPECT_EQ(parsed.run.integers[1], 1);
  EXPECT_EQ(parsed.run.time(1), kNow);
  EXPECT_EQ(format_trimmed(parsed.run.time(2)), "2026-04-02T06:30:01.1234567Z");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].index, 3u);
}

TEST(ParseValues, TooManyItemsAreRefusedAsAWhole) {
  std::string body = "[";
  for (int i = 0; i < 1001; ++i) body += i == 0 ? "{\"Value\":1}" : ",{\"Value\":1}";
  const http::Body bytes{body + "]"};
  const auto parsed = parse_values(bytes, BodyShape::list, stream(PointType::float64), {true, kNow, 1000});
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::limit_exceeded);
}

TEST(ParseValues, RemoveLooksAtTimesAlone) {
  EXPECT_EQ(parse(R"([{"Timestamp":"T"},{"Value":"x","Timestamp":"T+1h"}])", BodyShape::list,
                  stream(PointType::float64), false)
                .run.size(),
            2u);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
