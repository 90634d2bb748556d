#include <algorithm>

#include "catalog/templates.h"

namespace penstock::catalog {
namespace {

std::string_view uuid_key(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes), 16};
}

std::string child_key(const Uuid& owner, std::string_view name) {
  return std::string{uuid_key(owner)} + to_upper_invariant(name);
}

template <class T>
const T* find_in(const std::map<std::string, const T*>& index, const std::string& key) {
  const auto at = index.find(key);
  return at == index.end() ? nullptr : at->second;
}

template <class T>
std::vector<const T*> all_below(const std::map<std::string, const T*>& index, const Uuid& owner) {
  std::vector<const T*> rows;
  const std::string_view prefix = uuid_key(owner);
  for (auto at = index.lower_bound(std::string{prefix}); at != index.end(); ++at) {
    if (std::string_view{at->first}.substr(0, 16) != prefix) break;
    rows.push_back(at->second);
  }
  return rows;
}

}  // namespace

const AfEnumerationValue* AfEnumerationSet::find(const Uuid& value_id) const {
  const auto at =
      std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.id == value_id; });
  return at == values.end() ? nullptr : &*at;
}

const AfEnumerationValue* AfEnumerationSet::find(std::string_view value_name) const {
  const std::string wanted = to_upper_invariant(value_name);
  const auto at = std::find_if(values.begin(), values.end(),
                               [&](const auto& value) { return to_upper_invariant(value.name) == wanted; });
  return at == values.end() ? nullptr : &*at;
}

DigitalSet AfEnumerationSet::as_states() const {
  DigitalSet set;
  set.id = SetId{0xffffffff};  // Of no digital set, so not the system's either.
  set.name = name;
  set.description = description;
  for (const AfEnumerationValue& value : values) {
    set.states.push_back({value.value, value.name, value.description});
  }
  return set;
}

const AfDatabase* AfDatabases::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}

const AfDatabase* AfDatabases::find_name(std::string_view name) const {
  const std::string wanted = to_upper_invariant(name);
  for (const auto& [key, row] : rows()) {
    if (to_upper_invariant(row.name) == wanted) return &row;
  }
  return nullptr;
}

const AfElement* AfElements::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfElement* AfElements::find_child(const Uuid& parent, std::string_view name) const {
  return find_in(by_parent_, child_key(parent, name));
}
std::vector<const AfElement*> AfElements::children(const Uuid& parent) const {
  return all_below(by_parent_, parent);
}
const AfElements::Rows& AfElements::of_template(const Uuid& database, std::string_view name) const {
  return by_template_.of(child_key(database, name));
}
const AfElements::Rows& AfElements::of_category(const Uuid& database, std::string_view name) const {
  return by_category_.of(child_key(database, name));
}
bool AfElement::is_below(const Uuid& place) const {
  return parent == place || std::find(also_below.begin(), also_below.end(), place) != also_below.end();
}

void AfElements::added(const AfElement& row) {
  by_parent_[child_key(row.parent, row.name)] = &row;
  for (const Uuid& place : row.also_below) by_parent_[child_key(place, row.name)] = &row;
  if (!row.template_name.empty()) by_template_.add(child_key(row.database, row.template_name), row);
  for (const std::string& category : row.categories) {
    by_category_.add(child_key(row.database, category), row);
  }
}
void AfElements::removing(const AfElement& row) {
  by_parent_.erase(child_key(row.parent, row.name));
  for (const Uuid& place : row.also_below) by_parent_.erase(child_key(place, row.name));
  if (!row.template_name.empty()) by_template_.remove(child_key(row.database, row.template_name), row);
  for (const std::string& category : row.categories) {
    by_category_.remove(child_key(row.database, category), row);
  }
}

