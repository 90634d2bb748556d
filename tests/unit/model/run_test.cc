#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "model/value.h"

namespace penstock {
namespace {

/// A run, where a test body has ::testing::Test::Run in the way.
using Samples = Run;

constexpr Quality kNoData{248, 0, 0};

Timestamp at(std::int64_t ns) {
  return Timestamp::from_unix_ns(ns);
}

Samples made(Kind kind, std::vector<Value> values) {
  Samples run;
  run.kind = kind;
  for (std::size_t i = 0; i < values.size(); ++i) {
    run.push(at(static_cast<std::int64_t>(i)), std::move(values[i]));
  }
  return run;
}

TEST(Run, EachKindFillsItsOwnColumn) {
  const Samples numbers = made(Kind::float32, {1.5, 2.5});
  EXPECT_EQ(numbers.numbers, (std::vector<double>{1.5, 2.5}));
  const Samples codes = made(Kind::digital, {std::int64_t{3}});
  EXPECT_EQ(codes.integers, std::vector<std::int64_t>{3});
  const Samples texts = made(Kind::text, {std::string{"on"}});
  EXPECT_EQ(texts.texts, std::vector<std::string>{"on"});
  EXPECT_EQ(texts.value(0), Value{std::string{"on"}});
  EXPECT_TRUE(texts.numbers.empty() && texts.integers.empty() && texts.qualities.empty());
  EXPECT_EQ(numbers.sample(1).time, at(1));
}

TEST(Run, QualitiesAppearWithTheFirstThatIsNotPlain) {
  Samples run = made(Kind::float64, {1.0, 2.0});
  EXPECT_TRUE(run.qualities.empty());
  run.push(at(2), 0.0, kNoData);
  ASSERT_EQ(run.qualities.size(), 3u);
  EXPECT_TRUE(run.quality(0).is_plain());
  EXPECT_EQ(run.quality(2), kNoData);
  run.push(at(3), 4.0);
  EXPECT_EQ(run.qualities.size(), 4u);
  run.clear();
  EXPECT_TRUE(run.empty());
  EXPECT_TRUE(run.qualities.empty());
}

TEST(Run, SettingAPlainQualityMakesNoColumn) {
  Samples run = made(Kind::float64, {1.0, 2.0});
  run.set_quality(1, Quality{});
  EXPECT_TRUE(run.qualities.empty());
  run.set_quality(1, kNoData);
  EXPECT_EQ(run.qualities.size(), 2u);
}

TEST(Run, AppendTakesAPartAndItsQualities) {
  Samples with = made(Kind::int64, {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}});
  with.set_quality(2, {0, Quality::kPinned, 0});
  const Samples without = made(Kind::int64, {std::int64_t{8}, std::int64_t{9}});
  Samples run = without;
  run.append(with, 1, 2);
  EXPECT_EQ(run.integers, (std::vector<std::int64_t>{8, 9, 2, 3}));
  ASSERT_EQ(run.qualities.size(), 4u);
  EXPECT_TRUE(run.quality(2).is_plain());
  EXPECT_TRUE(run.quality(3).has(Quality::kPinned));
  run.append(without, 0, 1);
  EXPECT_EQ(run.qualities.size(), 5u);
  run.push_from(with, 2);
  EXPECT_EQ(run.size(), 6u);
  EXPECT_TRUE(run.quality(5).has(Quality::kPinned));
}

TEST(Run, APartOfPlainSamplesBringsNoQualities) {
  Samples with = made(Kind::text, {std::string{"a"}, std::string{"b"}});
  with.set_quality(0, kNoData);
  Samples run = made(Kind::text, {});
  run.append(with, 1, 0);
  EXPECT_TRUE(run == made(Kind::text, {}));
  run.append(with, 1, 1);
  EXPECT_EQ(run.size(), 1u);
  EXPECT_TRUE(run.qualities.empty() || run.qualities.size() == 1);
}

struct SameCase {
  const char* name;
  Value a, b;
  Quality qa, qb;
  bool same;
};

TEST(Run, SameAtComparesBitsAndWhatQualitiesTell) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double other_nan = std::bit_cast<double>(std::bit_cast<std::uint64_t>(nan) | 1);
  const SameCase kCases[] = {
      {"equal", 1.5, 1.5, {}, {}, true},
      {"different", 1.5, 1.25, {}, {}, false},
      {"zeros of two signs", 0.0, -0.0, {}, {}, false},
      {"the same NaN", nan, nan, {}, {}, true},
      {"NaN of another payload", nan, other_nan, {}, {}, false},
      {"substituted does not tell", 1.5, 1.5, {0, Quality::kSubstituted, 0}, {}, true},
      {"pinned does not tell", 1.5, 1.5, {}, {0, Quality::kPinned, 0}, true},
      {"questionable tells", 1.5, 1.5, {0, Quality::kQuestionable, 0}, {}, false},
      {"annotated tells", 1.5, 1.5, {0, Quality::kAnnotated, 0}, {}, false},
      {"a grade tells", 1.5, 1.5, {0, 0, 1}, {}, false},
      {"a state tells", 0.0, 0.0, kNoData, {}, false},
      {"under one state values do not count", 0.0, 1.0, kNoData, kNoData, true},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Samples a, b;
    a.push(at(1), c.a, c.qa);
    b.push(at(2), 7.0);
    b.push(at(3), c.b, c.qb);
    EXPECT_EQ(a.same_at(0, b, 1), c.same);
    EXPECT_EQ(b.same_at(1, a, 0), c.same);
  }
  EXPECT_FALSE(made(Kind::float64, {1.0}).same_at(0, made(Kind::float32, {1.0}), 0));
}

TEST(Run, EqualityLooksAtTimesAndAllQualities) {
  const Samples run = made(Kind::float64, {1.0, 2.0});
  EXPECT_TRUE(run == made(Kind::float64, {1.0, 2.0}));
  EXPECT_FALSE(run == made(Kind::float64, {1.0}));
  EXPECT_FALSE(run == made(Kind::float32, {1.0, 2.0}));
  Samples plain_column = run;
  plain_column.qualities.resize(2);
  EXPECT_TRUE(run == plain_column) << "an absent column is a plain one";
  Samples substituted = run;
  substituted.set_quality(0, {0, Quality::kSubstituted, 0});
  EXPECT_FALSE(run == substituted);
  Samples later = run;
  later.times[1] = 5;
  EXPECT_FALSE(run == later);
}

TEST(Run, ZeroOfAKind) {
  EXPECT_EQ(zero_of(Kind::float64), Value{0.0});
  EXPECT_EQ(zero_of(Kind::float32), Value{0.0});
  EXPECT_EQ(zero_of(Kind::int64), Value{std::int64_t{0}});
  EXPECT_EQ(zero_of(Kind::digital), Value{std::int64_t{0}});
  EXPECT_EQ(zero_of(Kind::text), Value{std::string{}});
}

}  // namespace
}  // namespace penstock
