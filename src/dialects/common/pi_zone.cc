#include <date/tz.h>

#include <exception>

#include "base/text.h"
#include "dialects/common/pi_time.h"

namespace penstock::dialects {
namespace {

struct ZoneName {
  std::string_view windows, iana;
};

// Windows' own names for the zones that installations are in; the pairs are those of the Unicode CLDR
// project.
constexpr ZoneName kWindowsZones[] = {
    {"Hawaiian Standard Time", "Pacific/Honolulu"},
    {"Alaskan Standard Time", "America/Anchorage"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"Mountain Standard Time", "America/Denver"},
    {"Mountain Standard Time (Mexico)", "America/Mazatlan"},
    {"Central Standard Time", "America/Chicago"},
    {"Central Standard Time (Mexico)", "America/Mexico_City"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Central America Standard Time", "America/Guatemala"},
    {"SA Pacific Standard Time", "America/Bogota"},
    {"Eastern Standard Time", "America/New_York"},
    {"US Eastern Standard Time", "America/Indianapolis"},
    {"Venezuela Standard Time", "America/Caracas"},
    {"Atlantic Standard Time", "America/Halifax"},
    {"SA Western Standard Time", "America/La_Paz"},
    {"Pacific SA Standard Time", "America/Santiago"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"E. South America Standard Time", "America/Sao_Paulo"},
    {"Argentina Standard Time", "America/Buenos_Aires"},
    {"SA Eastern Standard Time", "America/Cayenne"},
    {"Greenland Standard Time", "America/Godthab"},
    {"Azores Standard Time", "Atlantic/Azores"},
    {"GMT Standard Time", "Europe/London"},
    {"Greenwich Standard Time", "Atlantic/Reykjavik"},
    {"Morocco Standard Time", "Africa/Casablanca"},
    {"W. Europe Standard Time", "Europe/Berlin"},
    {"Central Europe Standard Time", "Europe/Budapest"},
    {"Romance Standard Time", "Europe/Paris"},
    {"Central European Standard Time", "Europe/Warsaw"},
    {"W. Central Africa Standard Time", "Africa/Lagos"},
    {"GTB Standard Time", "Europe/Bucharest"},
    {"FLE Standard Time", "Europe/Kiev"},
    {"E. Europe Standard Time", "Europe/Chisinau"},
    {"Middle East Standard Time", "Asia/Beirut"},
    {"Egypt Standard Time", "Africa/Cairo"},
    {"South Africa Standard Time", "Africa/Johannesburg"},
    {"Israel Standard Time", "Asia/Jerusalem"},
    {"Jordan Standard Time", "Asia/Amman"},
    {"Turkey Standard Time", "Europe/Istanbul"},
    {"Arabic Standard Time", "Asia/Baghdad"},
    {"Arab Standard Time", "Asia/Riyadh"},
    {"Belarus Standard Time", "Europe/Minsk"},
    {"Russian Standard Time", "Europe/Moscow"},
    {"E. Africa Standard Time", "Africa/Nairobi"},
    {"Iran Standard Time", "Asia/Tehran"},
    {"Arabian Standard Time", "Asia/Dubai"},
    {"Azerbaijan Standard Time", "Asia/Baku"},
    {"Georgian Standard Time", "Asia/Tbilisi"},
    {"Caucasus Standard Time", "Asia/Yerevan"},
    {"Afghanistan Standard Time", "Asia/Kabul"},
    {"Ekaterinburg Standard Time", "Asia/Yekaterinburg"},
    {"Pakistan Standard Time", "Asia/Karachi"},
    {"West Asia Standard Time", "Asia/Tashkent"},
    {"India Standard Time", "Asia/Calcutta"},
    {"Sri Lanka Standard Time", "Asia/Colombo"},
    {"Nepal Standard Time", "Asia/Katmandu"},
    {"Central Asia Standard Time", "Asia/Almaty"},
    {"Bangladesh Standard Time", "Asia/Dhaka"},
    {"Myanmar Standard Time", "Asia/Rangoon"},
    {"SE Asia Standard Time", "Asia/Bangkok"},
    {"N. Central Asia Standard Time", "Asia/Novosibirsk"},
    {"North Asia Standard Time", "Asia/Krasnoyarsk"},
    {"China Standard Time", "Asia/Shanghai"},
    {"Singapore Standard Time", "Asia/Singapore"},
    {"Taipei Standard Time", "Asia/Taipei"},
    {"W. Australia Standard Time", "Australia/Perth"},
    {"North Asia East Standard Time", "Asia/Irkutsk"},
    {"Tokyo Standard Time", "Asia/Tokyo"},
    {"Korea Standard Time", "Asia/Seoul"},
    {"Cen. Australia Standard Time", "Australia/Adelaide"},
    {"AUS Central Standard Time", "Australia/Darwin"},
    {"E. Australia Standard Time", "Australia/Brisbane"},
    {"AUS Eastern Standard Time", "Australia/Sydney"},
    {"Tasmania Standard Time", "Australia/Hobart"},
    {"Vladivostok Standard Time", "Asia/Vladivostok"},
    {"West Pacific Standard Time", "Pacific/Port_Moresby"},
    {"Central Pacific Standard Time", "Pacific/Guadalcanal"},
    {"New Zealand Standard Time", "Pacific/Auckland"},
    {"Fiji Standard Time", "Pacific/Fiji"},
    {"Tonga Standard Time", "Pacific/Tongatapu"},
};

const date::time_zone* zone_of(const void* pointer) {
  return static_cast<const date::time_zone*>(pointer);
}

/// Whole seconds of a clock time as if it were UTC; fields may lie outside of their ranges.
std::int64_t clock_seconds(const CivilTime& c) {
  // Months carry into years; days_from_civil takes any day.
  const std::int64_t months = static_cast<std::int64_t>(c.year) * 12 + (c.month - 1);
  const std::int64_t year = months >= 0 ? months / 12 : (months - 11) / 12;
  const auto month = static_cast<int>(months - year * 12) + 1;
  return (days_from_civil(static_cast<int>(year), month, 1) + c.day - 1) * 86400 + c.hour * 3600LL +
         c.minute * 60LL + c.second;
}

Result<Timestamp> instant(std::int64_t seconds, std::int64_t nanosecond) {
  std::int64_t ns;
  if (__builtin_mul_overflow(seconds, kNsPerSecond, &ns) || __builtin_add_overflow(ns, nanosecond, &ns)) {
    return fail(ErrorCode::time_out_of_range, {}, "The time is outside of the years 1677 to 2262.");
  }
  return Timestamp::from_unix_ns(ns);
}

}  // namespace

Result<PiZone> PiZone::find(std::string_view name) {
  name = trim(name);
  if (name.empty() || iequals(name, "utc") || iequals(name, "gmt") || iequals(name, "z") ||
      iequals(name, "etc/utc") || iequals(name, "coordinated universal time")) {
    return PiZone{};
  }
  std::string_view iana = name;
  for (const ZoneName& zone : kWindowsZones) {
    if (iequals(zone.windows, name)) iana = zone.iana;
  }
  try {
    const date::time_zone* zone = date::locate_zone(std::string{iana});
    zone->get_info(date::sys_seconds{});  // Reads the zone's file now, inside of this try.
    PiZone found;
    found.zone_ = zone;
    return found;
  } catch (const std::exception&) {
    return fail(ErrorCode::invalid_argument, "timeZone",
                "The time zone '" + std::string{name.substr(0, 64)} + "' is not known.");
  }
}

CivilTime PiZone::to_local(Timestamp time) const {
  if (zone_ == nullptr) return civil_from(time);
  const std::int64_t seconds = time.floor_to(kNsPerSecond).unix_ns() / kNsPerSecond;
  const auto info = zone_of(zone_)->get_info(date::sys_seconds{std::chrono::seconds{seconds}});
  const std::int64_t shift = info.offset.count() * kNsPerSecond;
  std::int64_t shifted;
  if (__builtin_add_overflow(time.unix_ns(), shift, &shifted)) return civil_from(time);
  return civil_from(Timestamp::from_unix_ns(shifted));
}

Result<Timestamp> PiZone::to_utc(const CivilTime& local) const {
  if (local.year < -9999 || local.year > 9999) {
    return fail(ErrorCode::time_out_of_range, {}, "The year is out of range.");
  }
  const std::int64_t clock = clock_seconds(local);
  if (zone_ == nullptr) return instant(clock, local.nanosecond);
  const auto info = zone_of(zone_)->get_info(date::local_seconds{std::chrono::seconds{clock}});
  auto offset = info.first.offset;
  // Twice on the clock: standard time. Never on the clock: the offset before the change moves it forward.
  if (info.result == date::local_info::ambiguous && info.first.save.count() != 0) offset = info.second.offset;
  return instant(clock - offset.count(), local.nanosecond);
}

}  // namespace penstock::dialects
