#include "house.h"

namespace penstock::catalog {
namespace {

TEST(AssetRules, CategoriesHaveToExistAndStayWhileTheyAreUsed) {
  House house;
  AfElement element = house.element("E");
  element.categories = {"Pumps"};
  EXPECT_EQ(house.edit([&](Editor& editor) { return add_element(editor, element); }),
            "invalid_argument: The category 'Pumps' does not exist.");
  AfCategory category = house.category("pumps");
  const AfCategory same = house.category("PUMPS"),
                   other_kind = house.category("Pumps", AfCategoryKind::attribute);
  EXPECT_EQ(house.edit([&](Editor& editor) { return add_category(editor, category); }), "");
  EXPECT_NE(house.edit([&](Editor& editor) { return add_category(editor, same); }), "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return add_category(editor, other_kind); }), "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return add_element(editor, element); }), "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_category(editor, category.id); }),
            "conflict: The category 'pumps' is in use.");
  category.name = "Movers";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_category(editor, category); }), "");
  EXPECT_EQ(house.tables.af_elements.find(element.id)->categories, std::vector<std::string>{"Movers"});
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_element(editor, element.id); }), "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_category(editor, category.id); }), "");
}

TEST(AssetRules, EveryUseOfACategoryCounts) {
  House house;
  const AfCategory of_elements = house.category("A"),
                   of_attributes = house.category("A", AfCategoryKind::attribute);
  AfElementTemplate made = house.element_template("T");
  made.categories = {"a"};
  AfAttributeTemplate attribute = House::attribute_template(made, "X");
  attribute.categories = {"A"};
  ASSERT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_category(editor, of_elements));
    TRY_VOID(add_category(editor, of_attributes));
    TRY_VOID(add_element_template(editor, made));
    return add_attribute_template(editor, attribute);
  }),
            "");
  EXPECT_NE(house.edit([&](Editor& editor) { return erase_category(editor, of_elements.id); }), "");
  EXPECT_NE(house.edit([&](Editor& editor) { return erase_category(editor, of_attributes.id); }), "");
  AfCategory renamed = of_attributes;
  renamed.name = "B";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_category(editor, renamed); }), "");
  EXPECT_EQ(house.tables.af_attribute_templates.find(attribute.id)->categories[0], "B");
  EXPECT_EQ(house.tables.af_templates.find(made.id)->categories[0], "a");
}

TEST(AssetRules, EnumerationSetsKeepTheirValuesApartAndInOrder) {
  House house;
  AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = house.database.id;
  set.name = "Modes";
  set.values = {{Uuid{}, 7, "High", ""}, {Uuid{}, -1, "Low", ""}};
  EXPECT_EQ(house.edit([&](Editor& editor) { return add_enumeration_set(editor, set); }), "");
  set = *house.tables.af_enumeration_sets.find(set.id);
  EXPECT_EQ(set.values[0].name, "Low");
  EXPECT_NE(set.values[0].id, Uuid{});
  AfEnumerationSet changed = set;
  changed.values.push_back({Uuid{}, 7, "Higher", ""});
  EXPECT_NE(house.edit([&](Editor& editor) { return update_enumeration_set(editor, changed); }), "");
  changed.values.back() = {Uuid{}, 8, "HIGH", ""};
  EXPECT_NE(house.edit([&](Editor& editor) { return update_enumeration_set(editor, changed); }), "");
  const AfElement element = house.element("E");
  AfAttribute attribute = House::attribute(element, "Mode");
  attribute.type_qualifier = "modes";
  ASSERT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_element(editor, element));
    return add_attribute(editor, attribute);
  }),
            "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_enumeration_set(editor, set.id); }),
            "conflict: The enumeration set 'Modes' is in use.");
  set.name = "States";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_enumeration_set(editor, set); }), "");
  EXPECT_EQ(house.tables.af_attributes.find(attribute.id)->type_qualifier, "States");
}

TEST(AssetRules, AnotherDatabaseIsLeftAlone) {
  House house;
  AfDatabase second{Uuid::random(), "Second", "", {}};
  AfElement element = house.element("E");
  element.database = element.parent = second.id;
  AfAttribute attribute = House::attribute(element, "Mode");
  attribute.type_qualifier = "Modes";
  AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = house.database.id;
  set.name = "Modes";
  ASSERT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_database(editor, second));
    TRY_VOID(add_element(editor, element));
    TRY_VOID(add_attribute(editor, attribute));
    return add_enumeration_set(editor, set);
  }),
            "");
  EXPECT_FALSE(is_used(house.tables, set));
  set.name = "States";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_enumeration_set(editor, set); }), "");
  EXPECT_EQ(house.tables.af_attributes.find(attribute.id)->type_qualifier, "Modes");
  element.template_name = "None";
  EXPECT_NE(house.edit([&](Editor& editor) { return update_element(editor, element); }), "");
}

TEST(AssetRules, ADatabaseTakesAllOfItAlong) {
  House house;
  const AfElementTemplate made = house.element_template("T");
  AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = house.database.id;
  set.name = "Modes";
  ASSERT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_category(editor, house.category("A")));
    TRY_VOID(add_enumeration_set(editor, set));
    TRY_VOID(add_element_template(editor, made));
    TRY_VOID(add_attribute_template(editor, House::attribute_template(made, "X")));
    return add_element(editor, house.element("E", "T"));
  }),
            "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_database(editor, house.database.id); }), "");
  const Tables& tables = house.tables;
  EXPECT_EQ(tables.af_databases.size() + tables.af_elements.size() + tables.af_attributes.size() +
                tables.af_categories.size() + tables.af_enumeration_sets.size() + tables.af_templates.size() +
                tables.af_attribute_templates.size(),
            0u);
}

}  // namespace
}  // namespace penstock::catalog
