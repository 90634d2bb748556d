// Rooms: dialects/piwebapi
// Any text as the path of an object: nothing, or an object whose own path leads to it again.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "catalog/template_rules.h"
#include "dialects/piwebapi/address.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::piwebapi;

/// One object of every kind, the names of each other's words.
struct House {
  House() {
    identity.server_name = "S";
    std::vector<catalog::RowChange> changes;
    catalog::Editor editor{tables, changes};
    catalog::AfDatabase database{Uuid::random(), "EnumerationSets", "", {}};
    catalog::AfElement element;
    element.id = Uuid::random();
    element.database = element.parent = database.id;
    element.name = "ElementTemplates";
    catalog::AfElement child = element;
    child.id = Uuid::random();
    child.parent = element.id;
    catalog::AfAttribute attribute;
    attribute.id = Uuid::random();
    attribute.element = child.id;
    attribute.name = "A";
    catalog::AfElementTemplate element_template;
    element_template.id = Uuid::random();
    element_template.database = database.id;
    element_template.name = "T";
    catalog::AfAttributeTemplate attribute_template;
    attribute_template.id = Uuid::random();
    attribute_template.element_template = element_template.id;
    attribute_template.name = "A";
    catalog::AfEnumerationSet set;
    set.id = Uuid::random();
    set.database = database.id;
    set.name = "M";
    set.values = {{Uuid::random(), 1, "V", ""}};
    catalog::AfCategory category{Uuid::random(), database.id, catalog::AfCategoryKind::element, "C", ""};
    CHECK(catalog::add_database(editor, database) && catalog::add_element(editor, element) &&
          catalog::add_element(editor, child) && catalog::add_attribute(editor, attribute) &&
          catalog::add_element_template(editor, element_template) &&
          catalog::add_attribute_template(editor, attribute_template) &&
          catalog::add_enumeration_set(editor, set) && catalog::add_category(editor, category));
  }

  catalog::Tables tables;
  Identity identity;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  static const House house;
  const catalog::Tables& tables = house.tables;
  const Identity& identity = house.identity;
  const Naming naming{identity, "", WebIdForm::full};
  const std::string_view path{reinterpret_cast<const char*>(data), size};
  if (const auto row = find_database_path(tables, identity, path)) {
    CHECK(*find_database_path(tables, identity, naming.database_path(**row)) == *row);
  }
  if (const auto row = find_element_path(tables, identity, path)) {
    CHECK(*find_element_path(tables, identity, naming.element_path(tables, **row)) == *row);
  }
  if (const auto row = find_attribute_path(tables, identity, path)) {
    CHECK(*find_attribute_path(tables, identity, naming.attribute_path(tables, **row)) == *row);
  }
  if (const auto row = find_element_template_path(tables, identity, path)) {
    CHECK(*find_element_template_path(tables, identity, naming.element_template_path(tables, **row)) == *row);
  }
  if (const auto row = find_attribute_template_path(tables, identity, path)) {
    const std::string own = naming.attribute_template_path(tables, **row);
    CHECK(*find_attribute_template_path(tables, identity, own) == *row);
  }
  if (const auto row = find_category_path(tables, identity, path, catalog::AfCategoryKind::element)) {
    const std::string own = naming.category_path(tables, **row);
    CHECK(*find_category_path(tables, identity, own, catalog::AfCategoryKind::element) == *row);
  }
  const auto set = find_any_set_path(tables, identity, path);
  if (set && set->asset != nullptr) {
    const auto again = find_any_set_path(tables, identity, naming.asset_set_path(tables, *set->asset));
    CHECK(again && again->asset == set->asset);
  }
  (void)find_asset_value_path(tables, identity, path);
  (void)find_point_path(tables, identity, path);
  (void)find_state_path(tables, identity, path);
  return 0;
}
