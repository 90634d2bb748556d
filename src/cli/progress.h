#pragma once

#include <cstdint>
#include <string>

namespace penstock::cli {

/// "[#####-----]  52 %  12.6 M of 24.3 M values, 512 k/s, 23 s left". `seconds` since the begin.
std::string render_progress(std::uint64_t done, std::uint64_t total, double seconds);

/// 950, "12.3 k", "24.3 M".
std::string short_number(double number);

}  // namespace penstock::cli
