#include "catalog/template_rules.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/rule_errors.h"

namespace penstock::catalog {
namespace {

/// From the furthest base to the template itself.
std::vector<Uuid> chain_of(const Tables& tables, const AfElementTemplate& row) {
  std::vector<Uuid> chain;
  for (const AfElementTemplate* at = &row; at != nullptr && chain.size() < kAssetDepthMax;
       at = at->base ? tables.af_templates.find(*at->base) : nullptr) {
    chain.push_back(at->id);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// The elements of the template and of those built on it.
void collect_elements(const Tables& tables, const AfElementTemplate& row, int depth,
                      std::vector<AfElement>& elements) {
  for (const AfElement* element : tables.af_elements.of_template(row.database, row.name)) {
    if (elements.size() > kFollowersMax) return;
    elements.push_back(*element);
  }
  if (depth >= kAssetDepthMax) return;
  for (const AfElementTemplate* derived : tables.af_templates.derived(row)) {
    collect_elements(tables, *derived, depth + 1, elements);
  }
}

/// Copies of the attributes made from the template; one more than allowed at most.
std::vector<AfAttribute> followers_of(const Tables& tables, const Uuid& attribute_template) {
  std::vector<AfAttribute> rows;
  for (const AfAttribute* row : tables.af_attributes.of_template(attribute_template)) {
    if (rows.size() > kFollowersMax) break;
    rows.push_back(*row);
  }
  return rows;
}

void make_below(Editor& editor, const Uuid& element, const std::optional<Uuid>& parent, const Uuid& owner,
                int depth);

void make_one(Editor& editor, const Uuid& element, const std::optional<Uuid>& parent,
              const AfAttributeTemplate& from, int depth) {
  AfAttribute row;
  const AfAttribute* known = editor.tables().af_attributes.find_child(parent.value_or(element), from.name);
  if (known != nullptr) {
    row = *known;
  } else {
    static_cast<AfAttributeFields&>(row) = from;
    row.id = Uuid::random();
    row.element = element;
    row.parent_attribute = parent;
  }
  row.from_template = from.id;
  editor.put(row);
  make_below(editor, element, row.id, from.id, depth + 1);
}

void make_below(Editor& editor, const Uuid& element, const std::optional<Uuid>& parent, const Uuid& owner,
                int depth) {
  if (depth > kAssetDepthMax) return;
  for (const AfAttributeTemplate* from : editor.tables().af_attribute_templates.children(owner)) {
    make_one(editor, element, parent, *from, depth);
  }
}

void release_below(Editor& editor, const Uuid& owner, int depth) {
  std::vector<AfAttribute> rows;
  for (const AfAttribute* row : editor.tables().af_attributes.children(owner)) rows.push_back(*row);
  for (AfAttribute& row : rows) {
    if (row.from_template) {
      row.from_template.reset();
      editor.put(row);
    }
    if (depth < kAssetDepthMax * 2) release_below(editor, row.id, depth + 1);
  }
}

template <class T>
void follow(T& field, const T& before, const T& after) {
  if (field == before) field = after;
}

/// What was not changed on the attribute itself becomes what the template says.
void follow_fields(AfAttribute& row, const AfAttributeFields& before, const AfAttributeFields& after) {
  for (const auto field :
       {&AfAttributeFields::description, &AfAttributeFields::type_qualifier, &AfAttributeFields::units,
        &AfAttributeFields::data_reference, &AfAttributeFields::config_string, &AfAttributeFields::trait}) {
    follow(row.*field, before.*field, after.*field);
  }
  for (const auto flag : {&AfAttributeFields::configuration_item, &AfAttributeFields::excluded,
                          &AfAttributeFields::hidden, &AfAttributeFields::manual_entry}) {
    follow(row.*flag, before.*flag, after.*flag);
  }
  follow(row.display_digits, before.display_digits, after.display_digits);
  follow(row.categories, before.categories, after.categories);
  const auto same = [](const std::optional<Sample>& a, const std::optional<Sample>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->time == b->time && a->value == b->value && a->quality == b->quality));
  };
  const bool other_type = !iequals(before.type, after.type);
  if (other_type || same(row.value, before.value)) row.value = after.value;
  row.name = after.name;
  row.type = after.type;
}

Result<void> check_attribute_template(const Tables& tables, const AfAttributeTemplate& row,
                                      const std::vector<std::string>& categories_before) {
  const AfElementTemplate* owner = tables.af_templates.find(row.element_template);
  if (owner == nullptr) return gone("element template");
  int depth = 0;
  for (auto up = row.parent; up; ++depth) {
    const AfAttributeTemplate* above = tables.af_attribute_templates.find(*up);
    if (above == nullptr || above->element_template != row.element_template) return gone("parent");
    if (depth > kAssetDepthMax) return too_deep("attribute templates");
    up = above->parent;
  }
  const AfAttributeTemplate* other = tables.af_attribute_templates.find_child(row.owner(), row.name);
  if (other != nullptr && other->id != row.id) return taken("attribute template", row.name);
  return check_categories(tables, owner->database, AfCategoryKind::attribute, row.categories,
                          categories_before);
}

void erase_below(Editor& editor, const Uuid& owner, int depth = 0) {
  std::vector<Uuid> ids;
  for (const auto* child : editor.tables().af_attribute_templates.children(owner)) ids.push_back(child->id);
  for (const Uuid& id : ids) {
    if (depth < kAssetDepthMax * 2) erase_below(editor, id, depth + 1);
    const AfAttributeTemplate* row = editor.tables().af_attribute_templates.find(id);
    if (row != nullptr) editor.erase(AfAttributeTemplate{*row});
  }
}

}  // namespace

Result<void> add_element_template(Editor& editor, const AfElementTemplate& row) {
  const Tables& tables = editor.tables();
  if (tables.af_databases.find(row.database) == nullptr) return gone("asset database");
  if (tables.af_templates.find_name(row.database, row.name) != nullptr) {
    return taken("element template", row.name);
  }
  if (row.base) {
    const AfElementTemplate* base = tables.af_templates.find(*row.base);
    if (base == nullptr || base->database != row.database) return gone("base template");
    if (chain_of(tables, *base).size() >= kAssetDepthMax) return too_deep("element templates");
  }
  TRY_VOID(check_categories(tables, row.database, AfCategoryKind::element, row.categories));
  editor.put(row);
  return {};
}

Result<void> update_element_template(Editor& editor, const AfElementTemplate& row) {
  const Tables& tables = editor.tables();
  const AfElementTemplate* known = tables.af_templates.find(row.id);
  if (known == nullptr) return gone("element template");
  if (known->base != row.base) {
    return fail(ErrorCode::invalid_argument, "BaseTemplate",
                "The base of an element template cannot be changed.");
  }
  const AfElementTemplate* other = tables.af_templates.find_name(row.database, row.name);
  if (other != nullptr && other->id != row.id) return taken("element template", row.name);
  TRY_VOID(
      check_categories(tables, row.database, AfCategoryKind::element, row.categories, known->categories));
  if (known->name != row.name) {
    std::vector<AfElement> elements;
    for (const AfElement* element : tables.af_elements.of_template(row.database, known->name)) {
      if (elements.size() == kFollowersMax) return too_many_followers("element template");
      elements.push_back(*element);
    }
    for (AfElement& element : elements) {
      element.template_name = row.name;
      editor.put(element);
    }
  }
  editor.put(row);
  return {};
}

Result<void> erase_element_template(Editor& editor, const Uuid& id) {
  const Tables& tables = editor.tables();
  const AfElementTemplate* known = tables.af_templates.find(id);
  if (known == nullptr) return gone("element template");
  const AfElementTemplate row = *known;
  if (!tables.af_elements.of_template(row.database, row.name).empty() ||
      !tables.af_templates.derived(row).empty()) {
    return in_use("element template", row.name);
  }
  erase_below(editor, id);
  editor.erase(row);
  return {};
}

Result<void> add_attribute_template(Editor& editor, const AfAttributeTemplate& row) {
  const Tables& tables = editor.tables();
  TRY_VOID(check_attribute_template(tables, row, {}));
  editor.put(row);
  if (row.parent) {
    const std::vector<AfAttribute> parents = followers_of(tables, *row.parent);
    if (parents.size() > kFollowersMax) return too_many_followers("element template");
    for (const AfAttribute& parent : parents) make_one(editor, parent.element, parent.id, row, 0);
    return {};
  }
  std::vector<AfElement> elements;
  collect_elements(tables, *tables.af_templates.find(row.element_template), 0, elements);
  if (elements.size() > kFollowersMax) return too_many_followers("element template");
  for (const AfElement& element : elements) make_one(editor, element.id, std::nullopt, row, 0);
  return {};
}

Result<void> update_attribute_template(Editor& editor, const AfAttributeTemplate& row) {
  const Tables& tables = editor.tables();
  const AfAttributeTemplate* known = tables.af_attribute_templates.find(row.id);
  if (known == nullptr) return gone("attribute template");
  const AfAttributeTemplate before = *known;
  TRY_VOID(check_attribute_template(tables, row, before.categories));
  std::vector<AfAttribute> followers = followers_of(tables, row.id);
  if (followers.size() > kFollowersMax) return too_many_followers("attribute template");
  editor.put(row);
  for (AfAttribute& follower : followers) {
    follow_fields(follower, before, row);
    const AfAttribute* other = tables.af_attributes.find_child(follower.owner(), follower.name);
    if (other != nullptr && other->id != follower.id) return taken("attribute", follower.name);
    editor.put(follower);
  }
  return {};
}

Result<void> erase_attribute_template(Editor& editor, const Uuid& id) {
  const AfAttributeTemplate* known = editor.tables().af_attribute_templates.find(id);
  if (known == nullptr) return gone("attribute template");
  const AfAttributeTemplate row = *known;
  const std::vector<AfAttribute> followers = followers_of(editor.tables(), id);
  if (followers.size() > kFollowersMax) return too_many_followers("attribute template");
  for (const AfAttribute& follower : followers) {
    erase_attributes_below(editor, follower.id);
    editor.erase(follower);
  }
  erase_below(editor, id);
  editor.erase(row);
  return {};
}

void make_template_attributes(Editor& editor, const AfElement& element) {
  const Tables& tables = editor.tables();
  const AfElementTemplate* from = tables.af_templates.find_name(element.database, element.template_name);
  if (from == nullptr) return;
  for (const Uuid& id : chain_of(tables, *from)) make_below(editor, element.id, std::nullopt, id, 0);
}

void release_template_attributes(Editor& editor, const Uuid& element) {
  release_below(editor, element, 0);
}

}  // namespace penstock::catalog
