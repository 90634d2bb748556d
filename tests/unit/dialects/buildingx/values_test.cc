#include "dialects/buildingx/values.h"

#include <gtest/gtest.h>

#include "dialects/buildingx/media.h"

namespace penstock::dialects::buildingx {
namespace {

DigitalSet boolean_set() {
  DigitalSet set;
  set.states = {{0, "false", ""}, {1, "true", ""}};
  return set;
}
DigitalSet mode_set() {
  DigitalSet set;
  set.states = {{0, "Off", ""}, {1, "Auto", ""}, {2, "On", ""}};
  return set;
}

struct TextCase {
  const char* name;
  PointType type;
  const char* text;
  const char* shown;  ///< Null: refused.
};

TEST(ValueText, ByThePointsType) {
  const DigitalSet booleans = boolean_set();
  const TextCase cases[] = {
      {"a number", PointType::float64, "12.66", "12.66"},
      {"a number with a needless zero", PointType::float64, "12.660", "12.66"},
      {"a whole number", PointType::float64, "12", "12"},
      {"a plus sign", PointType::float64, "+1.5", "1.5"},
      {"an exponent", PointType::float64, "-2.5E-3", "-0.0025"},
      {"a word", PointType::float64, "abc", nullptr},
      {"nothing", PointType::float64, "", nullptr},
      {"a blank in front", PointType::float64, " 1", nullptr},
      {"a decimal comma", PointType::float64, "1,5", nullptr},
      {"NaN", PointType::float64, "NaN", nullptr},
      {"Infinity", PointType::float64, "Infinity", nullptr},
      {"beyond a double", PointType::float64, "1e999", nullptr},
      {"hexadecimal", PointType::float64, "0x10", nullptr},
      {"a leading zero", PointType::float64, "012", nullptr},
      {"no whole part", PointType::float64, ".5", nullptr},
      {"plus and minus", PointType::float64, "+-1", nullptr},
      {"in single precision", PointType::float32, "0.1", "0.1"},
      {"beyond single precision", PointType::float32, "1e39", nullptr},
      {"true", PointType::digital, "TRUE", "true"},
      {"on", PointType::digital, "on", "true"},
      {"one", PointType::digital, "1", "true"},
      {"off", PointType::digital, "Off", "false"},
      {"two", PointType::digital, "2", nullptr},
      {"a whole number of a bound point", PointType::int32, "-7", "-7"},
      {"a whole number with a fraction of zero", PointType::int32, "7.0", "7"},
      {"a fraction", PointType::int32, "7.5", nullptr},
      {"beyond 32 bits", PointType::int32, "2147483648", nullptr},
      {"beyond 16 bits", PointType::int16, "-32769", nullptr},
      {"any text", PointType::string, "any \"text\"", "any \"text\""},
      {"an empty text", PointType::string, "", ""},
  };
  for (const TextCase& c : cases) {
    SCOPED_TRACE(c.name);
    Point point;
    point.type = c.type;
    const PointFormat format{point, c.type == PointType::digital ? &booleans : nullptr, nullptr};
    const auto value = parse_value(c.text, format);
    if (c.shown == nullptr) {
      ASSERT_FALSE(value.has_value());
      EXPECT_EQ(value.error().code, ErrorCode::value_type_mismatch);
      continue;
    }
    ASSERT_TRUE(value.has_value()) << value.error().detail;
    EXPECT_EQ(render_value(*value, {}, format).text, c.shown);
  }
}

TEST(ValueText, OfAnEnumIsAKeyOrALabel) {
  const DigitalSet modes = mode_set();
  Point point;
  point.type = PointType::digital;
  const PointFormat format{point, &modes, nullptr};
  EXPECT_EQ(format.data_type(), catalog::BxDataType::enumeration);
  EXPECT_EQ(parse_value("1", format), Value{std::int64_t{1}});
  EXPECT_EQ(parse_value("auto", format), Value{std::int64_t{1}});
  EXPECT_FALSE(parse_value("3", format).has_value());
  EXPECT_FALSE(parse_value("Fast", format).has_value());
  EXPECT_EQ(render_value(Value{std::int64_t{2}}, {}, format).text, "2");
}

TEST(ValueText, OfAnEnumWithGapsIsKeptAsANumber) {
  Point point;
  point.type = PointType::int32;
  catalog::BxPoint extra;
  extra.data_type = catalog::BxDataType::enumeration;
  extra.states = {{-1, "Fault"}, {10, "Eco"}};
  const PointFormat format{point, nullptr, &extra};
  EXPECT_EQ(parse_value("Eco", format), Value{std::int64_t{10}});
  EXPECT_EQ(parse_value("-1", format), Value{std::int64_t{-1}});
  EXPECT_FALSE(parse_value("0", format).has_value());
  extra.states.clear();
  EXPECT_EQ(parse_value("42", format), Value{std::int64_t{42}});
}

TEST(ValueText, LongerThanEightKibIsRefused) {
  Point point;
  point.type = PointType::string;
  const PointFormat format{point, nullptr, nullptr};
  EXPECT_TRUE(parse_value(std::string(8192, 'x'), format).has_value());
  EXPECT_FALSE(parse_value(std::string(8193, 'x'), format).has_value());
}

TEST(ValueText, ShowsQualityAndSystemStates) {
  Point point;
  point.type = PointType::float64;
  const PointFormat format{point, nullptr, nullptr};
  Quality quality;
  EXPECT_EQ(render_value(1.0, quality, format).quality_of_value, 0);
  quality.grade = 2;
  quality.flags = Quality::kQuestionable;
  EXPECT_EQ(render_value(1.0, quality, format).quality_of_value, 2);
  quality.grade = 0;
  EXPECT_EQ(render_value(1.0, quality, format).quality_of_value, 1);
  quality = {};
  quality.state = system_state::kNoData;
  const ValueText state = render_value(0.0, quality, format);
  EXPECT_EQ(state.text, "No Data");
  EXPECT_EQ(state.quality_of_value, 1);
}

TEST(MediaTypes, OfABody) {
  struct {
    const char* type;
    bool strict, lenient;
  } const cases[] = {
      {"application/vnd.api+json", true, true},
      {"Application/Vnd.Api+Json", true, true},
      {"application/vnd.api+json; profile=\"https://a;b\"", true, true},
      {"application/vnd.api+json; charset=utf-8", false, true},
      {"application/vnd.api+json; ext=\"https://a\"", false, false},
      {"application/json", false, true},
      {"text/plain", false, false},
      {"", false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.type);
    EXPECT_EQ(is_content_type_taken(c.type, false), c.strict);
    EXPECT_EQ(is_content_type_taken(c.type, true), c.lenient);
  }
}

TEST(MediaTypes, OfAnAnswer) {
  struct {
    const char* accept;
    bool served;
  } const cases[] = {
      {"", true},
      {"*/*", true},
      {"application/json", true},
      {"application/vnd.api+json", true},
      {"application/vnd.api+json;q=0.8", true},
      {"application/vnd.api+json; charset=utf-8", false},
      {"application/vnd.api+json; ext=\"https://a,b\"", false},
      {"application/vnd.api+json; charset=utf-8, application/vnd.api+json", true},
      {"text/html, application/vnd.api+json; foo=1", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.accept);
    EXPECT_EQ(is_accept_served(c.accept), c.served);
  }
}

}  // namespace
}  // namespace penstock::dialects::buildingx
