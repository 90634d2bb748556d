#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dialects/common/zone.h"
#include "dialects/energyview/wire.h"

/// API v2 over the same series: a node is a Thing, a tag is the name of a series, and both go by UUIDs.
namespace penstock::dialects::energyview::v2 {

/// Whether a body makes something or changes it; a read or an erasure.
enum class Deed { create, update };
enum class Span { read, erase };

/// A bound as a body has it: not named, null, or a number.
using BoundWish = std::optional<std::optional<double>>;

/// What a body says of a series; what it does not name stays as it is.
struct SeriesWish {
  std::optional<std::string> name, si_unit;
  std::optional<Uuid> thing;
  BoundWish lower_bound, upper_bound;
  std::optional<std::vector<std::string>> labels;
};

/// A page of a list, and the labels of which an entry must have one; none: all entries.
struct Page {
  std::size_t limit = 20, offset = 0;
  std::vector<std::string> labels;

  bool takes(const std::vector<std::string>& of_entry) const;
};

/// Which values of a series: both ends of the time range belong to it.
struct DataQuery {
  Timestamp start = Timestamp::min(), end = Timestamp::max();
  std::optional<double> at_least, at_most;
  std::optional<std::string> unit;
  Resolution precision = Resolution::none;
  Aggregate aggregate = Aggregate::avg;
  Zone zone;

  /// With `at_least` above `at_most` a read is after what lies outside of the band.
  bool takes(double value) const;
};

/// A series on its way out.
struct SeriesView {
  Uuid uuid, created_by;
  std::optional<Uuid> thing;  ///< Absent where a point was bound to a node that was never made.
  std::string name, si_unit;
  std::optional<double> lower_bound, upper_bound;
  std::vector<std::string> labels;
};

}  // namespace penstock::dialects::energyview::v2
