#pragma once

#include <cstdint>
#include <string>

/// Texts of long columns of times and numbers, which are alike from one row to the next.
namespace penstock::dialects {

/// Writes times as append_trimmed does, the date anew only where the minute changes.
class TimeColumn {
 public:
  static constexpr std::size_t kTextMax = 32;
  /// Writes at most kTextMax characters, without quotes; returns their end.
  char* write(char* out, std::int64_t unix_ns);

 private:
  void enter_minute(std::int64_t unix_ns);

  std::int64_t minute_begin_ = 0;
  bool known_ = false;
  char prefix_[24] = {};  // `2026-04-02T06:30:`
};

/// Writes numbers as http::JsonWriter does, by hand those of few digits: the last number's digits behind the
/// point are tried first.
class NumberColumn {
 public:
  static constexpr std::size_t kTextMax = 48;
  char* write(char* out, double number);
  char* write(char* out, float number);

 private:
  template <class T>
  char* write_any(char* out, T number);

  unsigned scale_ = 0;
};

}  // namespace penstock::dialects
