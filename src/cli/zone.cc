#include "cli/zone.h"

#include <date/tz.h>

#include <chrono>

namespace penstock::cli {

Result<Zone> Zone::find(const std::string& name) {
  if (name.empty() || name == "UTC" || name == "Z") return Zone{nullptr};
  try {
    return Zone{date::locate_zone(name)};
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_argument, name, "there is no time zone of this name");
  }
}

Result<Timestamp> Zone::to_instant(const CivilTime& local, std::optional<Timestamp> before) const {
  TRY(const auto as_utc, from_civil(local));
  if (zone_ == nullptr) return as_utc;
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  const date::local_seconds seconds{
      std::chrono::seconds{as_utc.floor_to(kNsPerSecond).unix_ns() / kNsPerSecond}};
  const auto info = zone->get_info(seconds);
  const auto shifted = [&](std::chrono::seconds offset) {
    return as_utc.plus_ns(-static_cast<std::int64_t>(offset.count()) * kNsPerSecond);
  };
  // In a gap, too, the offset from before moves the time ahead by the gap.
  const auto first = shifted(info.first.offset);
  if (info.result != date::local_info::ambiguous || !before || first > *before) return first;
  const auto second = shifted(info.second.offset);
  return second > *before ? second : first;
}

}  // namespace penstock::cli
