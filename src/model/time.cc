#include "model/time.h"

#include <charconv>

#include "model/iso_clock.h"

namespace penstock {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads exactly `n` digits at `at`, which it moves on.
bool read_digits(std::string_view text, std::size_t& at, int n, int& value) {
  if (at + static_cast<std::size_t>(n) > text.size()) return false;
  value = 0;
  for (int i = 0; i < n; ++i) {
    const char c = text[at + static_cast<std::size_t>(i)];
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  at += static_cast<std::size_t>(n);
  return true;
}

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

void append_number(std::string& out, int value, int width) {
  char text[12];
  for (int i = width - 1; i >= 0; --i) {
    text[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(text, static_cast<std::size_t>(width));
}

void append_seconds(std::string& out, const CivilTime& civil) {
  append_number(out, civil.year, 4);
  out.push_back('-');
  append_number(out, civil.month, 2);
  out.push_back('-');
  append_number(out, civil.day, 2);
  out.push_back('T');
  append_number(out, civil.hour, 2);
  out.push_back(':');
  append_number(out, civil.minute, 2);
  out.push_back(':');
  append_number(out, civil.second, 2);
}

tl::unexpected<Error> no_time(std::string_view text) {
  return fail(ErrorCode::invalid_time, {},
              "'" + std::string{text.substr(0, 64)} + "' is not a date and time");
}

}  // namespace

std::int64_t days_from_civil(int year, int month, int day) {
  // Days since 0000-03-01 in 400-year eras, so that the leap day ends a year.
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilTime civil_from(Timestamp time) {
  // Floor division by hand: the midnight before the least instant is out of range.
  constexpr std::int64_t kNsPerDay = 86400 * kNsPerSecond;
  std::int64_t days = time.unix_ns() / kNsPerDay, rest = time.unix_ns() % kNsPerDay;
  if (rest < 0) {
    rest += kNsPerDay;
    --days;
  }
  const std::int64_t z = days + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t day_of_era = z - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t mp = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<int>(day_of_year - (153 * mp + 2) / 5 + 1);
  civil.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  civil.year = static_cast<int>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  const std::int64_t seconds = rest / kNsPerSecond;
  civil.hour = static_cast<int>(seconds / 3600);
  civil.minute = static_cast<int>(seconds / 60 % 60);
  civil.second = static_cast<int>(seconds % 60);
  civil.nanosecond = rest % kNsPerSecond;
  return civil;
}

Result<Timestamp> from_civil(const CivilTime& c) {
  const std::int64_t seconds =
      days_from_civil(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
  // Wider, because the first second of the range begins before what int64 holds.
  const auto ns = static_cast<__int128>(seconds) * kNsPerSecond + c.nanosecond;
  if (ns < Timestamp::min().unix_ns() || ns > Timestamp::max().unix_ns()) {
    return fail(ErrorCode::time_out_of_range, {}, "the time is outside of the years 1677 to 2262");
  }
  return Timestamp::from_unix_ns(static_cast<std::int64_t>(ns));
}

bool parse_iso8601_clock(std::string_view text, ParsedTime& parsed) {
  CivilTime& c = parsed.local;
  std::size_t at = 0;
  const auto take = [&](char wanted) {
    if (at >= text.size() || text[at] != wanted) return false;
    ++at;
    return true;
  };
  if (!take('T') && !take('t') && !take(' ')) return false;
  if (!read_digits(text, at, 2, c.hour) || !take(':') || !read_digits(text, at, 2, c.minute)) return false;
  if (take(':')) {
    if (!read_digits(text, at, 2, c.second)) return false;
    if (take('.') || take(',')) {
      std::int64_t scale = 100'000'000;
      const std::size_t first = at;
      for (; at < text.size() && is_digit(text[at]); ++at) {
        c.nanosecond += (text[at] - '0') * scale;
        scale /= 10;
      }
      if (at == first) return false;
    }
  }
  if (c.second == 60) {
    parsed.leap_second = true;
    c.second = 59;
    c.nanosecond = 999'999'999;
  }
  if (c.hour > 23 || c.minute > 59 || c.second > 59) return false;
  if (take('Z') || take('z')) {
    parsed.has_offset = true;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int sign = text[at++] == '-' ? -1 : 1;
    int hours = 0, minutes = 0;
    if (!read_digits(text, at, 2, hours)) return false;
    if (at < text.size()) {
      take(':');
      if (!read_digits(text, at, 2, minutes)) return false;
    }
    if (hours > 23 || minutes > 59) return false;
    parsed.has_offset = true;
    parsed.offset_seconds = sign * (hours * 3600 + minutes * 60);
  }
  return at == text.size();
}

Result<ParsedTime> parse_iso8601(std::string_view text) {
  ParsedTime parsed;
  CivilTime& c = parsed.local;
  std::size_t at = 0;
  const auto dash = [&] { return at < text.size() && text[at++] == '-'; };
  const bool is_date = read_digits(text, at, 4, c.year) && dash() && read_digits(text, at, 2, c.month) &&
                       dash() && read_digits(text, at, 2, c.day) && c.month >= 1 && c.month <= 12 &&
                       c.day >= 1 && c.day <= days_in_month(c.year, c.month);
  if (!is_date || !parse_iso8601_clock(text.substr(at), parsed)) return no_time(text);
  return parsed;
}

Result<Timestamp> parse_timestamp(std::string_view text, OffsetRule rule) {
  TRY(const ParsedTime parsed, parse_iso8601(text));
  if (!parsed.has_offset && rule == OffsetRule::required) {
    return fail(ErrorCode::invalid_time, {}, "'" + std::string{text.substr(0, 64)} + "' has no time zone");
  }
  CivilTime civil = parsed.local;
  civil.second -= parsed.offset_seconds;
  return from_civil(civil);
}

void append_trimmed(std::string& out, Timestamp time) {
  const CivilTime civil = civil_from(time);
  append_seconds(out, civil);
  if (civil.nanosecond != 0) {
    out.push_back('.');
    append_number(out, static_cast<int>(civil.nanosecond), 9);
    while (out.back() == '0') out.pop_back();
  }
  out.push_back('Z');
}

std::string format_trimmed(Timestamp time) {
  std::string out;
  append_trimmed(out, time);
  return out;
}

std::string format_fixed(Timestamp time, int digits) {
  const CivilTime civil = civil_from(time);
  std::string out;
  append_seconds(out, civil);
  if (digits > 0) {
    out.push_back('.');
    std::string fraction;
    append_number(fraction, static_cast<int>(civil.nanosecond), 9);
    out.append(fraction, 0, static_cast<std::size_t>(digits));
  }
  out.push_back('Z');
  return out;
}

}  // namespace penstock
