#pragma once

#include "catalog/table.h"

namespace penstock::catalog {

/// Rows that only the EnergyView door understands.
struct EnergyViewTables {
  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&&) {}
};

}  // namespace penstock::catalog
