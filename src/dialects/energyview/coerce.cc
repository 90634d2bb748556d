#include "dialects/energyview/coerce.h"

#include <cmath>
#include <limits>

namespace penstock::dialects::energyview {
namespace {

bool is_whole(double number, double low, double high) {
  return number == std::trunc(number) && number >= low && number <= high;
}

template <class T>
bool is_integer_of(double number) {
  return is_whole(number, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

/// True if the number has a value on the point; `number` becomes what the point keeps.
bool fits(double& number, const Point& point, const DigitalSet* set) {
  switch (point.type) {
    case PointType::float64: return true;
    case PointType::float16:
    case PointType::float32:
      number = static_cast<double>(static_cast<float>(number));
      return std::isfinite(number);
    case PointType::int16: return is_integer_of<std::int16_t>(number);
    case PointType::int32: return is_integer_of<std::int32_t>(number);
    case PointType::digital:
      return is_integer_of<std::int32_t>(number) && set != nullptr &&
             set->find(static_cast<std::int32_t>(number)) != nullptr;
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: return false;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> coerce(Run& run, const Point& point, const DigitalSet* set) {
  const Kind kind = point.kind();
  if (kind == Kind::float64) return std::nullopt;
  std::vector<std::int64_t> integers;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (!fits(run.numbers[i], point, set)) return i;
    if (is_integer(kind)) integers.push_back(static_cast<std::int64_t>(run.numbers[i]));
  }
  run.kind = kind;
  if (is_integer(kind)) {
    run.integers = std::move(integers);
    run.numbers.clear();
  }
  return std::nullopt;
}

}  // namespace penstock::dialects::energyview
