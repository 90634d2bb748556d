#include "dialects/common/zone.h"

#include <date/tz.h>

#include <exception>

namespace penstock::dialects {
namespace {

const date::time_zone& rules(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

std::int64_t floor_seconds(Timestamp time) {
  const std::int64_t ns = time.unix_ns();
  return ns >= 0 ? ns / kNsPerSecond : -((-(ns + 1)) / kNsPerSecond) - 1;
}

/// Whole seconds to an instant, kept inside of the range.
Timestamp clamped(date::sys_seconds time) {
  const std::int64_t s = time.time_since_epoch().count();
  if (s >= Timestamp::max().unix_ns() / kNsPerSecond) return Timestamp::max();
  if (s <= Timestamp::min().unix_ns() / kNsPerSecond) return Timestamp::min();
  return Timestamp::from_unix_ns(s * kNsPerSecond);
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  Zone zone;
  if (name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(std::string{name});
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_argument, "timezone", "no time zone " + std::string{name});
  }
  return zone;
}

Result<Timestamp> Zone::to_utc(const CivilTime& local) const {
  if (is_utc()) return from_civil(local);
  const std::int64_t seconds = days_from_civil(local.year, local.month, local.day) * 86400 +
                               local.hour * 3600 + local.minute * 60 + local.second;
  // `first` is the only offset, the earlier one of two, or the one in force before a gap.
  const auto info = rules(zone_).get_info(date::local_seconds{std::chrono::seconds{seconds}});
  CivilTime utc = local;
  utc.second -= static_cast<int>(info.first.offset.count());
  return from_civil(utc);
}

Zone::Span Zone::span_at(Timestamp time) const {
  if (is_utc()) return {};
  const auto info = rules(zone_).get_info(date::sys_seconds{std::chrono::seconds{floor_seconds(time)}});
  const Timestamp end = clamped(info.end);
  return {info.offset.count(), clamped(info.begin), end == Timestamp::max() ? end : end.plus_ns(-1)};
}

}  // namespace penstock::dialects
