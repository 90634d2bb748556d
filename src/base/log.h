#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace penstock::log {

enum class Level { debug, info, warning, error, critical };

/// One member of a log line. Numbers stay numbers in the JSON.
struct Field {
  Field(std::string_view name_, std::string_view text_) : name{name_}, text{text_} {}
  Field(std::string_view name_, const char* text_) : name{name_}, text{text_} {}
  Field(std::string_view name_, const std::string& text_) : name{name_}, text{text_} {}
  template <class T>
  requires std::is_integral_v<T> Field(std::string_view name_, T number_)
      : name{name_}, number{static_cast<std::int64_t>(number_)}, is_number{true} {}

  std::string_view name;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;
};

/// Writes `{"ts":…,"level":…,"msg":…,fields…}` as one line on standard error (or where `set_sink` says).
/// Threads: any. Never write secrets or whole bodies.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});
void set_level(Level level);

inline void debug(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::debug, m, f);
}
inline void info(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::info, m, f);
}
inline void warning(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::warning, m, f);
}
inline void error(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::error, m, f);
}
inline void critical(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::critical, m, f);
}

}  // namespace penstock::log
