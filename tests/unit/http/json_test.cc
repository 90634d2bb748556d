#include "http/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "http/json_writer.h"

namespace penstock::json {
namespace {

struct JsonCase {
  const char* name;
  std::string text;
  const char* strict;   ///< What comes out, written again; null if it is refused.
  const char* lenient;  ///< The same of the lenient reader.
};
const JsonCase kJsonCases[] = {
    {"null", "null", "null", "null"},
    {"blanks around", " \t\r\n true \n", "true", "true"},
    {"a byte order mark", "\xef\xbb\xbf{}", "{}", "{}"},
    {"everything", R"({"a":[1,-2.5,"x",true,false,null],"b":{"c":{}}})",
     R"({"a":[1,-2.5,"x",true,false,null],"b":{"c":{}}})",
     R"({"a":[1,-2.5,"x",true,false,null],"b":{"c":{}}})"},
    {"escapes", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")", "\"\\\"\\\\/\\b\\f\\n\\r\\té😀\"",
     "\"\\\"\\\\/\\b\\f\\n\\r\\té😀\""},
    {"the largest 64-bit numbers", "[9223372036854775807,18446744073709551615,-9223372036854775808]",
     "[9223372036854775807,18446744073709551615,-9223372036854775808]",
     "[9223372036854775807,18446744073709551615,-9223372036854775808]"},
    {"integers beyond 64 bits", "[18446744073709551617,-9223372036854775809]",
     "[18446744073709551616,-9223372036854775808]", "[18446744073709551616,-9223372036854775808]"},
    {"numbers beyond a double", "[1e400,1e-400,-1e400]", "[null,0,null]", "[null,0,null]"},
    {"repeated names stay", R"({"a":1,"a":2})", R"({"a":1,"a":2})", R"({"a":1,"a":2})"},

    {"a comma at the end of a list", "[1,2,]", nullptr, "[1,2]"},
    {"a comma at the end of an object", R"({"a":1, })", nullptr, R"({"a":1})"},
    {"single quotes", R"({'a': 'it\'s "so"'})", nullptr, R"({"a":"it's \"so\""})"},
    {"Python's words", "[None, True, False]", nullptr, "[null,true,false]"},
    {"a raw line break in a string", "\"a\nb\tc\"", nullptr, R"("a\nb\tc")"},
    {"an unknown escape stays", R"("\PISRV1")", nullptr, R"("\\PISRV1")"},
    {"a broken unicode escape stays", R"("\u12g4")", nullptr, R"("\\u12g4")"},
    {"half of a surrogate pair", R"("\ud800x")", nullptr, "\"\xef\xbf\xbdx\""},
    {"two first halves", R"("\ud800\ud83d\ude00")", nullptr, "\"\xef\xbf\xbd😀\""},

    {"nothing", "", nullptr, nullptr},
    {"blanks alone", "  ", nullptr, nullptr},
    {"two values", "1 2", nullptr, nullptr},
    {"a lone comma", "[,]", nullptr, nullptr},
    {"two commas", "[1,,2]", nullptr, nullptr},
    {"no comma", "[1 2]", nullptr, nullptr},
    {"no end", "[1,{\"a\":", nullptr, nullptr},
    {"the wrong end", "[1}", nullptr, nullptr},
    {"a string without end", "\"abc", nullptr, nullptr},
    {"an escape without end", "\"abc\\", nullptr, nullptr},
    {"quotes that do not match", "\"abc'", nullptr, nullptr},
    {"a name without quotes", "{a:1}", nullptr, nullptr},
    {"a name that is a number", "{1:1}", nullptr, nullptr},
    {"a leading zero", "01", nullptr, nullptr},
    {"a plus", "+1", nullptr, nullptr},
    {"no digit behind the point", "1.", nullptr, nullptr},
    {"no digit before the point", ".5", nullptr, nullptr},
    {"an exponent without digits", "1e+", nullptr, nullptr},
    {"a lone minus", "-", nullptr, nullptr},
    {"NaN", "NaN", nullptr, nullptr},
    {"half a word", "tru", nullptr, nullptr},
    {"not UTF-8", "\"\xff\"", nullptr, nullptr},
    {"a zero byte", std::string("1\0", 2), nullptr, nullptr},
};

void expect(const Result<Value>& result, const char* expected) {
  if (expected == nullptr) {
    ASSERT_FALSE(result) << result->to_string();
    EXPECT_EQ(result.error().code, ErrorCode::invalid_json);
    EXPECT_FALSE(result.error().detail.empty());
  } else {
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->to_string(), expected);
  }
}

TEST(Json, StrictAndLenientReading) {
  for (const auto& c : kJsonCases) {
    SCOPED_TRACE(c.name);
    expect(parse(c.text), c.strict);
    expect(parse(http::Body{c.text}), c.strict);
    expect(parse_lenient(c.text), c.lenient);
  }
}

TEST(Json, DepthIsBounded) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(parse(nested(kDepthMax)));
  EXPECT_TRUE(parse_lenient(nested(kDepthMax)));
  for (const int depth : {kDepthMax + 1, 1000, 5000, 1'000'000}) {
    EXPECT_FALSE(parse(nested(depth)));
    EXPECT_FALSE(parse_lenient(nested(depth)));
  }
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse(objects));
  EXPECT_FALSE(parse_lenient(objects));
}

