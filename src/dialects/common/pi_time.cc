#include "dialects/common/pi_time.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/text.h"

namespace penstock::dialects {
namespace {

tl::unexpected<Error> no_time(std::string_view text) {
  return fail(ErrorCode::invalid_time, {},
              "'" + std::string{text.substr(0, 64)} + "' cannot be converted to a time.");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Walks over a text; every `take` either moves on or leaves things as they are.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  bool end() const { return at >= text.size(); }
  char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool take(char wanted) {
    if (end() || text[at] != wanted) return false;
    ++at;
    return true;
  }
  bool blanks() {
    const std::size_t first = at;
    while (!end() && (text[at] == ' ' || text[at] == '\t')) ++at;
    return at != first;
  }
  std::string_view digits() {
    const std::size_t first = at;
    while (!end() && is_digit(text[at])) ++at;
    return text.substr(first, at - first);
  }
  std::string_view letters() {
    const std::size_t first = at;
    while (!end() && is_letter(text[at])) ++at;
    return text.substr(first, at - first);
  }
  std::string_view rest() const { return text.substr(at); }
};

/// A number of at most nine digits, or nothing.
std::optional<int> number(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

int days_in_month(int year, int month) {
  return static_cast<int>(days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                          days_from_civil(year, month, 1));
}

/// 1-based place of a name in a list, where three letters or the whole name are given; 0 if none.
template <std::size_t N>
int name_index(const std::array<std::string_view, N>& names, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i) {
    if (iequals(word, names[i]) || (word.size() == 3 && iequals(word, names[i].substr(0, 3)))) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}
constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

/// Nanoseconds of fraction digits; more than nine are cut.
std::int64_t fraction_ns(std::string_view digits) {
  std::int64_t ns = 0, scale = 100'000'000;
  for (const char c : digits) {
    ns += (c - '0') * scale;
    scale /= 10;
  }
  return ns;
}

/// `6:30`, `14:30:15`, `14:30:15.25`, `14:30:15:250`, each with AM or PM behind.
bool take_clock(Cursor& c, CivilTime& civil) {
  Cursor ahead = c;
  const auto hour = number(ahead.digits());
  if (!hour || !ahead.take(':')) return false;
  const std::string_view minute_digits = ahead.digits();
  const auto minute = number(minute_digits);
  if (!minute || minute_digits.size() != 2) return false;
  int second = 0;
  std::int64_t ns = 0;
  if (ahead.take(':')) {
    const auto seconds = number(ahead.digits());
    if (!seconds) return false;
    second = *seconds;
    if (ahead.peek() == '.' || ahead.peek() == ',') {
      ++ahead.at;
      const std::string_view digits = ahead.digits();
      if (digits.empty()) return false;
      ns = fraction_ns(digits);
    } else if (ahead.peek() == ':' && is_digit(ahead.peek(1))) {
      ++ahead.at;
      const auto milliseconds = number(ahead.digits());
      if (!milliseconds || *milliseconds > 999) return false;
      ns = *milliseconds * kNsPerMillisecond;
    }
  }
  int hours = *hour;
  Cursor behind = ahead;
  behind.blanks();
  const std::string_view half = behind.letters();
  if (iequals(half, "am") || iequals(half, "pm")) {
    if (hours < 1 || hours > 12) return false;
    hours = hours % 12 + (iequals(half, "pm") ? 12 : 0);
    ahead = behind;
  }
  if (hours > 23 || *minute > 59 || second > 60) return false;
  if (second == 60) {  // A leap second is kept as the last 100 ns of the minute.
    second = 59;
    ns = kNsPerSecond - kNsPerTick;
  }
  civil.hour = hours;
  civil.minute = *minute;
  civil.second = second;
  civil.nanosecond = ns;
  c = ahead;
  return true;
}

/// `Z`, `GMT`, `UTC`, `+01:00`, `-0130`, `+02`, and ` 01:00`, whose plus sign a URL turned into a blank.
std::optional<int> take_offset(Cursor& c) {
  Cursor ahead = c;
  ahead.blanks();
  if (const std::string_view word = ahead.letters(); !word.empty()) {
    if (!iequals(word, "z") && !iequals(word, "gmt") && !iequals(word, "utc")) return std::nullopt;
    c = ahead;
    return 0;
  }
  const bool minus = ahead.peek() == '-';
  if (!minus && ahead.peek() != '+' && ahead.at == c.at) return std::nullopt;
  if (minus || ahead.peek() == '+') ++ahead.at;
  std::string_view digits = ahead.digits();
  int hours = 0, minutes = 0;
  if (digits.size() == 4) {
    hours = *number(digits.substr(0, 2));
    minutes = *number(digits.substr(2));
  } else if (digits.size() == 2) {
    hours = *number(digits);
    if (ahead.peek() == ':' && is_digit(ahead.peek(1)) && is_digit(ahead.peek(2))) {
      ++ahead.at;
      minutes = *number(ahead.digits().substr(0, 2));
    }
  } else {
    return std::nullopt;
  }
  // `-01:30:15` and `-8h` are steps, not zones.
  if (is_letter(ahead.peek()) || is_digit(ahead.peek()) || ahead.peek() == ':' || ahead.peek() == '.') {
    return std::nullopt;
  }
  if (hours > 14 || minutes > 59) return std::nullopt;
  c = ahead;
  return (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
}

bool valid_date(const CivilTime& c) {
  return c.month >= 1 && c.month <= 12 && c.day >= 1 && c.year >= 1 && c.year <= 9999 &&
         c.day <= days_in_month(c.year, c.month);
}

int full_year(int year, std::size_t digits) {
  if (digits > 2) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

/// `2026-04-02`, `2-Apr-2026`, `2 Apr 26`, `04/02/2026`.
bool take_date(Cursor& c, CivilTime& into) {
  Cursor ahead = c;
  CivilTime civil = into;
  const std::string_view first = ahead.digits();
  const auto first_number = number(first);
  if (!first_number) return false;
  if (ahead.peek() == '/') {
    ++ahead.at;
    const auto day = number(ahead.digits());
    if (!day || !ahead.take('/')) return false;
    const std::string_view year = ahead.digits();
    if (year.size() != 2 && year.size() != 4) return false;
    civil.month = *first_number;
    civil.day = *day;
    civil.year = full_year(*number(year), year.size());
  } else if (first.size() == 4 && ahead.peek() == '-') {
    ++ahead.at;
    const auto month = number(ahead.digits());
    if (!month || !ahead.take('-')) return false;
    const auto day = number(ahead.digits());
    if (!day) return false;
    civil.year = *first_number;
    civil.month = *month;
    civil.day = *day;
  } else {
    if (!ahead.take('-') && !ahead.blanks()) return false;
    const int month = name_index(kMonths, ahead.letters());
    if (month == 0) return false;
    if (!ahead.take('-') && !ahead.blanks()) return false;
    const std::string_view year = ahead.digits();
    if (year.size() != 2 && year.size() != 4) return false;
    civil.day = *first_number;
    civil.month = month;
    civil.year = full_year(*number(year), year.size());
  }
  if (!valid_date(civil)) return false;
  into = civil;
  c = ahead;
  return true;
}

Result<Timestamp> with_offset(const CivilTime& civil, std::optional<int> offset, PiZone zone) {
  if (!offset) return zone.to_utc(civil);
  TRY(const Timestamp utc, PiZone{}.to_utc(civil));
  std::int64_t ns;
  if (__builtin_sub_overflow(utc.unix_ns(), *offset * kNsPerSecond, &ns)) {
    return fail(ErrorCode::time_out_of_range, {}, "The time is outside of the years 1677 to 2262.");
  }
  return Timestamp::from_unix_ns(ns);
}

CivilTime midnight(CivilTime civil) {
  civil.hour = civil.minute = civil.second = 0;
  civil.nanosecond = 0;
  return civil;
}

/// References that begin with a digit: dates, clocks, day numbers and years.
Result<Timestamp> take_numeric(Cursor& c, Timestamp now, PiZone zone) {
  CivilTime civil = midnight(zone.to_local(now));
  if (take_date(c, civil)) {
    Cursor ahead = c;
    if (ahead.peek() == 'T' || ahead.peek() == 't') {
      ++ahead.at;
    } else {
      ahead.blanks();
    }
    if (ahead.at != c.at && take_clock(ahead, civil)) {
      c = ahead;
      return with_offset(civil, take_offset(c), zone);
    }
    return zone.to_utc(civil);
  }
  if (take_clock(c, civil)) return with_offset(civil, take_offset(c), zone);
  const std::string_view digits = c.digits();
  const auto value = number(digits);
  if (!value || is_letter(c.peek()) || c.peek() == '.') return no_time(c.text);
  if (*value >= 1970 && *value <= 9999) {
    civil.year = *value;
    civil.day = std::min(civil.day, days_in_month(civil.year, civil.month));
  } else if (*value >= 1 && *value <= days_in_month(civil.year, civil.month)) {
    civil.day = *value;
  } else {
    return no_time(c.text);
  }
  return zone.to_utc(civil);
}

/// `T`, `Yesterday`, `Mon`, `November`, and the RFC 1123 date behind a weekday.
Result<Timestamp> take_word(Cursor& c, Timestamp now, PiZone zone) {
  const std::string_view word = c.letters();
  CivilTime civil = midnight(zone.to_local(now));
  if (iequals(word, "t") || iequals(word, "today")) return zone.to_utc(civil);
  if (iequals(word, "y") || iequals(word, "yesterday")) {
    civil.day -= 1;
    return zone.to_utc(civil);
  }
  if (const int weekday = name_index(kWeekdays, word); weekday != 0) {
    if (c.take(',')) {
      c.blanks();
      return take_numeric(c, now, zone);
    }
    const std::int64_t today = days_from_civil(civil.year, civil.month, civil.day);
    const std::int64_t today_weekday = ((today + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 is Sunday.
    civil.day -= static_cast<int>((today_weekday - (weekday - 1) + 7) % 7);
    return zone.to_utc(civil);
  }
  if (const int month = name_index(kMonths, word); month != 0) {
    if (month > civil.month) civil.year -= 1;
    civil.month = month;
    civil.day = std::min(civil.day, days_in_month(civil.year, civil.month));
    return zone.to_utc(civil);
  }
  return no_time(c.text);
}

enum class Unit { year, month, week, day, hour, minute, second, millisecond };
std::optional<Unit> unit_of(std::string_view word) {
  struct Name {
    std::string_view text;
    Unit unit;
  };
  static constexpr Name kNames[] = {{"y", Unit::year},
                                    {"year", Unit::year},
                                    {"years", Unit::year},
                                    {"mo", Unit::month},
                                    {"month", Unit::month},
                                    {"months", Unit::month},
                                    {"w", Unit::week},
                                    {"week", Unit::week},
                                    {"weeks", Unit::week},
                                    {"d", Unit::day},
                                    {"day", Unit::day},
                                    {"days", Unit::day},
                                    {"yd", Unit::day},
                                    {"yearday", Unit::day},
                                    {"yeardays", Unit::day},
                                    {"wd", Unit::day},
                                    {"weekday", Unit::day},
                                    {"weekdays", Unit::day},
                                    {"h", Unit::hour},
                                    {"hour", Unit::hour},
                                    {"hours", Unit::hour},
                                    {"m", Unit::minute},
                                    {"minute", Unit::minute},
                                    {"minutes", Unit::minute},
                                    {"min", Unit::minute},
                                    {"mins", Unit::minute},
                                    {"s", Unit::second},
                                    {"second", Unit::second},
                                    {"seconds", Unit::second},
                                    {"sec", Unit::second},
                                    {"secs", Unit::second},
                                    {"ms", Unit::millisecond},
                                    {"millisecond", Unit::millisecond},
                                    {"milliseconds", Unit::millisecond}};
  for (const Name& name : kNames) {
    if (iequals(name.text, word)) return name.unit;
  }
  return std::nullopt;
}

std::int64_t unit_ns(Unit unit) {
  switch (unit) {
    case Unit::hour: return 3600 * kNsPerSecond;
    case Unit::minute: return 60 * kNsPerSecond;
    case Unit::second: return kNsPerSecond;
    case Unit::millisecond: return kNsPerMillisecond;
    case Unit::year:
    case Unit::month:
    case Unit::week:
    case Unit::day: return 0;
  }
  return 0;
}

bool add_exact(PiInterval& to, std::int64_t whole, std::int64_t fraction_of_1e9, std::int64_t unit,
               int sign) {
  const __int128 ns =
      (static_cast<__int128>(whole) * unit + static_cast<__int128>(fraction_of_1e9) * unit / kNsPerSecond) *
          sign +
      to.ns;
  if (ns > Timestamp::max().unix_ns() || ns < Timestamp::min().unix_ns()) return false;
  to.ns = static_cast<std::int64_t>(ns);
  return true;
}

bool add_part(PiInterval& to, std::int64_t whole, std::string_view fraction, Unit unit, int sign) {
  // Fractions of days and longer have no fixed length; the time syntax refuses them.
  if (const std::int64_t exact = unit_ns(unit); exact != 0) {
    return add_exact(to, whole, fraction_ns(fraction), exact, sign);
  }
  if (!fraction.empty()) return false;
  if (unit == Unit::year) to.years += sign * whole;
  if (unit == Unit::month) to.months += sign * whole;
  if (unit == Unit::week) to.days += sign * whole * 7;
  if (unit == Unit::day) to.days += sign * whole;
  return true;
}

/// `1h30m`, `1h -30m`, `8`, `1:30:15.5`; `sign` is that of the first part.
bool take_interval(Cursor& c, int sign, PiInterval& interval) {
  for (bool first = true;; first = false) {
    c.blanks();
    const auto whole = number(c.digits());
    std::string_view fraction;
    if (c.peek() == '.' && is_digit(c.peek(1))) {
      ++c.at;
      fraction = c.digits();
    }
    if (!whole && fraction.empty()) return false;
    if (first && whole && fraction.empty() && c.peek() == ':') {
      ++c.at;
      const auto minutes = number(c.digits());
      if (!minutes || !add_part(interval, *whole, {}, Unit::hour, sign)) return false;
      if (!add_part(interval, *minutes, {}, Unit::minute, sign)) return false;
      if (c.take(':')) {
        const auto seconds = number(c.digits());
        if (!seconds) return false;
        if (c.peek() == '.') {
          ++c.at;
          fraction = c.digits();
        }
        if (!add_part(interval, *seconds, fraction, Unit::second, sign)) return false;
      }
      c.blanks();
      return c.end();
    }
    Cursor ahead = c;
    ahead.blanks();
    const std::string_view word = ahead.letters();
    std::optional<Unit> unit = Unit::hour;  // `*-8` means eight hours.
    if (!word.empty()) {
      unit = unit_of(word);
      c = ahead;
    } else if (!first) {
      return false;
    }
    if (!unit || !add_part(interval, whole.value_or(0), fraction, *unit, sign)) return false;
    c.blanks();
    if (c.end()) return true;
    if (c.take('+')) {
      sign = 1;
    } else if (c.take('-')) {
      sign = -1;
    } else if (!is_digit(c.peek()) && c.peek() != '.') {
      return false;
    }
  }
}

}  // namespace

Result<PiInterval> parse_pi_interval(std::string_view text) {
  Cursor c{trim(text)};
  int sign = 1;
  if (c.take('-')) {
    sign = -1;
  } else {
    c.take('+');
  }
  PiInterval interval;
  if (c.end() || !take_interval(c, sign, interval)) {
    return fail(ErrorCode::invalid_time, {},
                "'" + std::string{text.substr(0, 64)} + "' cannot be converted to a time span.");
  }
  return interval;
}

Result<Timestamp> add_interval(Timestamp time, const PiInterval& step, PiZone zone) {
  constexpr std::int64_t kDaysMax = 4'000'000;
  Timestamp base = time;
  if (step.years != 0 || step.months != 0 || step.days != 0) {
    if (std::abs(step.years) > 10'000 || std::abs(step.months) > 120'000 || std::abs(step.days) > kDaysMax) {
      return fail(ErrorCode::time_out_of_range, {}, "The time is outside of the years 1677 to 2262.");
    }
    CivilTime local = zone.to_local(time);
    const std::int64_t months = (local.year + step.years) * 12 + (local.month - 1) + step.months;
    if (months < 12 || months > 9999 * 12) {
      return fail(ErrorCode::time_out_of_range, {}, "The time is outside of the years 1677 to 2262.");
    }
    local.year = static_cast<int>(months / 12);
    local.month = static_cast<int>(months % 12) + 1;
    local.day = std::min(local.day, days_in_month(local.year, local.month)) + static_cast<int>(step.days);
    TRY(base, zone.to_utc(local));
  }
  std::int64_t ns;
  if (__builtin_add_overflow(base.unix_ns(), step.ns, &ns)) {
    return fail(ErrorCode::time_out_of_range, {}, "The time is outside of the years 1677 to 2262.");
  }
  return Timestamp::from_unix_ns(ns);
}

Result<Timestamp> parse_pi_time(std::string_view raw, Timestamp now, PiZone zone) {
  const std::string_view text = trim(raw);
  if (text.empty()) return now.floor_to(kNsPerTick);
  if (text.size() > 128) return no_time(text);
  // Most times by far are complete ISO 8601 ones.
  if (text.size() >= 16 && is_digit(text[0]) && text[4] == '-') {
    if (const auto iso = parse_iso8601(text)) {
      TRY(const Timestamp time,
          with_offset(iso->local, iso->has_offset ? std::optional{iso->offset_seconds} : std::nullopt, zone));
      return time.floor_to(kNsPerTick);
    }
  }
  Cursor c{text};
  Timestamp reference = now;
  if (c.take('*')) {
    // Now.
  } else if (c.peek() == '+' || c.peek() == '-') {
    // Steps alone hang on now.
  } else if (is_digit(c.peek())) {
    TRY(reference, take_numeric(c, now, zone));
  } else if (is_letter(c.peek())) {
    TRY(reference, take_word(c, now, zone));
  } else {
    return no_time(text);
  }
  const bool blank = c.blanks();
  if (c.end()) return reference.floor_to(kNsPerTick);
  int sign = 1;
  if (c.take('-')) {
    sign = -1;
  } else if (!c.take('+') && !(blank && is_digit(c.peek()))) {  // A URL turns the plus sign into a blank.
    return no_time(text);
  }
  PiInterval interval;
  if (c.end() || !take_interval(c, sign, interval)) return no_time(text);
  TRY(const Timestamp time, add_interval(reference, interval, zone));
  return time.floor_to(kNsPerTick);
}

}  // namespace penstock::dialects
