// Rooms: dialects/omf
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dialects/omf/mapping.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"

/// A type that is taken is equal to itself, survives its row, and every answer is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::omf;
  const auto body = json::parse(std::string_view{reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  Report report;
  for (const TypeItem& item : parse_types(*body, Action::create, report)) {
    const std::string row = catalog::Table<catalog::OmfType>::encode(item.type);
    ByteReader reader{row};
    const auto again = catalog::OmfType::decode(item.type.key(), reader);
    std::string reason, minor;
    if (!again || !reader.ok() || !same_definition(*again, item.type, reason, minor) || !minor.empty())
      std::abort();
    if (item.type.classification != catalog::OmfClassification::enumeration && item.type.index() == nullptr)
      std::abort();
  }
  const http::Response response = render_report(report, Uuid{}, 200, EventShape::both, true);
  if (!json::parse(std::string_view{response.body})) std::abort();
  return 0;
}
