#include "dialects/energyview/times.h"

#include <cstring>

#include "model/iso_clock.h"

namespace penstock::dialects::energyview {
namespace {

void append_digits(std::string& out, std::int64_t number, int width) {
  char text[20];
  for (int i = width - 1; i >= 0; --i) {
    text[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  out.append(text, static_cast<std::size_t>(width));
}

void append_fraction(std::string& out, std::int64_t nanosecond) {
  const std::int64_t microsecond = nanosecond / kNsPerMicrosecond;
  if (microsecond == 0) return;
  out.push_back('.');
  append_digits(out, microsecond, 6);
  while (out.back() == '0') out.pop_back();
}

/// The clock of a zone as if it were UTC; at the ends of the range the clock stands still.
Timestamp shifted(Timestamp time, std::int64_t offset_s) {
  std::int64_t ns;
  if (__builtin_add_overflow(time.unix_ns(), offset_s * kNsPerSecond, &ns)) return time;
  return Timestamp::from_unix_ns(ns);
}

/// The fixed steps; zero for those of the calendar.
std::int64_t step_ns(Resolution resolution) {
  switch (resolution) {
    case Resolution::microseconds: return kNsPerMicrosecond;
    case Resolution::milliseconds: return kNsPerMillisecond;
    case Resolution::second: return kNsPerSecond;
    case Resolution::minute: return 60 * kNsPerSecond;
    case Resolution::minute5: return 300 * kNsPerSecond;
    case Resolution::minute10: return 600 * kNsPerSecond;
    case Resolution::minute15: return 900 * kNsPerSecond;
    case Resolution::minute20: return 1200 * kNsPerSecond;
    case Resolution::minute30: return 1800 * kNsPerSecond;
    case Resolution::hour: return 3600 * kNsPerSecond;
    case Resolution::none:
    case Resolution::day:
    case Resolution::week:
    case Resolution::month:
    case Resolution::year:
    case Resolution::decade:
    case Resolution::century:
    case Resolution::millennia: return 0;
  }
  return 0;
}

/// 0 on a Monday, 6 on a Sunday.
int days_behind_monday(const CivilTime& date) {
  constexpr std::int64_t kThursday = 3;  // 1970-01-01 was one.
  const std::int64_t days = days_from_civil(date.year, date.month, date.day) + kThursday;
  return static_cast<int>((days % 7 + 7) % 7);
}

/// The first year of the group of `size` years that begins in years ending with `first`.
int year_group(int year, int size, int first) {
  return (year - first) / size * size + first;
}

}  // namespace

bool TimeReader::read_on_same_day(std::string_view text, std::int64_t& ns) const {
  if (!has_day_ || text.size() < sizeof date_ || std::memcmp(text.data(), date_, sizeof date_) != 0)
    return false;
  ParsedTime parsed;
  if (!parse_iso8601_clock(text.substr(sizeof date_), parsed) || !parsed.has_offset) return false;
  const CivilTime& clock = parsed.local;
  const std::int64_t seconds = clock.hour * 3600 + clock.minute * 60 + clock.second - parsed.offset_seconds;
  const std::int64_t microsecond = clock.nanosecond / kNsPerMicrosecond;
  const std::int64_t inside = seconds * kNsPerSecond + microsecond * kNsPerMicrosecond;
  return !__builtin_add_overflow(day_ns_, inside, &ns);
}

Result<Timestamp> TimeReader::read(std::string_view text) {
  std::int64_t ns;
  if (read_on_same_day(text, ns)) return Timestamp::from_unix_ns(ns);

  TRY(const ParsedTime parsed, parse_iso8601(text));
  CivilTime date = parsed.local;
  date.hour = date.minute = date.second = 0;
  date.nanosecond = 0;
  if (const auto day = from_civil(date)) {
    std::memcpy(date_, text.data(), sizeof date_);
    day_ns_ = day->unix_ns();
    has_day_ = true;
  }
  if (!parsed.has_offset) {
    TRY(const Timestamp time, zone_.to_utc(parsed.local));
    return time.floor_to(kNsPerMicrosecond);
  }
  CivilTime civil = parsed.local;
  civil.second -= parsed.offset_seconds;
  TRY(const Timestamp time, from_civil(civil));
  return time.floor_to(kNsPerMicrosecond);
}

void append_local(std::string& out, Timestamp time, Offsets& offsets) {
  // Old local mean times have seconds in their offset, which RFC 3339 can't say: the minute below is a true
  // name of the same instant too.
  std::int64_t minutes = offsets.at(time) / 60;
  const Timestamp local = shifted(time, minutes * 60);
  if (local == time) minutes = 0;
  const CivilTime civil = civil_from(local);
  append_digits(out, civil.year, 4);
  out.push_back('-');
  append_digits(out, civil.month, 2);
  out.push_back('-');
  append_digits(out, civil.day, 2);
  out.push_back('T');
  append_digits(out, civil.hour, 2);
  out.push_back(':');
  append_digits(out, civil.minute, 2);
  out.push_back(':');
  append_digits(out, civil.second, 2);
  append_fraction(out, civil.nanosecond);
  out.push_back(minutes < 0 ? '-' : '+');
  append_digits(out, (minutes < 0 ? -minutes : minutes) / 60, 2);
  out.push_back(':');
  append_digits(out, (minutes < 0 ? -minutes : minutes) % 60, 2);
}

void append_epoch(std::string& out, Timestamp time) {
  const Timestamp cut = time.floor_to(kNsPerMicrosecond);
  std::uint64_t magnitude = static_cast<std::uint64_t>(cut.unix_ns());
  if (cut.unix_ns() < 0) {
    out.push_back('-');
    magnitude = 0 - magnitude;
  }
  const auto seconds = magnitude / static_cast<std::uint64_t>(kNsPerSecond);
  out.append(std::to_string(seconds));
  append_fraction(out, static_cast<std::int64_t>(magnitude % static_cast<std::uint64_t>(kNsPerSecond)));
}

Timestamp bucket_of(Timestamp time, Resolution resolution, Offsets& offsets) {
  const std::int64_t offset_s = offsets.at(time);
  const Timestamp local = shifted(time, offset_s);
  if (const std::int64_t step = step_ns(resolution); step != 0) {
    // Inside of one offset, so the distance to the begin of the bucket is the same on both clocks.
    // A bucket that begins before the range of times begins with it.
    std::int64_t begin;
    const std::int64_t back = local.floor_to(step).unix_ns() - local.unix_ns();
    if (__builtin_add_overflow(time.unix_ns(), back, &begin)) return Timestamp::min();
    return Timestamp::from_unix_ns(begin);
  }
  CivilTime civil = civil_from(local);
  civil.hour = civil.minute = civil.second = 0;
  civil.nanosecond = 0;
  switch (resolution) {
    case Resolution::week: civil.day -= days_behind_monday(civil); break;
    case Resolution::month: civil.day = 1; break;
    case Resolution::year: civil.month = civil.day = 1; break;
    case Resolution::decade:
      civil.month = civil.day = 1;
      civil.year = year_group(civil.year, 10, 0);
      break;
    case Resolution::century:
      civil.month = civil.day = 1;
      civil.year = year_group(civil.year, 100, 1);
      break;
    case Resolution::millennia:
      civil.month = civil.day = 1;
      civil.year = year_group(civil.year, 1000, 1);
      break;
    default: break;
  }
  return offsets.zone().to_utc(civil).value_or(Timestamp::min());
}

}  // namespace penstock::dialects::energyview
