#include "house.h"

namespace penstock::catalog {
namespace {

/// Elements a, b and c at the top, x below a and b.
class Parents : public testing::Test {
 protected:
  Parents() {
    for (AfElement* row : {&a_, &b_, &c_, &x_}) {
      EXPECT_EQ(house_.edit([&](Editor& editor) { return add_element(editor, *row); }), "");
    }
    EXPECT_EQ(add(x_, a_), "");
    EXPECT_EQ(add(x_, b_), "");
    EXPECT_EQ(remove(x_, house_.database.id), "");
  }
  std::string add(const AfElement& child, const AfElement& parent) {
    return house_.edit([&](Editor& editor) { return add_parent(editor, child.id, parent.id); });
  }
  std::string remove(const AfElement& child, const Uuid& parent) {
    return house_.edit([&](Editor& editor) { return remove_parent(editor, child.id, parent); });
  }
  std::string erase(const AfElement& row) {
    return house_.edit([&](Editor& editor) { return erase_element(editor, row.id); });
  }
  /// Where the element is found by its name: letters of parents, `/` for the top.
  std::string places(const AfElement& row) const {
    std::string text;
    if (house_.tables.af_elements.find_child(house_.database.id, row.name) != nullptr) text += '/';
    for (const AfElement* parent : {&a_, &b_, &c_}) {
      if (house_.tables.af_elements.find_child(parent->id, row.name) != nullptr) text += parent->name;
    }
    return text;
  }

  House house_;
  AfElement a_ = house_.element("a"), b_ = house_.element("b"), c_ = house_.element("c"),
            x_ = house_.element("x");
};

TEST_F(Parents, AreAddedAndTakenAwayOneByOne) {
  EXPECT_EQ(places(x_), "ab");
  EXPECT_EQ(add(x_, b_), "") << "a second time changes nothing";
  EXPECT_EQ(remove(x_, c_.id), "") << "nor does taking away what is none";
  EXPECT_EQ(remove(x_, a_.id), "");
  EXPECT_EQ(places(x_), "b");
  EXPECT_EQ(house_.tables.af_elements.find(x_.id)->parent, b_.id);
  EXPECT_EQ(remove(x_, b_.id), "");
  EXPECT_EQ(places(x_), "/");
  EXPECT_EQ(remove(x_, house_.database.id), "") << "the top stays where there is nothing else";
  EXPECT_EQ(places(x_), "/");
}

TEST_F(Parents, DeletedOnesLeaveTheElementToTheOthers) {
  EXPECT_EQ(erase(a_), "");
  EXPECT_EQ(places(x_), "b");
  EXPECT_EQ(erase(b_), "");
  EXPECT_EQ(house_.tables.af_elements.find(x_.id), nullptr);
}

TEST_F(Parents, ADeletedTreeTakesWhatIsOnlyInIt) {
  EXPECT_EQ(add(b_, a_), "");
  EXPECT_EQ(remove(b_, house_.database.id), "");
  EXPECT_EQ(erase(a_), "") << "x is below a and below b, which is below a";
  EXPECT_EQ(house_.tables.af_elements.size(), 1u);
  EXPECT_EQ(places(c_), "/");
}

TEST_F(Parents, ADeletedDatabaseTakesAll) {
  EXPECT_EQ(house_.edit([&](Editor& editor) { return erase_database(editor, house_.database.id); }), "");
  EXPECT_EQ(house_.tables.af_elements.size(), 0u);
}

TEST_F(Parents, MakeNoCircle) {
  EXPECT_EQ(add(b_, x_), "conflict: The element 'b' would come below itself.");
  EXPECT_EQ(add(a_, a_), "conflict: The element 'a' would come below itself.");
  EXPECT_TRUE(is_within(house_.tables, x_.id, b_.id));
  EXPECT_FALSE(is_within(house_.tables, x_.id, c_.id));
}

TEST_F(Parents, HaveChildrenOfDifferentNames) {
  AfElement other = house_.element("X");
  other.parent = c_.id;
  EXPECT_EQ(house_.edit([&](Editor& editor) { return add_element(editor, other); }), "");
  EXPECT_NE(add(x_, c_), "");
  EXPECT_NE(add(other, a_), "");
  other.name = "y";
  EXPECT_EQ(house_.edit([&](Editor& editor) { return update_element(editor, other); }), "");
  EXPECT_EQ(add(x_, c_), "");
  other.name = "x";
  EXPECT_NE(house_.edit([&](Editor& editor) { return update_element(editor, other); }), "");
  AfElement named = *house_.tables.af_elements.find(x_.id);
  named.name = "z";
  EXPECT_EQ(house_.edit([&](Editor& editor) { return update_element(editor, named); }), "");
  EXPECT_EQ(places(named), "abc");
  EXPECT_EQ(places(x_), "");
}

TEST_F(Parents, SurviveTheirRow) {
  const AfElement& row = *house_.tables.af_elements.find(x_.id);
  const std::string bytes = AfElements::encode(row);
  ByteReader reader{bytes};
  const auto again = AfElement::decode(row.key(), reader);
  ASSERT_TRUE(again && reader.ok());
  EXPECT_EQ(again->parent, a_.id);
  EXPECT_EQ(again->also_below, std::vector<Uuid>{b_.id});
}

}  // namespace
}  // namespace penstock::catalog
