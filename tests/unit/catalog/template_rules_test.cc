#include "house.h"

namespace penstock::catalog {
namespace {

/// A template `Pump` with the attribute `Speed` and below it `Limit`, and an element `P1` made from it.
class Templates : public ::testing::Test {
 protected:
  Templates() {
    pump = house.element_template("Pump");
    speed = House::attribute_template(pump, "Speed");
    speed.config_string = "\\\\S\\%Element%.Speed";
    limit = House::attribute_template(pump, "Limit");
    limit.parent = speed.id;
    limit.value = Sample{Timestamp::from_unix_ns(0), 100.0, {}};
    element = house.element("P1", "pump");
    EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
      TRY_VOID(add_element_template(editor, pump));
      TRY_VOID(add_attribute_template(editor, speed));
      TRY_VOID(add_attribute_template(editor, limit));
      return add_element(editor, element);
    }),
              "");
  }
  const AfAttribute& find(const Uuid& owner, std::string_view name) {
    return *house.tables.af_attributes.find_child(owner, name);
  }

  House house;
  AfElementTemplate pump;
  AfAttributeTemplate speed, limit;
  AfElement element;
};

TEST_F(Templates, ElementsGetTheAttributesOfTheirTemplate) {
  EXPECT_EQ(house.attributes(element.id), "Speed*");
  const AfAttribute made = find(element.id, "Speed");
  EXPECT_EQ(made.config_string, speed.config_string);
  EXPECT_EQ(house.attributes(made.id), "Limit*");
  EXPECT_EQ(std::get<double>(find(made.id, "Limit").value->value), 100.0);
}

TEST_F(Templates, ElementsOfADerivedTemplateGetThoseOfTheBase) {
  AfElementTemplate derived = house.element_template("Big pump");
  derived.base = pump.id;
  const AfElement big = house.element("B1", "Big pump");
  EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_element_template(editor, derived));
    TRY_VOID(add_attribute_template(editor, House::attribute_template(derived, "Weight")));
    return add_element(editor, big);
  }),
            "");
  EXPECT_EQ(house.attributes(big.id), "Speed* Weight*");
  EXPECT_EQ(house.attributes(element.id), "Speed*");
  EXPECT_EQ(house.edit([&](Editor& editor) {
    return add_attribute_template(editor, House::attribute_template(pump, "Power"));
  }),
            "");
  EXPECT_EQ(house.attributes(big.id), "Power* Speed* Weight*");
  EXPECT_EQ(house.attributes(element.id), "Power* Speed*");
}

TEST_F(Templates, AttributesFollowWhatWasNotChangedOnThem) {
  AfAttribute own = find(element.id, "Speed");
  own.description = "mine";
  ASSERT_EQ(house.edit([&](Editor& editor) { return update_attribute(editor, own); }), "");
  AfAttributeTemplate changed = speed;
  changed.name = "Velocity";
  changed.description = "of the template";
  changed.units = "m/s";
  changed.type = "Single";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_attribute_template(editor, changed); }), "");
  EXPECT_EQ(house.attributes(element.id), "Velocity*");
  const AfAttribute& row = find(element.id, "Velocity");
  EXPECT_EQ(row.id, own.id);
  EXPECT_EQ(row.description, "mine");
  EXPECT_EQ(row.units, "m/s");
  EXPECT_EQ(row.type, "Single");
}

TEST_F(Templates, AWrittenValueSurvivesAChangeOfTheDefault) {
  const Uuid above = find(element.id, "Speed").id;
  AfAttributeTemplate changed = limit;
  changed.value->value = 200.0;
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_attribute_template(editor, changed); }), "");
  EXPECT_EQ(std::get<double>(find(above, "Limit").value->value), 200.0);
  AfAttribute own = find(above, "Limit");
  own.value->value = 5.0;
  ASSERT_EQ(house.edit([&](Editor& editor) { return update_attribute(editor, own); }), "");
  changed.value->value = 300.0;
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_attribute_template(editor, changed); }), "");
  EXPECT_EQ(std::get<double>(find(above, "Limit").value->value), 5.0);
}

