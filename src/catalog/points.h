#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/table.h"
#include "model/point.h"
#include "model/write.h"

namespace penstock::catalog {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class V>
using TextMap = std::unordered_map<std::string, V, TextHash, std::equal_to<>>;

/// A row of `points`; key: the id, big-endian.
struct PointRow : Point {
  static constexpr TableId kTable = TableId::points;
  static std::string key_of(PointId id);
  std::string key() const { return key_of(id); }
  void encode(ByteWriter& out) const;
  static std::optional<PointRow> decode(std::string_view key, ByteReader& in);
};

class Points final : public Table<PointRow> {
 public:
  const Point* find(PointId id) const;
  const Point* find_tag(std::string_view tag) const;  ///< No regard to case (invariant upper-casing).
  /// Points by name, ascending without regard to case.
  const std::map<std::string, PointId>& by_tag() const { return by_tag_; }

 private:
  void added(const PointRow& row) override;
  void removing(const PointRow& row) override;

  std::map<std::string, PointId> by_tag_;  // By upper-cased tag.
  TextMap<const PointRow*> exact_;         // By tag as written: the hot path needs no upper-casing.
  std::vector<const PointRow*> by_id_;
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
};

/// A point's address at a door: Building X partition and point, EnergyView domain, node and tag, OMF
/// container and property … in a text form that the door chooses. Key: door byte, then the address.
struct AddressRow {
  static constexpr TableId kTable = TableId::addresses;
  Door door{};
  std::string address;
  PointId point{};

  static std::string key_of(Door door, std::string_view address);
  std::string key() const { return key_of(door, address); }
  void encode(ByteWriter& out) const;
  static std::optional<AddressRow> decode(std::string_view key, ByteReader& in);
};

class Addresses final : public Table<AddressRow> {
 public:
  /// The point behind an address, straight from the bytes of a request: one hash, no allocation. Nothing if
  /// unknown.
  std::optional<PointId> find(Door door, std::string_view address) const;
  /// All addresses of a point, at all doors.
  std::vector<const AddressRow*> of(PointId point) const;

 private:
  void added(const AddressRow& row) override;
  void removing(const AddressRow& row) override;

  std::map<Door, TextMap<PointId>> by_address_;
  std::unordered_multimap<std::uint32_t, const AddressRow*> by_point_;
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
