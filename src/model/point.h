#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/interned_text.h"
#include "base/or_default.h"
#include "model/value.h"

namespace penstock {

/// Stable number of a point: dense from 1, never reused. The PI point id.
enum class PointId : std::uint32_t {};
constexpr std::uint32_t to_number(PointId id) {
  return static_cast<std::uint32_t>(id);
}

/// The types of PI points; every door's types map onto them.
enum class PointType : std::uint8_t {
  int16,
  int32,
  float16,
  float32,
  float64,
  digital,
  string,
  blob,
  timestamp
};

Kind kind_of(PointType type);
std::string_view to_string(PointType type);                        ///< "Float32".
std::optional<PointType> parse_point_type(std::string_view text);  ///< Any letter case.

/// Number of a digital set: dense, never reused; 0 is the system set.
enum class SetId : std::uint32_t {};
constexpr std::uint32_t to_number(SetId id) {
  return static_cast<std::uint32_t>(id);
}
constexpr SetId kSystemSet{0};

struct DigitalState {
  std::int32_t code = 0;
  std::string name;
  std::string description;
};

/// Named states, ascending by code. User sets run 0…n without holes.
struct DigitalSet {
  SetId id{};
  std::string name;
  std::string description;
  std::vector<DigitalState> states;

  const DigitalState* find(std::int32_t code) const;
  const DigitalState* find(std::string_view state_name) const;  ///< No regard to case.
};

/// The states that can stand in place of a value on any point: 248 No Data, 255 Bad Input … (codes 193 to
/// 320).
const DigitalSet& system_set();
namespace system_state {
constexpr std::uint16_t kAccessDenied = 210, kFiltered = 244, kNoData = 248, kUnderRange = 251,
                        kOverRange = 252, kPtCreated = 253, kBadInput = 255;
}

/// When a collector reports a value, and when the archive could leave one out. In the units of the point, in
/// percent of its span, and in seconds.
struct DataReduction {
  double comp_dev = 0.2, comp_dev_percent = 0.2, exc_dev = 0.1, exc_dev_percent = 0.1;
  std::uint32_t comp_min_s = 0, comp_max_s = 28800, exc_min_s = 0, exc_max_s = 600;
  bool operator==(const DataReduction&) const = default;
};

/// What is measured, by stable id; `tag` is its human name, unique without regard to case.
///
/// There may be millions: texts that many points have in common are interned, and what is nearly always the
/// default takes no room. What a write looks at stands in front, in one cache line.
struct Point {
  PointId id{};
  SetId digital_set = kSystemSet;  ///< Used by digital points.
  std::string tag;
  PointType type = PointType::float32;
  bool step = false;
  bool future = false;  ///< Accepts times beyond now + 10 min. Fixed at creation.
  bool archiving = true, compressing = false, scan = true, shutdown = true;
  std::int32_t display_digits = -5;
  double zero = 0, span = 100, typical_value = 50;
  InternedText descriptor, extended_descriptor, eng_units;
  InternedText point_class = "base", point_source = "Lab";
  Timestamp created = Timestamp::from_unix_ns(0), changed = Timestamp::from_unix_ns(0);
  InternedText creator, changer;
  OrDefault<DataReduction> reduction;
  /// Attributes that are kept but not understood.
  OrDefault<std::vector<std::pair<std::string, std::string>>> more;

  Kind kind() const { return kind_of(type); }
};

}  // namespace penstock
