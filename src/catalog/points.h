#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/flat_index.h"
#include "base/text_hash.h"
#include "catalog/flat_table.h"
#include "catalog/row_store.h"
#include "catalog/sorted_rows.h"
#include "catalog/table.h"
#include "model/point.h"
#include "model/write.h"

namespace penstock::catalog {

/// A row of `points`; key: the id, big-endian.
struct PointRow : Point {
  static constexpr TableId kTable = TableId::points;
  static std::string key_of(PointId id);
  static std::optional<PointId> parse_key(std::string_view key);
  std::string key() const { return key_of(id); }
  void encode(ByteWriter& out) const;
  static std::optional<PointRow> decode(std::string_view key, ByteReader& in);
};

/// All points, stored by their number. Names are found by hash; their order is made when it is first asked
/// for.
class Points final : public TableBase {
 public:
  const Point* find(PointId id) const {
    const PointRow* const row = rows_.find(to_number(id));
    return row != nullptr && row->id == id && to_number(id) != 0 ? row : nullptr;
  }
  const Point* find_tag(std::string_view tag) const;  ///< No regard to case (invariant upper-casing).
  std::size_t size() const { return by_tag_.size(); }

  /// Calls `f(const Point&)` by id, until it answers false.
  template <class F>
  void each(F&& f) const {
    rows_.each([&](const PointRow& row) { return to_number(row.id) == 0 || f(std::as_const(row)); });
  }
  /// Calls `f(const Point&)` by name, ascending without regard to case, for the names behind `after`, until
  /// it answers false.
  template <class F>
  void each_by_tag(std::string_view after, F&& f) const {
    tag_order().each_from(
        [&](std::uint32_t number) { return !after.empty() && compare_folded(rows_[number].tag, after) <= 0; },
        [&](std::uint32_t number) { return f(std::as_const(rows_[number])); });
  }

  Result<void> apply(std::string_view key, const std::optional<std::string>& row) override;
  std::optional<std::string> encoded(std::string_view key) const override;
  void for_each_encoded(const std::function<void(std::string_view, std::string)>& f) const override;
  static std::string encode(const PointRow& row) { return encode_row(row); }

 private:
  void index(const PointRow& row);
  void unindex(const PointRow& row);
  bool is_before(std::uint32_t a, std::uint32_t b) const;
  const SortedRows& tag_order() const;
  void sort_tags() const;

  RowStore<PointRow> rows_;
  FlatIndex by_tag_;  // By the hash of the folded tag.
  // Readers make it, side by side; from then on edits keep it.
  mutable std::mutex order_mutex_;
  mutable std::atomic<bool> has_order_{false};
  mutable SortedRows order_;
};

/// A row of `digital_sets`; key: the id, big-endian. Set 0, `System`, is built in and has no row.
struct DigitalSetRow : DigitalSet {
  static constexpr TableId kTable = TableId::digital_sets;
  static std::string key_of(SetId id);
  std::string key() const { return key_of(id); }
  void encode(ByteWriter& out) const;
  static std::optional<DigitalSetRow> decode(std::string_view key, ByteReader& in);
};

class DigitalSets final : public Table<DigitalSetRow> {
 public:
  const DigitalSet* find(SetId id) const;                    ///< Also the system set.
  const DigitalSet* find_name(std::string_view name) const;  ///< No regard to case; also `System`.

 private:
  void added(const DigitalSetRow& row) override;
  void removing(const DigitalSetRow& row) override;

  std::vector<const DigitalSetRow*> by_id_;
  FlatIndex by_name_;  // Numbers of sets, by the hash of the folded name.
};

/// A point's address at a door: Building X partition and point, EnergyView domain, node and tag, OMF
/// container and property … in a text form that the door chooses. Key: door byte, then the address.
struct AddressRow {
  static constexpr TableId kTable = TableId::addresses;
  Door door{};
  std::string address;
  PointId point{};

  static std::string key_of(Door door, std::string_view address);
  static std::uint64_t hash_of(Door door, std::string_view address);
  static std::uint64_t hash_of(std::string_view key);
  std::string key() const { return key_of(door, address); }
  bool has_key(std::string_view key) const {
    return !key.empty() && static_cast<char>(door) == key[0] && address == key.substr(1);
  }
  void encode(ByteWriter& out) const;
  static std::optional<AddressRow> decode(std::string_view key, ByteReader& in);
};

class Addresses final : public FlatTable<AddressRow> {
 public:
  /// The point behind an address, straight from the bytes of a request: one hash, no allocation. Nothing if
  /// unknown.
  std::optional<PointId> find(Door door, std::string_view address) const;
  /// All addresses of a point, at all doors.
  std::vector<const AddressRow*> of(PointId point) const;

  /// Calls `f(const AddressRow&)` for the addresses at a door that begin with `prefix`, ascending, from
  /// `prefix` with `rest` behind it on, until it answers false.
  template <class F>
  void each_below(Door door, std::string_view prefix, std::string_view rest, F&& f) const {
    const std::string first = std::string{prefix}.append(rest);
    order_.each_from(
        [&](std::uint32_t number) {
          const AddressRow& each = row(number);
          return each.door != door ? each.door < door : each.address < first;
        },
        [&](std::uint32_t number) {
          const AddressRow& each = row(number);
          return each.door == door && std::string_view{each.address}.starts_with(prefix) && f(each);
        });
  }

 private:
  void added(std::uint32_t number, const AddressRow& row) override;
  void removing(std::uint32_t number, const AddressRow& row) override;
  bool is_before(std::uint32_t a, std::uint32_t b) const;

  FlatIndex by_point_;
  SortedRows order_;  // By door, then address.
};

/// Small named texts that live with the data: server ids, keys for receipts, signing keys.
struct SettingRow {
  static constexpr TableId kTable = TableId::settings;
  std::string name, value;
  std::string key() const { return name; }
  void encode(ByteWriter& out) const { out.text(value); }
  static std::optional<SettingRow> decode(std::string_view key, ByteReader& in) {
    return SettingRow{std::string{key}, std::string{in.text()}};
  }
};

/// The last number given out of a series of ids that are never reused.
struct CounterRow {
  static constexpr TableId kTable = TableId::counters;
  std::string name;
  std::uint64_t last = 0;
  std::string key() const { return name; }
  void encode(ByteWriter& out) const { out.varint(last); }
  static std::optional<CounterRow> decode(std::string_view key, ByteReader& in) {
    return CounterRow{std::string{key}, in.varint()};
  }
};

}  // namespace penstock::catalog
