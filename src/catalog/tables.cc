#include "catalog/assets.h"
#include "catalog/points.h"

namespace penstock::catalog {
namespace {

std::string child_key(const Uuid& owner, std::string_view name) {
  return std::string{reinterpret_cast<const char*>(owner.bytes), 16} + to_upper_invariant(name);
}

std::string_view uuid_key(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes), 16};
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

const Uuid& owner_of(const AfAttribute& row) {
  return row.parent_attribute ? *row.parent_attribute : row.element;
}

}  // namespace

const Point* Points::find(PointId id) const {
  const std::size_t number = to_number(id);
  return number < by_id_.size() ? by_id_[number] : nullptr;
}

const Point* Points::find_tag(std::string_view tag) const {
  if (const auto at = exact_.find(tag); at != exact_.end()) return at->second;
  const auto at = by_tag_.find(to_upper_invariant(tag));
  return at == by_tag_.end() ? nullptr : find(at->second);
}

void Points::added(const PointRow& row) {
  const std::size_t number = to_number(row.id);
  if (by_id_.size() <= number) by_id_.resize(number + 1);
  by_id_[number] = &row;
  by_tag_[to_upper_invariant(row.tag)] = row.id;
  exact_[row.tag] = &row;
}

void Points::removing(const PointRow& row) {
  by_id_[to_number(row.id)] = nullptr;
  by_tag_.erase(to_upper_invariant(row.tag));
  exact_.erase(row.tag);
}

const DigitalSet* DigitalSets::find(SetId id) const {
  if (id == kSystemSet) return &system_set();
  return Table::find(DigitalSetRow::key_of(id));
}

const DigitalSet* DigitalSets::find_name(std::string_view name) const {
  const std::string wanted = to_upper_invariant(name);
  if (wanted == "SYSTEM") return &system_set();
  for (const auto& [key, row] : rows()) {
    if (to_upper_invariant(row.name) == wanted) return &row;
  }
  return nullptr;
}

std::optional<PointId> Addresses::find(Door door, std::string_view address) const {
  const auto table = by_address_.find(door);
  if (table == by_address_.end()) return std::nullopt;
  const auto at = table->second.find(address);
  if (at == table->second.end()) return std::nullopt;
  return at->second;
}

std::vector<const AddressRow*> Addresses::of(PointId point) const {
  std::vector<const AddressRow*> rows;
  const auto [first, last] = by_point_.equal_range(to_number(point));
  for (auto at = first; at != last; ++at) rows.push_back(at->second);
  return rows;
}

void Addresses::added(const AddressRow& row) {
  by_address_[row.door][row.address] = row.point;
  by_point_.emplace(to_number(row.point), &row);
}

void Addresses::removing(const AddressRow& row) {
  by_address_[row.door].erase(row.address);
  const auto [first, last] = by_point_.equal_range(to_number(row.point));
  for (auto at = first; at != last; ++at) {
    if (at->second == &row) {
      by_point_.erase(at);
      return;
    }
  }
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
void AfElements::added(const AfElement& row) {
  by_parent_[child_key(row.parent, row.name)] = &row;
}
void AfElements::removing(const AfElement& row) {
  by_parent_.erase(child_key(row.parent, row.name));
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
void AfAttributes::added(const AfAttribute& row) {
  by_owner_[child_key(owner_of(row), row.name)] = &row;
}
void AfAttributes::removing(const AfAttribute& row) {
  by_owner_.erase(child_key(owner_of(row), row.name));
}

}  // namespace penstock::catalog
