#include "dialects/common/query_text.h"

namespace penstock::dialects {

std::string with_plus(std::string_view time_text) {
  constexpr std::size_t kDateSize = 10;  // YYYY-MM-DD
  std::string fixed{time_text};
  if (const std::size_t blank = fixed.rfind(' '); blank != std::string::npos && blank > kDateSize) {
    fixed[blank] = '+';
  }
  return fixed;
}

}  // namespace penstock::dialects
