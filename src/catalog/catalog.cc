#include "catalog/catalog.h"

#include "base/check.h"

namespace penstock::catalog {

Tables::Tables() {
  const auto add = [this](TableId id, TableBase& table) { by_id_[static_cast<std::size_t>(id)] = &table; };
  add(TableId::settings, settings);
  add(TableId::counters, counters);
  add(TableId::points, points);
  add(TableId::digital_sets, digital_sets);
  add(TableId::addresses, addresses);
  add(TableId::af_databases, af_databases);
  add(TableId::af_elements, af_elements);
  add(TableId::af_attributes, af_attributes);
  add(TableId::af_categories, af_categories);
  add(TableId::af_enumeration_sets, af_enumeration_sets);
  add(TableId::af_templates, af_templates);
  add(TableId::af_attribute_templates, af_attribute_templates);
  omf.each(add);
  building_x.each(add);
  energyview.each(add);
  access.each(add);
  add(TableId::retention_policies, retention);
}

Result<void> Catalog::apply(const RowChange& change) {
  TableBase* const table = tables_.table(change.table);
  if (table == nullptr) return fail(ErrorCode::store_corrupt, {}, "a row of an unknown catalog table");
  return table->apply(change.key, change.row);
}

void Editor::change(TableId table, std::string key, std::optional<std::string> row) {
  TableBase* const rows = tables_.table(table);
  CHECK(rows != nullptr);
  before_.push_back({table, key, rows->encoded(key)});
  CHECK(rows->apply(key, row).has_value());
  bytes_ += key.size() + (row ? row->size() : 0) + 32;
  changes_.push_back({table, std::move(key), std::move(row)});
}

void Editor::undo() {
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
    CHECK(tables_.table(at->table)->apply(at->key, at->row).has_value());
  }
  before_.clear();
  changes_.clear();
  erased_points_.clear();
  bytes_ = 0;
}

std::uint64_t Editor::next(std::string_view counter) {
  const CounterRow* row = tables_.counters.find(counter);
  const CounterRow moved{std::string{counter}, (row == nullptr ? 0 : row->last) + 1};
  put(moved);
  return moved.last;
}

Result<PointId> Editor::add_point(Point point) {
  if (point.tag.empty()) return fail(ErrorCode::invalid_argument, "Name", "a point needs a name");
  if (tables_.points.find_tag(point.tag) != nullptr) {
    return fail(ErrorCode::conflict, "Name", "a point named '" + point.tag + "' exists");
  }
  const std::uint64_t number = next("points");
  if (number > 0x7fffffff) return fail(ErrorCode::limit_exceeded, {}, "no point number is left");
  point.id = PointId{static_cast<std::uint32_t>(number)};
  put(PointRow{std::move(point)});
  return PointId{static_cast<std::uint32_t>(number)};
}

std::string Editor::free_tag(std::string wanted) const {
  std::string tag = wanted;
  for (int n = 2; tables_.points.find_tag(tag) != nullptr; ++n) tag = wanted + "~" + std::to_string(n);
  return tag;
}

Result<void> Editor::update_point(const Point& point) {
  if (tables_.points.find(point.id) == nullptr) return fail(ErrorCode::not_found, {}, "no such point");
  if (const Point* other = tables_.points.find_tag(point.tag); other != nullptr && other->id != point.id) {
    return fail(ErrorCode::conflict, "Name", "a point named '" + point.tag + "' exists");
  }
  put(PointRow{point});
  return {};
}

Result<void> Editor::erase_point(PointId id) {
  if (tables_.points.find(id) == nullptr) return fail(ErrorCode::not_found, {}, "no such point");
  for (const AddressRow* address : tables_.addresses.of(id)) {
    const AddressRow row{*address};
    unbind(row.door, row.address);
  }
  if (tables_.energyview.series.find(EvSeries::key_of(id)) != nullptr) {
    erase(TableId::ev_series, EvSeries::key_of(id));
  }
  erase(TableId::points, PointRow::key_of(id));
  erased_points_.push_back(id);
  return {};
}

Result<SetId> Editor::add_digital_set(DigitalSet set) {
  if (tables_.digital_sets.find_name(set.name) != nullptr) {
    return fail(ErrorCode::conflict, "Name", "a digital set named '" + set.name + "' exists");
  }
  set.id = SetId{static_cast<std::uint32_t>(next("digital_sets"))};
  const SetId id = set.id;
  put(DigitalSetRow{std::move(set)});
  return id;
}

void Editor::update_digital_set(const DigitalSet& set) {
  put(DigitalSetRow{set});
}

void Editor::bind(Door door, std::string_view address, PointId point) {
  put(AddressRow{door, std::string{address}, point});
}

void Editor::unbind(Door door, std::string_view address) {
  std::string key{address};
  erase(TableId::addresses, AddressRow::key_of(door, key));
  if (door == Door::building_x && tables_.building_x.points.find(key) != nullptr) {
    erase(TableId::bx_points, std::move(key));
  }
}

}  // namespace penstock::catalog
