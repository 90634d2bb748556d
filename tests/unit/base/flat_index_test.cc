#include "base/flat_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/or_default.h"

namespace penstock {
namespace {

/// Rows with a name each, found by the index; a plain map says what is right.
class FlatIndexTest : public ::testing::TestWithParam<int> {
 protected:
  /// A hash with as many different values as the case says: few make long chains of strangers, here around
  /// the end of the array.
  std::uint64_t hash(const std::string& name) const {
    const std::uint64_t values = std::uint64_t{1} << GetParam();
    return ~(std::hash<std::string>{}(name) % values) << 32;
  }
  std::uint32_t find(const std::string& name) const {
    return index_.find(hash(name), [&](std::uint32_t row) { return rows_[row] == name; });
  }

  FlatIndex index_;
  std::vector<std::string> rows_;
};

TEST_P(FlatIndexTest, IsAMap) {
  std::map<std::string, std::uint32_t> model;
  std::mt19937 chance{5};
  for (int step = 0; step < 20'000; ++step) {
    // Grows for a while, then shrinks to nothing, and again.
    const bool grows = step / 2'000 % 2 == 0;
    const std::string name = "row " + std::to_string(chance() % 1'500);
    const auto known = model.find(name);
    if (known == model.end() && (grows || chance() % 4 == 0)) {
      model[name] = static_cast<std::uint32_t>(rows_.size());
      index_.insert(hash(name), static_cast<std::uint32_t>(rows_.size()));
      rows_.push_back(name);
    } else if (known != model.end() && (!grows || chance() % 4 == 0)) {
      ASSERT_TRUE(index_.erase(hash(name), known->second));
      ASSERT_FALSE(index_.erase(hash(name), known->second));
      model.erase(known);
    }
    ASSERT_EQ(index_.size(), model.size());
    const auto expected = model.find(name);
    ASSERT_EQ(find(name), expected == model.end() ? FlatIndex::kNone : expected->second);
    if (step % 1'000 != 0) continue;
    for (const auto& [each, row] : model) ASSERT_EQ(find(each), row);
    std::size_t seen = 0;
    index_.each([&](std::uint32_t row) {
      EXPECT_EQ(model.at(rows_[row]), row);
      ++seen;
      return true;
    });
    ASSERT_EQ(seen, model.size());
  }
}

INSTANTIATE_TEST_SUITE_P(BitsOfTheHash, FlatIndexTest, ::testing::Values(32, 8, 3, 0));

TEST(FlatIndex, RowsOfOneKeyStandSideBySide) {
  FlatIndex index;
  for (std::uint32_t row = 0; row < 10; ++row) index.insert(std::uint64_t{7} << 32, row);
  EXPECT_TRUE(index.erase(std::uint64_t{7} << 32, 4));
  std::vector<std::uint32_t> seen;
  index.find(std::uint64_t{7} << 32, [&](std::uint32_t row) {
    seen.push_back(row);
    return false;
  });
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{0, 1, 2, 3, 5, 6, 7, 8, 9}));
}

TEST(FlatIndex, AnEmptyOneHasNothing) {
  FlatIndex index;
  EXPECT_EQ(index.find(1, [](std::uint32_t) { return true; }), FlatIndex::kNone);
  EXPECT_FALSE(index.erase(1, 0));
}

TEST(OrDefault, TakesRoomOnlyForWhatIsNotTheDefault) {
  OrDefault<std::string> value;
  EXPECT_EQ(*value, "");
  value.set("other");
  const OrDefault<std::string> copy = value;
  value.set("");
  EXPECT_EQ(*value, "");
  EXPECT_EQ(*copy, "other");
  value = copy;
  EXPECT_EQ(value->size(), 5u);
  const OrDefault<std::string> moved = std::move(value);
  EXPECT_EQ(*moved, "other");
}

}  // namespace
}  // namespace penstock
