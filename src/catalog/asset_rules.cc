#include "catalog/asset_rules.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/rule_errors.h"
#include "catalog/template_rules.h"

namespace penstock::catalog {
namespace {

bool has_name(const std::vector<std::string>& names, std::string_view name) {
  const std::string wanted = to_upper_invariant(name);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& one) { return to_upper_invariant(one) == wanted; });
}

void rename(std::vector<std::string>& names, std::string_view from, const std::string& to) {
  const std::string wanted = to_upper_invariant(from);
  for (std::string& name : names) {
    if (to_upper_invariant(name) == wanted) name = to;
  }
}

bool in_database(const AfDatabase* found, const Uuid& database) {
  return found != nullptr && found->id == database;
}

/// Copies of the rows for which `fits` holds: they are changed while their table is.
template <class Row, class Rows, class F>
std::vector<Row> copies_of(const Rows& rows, const F& fits) {
  std::vector<Row> copies;
  for (const Row* row : rows) {
    if (fits(*row)) copies.push_back(*row);
    if (copies.size() > kFollowersMax) break;
  }
  return copies;
}

template <class Row, class F>
std::vector<Row> copies_in(const Table<Row>& table, const F& fits) {
  std::vector<Row> copies;
  for (const auto& [key, row] : table.rows()) {
    if (fits(row)) copies.push_back(row);
  }
  return copies;
}

template <class Row>
Result<void> put_all(Editor& editor, std::vector<Row> rows, std::string_view what, const auto& change) {
  if (rows.size() > kFollowersMax) return too_many_followers(what);
  for (Row& row : rows) {
    change(row);
    editor.put(row);
  }
  return {};
}

/// All that carry a category: rows of one of four tables.
struct CategoryUse {
  std::vector<AfElement> elements;
  std::vector<AfElementTemplate> templates;
  std::vector<AfAttribute> attributes;
  std::vector<AfAttributeTemplate> attribute_templates;

  bool empty() const {
    return elements.empty() && templates.empty() && attributes.empty() && attribute_templates.empty();
  }
};

CategoryUse uses_of(const Tables& tables, const AfCategory& category) {
  CategoryUse uses;
  const auto all = [](const AfElement&) { return true; };
  if (category.kind == AfCategoryKind::element) {
    uses.elements =
        copies_of<AfElement>(tables.af_elements.of_category(category.database, category.name), all);
    uses.templates = copies_of<AfElementTemplate>(
        tables.af_templates.all(category.database),
        [&](const AfElementTemplate& row) { return has_name(row.categories, category.name); });
    return uses;
  }
  uses.attributes = copies_of<AfAttribute>(
      tables.af_attributes.of_category(category.name),
      [&](const AfAttribute& row) { return in_database(database_of(tables, row), category.database); });
  uses.attribute_templates = copies_in(tables.af_attribute_templates, [&](const AfAttributeTemplate& row) {
    return has_name(row.categories, category.name) &&
           in_database(database_of(tables, row), category.database);
  });
  return uses;
}

