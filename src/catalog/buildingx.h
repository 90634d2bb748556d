#pragma once

#include "catalog/table.h"

namespace penstock::catalog {

/// Rows that only the BuildingX door understands.
struct BuildingXTables {
  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&&) {}
};

}  // namespace penstock::catalog
