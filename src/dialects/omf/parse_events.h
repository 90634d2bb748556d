#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "dialects/common/ondemand.h"
#include "dialects/omf/data_columns.h"
#include "dialects/omf/data_plan.h"
#include "dialects/omf/events.h"

// Includes simdjson: for parse .cc files only.

namespace penstock::dialects::omf {

/// Reads the events of containers, `values` of an item, into the runs of their points. Values that can't be
/// taken are reported by themselves. Borrows all that it is given.
class EventReader {
 public:
  EventReader(const DataRules& rules, DataColumns& columns, Report& report)
      : rules_{rules}, columns_{columns}, report_{report}, times_{rules.now} {}

  /// Reads `values` to its end. `plan` is from `columns` and has no refusal. Fails where the text is not
  /// JSON; part of it is in the runs then, and nothing of the body counts.
  simdjson::error_code read(const ContainerPlan& plan, std::size_t item, ondemand::value values);

 private:
  simdjson::error_code read_event(const ContainerPlan& plan, ondemand::value value);
  simdjson::error_code find_column(const ContainerPlan& plan, ondemand::field& field, std::size_t& at);
  simdjson::error_code read_time(const Column& column, ondemand::value value);
  simdjson::error_code read_cell(const Column& column, ondemand::value value, Cell& cell);
  simdjson::error_code read_quality(const ContainerPlan& plan, ondemand::value value);
  void push(const ContainerPlan& plan);
  bool fill(const ContainerPlan& plan, const Column& column, Cell& cell) const;

  const DataRules& rules_;
  DataColumns& columns_;
  Report& report_;
  IndexReader times_;
  std::size_t item_ = 0;

  // Of the event that is read.
  std::vector<Cell> cells_;
  std::optional<Timestamp> time_;
  Quality quality_;
};

}  // namespace penstock::dialects::omf
