#include "dialects/buildingx/parse_regular.h"

#include <cmath>
#include <limits>

#include "dialects/buildingx/wire.h"
#include "dialects/common/shape.h"

namespace penstock::dialects::buildingx {
namespace {

/// Learning a layout pays only where some rows follow.
constexpr std::size_t kWorthwhileBytes = 256;

/// How the values of a point are read; fixed: not here.
shape::Role value_role(const PointFormat& format) {
  switch (format.point.type) {
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: return shape::Role::number;
    case PointType::int16:
    case PointType::int32:
      return format.data_type() == catalog::BxDataType::enumeration ? shape::Role::fixed
                                                                    : shape::Role::integer;
    case PointType::digital:
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: return shape::Role::fixed;
  }
  return shape::Role::fixed;
}

/// What the members of a resource mean. False where it says more than a time and a good value.
bool give_roles(shape::Row& row, shape::Role role) {
  bool has_type = false, has_time = false, has_value = false, has_quality = false;
  for (shape::Member& member : row.members()) {
    if (!member.is_nested) {
      if (member.name == "id" || member.name == "attributes") return false;
      if (member.name != "type") continue;
      if (has_type || member.token != shape::Token::text || member.text != "PointValue") return false;
      has_type = true;
    } else if (member.parent == "type" || member.parent == "id") {
      return false;
    } else if (member.parent != "attributes") {
      continue;
    } else if (member.name == "timestamp") {
      if (has_time || member.token != shape::Token::text) return false;
      has_time = true;
      member.role = shape::Role::time;
    } else if (member.name == "value") {
      if (has_value || member.token != shape::Token::text) return false;
      has_value = true;
      member.role = role;
    } else if (member.name == "qualityOfValue") {
      if (has_quality || member.token != shape::Token::number || member.text != "0") return false;
      has_quality = true;
    }
  }
  return has_type && has_time && has_value;
}

}  // namespace

std::optional<Run> parse_regular_values(const http::Body& body, const PointFormat& format, Timestamp latest) {
  const shape::Role role = value_role(format);
  if (role == shape::Role::fixed || body.size() < kWorthwhileBytes) return std::nullopt;
  const char* const end = body.data() + body.size();
  const char* at = shape::skip_blanks(body.data(), end);
  const auto outer = shape::take_apart(at, end, [](std::string_view name) { return name == "data"; });
  if (!outer || !outer->has_list || outer->count != 0) return std::nullopt;
  at = outer->end;
  auto row = shape::take_apart(at, end);
  if (!row || !give_roles(*row, role)) return std::nullopt;
  shape::TimeRule times;
  times.fraction_digits = 3;
  times.utc_if_absent = true;
  times.earliest = std::numeric_limits<std::int64_t>::min();
  times.latest = latest.unix_ns();
  shape::Layout layout;
  if (!layout.learn(*row, times)) return std::nullopt;
  const std::size_t time = layout.slot_of(shape::Role::time), value = 1 - time;
  if (format.point.type == PointType::int16) {
    layout.limit_integers(value, std::numeric_limits<std::int16_t>::min(),
                          std::numeric_limits<std::int16_t>::max());
  } else if (role == shape::Role::integer) {
    layout.limit_integers(value, std::numeric_limits<std::int32_t>::min(),
                          std::numeric_limits<std::int32_t>::max());
  }

  Run run;
  run.kind = format.point.kind();
  run.reserve(kItemsMax);
  shape::Cells cells;
  if (!layout.first(at, end, cells)) return std::nullopt;
  shape::Step step;
  do {
    if (run.size() == kItemsMax) return std::nullopt;
    run.times.push_back(cells[time].integer);
    if (role == shape::Role::integer) {
      run.integers.push_back(cells[value].integer);
    } else {
      double number = cells[value].number;
      if (run.kind == Kind::float32) number = static_cast<double>(static_cast<float>(number));
      if (!std::isfinite(number)) return std::nullopt;
      run.numbers.push_back(number);
    }
    step = layout.next(at, end, cells);
  } while (step == shape::Step::row);
  if (step != shape::Step::end || !shape::closes(at, end, "]}")) return std::nullopt;
  return run;
}

}  // namespace penstock::dialects::buildingx
