// Rooms: dialects/omf
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "dialects/omf/apply.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/render.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::omf;

void make_types(catalog::Editor& editor, const Scene& scene) {
  const auto body = json::parse(std::string_view{
      R"([{"id":"S","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number"}}},
          {"id":"C","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
           "a":{"type":"integer","format":"int64"},"b":{"type":"string"}}}])"});
  Report report;
  const auto items = parse_types(*body, Action::create, report);
  Progress at;
  if (!apply_types(editor, items, Action::create, Version::v1_2, scene, report, at)) std::abort();
}

/// As a server does it: edit after edit, each of which gets on.
void apply_all(catalog::Tables& tables, std::vector<catalog::RowChange>& changes,
               const std::vector<ContainerItem>& items, Action action, const Scene& scene, Report& report) {
  for (Progress at; at.item < items.size();) {
    const std::size_t before = at.item;
    catalog::Editor editor{tables, changes};
    if (!apply_containers(editor, items, action, scene, report, at) || at.item <= before) std::abort();
  }
}

}  // namespace

/// What a message made is confirmed when it comes again, and taken back by a delete.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = json::parse(std::string_view{reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  catalog::Tables tables;
  std::vector<catalog::RowChange> changes;
  catalog::Editor editor{tables, changes};
  auth::Principal caller;
  caller.grants = {{"*", auth::Right::read | auth::Right::write}};
  const Scene scene{caller, Timestamp::from_unix_ns(0), "S", "D"};
  make_types(editor, scene);
  Report report;
  const auto items = parse_containers(*body, Action::create, report);
  apply_all(tables, changes, items, Action::create, scene, report);
  const std::size_t rows = changes.size(), containers = tables.omf.containers.size();
  Report again;
  apply_all(tables, changes, items, Action::create, scene, again);
  if (changes.size() != rows || tables.omf.containers.size() != containers) std::abort();
  apply_all(tables, changes, items, Action::remove, scene, again);
  if (tables.omf.containers.size() != 0 || tables.points.size() != 0 || tables.addresses.size() != 0)
    std::abort();
  const http::Response response = render_report(report, Uuid{}, 200, EventShape::both, true);
  if (!json::parse(std::string_view{response.body})) std::abort();
  return 0;
}
