#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "model/time.h"

namespace penstock::dialects::piwebapi {

/// Reads the one form that nearly every item of a list has, `2026-04-02T06:30:00[.f…]Z`, and leaves every
/// other text to the time syntax. Remembers the last date, so that a list costs one calendar computation per
/// day.
class FastTime {
 public:
  /// Nanoseconds, cut to 100; nothing if the text is not of that form.
  std::optional<std::int64_t> parse(std::string_view text) {
    if (text.size() < 20 || text.back() != 'Z' || text[10] != 'T') return std::nullopt;
    const char* t = text.data();
    if (std::memcmp(t, date_, 10) != 0 && !remember_date(text)) return std::nullopt;
    if (t[13] != ':' || t[16] != ':') return std::nullopt;
    const unsigned hour = two(t + 11), minute = two(t + 14), second = two(t + 17);
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    std::int64_t ticks = 0;
    if (text.size() > 20) {
      if (t[19] != '.' || text.size() == 21) return std::nullopt;
      std::int64_t scale = 1'000'000;
      for (std::size_t i = 20; i + 1 < text.size(); ++i) {
        const auto digit = static_cast<unsigned>(t[i] - '0');
        if (digit > 9) return std::nullopt;
        ticks += digit * scale;  // Beyond seven digits the scale is zero.
        scale /= 10;
      }
    }
    return day_ns_ + (hour * 3600 + minute * 60 + second) * kNsPerSecond + ticks * kNsPerTick;
  }

 private:
  /// 100 or more if they are not two digits.
  static unsigned two(const char* t) {
    const auto tens = static_cast<unsigned>(t[0] - '0'), ones = static_cast<unsigned>(t[1] - '0');
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
  }
  bool remember_date(std::string_view text) {
    const auto parsed = parse_iso8601(text);
    if (!parsed) return false;
    const CivilTime& c = parsed->local;
    // Before 1970 and behind what 64 bits hold: rare, and told by the time syntax.
    if (c.year < 1970 || c.year > 2200) return false;
    std::memcpy(date_, text.data(), 10);
    day_ns_ = days_from_civil(c.year, c.month, c.day) * 86400 * kNsPerSecond;
    return true;
  }

  char date_[10] = {};
  std::int64_t day_ns_ = 0;
};

}  // namespace penstock::dialects::piwebapi
