#include "base/text.h"
#include "catalog/points.h"

namespace penstock::catalog {

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

}  // namespace penstock::catalog
