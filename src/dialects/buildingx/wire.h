#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock::dialects::buildingx {

inline constexpr std::size_t kItemsMax = 100;  ///< "Push 1 to 100 values for given point in a batch."
inline constexpr std::size_t kBodyBytesMax = 1u << 20;
inline constexpr std::size_t kValueBytesMax = 8u << 10;
inline constexpr std::size_t kProblemsMax = 100;
inline constexpr int kGradeMax = 3;  ///< `qualityOfValue` runs 0 to 3.

/// One `PointValue` resource of a request: its attributes as sent, the time cut to its millisecond.
struct PointValue {
  std::int64_t time_ns = 0;
  std::string value;
  std::uint8_t quality_of_value = 0;
};

struct PointValues {
  std::vector<PointValue> items;
  bool single = false;  ///< `data` was one object, not an array.

  /// "/data/3", or "/data" where it was a single object.
  std::string pointer(std::size_t index) const {
    return single ? std::string{"/data"} : "/data/" + std::to_string(index);
  }
};

}  // namespace penstock::dialects::buildingx
