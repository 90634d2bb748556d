#include <algorithm>

#include "base/text.h"
#include "catalog/points.h"

namespace penstock::catalog {

const Point* Points::find_tag(std::string_view tag) const {
  const std::uint32_t number =
      by_tag_.find(hash_folded(tag), [&](std::uint32_t each) { return equals_folded(rows_[each].tag, tag); });
  return number == FlatIndex::kNone ? nullptr : &rows_[number];
}

Result<void> Points::apply(std::string_view key, const std::optional<std::string>& bytes) {
  const auto id = PointRow::parse_key(key);
  if (!id || to_number(*id) == 0) return fail(ErrorCode::store_corrupt, {}, "a point's row has a bad key");
  const std::uint32_t number = to_number(*id);
  const bool is_known = find(*id) != nullptr;
  if (!bytes) {
    if (!is_known) return {};
    unindex(rows_[number]);
    rows_.remove(number);
    return {};
  }
  TRY(PointRow decoded, decode_row<PointRow>(key, *bytes));
  PointRow& row = is_known ? rows_[number] : rows_.add(number);
  const bool is_renamed = !is_known || row.tag != decoded.tag;
  if (is_known && is_renamed) unindex(row);
  row = std::move(decoded);
  if (is_renamed) index(row);
  return {};
}

std::optional<std::string> Points::encoded(std::string_view key) const {
  const auto id = PointRow::parse_key(key);
  if (!id || find(*id) == nullptr) return std::nullopt;
  return encode(rows_[to_number(*id)]);
}

void Points::for_each_encoded(const std::function<void(std::string_view, std::string)>& f) const {
  rows_.each([&](const PointRow& row) {
    if (to_number(row.id) != 0) f(row.key(), encode(row));
    return true;
  });
}

void Points::index(const PointRow& row) {
  const std::uint32_t number = to_number(row.id);
  by_tag_.insert(hash_folded(row.tag), number);
  if (!has_order_) return;
  order_.insert(number, [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); });
}

void Points::unindex(const PointRow& row) {
  const std::uint32_t number = to_number(row.id);
  by_tag_.erase(hash_folded(row.tag), number);
  if (!has_order_) return;
  order_.erase(number, [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); });
}

bool Points::is_before(std::uint32_t a, std::uint32_t b) const {
  const int order = compare_folded(rows_[a].tag, rows_[b].tag);
  return order != 0 ? order < 0 : a < b;
}

const SortedRows& Points::tag_order() const {
  if (!has_order_.load(std::memory_order_acquire)) {
    const std::lock_guard lock{order_mutex_};
    if (!has_order_.load(std::memory_order_relaxed)) {
      sort_tags();
      has_order_.store(true, std::memory_order_release);
    }
  }
  return order_;
}

void Points::sort_tags() const {
  // All names folded once and side by side: comparing rows would fetch each of them from all over memory.
  struct Name {
    std::size_t at, size;
    std::uint32_t number;
  };
  std::string folded;
  std::vector<Name> names;
  names.reserve(size());
  each([&](const Point& point) {
    const std::size_t at = folded.size();
    folded += to_upper_invariant(point.tag);
    names.push_back({at, folded.size() - at, to_number(point.id)});
    return true;
  });
  std::sort(names.begin(), names.end(), [&](const Name& a, const Name& b) {
    const std::string_view all = folded;
    const int order = all.substr(a.at, a.size).compare(all.substr(b.at, b.size));
    return order != 0 ? order < 0 : a.number < b.number;
  });
  for (const Name& name : names) order_.append(name.number);
}

const DigitalSet* DigitalSets::find(SetId id) const {
  if (id == kSystemSet) return &system_set();
  return to_number(id) < by_id_.size() ? by_id_[to_number(id)] : nullptr;
}

const DigitalSet* DigitalSets::find_name(std::string_view name) const {
  if (equals_folded(name, system_set().name)) return &system_set();
  const std::uint32_t number = by_name_.find(
      hash_folded(name), [&](std::uint32_t each) { return equals_folded(by_id_[each]->name, name); });
  return number == FlatIndex::kNone ? nullptr : by_id_[number];
}

void DigitalSets::added(const DigitalSetRow& row) {
  const std::uint32_t number = to_number(row.id);
  if (by_id_.size() <= number) by_id_.resize(number + 1);
  by_id_[number] = &row;
  by_name_.insert(hash_folded(row.name), number);
}

void DigitalSets::removing(const DigitalSetRow& row) {
  by_id_[to_number(row.id)] = nullptr;
  by_name_.erase(hash_folded(row.name), to_number(row.id));
}

std::optional<PointId> Addresses::find(Door door, std::string_view address) const {
  const AddressRow* const row =
      FlatTable::find(AddressRow::hash_of(door, address),
                      [&](const AddressRow& each) { return each.door == door && each.address == address; });
  if (row == nullptr) return std::nullopt;
  return row->point;
}

std::vector<const AddressRow*> Addresses::of(PointId point) const {
  std::vector<const AddressRow*> rows;
  by_point_.find(hash_number(to_number(point)), [&](std::uint32_t number) {
    if (row(number).point == point) rows.push_back(&row(number));
    return false;  // On to the next.
  });
  return rows;
}

void Addresses::added(std::uint32_t number, const AddressRow& row) {
  by_point_.insert(hash_number(to_number(row.point)), number);
  order_.insert(number, [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); });
}

void Addresses::removing(std::uint32_t number, const AddressRow& row) {
  by_point_.erase(hash_number(to_number(row.point)), number);
  order_.erase(number, [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); });
}

bool Addresses::is_before(std::uint32_t a, std::uint32_t b) const {
  const AddressRow &left = row(a), &right = row(b);
  return left.door != right.door ? left.door < right.door : left.address < right.address;
}

}  // namespace penstock::catalog
