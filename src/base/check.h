#pragma once

namespace penstock {

/// Logs the broken condition and ends the process. Only for our own bugs: no input may reach it.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace penstock

/// On in every build.
#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::penstock::check_failed(#condition, __FILE__, __LINE__))