const AfAttribute* AfAttributes::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfAttribute* AfAttributes::find_child(const Uuid& owner, std::string_view name) const {
  return find_in(by_owner_, child_key(owner, name));
}
std::vector<const AfAttribute*> AfAttributes::children(const Uuid& owner) const {
  return all_below(by_owner_, owner);
}
const AfAttributes::Rows& AfAttributes::of_template(const Uuid& attribute_template) const {
  return by_template_.of(std::string{uuid_key(attribute_template)});
}
const AfAttributes::Rows& AfAttributes::of_category(std::string_view name) const {
  return by_category_.of(to_upper_invariant(name));
}
const AfAttributes::Rows& AfAttributes::of_qualifier(std::string_view name) const {
  return by_qualifier_.of(to_upper_invariant(name));
}
void AfAttributes::added(const AfAttribute& row) {
  by_owner_[child_key(row.owner(), row.name)] = &row;
  if (row.from_template) by_template_.add(std::string{uuid_key(*row.from_template)}, row);
  if (!row.type_qualifier.empty()) by_qualifier_.add(to_upper_invariant(row.type_qualifier), row);
  for (const std::string& category : row.categories) by_category_.add(to_upper_invariant(category), row);
}
void AfAttributes::removing(const AfAttribute& row) {
  by_owner_.erase(child_key(row.owner(), row.name));
  if (row.from_template) by_template_.remove(std::string{uuid_key(*row.from_template)}, row);
  if (!row.type_qualifier.empty()) by_qualifier_.remove(to_upper_invariant(row.type_qualifier), row);
  for (const std::string& category : row.categories) by_category_.remove(to_upper_invariant(category), row);
}

const AfCategory* AfCategories::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfCategory* AfCategories::find_name(const Uuid& database, AfCategoryKind kind,
                                          std::string_view name) const {
  return find_in(kind == AfCategoryKind::element ? elements_ : attributes_, child_key(database, name));
}
std::vector<const AfCategory*> AfCategories::all(const Uuid& database, AfCategoryKind kind) const {
  return all_below(kind == AfCategoryKind::element ? elements_ : attributes_, database);
}
void AfCategories::added(const AfCategory& row) {
  (row.kind == AfCategoryKind::element ? elements_ : attributes_)[child_key(row.database, row.name)] = &row;
}
void AfCategories::removing(const AfCategory& row) {
  (row.kind == AfCategoryKind::element ? elements_ : attributes_).erase(child_key(row.database, row.name));
}

const AfEnumerationSet* AfEnumerationSets::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfEnumerationSet* AfEnumerationSets::find_name(const Uuid& database, std::string_view name) const {
  return find_in(by_name_, child_key(database, name));
}
std::vector<const AfEnumerationSet*> AfEnumerationSets::all(const Uuid& database) const {
  return all_below(by_name_, database);
}
void AfEnumerationSets::added(const AfEnumerationSet& row) {
  by_name_[child_key(row.database, row.name)] = &row;
}
void AfEnumerationSets::removing(const AfEnumerationSet& row) {
  by_name_.erase(child_key(row.database, row.name));
}

const AfElementTemplate* AfElementTemplates::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfElementTemplate* AfElementTemplates::find_name(const Uuid& database, std::string_view name) const {
  return find_in(by_name_, child_key(database, name));
}
std::vector<const AfElementTemplate*> AfElementTemplates::all(const Uuid& database) const {
  return all_below(by_name_, database);
}
std::vector<const AfElementTemplate*> AfElementTemplates::derived(const AfElementTemplate& base) const {
  std::vector<const AfElementTemplate*> rows = all(base.database);
  std::erase_if(rows, [&](const AfElementTemplate* row) { return row->base != base.id; });
  return rows;
}
void AfElementTemplates::added(const AfElementTemplate& row) {
  by_name_[child_key(row.database, row.name)] = &row;
}
void AfElementTemplates::removing(const AfElementTemplate& row) {
  by_name_.erase(child_key(row.database, row.name));
}

const AfAttributeTemplate* AfAttributeTemplates::find(const Uuid& id) const {
  return Table::find(uuid_key(id));
}
const AfAttributeTemplate* AfAttributeTemplates::find_child(const Uuid& owner, std::string_view name) const {
  return find_in(by_owner_, child_key(owner, name));
}
std::vector<const AfAttributeTemplate*> AfAttributeTemplates::children(const Uuid& owner) const {
  return all_below(by_owner_, owner);
}
void AfAttributeTemplates::added(const AfAttributeTemplate& row) {
  by_owner_[child_key(row.owner(), row.name)] = &row;
}
void AfAttributeTemplates::removing(const AfAttributeTemplate& row) {
  by_owner_.erase(child_key(row.owner(), row.name));
}

}  // namespace penstock::catalog