Result<void> check_values(AfEnumerationSet& set) {
  std::sort(set.values.begin(), set.values.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  std::set<std::string> names;
  for (std::size_t i = 0; i < set.values.size(); ++i) {
    AfEnumerationValue& value = set.values[i];
    if (value.id == Uuid{}) value.id = Uuid::random();
    if (i > 0 && set.values[i - 1].value == value.value) {
      return fail(ErrorCode::conflict, "Value",
                  "The enumeration set has the value " + std::to_string(value.value) + " already.");
    }
    if (!names.insert(to_upper_invariant(value.name)).second) {
      return fail(ErrorCode::conflict, "Name",
                  "The enumeration set has a value named '" + value.name + "' already.");
    }
  }
  return {};
}

int depth_of(const Tables& tables, const Uuid& element) {
  int depth = 0;
  const AfElement* row = tables.af_elements.find(element);
  for (; row != nullptr && depth <= kAssetDepthMax; ++depth) row = tables.af_elements.find(row->parent);
  return depth;
}

Result<void> check_parent(const Tables& tables, const AfElement& row) {
  if (tables.af_databases.find(row.database) == nullptr) return gone("asset database");
  if (row.parent != row.database) {
    if (tables.af_elements.find(row.parent) == nullptr) return gone("parent");
    if (depth_of(tables, row.parent) >= kAssetDepthMax) return too_deep("elements");
  }
  const AfElement* other = tables.af_elements.find_child(row.parent, row.name);
  if (other != nullptr && other->id != row.id) return taken("element", row.name);
  for (const Uuid& place : row.also_below) {
    other = tables.af_elements.find_child(place, row.name);
    if (other != nullptr && other->id != row.id) return taken("element", row.name);
  }
  return {};
}

Result<void> check_template(const Tables& tables, const AfElement& row) {
  if (row.template_name.empty()) return {};
  if (tables.af_templates.find_name(row.database, row.template_name) != nullptr) return {};
  return fail(ErrorCode::invalid_argument, "TemplateName",
              "The element template '" + row.template_name.substr(0, 80) + "' does not exist.");
}

void erase_elements_below(Editor& editor, const Uuid& parent, int depth = 0) {
  std::vector<Uuid> ids;
  for (const AfElement* child : editor.tables().af_elements.children(parent)) ids.push_back(child->id);
  for (const Uuid& id : ids) {
    const AfElement* row = editor.tables().af_elements.find(id);
    if (row == nullptr || leave_parent(editor, *row, parent)) continue;
    if (depth < kAssetDepthMax * 2) erase_elements_below(editor, id, depth + 1);
    erase_attributes_below(editor, id);
    row = editor.tables().af_elements.find(id);
    if (row != nullptr) editor.erase(AfElement{*row});
  }
}

void erase_attributes(Editor& editor, const Uuid& owner, int depth) {
  // The rows go while the index is walked: ids first.
  std::vector<Uuid> ids;
  for (const AfAttribute* child : editor.tables().af_attributes.children(owner)) ids.push_back(child->id);
  for (const Uuid& id : ids) {
    if (depth < kAssetDepthMax * 2) erase_attributes(editor, id, depth + 1);
    const AfAttribute* row = editor.tables().af_attributes.find(id);
    if (row != nullptr) editor.erase(AfAttribute{*row});
  }
}

template <class Row>
void erase_rows(Editor& editor, const std::vector<Row>& rows) {
  for (const Row& row : rows) editor.erase(row);
}

}  // namespace

const AfDatabase* database_of(const Tables& tables, const AfAttribute& row) {
  const AfElement* element = tables.af_elements.find(row.element);
  return element == nullptr ? nullptr : tables.af_databases.find(element->database);
}
const AfDatabase* database_of(const Tables& tables, const AfAttributeTemplate& row) {
  const AfElementTemplate* owner = tables.af_templates.find(row.element_template);
  return owner == nullptr ? nullptr : tables.af_databases.find(owner->database);
}

Result<void> add_database(Editor& editor, const AfDatabase& row) {
  if (editor.tables().af_databases.find_name(row.name) != nullptr) return taken("asset database", row.name);
  editor.put(row);
  return {};
}

Result<void> update_database(Editor& editor, const AfDatabase& row) {
  const AfDatabases& databases = editor.tables().af_databases;
  if (databases.find(row.id) == nullptr) return gone("asset database");
  const AfDatabase* other = databases.find_name(row.name);
  if (other != nullptr && other->id != row.id) return taken("asset database", row.name);
  editor.put(row);
  return {};
}

Result<void> erase_database(Editor& editor, const Uuid& id) {
  const Tables& tables = editor.tables();
  const AfDatabase* known = tables.af_databases.find(id);
  if (known == nullptr) return gone("asset database");
  const AfDatabase row = *known;
  erase_elements_below(editor, id);
  erase_rows(editor, copies_in(tables.af_attribute_templates, [&](const AfAttributeTemplate& one) {
               return in_database(database_of(tables, one), id);
             }));
  const auto inside = [&](const auto& one) { return one.database == id; };
  erase_rows(editor, copies_in(tables.af_templates, inside));
  erase_rows(editor, copies_in(tables.af_categories, inside));
  erase_rows(editor, copies_in(tables.af_enumeration_sets, inside));
  editor.erase(row);
  return {};
}

Result<void> add_category(Editor& editor, const AfCategory& row) {
  const Tables& tables = editor.tables();
  if (tables.af_databases.find(row.database) == nullptr) return gone("asset database");
  if (tables.af_categories.find_name(row.database, row.kind, row.name) != nullptr) {
    return taken("category", row.name);
  }
  editor.put(row);
  return {};
}