TEST(Json, ErrorSaysWhere) {
  EXPECT_EQ(parse("{\"a\":1,}").error().detail,
            "Not valid JSON: expected a member name in quotes at byte 7.");
  EXPECT_EQ(parse("[1 2]").error().detail, "Not valid JSON: expected ',' or ']' at byte 3.");
}

TEST(Json, LargeTextsAreReadToo) {
  std::string text = "[";
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + ",";
  text += "0]";
  const auto value = parse(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->array().size(), 300'001u);
  EXPECT_EQ(value->array()[299'999].as_int64(), 299'999);
}

TEST(JsonValue, NumbersKeepWhetherTheyWereWhole) {
  const auto value = parse("[5,5.0,5.5,-1,18446744073709551615,1e3,1e300]");
  ASSERT_TRUE(value);
  const auto& n = value->array();
  EXPECT_TRUE(n[0].is_integer());
  EXPECT_FALSE(n[1].is_integer());
  EXPECT_EQ(n[1].as_int64(), 5);
  EXPECT_EQ(n[2].as_int64(), std::nullopt);
  EXPECT_EQ(n[2].as_double(), 5.5);
  EXPECT_EQ(n[3].as_uint64(), std::nullopt);
  EXPECT_EQ(n[4].as_int64(), std::nullopt);
  EXPECT_EQ(n[4].as_uint64(), UINT64_MAX);
  EXPECT_EQ(n[5].as_uint64(), 1000u);
  EXPECT_EQ(n[6].as_int64(), std::nullopt);
  EXPECT_TRUE(std::isinf(*parse("1e999")->as_double()));
}

TEST(JsonValue, MembersAreFoundWithAndWithoutCase) {
  const auto value = parse(R"({"Value":1,"value":2,"A":{"B":"c"},"A2":3,"A":4})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->find("Value")->as_int64(), 1);
  EXPECT_EQ(value->find("VALUE"), nullptr);
  EXPECT_EQ(value->find("VALUE", Case::insensitive)->as_int64(), 2);
  EXPECT_EQ(value->find("A")->as_int64(), 4) << "the last of a repeated name counts";
  EXPECT_EQ(value->find("a"), nullptr);
}

TEST(JsonValue, AskingForTheWrongKindGivesNothing) {
  const Value text{std::string{"x"}};
  EXPECT_EQ(text.as_bool(), std::nullopt);
  EXPECT_EQ(text.as_double(), std::nullopt);
  EXPECT_EQ(text.find("x"), nullptr);
  EXPECT_TRUE(text.array().empty());
  EXPECT_TRUE(text.object().empty());
  EXPECT_EQ(text.type_name(), "string");
  EXPECT_EQ(Value{}.type_name(), "null");
  EXPECT_EQ(Value{true}.as_string(), std::nullopt);
}

struct NumberCase {
  double number;
  const char* text;
};
const NumberCase kNumberCases[] = {
    {0, "0"},
    {-0.0, "-0.0"},
    {1, "1"},
    {100000, "100000"},
    {1e15, "1000000000000000"},
    {12.3, "12.3"},
    {0.1, "0.1"},
    {0.000001, "0.000001"},
    {1e-7, "1e-07"},
    {1e17, "1e+17"},
    {-273.15, "-273.15"},
    {1.7976931348623157e308, "1.7976931348623157e+308"},
    {5e-324, "5e-324"},
    {std::numeric_limits<double>::infinity(), "null"},
    {std::numeric_limits<double>::quiet_NaN(), "null"},
};

TEST(JsonWriter, NumbersAreShortAndComeBack) {
  for (const auto& c : kNumberCases) {
    std::string out;
    http::JsonWriter{out}.value(c.number);
    EXPECT_EQ(out, c.text);
    if (std::isfinite(c.number)) {
      const auto back = parse(out);
      ASSERT_TRUE(back);
      EXPECT_EQ(*back->as_double(), c.number);
      EXPECT_EQ(std::signbit(*back->as_double()), std::signbit(c.number));
    }
  }
  std::string out;
  http::JsonWriter{out}.value(12.3f);
  EXPECT_EQ(out, "12.3");
}

TEST(JsonWriter, CommasGoWhereTheyBelong) {
  std::string out;
  http::JsonWriter w{out};
  w.object_begin()
      .member("a", 1)
      .key("b")
      .array_begin()
      .value(true)
      .null()
      .object_begin()
      .object_end()
      .array_end();
  w.key("c").array_begin().array_end().member("d", "x").key("e").raw("[1]").object_end();
  EXPECT_EQ(out, R"({"a":1,"b":[true,null,{}],"c":[],"d":"x","e":[1]})");
}

struct TextCase {
  const char* name;
  std::string text;
  const char* json;
};
const TextCase kTextCases[] = {
    {"plain", "abc", "\"abc\""},
    {"what must be escaped", "\"\\\n\x01\x1f", R"("\"\\\n\u0001\u001f")"},
    {"a zero byte", std::string(1, '\0'), R"("\u0000")"},
    {"UTF-8 stays", "é€😀", "\"é€😀\""},
    {"a stray byte", "a\x80z", "\"a\xef\xbf\xbdz\""},
    {"cut short", "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"longer than need be", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"half of a pair", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"beyond the last character", "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

TEST(JsonWriter, TextsAreEscapedAndRepaired) {
  for (const auto& c : kTextCases) {
    SCOPED_TRACE(c.name);
    std::string out;
    http::JsonWriter{out}.value(c.text);
    EXPECT_EQ(out, c.json);
    EXPECT_TRUE(parse(out));
  }
}

}  // namespace
}  // namespace penstock::json
