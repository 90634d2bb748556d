#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/interned_text.h"
#include "base/result.h"
#include "base/text_hash.h"
#include "catalog/flat_table.h"
#include "catalog/table.h"
#include "model/point.h"

namespace penstock::catalog {

class Editor;

/// What a Building X point holds, as its clients see it.
enum class BxDataType : std::uint8_t { number = 0, boolean = 1, string = 2, enumeration = 3 };
std::string_view to_string(BxDataType type);  ///< "number", "boolean", "string", "enum".

/// A partition: the store of one customer's building. Its id is a UUID, kept in lower case.
struct BxPartition {
  static constexpr TableId kTable = TableId::bx_partitions;
  std::string id, name, description;

  std::string key() const { return id; }
  void encode(ByteWriter& out) const;
  static std::optional<BxPartition> decode(std::string_view key, ByteReader& in);
};

/// What Building X knows of a point beyond its PI attributes. A point that was only bound to an address has
/// no such row: then its type says everything.
struct BxPoint {
  static constexpr TableId kTable = TableId::bx_points;
  InternedText partition;  ///< In lower case, as the id.
  std::string id;
  BxDataType data_type = BxDataType::number;
  std::vector<std::pair<std::int32_t, std::string>> states;  ///< Of an enum: key and label, ascending.
  InternedText device;       ///< Id in the same partition; empty: the partition's virtual device.
  InternedText point_class;  ///< Free text; may be empty.
  std::vector<std::pair<std::string, std::string>> tags;  ///< Ascending by key.

  static std::uint64_t hash_of(std::string_view key) { return hash_text(key); }
  std::string key() const { return address_of(partition, id); }
  bool has_key(std::string_view key) const;
  void encode(ByteWriter& out) const;
  static std::optional<BxPoint> decode(std::string_view key, ByteReader& in);

  /// The address text at Door::building_x: "<partition>/<point id>" in lower case.
  static std::string address_of(std::string_view partition, std::string_view id);
};

/// A device that points can stand under. Every partition has one more, which is no row: the virtual device,
/// with the id of the partition.
struct BxDevice {
  static constexpr TableId kTable = TableId::bx_devices;
  std::string partition, id;  ///< Both in lower case.
  std::string name, description, model_name, serial_number, notes, external_id;
  std::string location;  ///< Id in the same partition, or empty.
  std::string gateway;   ///< The device above, in the same partition, or empty.

  std::string key() const { return BxPoint::address_of(partition, id); }
  void encode(ByteWriter& out) const;
  static std::optional<BxDevice> decode(std::string_view key, ByteReader& in);
};

/// A place. A partition without one is a building by itself, with its own id and name.
struct BxLocation {
  static constexpr TableId kTable = TableId::bx_locations;
  std::string partition, id;      ///< Both in lower case.
  std::string type = "Building";  ///< The resource type: Building, Floor, Room …
  std::string label, description, time_zone;
  std::string street, locality, postal_code, region, country;

  bool has_address() const {
    return !street.empty() || !locality.empty() || !postal_code.empty() || !region.empty() ||
           !country.empty();
  }
  std::string key() const { return BxPoint::address_of(partition, id); }
  void encode(ByteWriter& out) const;
  static std::optional<BxLocation> decode(std::string_view key, ByteReader& in);
};

/// Rows that only the Building X door understands.
struct BuildingXTables {
  Table<BxPartition> partitions;
  FlatTable<BxPoint> points;
  Table<BxDevice> devices;
  Table<BxLocation> locations;

  /// Rows of one partition, by id.
  std::vector<const BxDevice*> devices_of(std::string_view partition) const;
  std::vector<const BxLocation*> locations_of(std::string_view partition) const;

  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&& f) {
    f(TableId::bx_partitions, partitions);
    f(TableId::bx_points, points);
    f(TableId::bx_devices, devices);
    f(TableId::bx_locations, locations);
  }
};

/// Adds a partition, or gives a known one this name and description. Errors: invalid_argument.
Result<void> put_partition(Editor& editor, BxPartition partition);

struct NewBxPoint {
  std::string partition, id, name, description, unit;
  BxDataType data_type = BxDataType::number;
  std::vector<std::pair<std::int32_t, std::string>> states;  ///< Of an enum, ascending by key.
  std::string device, point_class;                           ///< As in BxPoint.
  std::vector<std::pair<std::string, std::string>> tags;
};

/// Makes a point with its PI tag `BX.<partition>.<id>` and binds its address. Numbers are Float64; booleans
/// digital with the states false and true; enums digital if their keys are 0…n, else Int32; all accept future
/// times. Errors: not_found (no such partition), conflict (the address is taken), invalid_argument.
Result<PointId> add_bx_point(Editor& editor, const NewBxPoint& wanted, Timestamp now);

/// Takes a point out of its partition. The point itself goes, too, with its samples, if this door made it and
/// no other door addresses it. Errors: not_found.
Result<void> erase_bx_point(Editor& editor, std::string_view partition, std::string_view id);
/// Gives a point of any door an address here; what it holds follows from its own type. Errors: not_found (no
/// such partition), conflict (another point has the address), invalid_argument.
Result<void> bind_bx_point(Editor& editor, std::string_view partition, std::string_view id, PointId point);

/// Takes an empty partition away, with its devices and locations. Errors: not_found, conflict (it has
/// points).
Result<void> erase_partition(Editor& editor, std::string_view partition);
/// Adds or changes a device. Errors: not_found (partition, location, gateway), invalid_argument.
Result<void> put_bx_device(Editor& editor, BxDevice device);
/// Its points go to the virtual device, devices below it stand alone. Errors: not_found.
Result<void> erase_bx_device(Editor& editor, std::string_view partition, std::string_view id);
/// Adds or changes a location. Errors: not_found (the partition), invalid_argument.
Result<void> put_bx_location(Editor& editor, BxLocation location);
/// Devices there are nowhere afterwards. Errors: not_found.
Result<void> erase_bx_location(Editor& editor, std::string_view partition, std::string_view id);

}  // namespace penstock::catalog
