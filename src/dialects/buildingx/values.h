#pragma once

#include <string>
#include <string_view>

#include "catalog/buildingx.h"
#include "model/point.h"

namespace penstock::dialects::buildingx {

/// How the texts of one point are read and written. Borrows from the catalog: use it inside one Reader.
struct PointFormat {
  const Point& point;
  const DigitalSet* set = nullptr;          ///< Of a digital point.
  const catalog::BxPoint* extra = nullptr;  ///< Absent where the point was only bound to its address.

  catalog::BxDataType data_type() const;
};

/// Reads the text of a value by the point's data type. Errors: value_type_mismatch.
Result<Value> parse_value(std::string_view text, const PointFormat& format);

/// The text of a stored value, and 0 to 3 as `qualityOfValue`. A system state shows its name with quality 1.
struct ValueText {
  std::string text;
  int quality_of_value = 0;
};
ValueText render_value(const Value& value, Quality quality, const PointFormat& format);

}  // namespace penstock::dialects::buildingx
