#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
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
  std::string partition, id;  ///< Both in lower case.
  BxDataType data_type = BxDataType::number;
  std::vector<std::pair<std::int32_t, std::string>> states;  ///< Of an enum: key and label, ascending.

  std::string key() const { return address_of(partition, id); }
  void encode(ByteWriter& out) const;
  static std::optional<BxPoint> decode(std::string_view key, ByteReader& in);

  /// The address text at Door::building_x: "<partition>/<point id>" in lower case.
  static std::string address_of(std::string_view partition, std::string_view id);
};

/// Rows that only the Building X door understands.
struct BuildingXTables {
  Table<BxPartition> partitions;
  Table<BxPoint> points;

  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&& f) {
    f(TableId::bx_partitions, partitions);
    f(TableId::bx_points, points);
  }
};

/// Adds a partition, or gives a known one this name and description. Errors: invalid_argument.
Result<void> put_partition(Editor& editor, BxPartition partition);

struct NewBxPoint {
  std::string partition, id, name, description, unit;
  BxDataType data_type = BxDataType::number;
  std::vector<std::pair<std::int32_t, std::string>> states;  ///< Of an enum, ascending by key.
};

/// Makes a point with its PI tag `BX.<partition>.<id>` and binds its address. Numbers are Float64; booleans
/// digital with the states false and true; enums digital if their keys are 0…n, else Int32; all accept future
/// times. Errors: not_found (no such partition), conflict (the address is taken), invalid_argument.
Result<PointId> add_bx_point(Editor& editor, const NewBxPoint& wanted, Timestamp now);

}  // namespace penstock::catalog
