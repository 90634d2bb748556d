// Rooms: dialects/buildingx
// Any text as the query of a Building X read: limits hold, and the URL of a page says again what was asked.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "dialects/buildingx/places.h"
#include "dialects/buildingx/query.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::buildingx;

constexpr Timestamp kNow = Timestamp::from_unix_ns(1'770'000'000'000'000'000);
constexpr std::string_view kCursor = "page[cursor]";

void check_values(const http::Parameters& parameters) {
  const auto query = parse_values_query(parameters, kNow);
  if (!query) {
    CHECK(query.error().kind == ProblemKind::invalid_parameter && !query.error().parameter.empty());
    return;
  }
  CHECK(query->limit >= 1 && query->limit <= 10'000);
  if (query->start) CHECK(*query->start >= query->from);
  if (query->to_given) CHECK(query->from <= query->to);
}

void check_list(const http::Parameters& parameters) {
  const auto query = parse_list_query(parameters, kDeviceIncludes);
  if (!query) {
    CHECK(query.error().kind == ProblemKind::invalid_parameter);
    return;
  }
  CHECK(query->limit >= 1 && query->limit <= 100);
  for (const std::string& path : query->includes) CHECK(path.starts_with("hasFeatures"));
}

/// All parameters come back, and the cursor is the given one.
void check_page(const http::Parameters& parameters) {
  const std::string url = page_url("/x", parameters, "next");
  CHECK(url.find('"') == std::string::npos && url.find('\\') == std::string::npos);
  const auto again = http::Parameters::parse(std::string_view{url}.substr(3));
  CHECK(again.find(kCursor) == "next");
  auto at = again.items().begin();
  for (const auto& item : parameters.items()) {
    if (item.first == kCursor) continue;
    CHECK(at != again.items().end() && *at == item);
    ++at;
  }
  CHECK(at != again.items().end() && ++at == again.items().end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parameters = http::Parameters::parse({reinterpret_cast<const char*>(data), size});
  check_values(parameters);
  check_list(parameters);
  check_page(parameters);
  return 0;
}