Result<void> update_category(Editor& editor, const AfCategory& row) {
  const Tables& tables = editor.tables();
  const AfCategory* known = tables.af_categories.find(row.id);
  if (known == nullptr) return gone("category");
  const AfCategory* other = tables.af_categories.find_name(row.database, row.kind, row.name);
  if (other != nullptr && other->id != row.id) return taken("category", row.name);
  if (known->name != row.name) {
    const std::string old = known->name;
    CategoryUse uses = uses_of(tables, *known);
    const auto change = [&](auto& carrier) { rename(carrier.categories, old, row.name); };
    TRY_VOID(put_all(editor, std::move(uses.elements), "category", change));
    TRY_VOID(put_all(editor, std::move(uses.templates), "category", change));
    TRY_VOID(put_all(editor, std::move(uses.attributes), "category", change));
    TRY_VOID(put_all(editor, std::move(uses.attribute_templates), "category", change));
  }
  editor.put(row);
  return {};
}

Result<void> erase_category(Editor& editor, const Uuid& id) {
  const AfCategory* known = editor.tables().af_categories.find(id);
  if (known == nullptr) return gone("category");
  if (!uses_of(editor.tables(), *known).empty()) return in_use("category", known->name);
  editor.erase(AfCategory{*known});
  return {};
}

Result<void> check_categories(const Tables& tables, const Uuid& database, AfCategoryKind kind,
                              const std::vector<std::string>& names, const std::vector<std::string>& before) {
  for (const std::string& name : names) {
    if (has_name(before, name) || tables.af_categories.find_name(database, kind, name) != nullptr) continue;
    return fail(ErrorCode::invalid_argument, "CategoryNames",
                "The category '" + name.substr(0, 80) + "' does not exist.");
  }
  return {};
}

Result<void> add_enumeration_set(Editor& editor, AfEnumerationSet row) {
  const Tables& tables = editor.tables();
  if (tables.af_databases.find(row.database) == nullptr) return gone("asset database");
  if (tables.af_enumeration_sets.find_name(row.database, row.name) != nullptr) {
    return taken("enumeration set", row.name);
  }
  TRY_VOID(check_values(row));
  editor.put(row);
  return {};
}

Result<void> update_enumeration_set(Editor& editor, AfEnumerationSet row) {
  const Tables& tables = editor.tables();
  const AfEnumerationSet* known = tables.af_enumeration_sets.find(row.id);
  if (known == nullptr) return gone("enumeration set");
  const AfEnumerationSet* other = tables.af_enumeration_sets.find_name(row.database, row.name);
  if (other != nullptr && other->id != row.id) return taken("enumeration set", row.name);
  TRY_VOID(check_values(row));
  if (known->name != row.name) {
    const std::string old = known->name;
    const auto fits = [&](const auto& carrier) {
      return to_upper_invariant(carrier.type_qualifier) == to_upper_invariant(old) &&
             in_database(database_of(tables, carrier), row.database);
    };
    const auto change = [&](AfAttributeFields& carrier) { carrier.type_qualifier = row.name; };
    auto attributes = copies_of<AfAttribute>(tables.af_attributes.of_qualifier(old), fits);
    TRY_VOID(put_all(editor, std::move(attributes), "enumeration set", change));
    TRY_VOID(put_all(editor, copies_in(tables.af_attribute_templates, fits), "enumeration set", change));
  }
  editor.put(row);
  return {};
}

bool is_used(const Tables& tables, const AfEnumerationSet& set) {
  const auto& attributes = tables.af_attributes.of_qualifier(set.name);
  const auto inside = [&](const auto& row) { return in_database(database_of(tables, row), set.database); };
  if (std::any_of(attributes.begin(), attributes.end(),
                  [&](const AfAttribute* row) { return inside(*row); })) {
    return true;
  }
  const std::string name = to_upper_invariant(set.name);
  const auto& templates = tables.af_attribute_templates.rows();
  return std::any_of(templates.begin(), templates.end(), [&](const auto& item) {
    return to_upper_invariant(item.second.type_qualifier) == name && inside(item.second);
  });
}