TEST_F(Templates, ADeletedAttributeTemplateTakesItsAttributesAlong) {
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_attribute_template(editor, speed.id); }), "");
  EXPECT_EQ(house.tables.af_attributes.size(), 0u);
  EXPECT_EQ(house.tables.af_attribute_templates.size(), 0u);
}

TEST_F(Templates, WhatATemplateGaveStaysItsOwn) {
  AfAttribute row = find(element.id, "Speed");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_attribute(editor, row.id); }),
            "conflict: The attribute 'Speed' comes from the element's template.");
  row.name = "Other";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_attribute(editor, row); }),
            "conflict: Name and type of the attribute 'Speed' are those of its template.");
}

TEST_F(Templates, AUsedTemplateStaysAndItsNewNameReachesItsElements) {
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_element_template(editor, pump.id); }),
            "conflict: The element template 'Pump' is in use.");
  pump.name = "Mover";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_element_template(editor, pump); }), "");
  EXPECT_EQ(house.tables.af_elements.find(element.id)->template_name, "Mover");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_element(editor, element.id); }), "");
  EXPECT_EQ(house.edit([&](Editor& editor) { return erase_element_template(editor, pump.id); }), "");
  EXPECT_EQ(house.tables.af_attribute_templates.size(), 0u);
}

TEST_F(Templates, AnElementMayChangeItsTemplate) {
  const AfElementTemplate other = house.element_template("Valve");
  AfElement changed = element;
  changed.template_name = "Valve";
  EXPECT_EQ(house.edit([&](Editor& editor) -> Result<void> {
    TRY_VOID(add_element_template(editor, other));
    TRY_VOID(add_attribute_template(editor, House::attribute_template(other, "Speed")));
    TRY_VOID(add_attribute_template(editor, House::attribute_template(other, "Open")));
    return update_element(editor, changed);
  }),
            "");
  EXPECT_EQ(house.attributes(element.id), "Open* Speed*");
  changed.template_name.clear();
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_element(editor, changed); }), "");
  EXPECT_EQ(house.attributes(element.id), "Open Speed");
}

TEST_F(Templates, AClosedTemplateAllowsNoFurtherAttributes) {
  EXPECT_EQ(
      house.edit([&](Editor& editor) { return add_attribute(editor, House::attribute(element, "Own")); }),
      "");
  pump.extensible = false;
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_element_template(editor, pump); }), "");
  EXPECT_NE(
      house.edit([&](Editor& editor) { return add_attribute(editor, House::attribute(element, "Own2")); }),
      "");
}

TEST_F(Templates, AChangeThatFailsHalfwayLeavesNothing) {
  // `Speed` cannot become `Own` on the element, where that name is taken.
  ASSERT_EQ(
      house.edit([&](Editor& editor) { return add_attribute(editor, House::attribute(element, "Own")); }),
      "");
  AfAttributeTemplate changed = speed;
  changed.name = "Own";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_attribute_template(editor, changed); }),
            "conflict: The attribute 'Own' already exists there.");
  EXPECT_EQ(house.attributes(element.id), "Own Speed*");
  EXPECT_EQ(house.tables.af_attribute_templates.find(speed.id)->name, "Speed");
}

TEST_F(Templates, TooManyElementsAreNotTakenAlong) {
  for (std::size_t i = 0; i <= kFollowersMax; ++i) {
    const AfElement row = house.element("E" + std::to_string(i), "Pump");
    house.edit([&](Editor& editor) -> Result<void> {
      editor.put(row);
      return {};
    });
  }
  pump.name = "Mover";
  EXPECT_EQ(house.edit([&](Editor& editor) { return update_element_template(editor, pump); }),
            "conflict: Too many objects use the element template to change it.");
  EXPECT_EQ(house.edit([&](Editor& editor) {
    return add_attribute_template(editor, House::attribute_template(pump, "Late"));
  }),
            "conflict: Too many objects use the element template to change it.");
}

}  // namespace
}  // namespace penstock::catalog
