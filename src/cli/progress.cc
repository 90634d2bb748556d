#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

namespace penstock::cli {

std::string short_number(double number) {
  char text[32];
  if (number >= 1e6) {
    std::snprintf(text, sizeof text, "%.1f M", number / 1e6);
  } else if (number >= 1e3) {
    std::snprintf(text, sizeof text, "%.1f k", number / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.0f", number);
  }
  return text;
}

std::string render_progress(std::uint64_t done, std::uint64_t total, double seconds) {
  constexpr int kWidth = 30;
  const double part = total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const int full = static_cast<int>(part * kWidth);
  std::string text = "[" + std::string(static_cast<std::size_t>(full), '#') +
                     std::string(static_cast<std::size_t>(kWidth - full), '-') + "] ";
  char percent[16];
  std::snprintf(percent, sizeof percent, "%3.0f %%", part * 100);
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  text += std::string{percent} + "  " + short_number(static_cast<double>(done)) + " of " +
          short_number(static_cast<double>(total)) + " values, " + short_number(rate) + "/s";
  if (rate > 0 && done < total)
    text += ", " + short_number(static_cast<double>(total - done) / rate) + " s left";
  return text;
}

}  // namespace penstock::cli