Result<void> erase_enumeration_set(Editor& editor, const Uuid& id) {
  const AfEnumerationSet* known = editor.tables().af_enumeration_sets.find(id);
  if (known == nullptr) return gone("enumeration set");
  if (is_used(editor.tables(), *known)) return in_use("enumeration set", known->name);
  editor.erase(AfEnumerationSet{*known});
  return {};
}

Result<void> add_element(Editor& editor, const AfElement& row) {
  const Tables& tables = editor.tables();
  TRY_VOID(check_parent(tables, row));
  TRY_VOID(check_template(tables, row));
  TRY_VOID(check_categories(tables, row.database, AfCategoryKind::element, row.categories));
  editor.put(row);
  make_template_attributes(editor, row);
  return {};
}

Result<void> update_element(Editor& editor, const AfElement& row) {
  const Tables& tables = editor.tables();
  const AfElement* known = tables.af_elements.find(row.id);
  if (known == nullptr) return gone("element");
  const AfElement before = *known;
  TRY_VOID(check_parent(tables, row));
  TRY_VOID(
      check_categories(tables, row.database, AfCategoryKind::element, row.categories, before.categories));
  const bool other_template =
      to_upper_invariant(before.template_name) != to_upper_invariant(row.template_name);
  if (other_template) TRY_VOID(check_template(tables, row));
  editor.put(row);
  if (other_template) {
    release_template_attributes(editor, row.id);
    make_template_attributes(editor, row);
  }
  return {};
}

Result<void> erase_element(Editor& editor, const Uuid& id) {
  const AfElement* known = editor.tables().af_elements.find(id);
  if (known == nullptr) return gone("element");
  const AfElement row = *known;
  erase_elements_below(editor, id);
  erase_attributes_below(editor, id);
  editor.erase(row);
  return {};
}

namespace {

Result<void> check_attribute(const Tables& tables, const AfAttribute& row,
                             const std::vector<std::string>& categories_before) {
  const AfElement* element = tables.af_elements.find(row.element);
  if (element == nullptr) return gone("element");
  int depth = 0;
  for (auto up = row.parent_attribute; up; ++depth) {
    const AfAttribute* above = tables.af_attributes.find(*up);
    if (above == nullptr) return gone("parent");
    if (depth > kAssetDepthMax) return too_deep("attributes");
    up = above->parent_attribute;
  }
  const AfAttribute* other = tables.af_attributes.find_child(row.owner(), row.name);
  if (other != nullptr && other->id != row.id) return taken("attribute", row.name);
  return check_categories(tables, element->database, AfCategoryKind::attribute, row.categories,
                          categories_before);
}

}  // namespace

Result<void> add_attribute(Editor& editor, const AfAttribute& row) {
  const Tables& tables = editor.tables();
  TRY_VOID(check_attribute(tables, row, {}));
  const AfElement* element = tables.af_elements.find(row.element);
  const AfElementTemplate* made_from =
      tables.af_templates.find_name(element->database, element->template_name);
  if (made_from != nullptr && !made_from->extensible) {
    return fail(ErrorCode::conflict, {},
                "The element template '" + made_from->name + "' does not allow further attributes.");
  }
  editor.put(row);
  return {};
}

Result<void> update_attribute(Editor& editor, AfAttribute row) {
  const Tables& tables = editor.tables();
  const AfAttribute* known = tables.af_attributes.find(row.id);
  if (known == nullptr) return gone("attribute");
  TRY_VOID(check_attribute(tables, row, known->categories));
  const bool other_type = !iequals(known->type, row.type);
  if (known->from_template && (other_type || known->name != row.name)) {
    return fail(ErrorCode::conflict, {},
                "Name and type of the attribute '" + known->name + "' are those of its template.");
  }
  if (other_type) row.value.reset();  // A value of another type would not read back.
  editor.put(row);
  return {};
}

Result<void> erase_attribute(Editor& editor, const Uuid& id) {
  const AfAttribute* known = editor.tables().af_attributes.find(id);
  if (known == nullptr) return gone("attribute");
  if (known->from_template) {
    return fail(ErrorCode::conflict, {},
                "The attribute '" + known->name + "' comes from the element's template.");
  }
  const AfAttribute row = *known;
  erase_attributes_below(editor, id);
  editor.erase(row);
  return {};
}

void erase_attributes_below(Editor& editor, const Uuid& owner) {
  erase_attributes(editor, owner, 0);
}

}  // namespace penstock::catalog
