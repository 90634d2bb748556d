// Rooms: dialects/omf
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "dialects/omf/apply.h"
#include "dialects/omf/mapping.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::omf;

void check_row(const catalog::OmfType& type) {
  const std::string row = catalog::Table<catalog::OmfType>::encode(type);
  ByteReader reader{row};
  const auto again = catalog::OmfType::decode(type.key(), reader);
  std::string reason, minor;
  if (!again || !reader.ok() || !same_definition(*again, type, reason, minor) || !minor.empty()) std::abort();
  if (type.classification != catalog::OmfClassification::enumeration && type.index() == nullptr) std::abort();
}

/// As a server does it: edit after edit, each of which gets on.
void apply_all(catalog::Tables& tables, std::vector<catalog::RowChange>& changes,
               const std::vector<TypeItem>& items, Action action, const Scene& scene, Report& report) {
  for (Progress at; at.item < items.size();) {
    const std::size_t before = at.item;
    catalog::Editor editor{tables, changes};
    if (!apply_types(editor, items, action, Version::v1_2, scene, report, at) || at.item <= before)
      std::abort();
  }
}

}  // namespace

/// A type that is taken is equal to itself, survives its row, is confirmed without a change when it comes
/// again, and leaves nothing behind when it is deleted. Every answer is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = json::parse(std::string_view{reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  Report report;
  const std::vector<TypeItem> items = parse_types(*body, Action::create, report);
  for (const TypeItem& item : items) check_row(item.type);

  catalog::Tables tables;
  std::vector<catalog::RowChange> changes;
  const auth::Principal caller;
  const Scene scene{caller, Timestamp::from_unix_ns(0), "S", "D"};
  // What refers to an enumeration further down is taken when it comes again.
  for (int pass = 0; pass < 2; ++pass) apply_all(tables, changes, items, Action::create, scene, report);
  const std::size_t rows = changes.size();
  Report again;
  apply_all(tables, changes, items, Action::create, scene, again);
  if (changes.size() != rows) std::abort();
  // Enumerations go once nobody refers to them.
  for (int pass = 0; pass < 2; ++pass) apply_all(tables, changes, items, Action::remove, scene, again);
  if (tables.omf.types.size() + tables.af_templates.size() + tables.af_attribute_templates.size() +
          tables.af_enumeration_sets.size() + tables.digital_sets.size() !=
      0) {
    std::abort();
  }
  const http::Response response = render_report(report, Uuid{}, 200, EventShape::both, true);
  if (!json::parse(std::string_view{response.body})) std::abort();
  return 0;
}
