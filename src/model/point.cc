#include "model/point.h"

#include <array>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::array<std::string_view, 9> kTypeNames = {"Int16",   "Int32",  "Float16", "Float32",  "Float64",
                                                        "Digital", "String", "Blob",    "Timestamp"};

DigitalSet make_system_set() {
  static constexpr std::pair<std::int32_t, const char*> kNames[] = {
      {210, "Access Denied"}, {211, "No Sample"},   {212, "No Result"},     {213, "Unit Down"},
      {214, "Sample Bad"},    {215, "Equip Fail"},  {216, "No Lab Data"},   {217, "Trace"},
      {233, "DCS Failed"},    {237, "Bad Output"},  {238, "Scan Off"},      {239, "Scan On"},
      {240, "Configure"},     {241, "Failed"},      {242, "Error"},         {243, "Execute"},
      {244, "Filtered"},      {245, "Calc Off"},    {246, "I/O Timeout"},   {247, "Set to Bad"},
      {248, "No Data"},       {249, "Calc Failed"}, {250, "Calc Overflow"}, {251, "Under Range"},
      {252, "Over Range"},    {253, "Pt Created"},  {254, "Shutdown"},      {255, "Bad Input"},
      {256, "Bad Total"},     {257, "No_Alarm"},    {258, "Over UCL"},      {259, "Under LCL"}};
  DigitalSet set;
  set.id = kSystemSet;
  set.name = "System";
  std::size_t next = 0;
  for (std::int32_t code = 193; code <= 320; ++code) {
    if (next < std::size(kNames) && kNames[next].first == code) {
      set.states.push_back({code, kNames[next++].second, ""});
    } else {
      set.states.push_back({code, "?" + std::to_string(code), ""});
    }
  }
  return set;
}

}  // namespace

Kind kind_of(PointType type) {
  switch (type) {
    case PointType::int16:
    case PointType::int32:
    case PointType::timestamp: return Kind::int64;
    case PointType::float16:
    case PointType::float64: return Kind::float64;
    case PointType::float32: return Kind::float32;
    case PointType::digital: return Kind::digital;
    case PointType::string:
    case PointType::blob: return Kind::text;
  }
  return Kind::float64;
}

std::string_view to_string(PointType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}

std::optional<PointType> parse_point_type(std::string_view text) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    if (iequals(text, kTypeNames[i])) return static_cast<PointType>(i);
  }
  return std::nullopt;
}

const DigitalState* DigitalSet::find(std::int32_t code) const {
  for (const DigitalState& state : states) {
    if (state.code == code) return &state;
  }
  return nullptr;
}

const DigitalState* DigitalSet::find(std::string_view state_name) const {
  const std::string wanted = to_upper_invariant(state_name);
  for (const DigitalState& state : states) {
    if (to_upper_invariant(state.name) == wanted) return &state;
  }
  return nullptr;
}

const DigitalSet& system_set() {
  static const DigitalSet set = make_system_set();
  return set;
}

}  // namespace penstock
