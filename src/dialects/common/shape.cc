#include "dialects/common/shape.h"

#include <cfloat>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "dialects/common/number_text.h"

namespace penstock::dialects::shape {
namespace {

/// Takes an object apart, one character after the other: it happens once per body.
class Scanner {
 public:
  Scanner(const char* at, const char* end, IsList is_list) : at_{at}, end_{end}, is_list_{is_list} {}

  std::optional<Row> scan() {
    row_.begin = at_;
    if (!read_object({}, false)) return std::nullopt;
    row_.end = row_.has_list ? skip_blanks(at_, end_) : at_;
    const std::string_view all{row_.begin, static_cast<std::size_t>(row_.end - row_.begin)};
    if (!is_valid_utf8(all)) return std::nullopt;
    return row_;
  }

 private:
  bool take(char wanted) {
    at_ = skip_blanks(at_, end_);
    if (at_ >= end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  bool read_quoted(std::string_view& text) {
    const char* const quote = read_text(at_, end_, text);
    if (quote == nullptr) return false;
    at_ = quote + 1;
    return true;
  }

  bool read_object(std::string_view parent, bool is_nested) {
    if (!take('{')) return false;
    do {
      Member member;
      member.parent = parent;
      member.is_nested = is_nested;
      if (!take('"') || !read_quoted(member.name) || !take(':')) return false;
      at_ = skip_blanks(at_, end_);
      if (at_ >= end_) return false;
      if (*at_ == '{') {
        if (is_nested || !read_object(member.name, true)) return false;
        continue;
      }
      if (*at_ == '[') {
        if (is_nested || is_list_ == nullptr || !is_list_(member.name)) return false;
        ++at_;
        row_.has_list = true;
        return true;
      }
      if (row_.count == kMembersMax || !read_scalar(member)) return false;
      row_.all[row_.count++] = member;
    } while (take(','));
    return take('}');
  }

  bool read_scalar(Member& member) {
    if (*at_ == '"') {
      ++at_;
      member.token = Token::text;
      return read_quoted(member.text);
    }
    const char* const begin = at_;
    while (at_ < end_ && std::string_view{",]} \t\r\n"}.find(*at_) == std::string_view::npos) ++at_;
    member.text = {begin, static_cast<std::size_t>(at_ - begin)};
    if (member.text == "true") {
      member.token = Token::yes;
    } else if (member.text == "false") {
      member.token = Token::no;
    } else if (member.text == "null") {
      member.token = Token::null;
    } else {
      member.token = Token::number;
      return is_json_number(member.text);
    }
    return true;
  }

  const char* at_;
  const char* end_;
  IsList is_list_;
  Row row_;
};

bool from_text(const char* at, const char* end, double& number) {
  const auto [stop, error] = std::from_chars(at, end, number);
  return error == std::errc{} && stop == end && std::isfinite(number);
}

constexpr unsigned kNoDigits = 1000;

/// Two digits as a number, or something above 99.
unsigned two_digits(const char* at) {
  const unsigned tens = static_cast<unsigned char>(at[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(at[1]) - unsigned{'0'};
  return tens > 9 || ones > 9 ? kNoDigits : tens * 10 + ones;
}

unsigned days_in(unsigned year, unsigned month) {
  static constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

std::optional<Row> take_apart(const char* at, const char* end, IsList is_list) {
  return Scanner{at, end, is_list}.scan();
}

bool read_exactly(const char* at, const char* end, std::uint64_t mantissa, unsigned scale, double& number) {
#if LDBL_MANT_DIG == 64
  // Both are exact with 64 bits, so that the quotient has 64 right ones. Rounding it once more to 53 is right
  // unless the bits that fall away are just the half.
  const long double quotient =
      static_cast<long double>(mantissa) / static_cast<long double>(detail::kTens[scale]);
  std::uint64_t bits;
  std::memcpy(&bits, &quotient, sizeof bits);
  if ((bits & 0x7ff) != 0x400) {
    number = static_cast<double>(*at == '-' ? -quotient : quotient);
    return true;
  }
#else
  static_cast<void>(mantissa);
  static_cast<void>(scale);
#endif
  return from_text(at, end, number);
}

const char* read_odd_number(const char* at, const char* end, double& number) {
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || (c | 0x20) == 'e';
  };
  const char* behind = at;
  while (behind < end && is_part(*behind)) ++behind;
  if (!is_json_number({at, static_cast<std::size_t>(behind - at)})) return nullptr;
  return from_text(at, behind, number) ? behind : nullptr;
}

bool ClockText::remember_minute(const char* at) {
  if (at[13] != ':' || at[16] != ':') return false;
  const unsigned hour = two_digits(at + 11), minute = two_digits(at + 14);
  if (hour > 23 || minute > 59) return false;
  static constexpr std::size_t kHour = 11;  // "2024-01-01T"
  if (std::memcmp(at, minute_text_, kHour) != 0) {
    if (at[4] != '-' || at[7] != '-' || at[10] != 'T') return false;
    const unsigned century = two_digits(at), rest = two_digits(at + 2);
    const unsigned month = two_digits(at + 5), day = two_digits(at + 8);
    if (century > 99 || rest > 99 || month < 1 || month > 12) return false;
    const unsigned year = century * 100 + rest;
    if (year < 1970 || year > 2200 || day < 1 || day > days_in(year, month)) return false;
    day_ns_ = days_from_civil(static_cast<int>(year), static_cast<int>(month), static_cast<int>(day)) *
              86400 * kNsPerSecond;
  }
  std::memcpy(minute_text_, at, sizeof minute_text_);
  minute_ns_ = day_ns_ + std::int64_t{hour * 3600 + minute * 60} * kNsPerSecond;
  return true;
}

bool Layout::learn_zone(std::string_view zone, const TimeRule& rule) {
  offset_ns_ = 0;
  if (zone == "Z") return true;
  if (zone.empty()) return rule.utc_if_absent;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
  const unsigned hours = two_digits(zone.data() + 1), minutes = two_digits(zone.data() + 4);
  if (hours > 14 || minutes > 59) return false;
  const std::int64_t offset_s = hours * 3600 + minutes * 60;
  offset_ns_ = (zone[0] == '-' ? -offset_s : offset_s) * kNsPerSecond;
  return true;
}

bool Layout::learn(const Row& row, const TimeRule& rule) {
  count_ = 0;
  again_ = {};
  has_list_ = row.has_list;
  clock_ = ClockText{rule.fraction_digits};
  earliest_ = rule.earliest;
  latest_ = rule.latest;
  bool has_time = false;
  const char* from = row.begin;
  for (std::size_t i = 0; i < row.count; ++i) {
    const Member& member = row.all[i];
    if (member.role == Role::fixed) continue;
    if (count_ == kSlotsMax) return false;
    Slot slot;
    slot.role = member.role;
    slot.before = {from, static_cast<std::size_t>(member.text.data() - from)};
    from = member.text.data() + member.text.size();
    if (member.role == Role::time) {
      std::int64_t ns;
      const char* const clock_end = clock_.read(member.text.data(), ns);
      if (has_time || clock_end == nullptr || clock_end > from) return false;
      if (!learn_zone({clock_end, static_cast<std::size_t>(from - clock_end)}, rule)) return false;
      from = clock_end;
      has_time = true;
    }
    slots_[count_++] = slot;
  }
  tail_ = {from, static_cast<std::size_t>(row.end - from)};
  row_bytes_ = static_cast<std::size_t>(row.end - row.begin) + 1;
  return count_ != 0;
}

std::size_t Layout::slot_of(Role role) const {
  std::size_t slot = 0;
  while (slot < count_ && slots_[slot].role != role) ++slot;
  return slot;
}

/// The rare way from row to row: the first time, where blanks differ, and at the end.
Step Layout::step_over(const char*& at, const char* end) {
  const char* row_end = at;
  if (has_list_) {
    for (const char bracket : {']', '}'}) {
      row_end = skip_blanks(row_end, end);
      if (row_end >= end || *row_end++ != bracket) return Step::surprise;
    }
  } else {
    if (!stands_at(at, end, tail_)) return Step::surprise;
    row_end += tail_.size();
  }
  const char* next = skip_blanks(row_end, end);
  if (next < end && *next == ',') {
    next = skip_blanks(next + 1, end);
    if (!stands_at(next, end, slots_[0].before)) return Step::surprise;
    next += slots_[0].before.size();
    again_ = {at, static_cast<std::size_t>(next - at)};
    at = next;
    return Step::row;
  }
  at = row_end;
  return Step::end;
}

}  // namespace penstock::dialects::shape
