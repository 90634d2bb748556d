#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// What is measured, by stable id; `tag` is its human name, unique without regard to case.
struct Point {
  PointId id{};
  std::string tag;
  PointType type = PointType::float32;
  SetId digital_set = kSystemSet;  ///< Used by digital points.
  std::string descriptor, extended_descriptor, eng_units;
  std::string point_class = "base", point_source = "Lab";
  double zero = 0, span = 100, typical_value = 50;
  std::int32_t display_digits = -5;
  bool step = false;
  bool future = false;  ///< Accepts times beyond now + 10 min. Fixed at creation.
  bool archiving = true, compressing = false, scan = true, shutdown = true;
  double comp_dev = 0.2, comp_dev_percent = 0.2, exc_dev = 0.1, exc_dev_percent = 0.1;
  std::int64_t comp_min_s = 0, comp_max_s = 28800, exc_min_s = 0, exc_max_s = 600;
  Timestamp created = Timestamp::from_unix_ns(0), changed = Timestamp::from_unix_ns(0);
  std::string creator, changer;
  std::vector<std::pair<std::string, std::string>> more;  ///< Attributes that are kept but not understood.

  Kind kind() const { return kind_of(type); }
};

}  // namespace penstock
