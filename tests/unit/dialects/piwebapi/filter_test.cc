#include "dialects/piwebapi/filter.h"

#include <gtest/gtest.h>

#include "dialects/piwebapi/render.h"

namespace penstock::dialects::piwebapi {
namespace {

const Timestamp kNow = Timestamp::from_unix_ns(1'795'178'600'123'456'700);

Stream stream_of_type(PointType type) {
  Stream stream;
  stream.type = type;
  if (type == PointType::digital) {
    stream.set = DigitalSet{SetId{5}, "Modes", "", {{0, "Manual", ""}, {1, "Auto", ""}, {2, "Cascade", ""}}};
  }
  return stream;
}
Sample sample_of(Value value, Quality quality = {}) {
  return {kNow.plus_ns(-3600 * kNsPerSecond), std::move(value), quality};
}

struct PassCase {
  const char* filter;
  bool passes;
};

void expect_all(const Stream& stream, const Sample& sample, std::span<const PassCase> cases) {
  for (const auto& c : cases) {
    SCOPED_TRACE(c.filter);
    const auto filter = FilterExpression::parse(c.filter, kNow, {});
    ASSERT_TRUE(filter.has_value()) << filter.error().detail;
    EXPECT_EQ(filter->passes(stream, sample), c.passes);
  }
}

const PassCase kNumber[] = {
    // Of 71.25.
    {"'.' > 70", true},
    {"'.'>70", true},
    {"\".\" > 70", true},
    {"'.' > 71.25", false},
    {"'.' >= 71.25", true},
    {"'.' < 70", false},
    {"'.' <= 71.25", true},
    {"'.' = 71.25", true},
    {"'.' = 7.125e1", true},
    {"'.' <> 71.25", false},
    {"70 < '.'", true},
    {"('.' > 70)", true},
    {"'.' > 70 and '.' < 72", true},
    {"'.' > 70 AND '.' < 71", false},
    {"'.' < 70 or '.' > 71", true},
    {"not '.' > 70", false},
    {"not ('.' > 80)", true},
    {"'.' < 0 or '.' > 70 and '.' < 71", false},
    {"('.' < 0 or '.' > 70) and '.' < 72", true},
    {"'.' - 70 > 1", true},
    {"'.' * 2 = 142.5", true},
    {"'.' / 2 + 1 = 36.625", true},
    {"1 + 2 * 3 = 7", true},
    {"2 ^ 3 = 8", true},
    {"7 mod 4 = 3", true},
    {"-'.' < -70", true},
    {"Abs(-'.') = 71.25", true},
    {"abs('.' - 72) < 1", true},
    {"BadVal('.') = 0", true},
    {"BadVal('.')", false},
    {"not BadVal('.')", true},
    {"IsSet('.',\"a\")", false},
    {"'.'", true},
    {"'.' / 0 > 1", false},
    {"not ('.' / 0 > 1)", false},
    {"BadVal('.' / 0)", true},
    {"'.' = \"Auto\"", false},
    {"'.' > 70 or '.' / 0 > 1", true},
    {"'.' / 0 > 1 or '.' > 70", true},
    {"'.' < 70 and '.' / 0 > 1", false},
    {"'*' > 't'", true},
    {"'*' - '*-1h' = 3600", true},
    {"'*-1h' + 3600 = '*'", true},
    {"true", true},
    {"false", false},
};
TEST(Filters, OfANumber) {
  expect_all(stream_of_type(PointType::float64), sample_of(71.25), kNumber);
}

const PassCase kState[] = {
    // Of Auto.
    {"'.' = \"Auto\"", true},
    {"'.' = \"auto\"", true},
    {"'.' <> \"Manual\"", true},
    {"'.' = 1", true},
    {"'.' > 0", true},
    {"'.' = DigState(\"Auto\")", true},
    {"'.' = DigState(\"Manual\")", false},
    {"'.' = DigState(\"Bad Input\")", false},
    {"'.' <> DigState(\"Bad Input\")", true},
    {"'.' = DigState(\"No such\")", false},
    {"'.' < DigState(\"Cascade\")", true},
};
TEST(Filters, OfADigitalState) {
  expect_all(stream_of_type(PointType::digital), sample_of(std::int64_t{1}), kState);
}

const PassCase kBad[] = {
    // Of the system state Bad Input.
    {"BadVal('.')", true},    {"BadVal('.') = 1", true},        {"'.' > 0", false},
    {"not ('.' > 0)", false}, {"'.' = \"Bad Input\"", true},    {"'.' = DigState(\"bad input\")", true},
    {"'.' + 1 > 0", false},   {"BadVal('.') or '.' > 0", true}, {"'.' > 0 or BadVal('.')", true},
};
TEST(Filters, OfASystemState) {
  Quality bad;
  bad.state = system_state::kBadInput;
  expect_all(stream_of_type(PointType::float32), sample_of(0.0, bad), kBad);
}

TEST(Filters, OfTextsAndTimesAndFlags) {
  const PassCase text[] = {{"'.' = \"ABC\"", true}, {"'.' > \"abb\"", true}, {"'.' > 5", false}};
  expect_all(stream_of_type(PointType::string), sample_of(std::string{"abc"}), text);
  const PassCase time[] = {{"'.' < '*'", true}, {"'.' = '*'", true}, {"'*' - '.' < 1", true}};
  const Value now{kNow.unix_ns()};
  expect_all(stream_of_type(PointType::timestamp), sample_of(now), std::span{time}.subspan(1));
  const PassCase flags[] = {
      {"IsSet('.',\"a\")", true}, {"isset('.', \"Q\")", true}, {"IsSet('.',\"s\")", false}};
  Quality quality;
  quality.flags = Quality::kAnnotated | Quality::kQuestionable;
  expect_all(stream_of_type(PointType::int32), sample_of(std::int64_t{1}, quality), flags);
}

struct RefusalCase {
  const char* filter;
  ErrorCode code;
};
const RefusalCase kRefused[] = {
    {"'.' >", ErrorCode::invalid_argument},
    {"'.' > 70)", ErrorCode::invalid_argument},
    {"('.' > 70", ErrorCode::invalid_argument},
    {"'.' > 70 and", ErrorCode::invalid_argument},
    {"'.", ErrorCode::invalid_argument},
    {"\"abc", ErrorCode::invalid_argument},
    {"'.' == 70", ErrorCode::invalid_argument},
    {"'.' ! 70", ErrorCode::invalid_argument},
    {"1e999 < 2", ErrorCode::invalid_argument},
    {"IsSet('.')", ErrorCode::invalid_argument},
    {"IsSet('.',\"x\")", ErrorCode::invalid_argument},
    {"IsSet(1,\"a\")", ErrorCode::invalid_argument},
    {"DigState(1)", ErrorCode::invalid_argument},
    {"BadVal", ErrorCode::invalid_argument},
    {"'SINUSOID' > 70", ErrorCode::unsupported},
    {"TagAvg('.','t','*') > 70", ErrorCode::unsupported},
    {"Sqr('.') > 70", ErrorCode::unsupported},
    {"x > 70", ErrorCode::unsupported},
};
TEST(Filters, ThatAreRefused) {
  for (const auto& c : kRefused) {
    SCOPED_TRACE(c.filter);
    const auto filter = FilterExpression::parse(c.filter, kNow, {});
    ASSERT_FALSE(filter.has_value());
    EXPECT_EQ(filter.error().code, c.code);
    EXPECT_FALSE(filter.error().detail.empty());
  }
}

TEST(Filters, ThatAreTooMuch) {
  const auto refused = [](const std::string& text) {
    const auto filter = FilterExpression::parse(text, kNow, {});
    return !filter && filter.error().code == ErrorCode::invalid_argument;
  };
  EXPECT_TRUE(refused(std::string(2000, '(') + "1" + std::string(2000, ')')));
  EXPECT_TRUE(refused(std::string(4000, '-') + "1"));
  std::string nots, sum = "1";
  for (int i = 0; i < 900; ++i) nots += "not ";
  for (int i = 0; i < 1000; ++i) sum += "+1";
  EXPECT_TRUE(refused(nots + "1"));
  EXPECT_TRUE(refused(sum));
  EXPECT_TRUE(refused(std::string(5000, ' ') + "1"));
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
