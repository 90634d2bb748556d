#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "catalog/access.h"
#include "catalog/assets.h"
#include "catalog/buildingx.h"
#include "catalog/energyview.h"
#include "catalog/omf.h"
#include "catalog/points.h"
#include "catalog/retention.h"
#include "catalog/table.h"
#include "catalog/templates.h"

namespace penstock::catalog {

/// Everything that is known beside samples: points, digital sets, assets, and what each door calls them.
struct Tables {
  Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  Table<SettingRow> settings;
  Table<CounterRow> counters;
  Points points;
  DigitalSets digital_sets;
  Addresses addresses;
  AfDatabases af_databases;
  AfElements af_elements;
  AfAttributes af_attributes;
  AfCategories af_categories;
  AfEnumerationSets af_enumeration_sets;
  AfElementTemplates af_templates;
  AfAttributeTemplates af_attribute_templates;
  OmfTables omf;
  BuildingXTables building_x;
  EnergyViewTables energyview;
  AccessTables access;
  Table<RetentionPolicy> retention;

  TableBase* table(TableId id) const { return by_id_[static_cast<std::size_t>(id)]; }

 private:
  std::array<TableBase*, 256> by_id_{};
};

/// Changes the tables inside one edit. Every change is recorded; if the edit fails, all are taken back.
///
/// What the edit reads through `tables()` includes its own changes. Pointers into a table live until the row
/// is put or erased again.
class Editor {
 public:
  Editor(Tables& tables, std::vector<RowChange>& changes) : tables_{tables}, changes_{changes} {}

  const Tables& tables() const { return tables_; }

  template <class T>
  void put(const T& row) {
    change(T::kTable, row.key(), Table<T>::encode(row));
  }
  void erase(TableId table, std::string key) { change(table, std::move(key), std::nullopt); }
  template <class T>
  void erase(const T& row) {
    erase(T::kTable, row.key());
  }

  /// The next number of a named series: 1, 2, 3 … never given twice.
  std::uint64_t next(std::string_view counter);

  /// Adds a point; its id is chosen here. Errors: conflict if the tag exists (no regard to case),
  /// invalid_argument.
  Result<PointId> add_point(Point point);
  /// `wanted`, or `wanted~2`, `~3` … if a point has that tag already (no regard to case).
  std::string free_tag(std::string wanted) const;
  /// Stores changed fields of a known point. Errors: not_found, conflict on a taken new tag.
  Result<void> update_point(const Point& point);
  /// Takes the point, its addresses and (through the archive) its samples away. Errors: not_found.
  Result<void> erase_point(PointId id);

  /// Adds a digital set with states as given, ascending codes. Errors: conflict if the name exists.
  Result<SetId> add_digital_set(DigitalSet set);
  void update_digital_set(const DigitalSet& set);

  /// Binds an address to a point; replaces an earlier one. `unbind` takes what its door keeps there, too.
  void bind(Door door, std::string_view address, PointId point);
  void unbind(Door door, std::string_view address);

  const std::vector<PointId>& erased_points() const { return erased_points_; }

  /// About what the changes so far take in the journal.
  std::size_t bytes() const { return bytes_; }

  /// Takes all changes back, newest first.
  void undo();

 private:
  void change(TableId table, std::string key, std::optional<std::string> row);

  Tables& tables_;
  std::vector<RowChange>& changes_;
  std::vector<RowChange> before_;
  std::vector<PointId> erased_points_;
  std::size_t bytes_ = 0;
};

/// The tables and their lock.
///
/// Threads: `read` from any thread, shared. Changes come only through the archive, which holds the lock alone
/// from deciding to durable, so that nobody reads a row that a crash could take back. Never hold a Reader
/// over a `co_await`, and never take two at a time.
class Catalog {
 public:
  class Reader {
   public:
    const Tables* operator->() const { return tables_; }
    const Tables& operator*() const { return *tables_; }

   private:
    friend class Catalog;
    Reader(std::shared_lock<std::shared_mutex> lock, const Tables* tables)
        : lock_{std::move(lock)}, tables_{tables} {}
    std::shared_lock<std::shared_mutex> lock_;
    const Tables* tables_;
  };

  Reader read() const { return Reader{std::shared_lock{mutex_}, &tables_}; }

  // For the archive alone.
  std::unique_lock<std::shared_mutex> lock() { return std::unique_lock{mutex_}; }
  Tables& tables() { return tables_; }
  /// A row as stored or replayed. Errors: store_corrupt.
  Result<void> apply(const RowChange& change);

 private:
  mutable std::shared_mutex mutex_;
  Tables tables_;
};

}  // namespace penstock::catalog
