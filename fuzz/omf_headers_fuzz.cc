// Rooms: dialects/omf
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "dialects/omf/headers.h"

/// Lines of `name: value` are headers. Faults ask for 400, and nothing else does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  http::Headers headers;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    headers.add(std::string{line.substr(0, colon)}, std::string{line.substr(colon + 1)});
  }
  dialects::omf::Report report;
  dialects::omf::parse_headers(headers, report);
  if (report.status(200) != (report.request().events.empty() ? 200 : 400)) std::abort();
  return 0;
}
