// Rooms: dialects/omf
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "dialects/omf/apply.h"
#include "dialects/omf/parse_assets.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/parse_data.h"
#include "dialects/omf/render.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::omf;

constexpr std::string_view kTypes = R"([
  {"id":"E","type":"integer","enum":{"values":[{"name":"off","value":0},{"name":"on","value":1}]}},
  {"id":"A","classification":"static","properties":{"k":{"type":"string","isindex":true},"n":{"type":"number"}}},
  {"id":"S","classification":"dynamic","properties":{"v":{"type":"number","format":"float64"},"t":{"type":"string","format":"date-time","isindex":true}}},
  {"id":"C","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
   "i":{"type":"integer","format":"int64"},"u":{"type":"integer","format":"uint64"},"b":{"type":"boolean"},"s":{"type":"string"},
   "f":{"type":"number"},"e":{"reftypeid":"E"},"w":{"type":"string","format":"date-time"},"q":{"type":"integer","isquality":true}}}])";
constexpr std::string_view kContainers = R"([{"id":"s","typeid":"S"},{"id":"c","typeid":"C"}])";

/// Types and containers that values can be for; made once.
struct Place {
  catalog::Tables tables;
  std::vector<catalog::RowChange> changes;
  auth::Principal caller;
  Scene scene{caller, Timestamp::from_unix_ns(1'795'176'000LL * kNsPerSecond), "S", "D"};

  Place() {
    caller.grants = {{"*", auth::Right::read | auth::Right::write}};
    catalog::Editor editor{tables, changes};
    Report report;
    const auto types = parse_types(*json::parse(kTypes), Action::create, report);
    Progress types_done, containers_done;
    if (!apply_types(editor, types, Action::create, Version::v1_2, scene, report, types_done)) std::abort();
    const auto containers = parse_containers(*json::parse(kContainers), Action::create, report);
    if (!apply_containers(editor, containers, Action::create, scene, report, containers_done)) std::abort();
  }
};

void check_columns(const PointWrite& write) {
  const Run& run = write.run;
  const std::size_t n = run.size();
  const std::size_t values = is_number(run.kind)    ? run.numbers.size()
                             : is_integer(run.kind) ? run.integers.size()
                                                    : run.texts.size();
  if (n == 0 || values != n || (!run.qualities.empty() && run.qualities.size() != n)) std::abort();
  for (const std::int64_t time : run.times) {
    if (time < 0 || time % kNsPerTick != 0) std::abort();
  }
}

}  // namespace

/// Columns fit together, and every answer is JSON. The body is JSON to the strict reader as well, if it is
/// taken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Place place;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const http::Body body{text};
  for (const Action action : {Action::create, Action::remove}) {
    DataRules rules;
    rules.action = action;
    rules.now = place.scene.now;
    Report report;
    const auto message = parse_data(body, rules, place.tables, place.caller, report);
    if (!message) continue;
    const bool depth_or_surrogates = text.find("\\u") != text.npos || size > 128;
    if (!depth_or_surrogates && !json::parse(text)) std::abort();
    if (message->writes.size() != message->first_item.size()) std::abort();
    for (const PointWrite& write : message->writes) check_columns(write);
    catalog::Editor editor{place.tables, place.changes};
    const auto assets = parse_assets(message->assets, report);
    Progress at;
    if (!apply_assets(editor, assets, action, place.scene, report, at)) std::abort();
    if (at.item < assets.size() && !is_full(editor)) std::abort();
    editor.undo();
    const http::Response response = render_report(report, Uuid{}, 202, EventShape::both, true);
    if (!json::parse(std::string_view{response.body})) std::abort();
  }
  return 0;
}
