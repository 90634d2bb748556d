#include "archive/compression/points.h"

namespace penstock::archive {

CompressingPoint& CompressingPoints::make(PointId id) {
  const std::lock_guard lock{mutex};
  auto& point = points_[to_number(id)];
  if (!point) {
    point = std::make_unique<CompressingPoint>();
    point->edits = ++edits_;
  }
  return *point;
}

void CompressingPoints::remove(PointId id) {
  const std::lock_guard lock{mutex};
  if (points_.erase(to_number(id)) > 0) changed_.push_back(to_number(id));
}

std::optional<CompressingPoint> CompressingPoints::look(PointId id) const {
  const std::lock_guard lock{mutex};
  const auto at = points_.find(to_number(id));
  if (at == points_.end()) return std::nullopt;
  return *at->second;
}

void CompressingPoints::touch(PointId id, CompressingPoint& point) {
  const std::lock_guard lock{mutex};
  renew(point);
  if (!std::exchange(point.changed, true)) changed_.push_back(to_number(id));
}

std::vector<std::uint32_t> CompressingPoints::take_changed() {
  const std::lock_guard lock{mutex};
  return std::exchange(changed_, {});
}

}  // namespace penstock::archive
