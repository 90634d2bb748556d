#include "catalog/points.h"

#include <algorithm>
#include <map>
#include <random>

#include "base/text.h"
#include "house.h"

namespace penstock::catalog {
namespace {

/// Points of a house, changed by edits.
class PointsTest : public ::testing::Test {
 protected:
  PointId add(const std::string& tag) {
    PointId id{};
    EXPECT_EQ(house_.edit([&](Editor& editor) -> Result<void> {
      Point point;
      point.tag = tag;
      TRY(id, editor.add_point(point));
      return {};
    }),
              "");
    return id;
  }
  std::string rename(PointId id, const std::string& tag) {
    return house_.edit([&](Editor& editor) -> Result<void> {
      Point point = *points().find(id);
      point.tag = tag;
      return editor.update_point(point);
    });
  }
  std::string erase(PointId id) {
    return house_.edit([&](Editor& editor) { return editor.erase_point(id); });
  }
  std::string tags(std::string_view after = {}) const {
    std::string line;
    points().each_by_tag(after, [&](const Point& point) {
      line += (line.empty() ? "" : " ") + point.tag;
      return true;
    });
    return line;
  }
  const Points& points() const { return house_.tables.points; }

  House house_;
};

TEST_F(PointsTest, AreFoundInAnyLetterCaseAndListedByName) {
  const PointId b = add("beta"), a = add("Alpha"), e = add("Été");
  EXPECT_EQ(points().find_tag("BETA")->id, b);
  EXPECT_EQ(points().find_tag("alpha")->id, a);
  EXPECT_EQ(points().find_tag("éTÉ")->id, e);
  EXPECT_EQ(points().find_tag("alph"), nullptr);
  EXPECT_EQ(points().find_tag(""), nullptr);
  EXPECT_EQ(tags(), "Alpha beta Été");
  EXPECT_EQ(tags("ALPHA"), "beta Été");
  EXPECT_EQ(tags("b"), "beta Été");
  EXPECT_EQ(tags("été"), "");
  add("Beth");
  EXPECT_EQ(tags(), "Alpha beta Beth Été") << "kept once it was asked for";
}

TEST_F(PointsTest, ARenamedPointHasItsNewNameOnly) {
  const PointId a = add("a"), b = add("b");
  EXPECT_EQ(tags(), "a b");
  EXPECT_EQ(rename(a, "c"), "");
  EXPECT_EQ(points().find_tag("a"), nullptr);
  EXPECT_EQ(points().find_tag("C")->id, a);
  EXPECT_EQ(tags(), "b c");
  EXPECT_EQ(rename(b, "B"), "") << "its own name in another letter case";
  EXPECT_EQ(points().find_tag("b")->tag, "B");
  EXPECT_EQ(rename(b, "C"), "conflict: a point named 'C' exists");
  EXPECT_EQ(tags(), "B c");
}

TEST_F(PointsTest, AnErasedPointIsGoneAndItsNameFree) {
  const PointId a = add("a"), b = add("b");
  EXPECT_EQ(tags(), "a b");
  EXPECT_EQ(erase(a), "");
  EXPECT_EQ(points().find(a), nullptr);
  EXPECT_EQ(points().find_tag("a"), nullptr);
  EXPECT_EQ(tags(), "b");
  EXPECT_EQ(erase(a), "not_found: no such point");
  const PointId again = add("A");
  EXPECT_GT(to_number(again), to_number(b));
  EXPECT_EQ(tags(), "A b");
  EXPECT_EQ(points().size(), 2u);
}

TEST_F(PointsTest, AFailedEditLeavesNoTrace) {
  const PointId a = add("a");
  EXPECT_EQ(tags(), "a");
  EXPECT_EQ(house_.edit([&](Editor& editor) -> Result<void> {
    Point changed = *points().find(a);
    changed.tag = "z";
    changed.more.set({{"location1", "7"}});
    TRY_VOID(editor.update_point(changed));
    Point made;
    made.tag = "a";
    TRY_VOID(editor.add_point(made));
    TRY_VOID(editor.erase_point(a));
    EXPECT_EQ(tags(), "a");
    return fail(ErrorCode::conflict, {}, "no");
  }),
            "conflict: no");
  EXPECT_EQ(tags(), "a");
  EXPECT_EQ(points().find_tag("a")->id, a);
  EXPECT_TRUE(points().find(a)->more->empty());
}

TEST_F(PointsTest, ARowComesBackAsItWasStored) {
  PointRow row;
  row.id = PointId{300'000};
  row.tag = "T";
  row.descriptor = "a descriptor that is rather long";
  row.eng_units = "°C";
  row.creator = "somebody";
  row.zero = -40;
  DataReduction reduction;
  reduction.comp_dev = 0.75;
  reduction.comp_max_s = 4'294'967'295;
  row.reduction.set(reduction);
  row.more.set({{"location1", "7"}});
  Tables tables;
  ASSERT_TRUE(tables.points.apply(row.key(), Points::encode(row)));
  const Point* const found = tables.points.find(row.id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->descriptor, row.descriptor);
  EXPECT_EQ(found->eng_units, "°C");
  EXPECT_EQ(found->point_class, "base");
  EXPECT_EQ(*found->reduction, reduction);
  EXPECT_EQ(found->more->front().second, "7");
  EXPECT_EQ(tables.points.encoded(row.key()), Points::encode(row));
  EXPECT_EQ(tables.points.find(PointId{299'999}), nullptr);
  EXPECT_EQ(tables.points.find(PointId{0}), nullptr);
  EXPECT_FALSE(tables.points.apply("abc", Points::encode(row)));
  EXPECT_FALSE(tables.points.apply(PointRow::key_of(PointId{0}), Points::encode(row)));
}

TEST(Points, AgreeWithAMapOverManyChanges) {
  Tables tables;
  std::map<std::string, PointId> by_name;  // Upper case.
  std::map<std::uint32_t, std::string> by_id;
  std::mt19937 chance{3};
  for (int step = 0; step < 30'000; ++step) {
    const std::uint32_t number = 1 + chance() % 4'000;
    const PointId id{number};
    const std::string tag = (chance() % 2 == 0 ? "Tag " : "tag ") + std::to_string(chance() % 6'000);
    const auto known = by_id.find(number);
    const auto taken = by_name.find(to_upper_invariant(tag));
    if (known != by_id.end() && chance() % 3 == 0) {
      ASSERT_TRUE(tables.points.apply(PointRow::key_of(id), std::nullopt));
      by_name.erase(to_upper_invariant(known->second));
      by_id.erase(known);
    } else if (taken == by_name.end() || taken->second == id) {
      PointRow row;
      row.id = id;
      row.tag = tag;
      ASSERT_TRUE(tables.points.apply(row.key(), Points::encode(row)));
      if (known != by_id.end()) by_name.erase(to_upper_invariant(known->second));
      by_name[to_upper_invariant(tag)] = id;
      by_id[number] = tag;
    }
    ASSERT_EQ(tables.points.size(), by_id.size());
    const Point* const found = tables.points.find_tag(tag);
    const auto expected = by_name.find(to_upper_invariant(tag));
    ASSERT_EQ(found == nullptr, expected == by_name.end());
    ASSERT_TRUE(found == nullptr || found->id == expected->second);
    if (step % 3'000 != 1'500) continue;
    auto name = by_name.begin();
    tables.points.each_by_tag({}, [&](const Point& point) {
      EXPECT_EQ(point.id, name->second);
      return ++name != by_name.end();
    });
    auto by_number = by_id.begin();
    tables.points.each([&](const Point& point) {
      EXPECT_EQ(point.tag, by_number->second);
      return ++by_number != by_id.end();
    });
    EXPECT_EQ(by_number, by_id.end());
  }
}

TEST(DigitalSets, AreFoundByName) {
  House house;
  SetId id{};
  EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY(id, editor.add_digital_set({{}, "Modes", {}, {{0, "Off", {}}, {1, "On", {}}}}));
    return {};
  }),
            "");
  const DigitalSets& sets = house.tables.digital_sets;
  EXPECT_EQ(sets.find_name("MODES")->id, id);
  EXPECT_EQ(sets.find_name("system")->id, kSystemSet);
  EXPECT_EQ(sets.find_name("mode"), nullptr);
  EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    DigitalSet renamed = *sets.find(id);
    renamed.name = "Positions";
    editor.update_digital_set(renamed);
    return {};
  }),
            "");
  EXPECT_EQ(sets.find_name("Modes"), nullptr);
  EXPECT_EQ(sets.find_name("positions")->id, id);
  EXPECT_EQ(sets.find(SetId{77}), nullptr);
  EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    editor.erase(DigitalSetRow::kTable, DigitalSetRow::key_of(id));
    return {};
  }),
            "");
  EXPECT_EQ(sets.find_name("positions"), nullptr);
  EXPECT_EQ(sets.find(id), nullptr);
}

}  // namespace
}  // namespace penstock::catalog
