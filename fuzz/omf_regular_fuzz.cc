// Rooms: dialects/omf
// Any bytes as a data message: what is taken by its layout is what the reading by item gives, bit for bit,
// and nothing is said of it.

#include <cstdint>
#include <map>
#include <string_view>

#include "base/check.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/parse_regular.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::omf;

constexpr std::string_view kTypes = R"([
  {"id":"S","classification":"dynamic","properties":{"Time":{"type":"string","format":"date-time","isindex":true},"Value":{"type":"number"}}},
  {"id":"F","classification":"dynamic","properties":{"Time":{"type":"string","format":"date-time","isindex":true},"Value":{"type":"number","format":"float32"}}},
  {"id":"P","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
   "x":{"type":"number"},"i":{"type":"integer","format":"int16"},"u":{"type":"integer","format":"uint64"}}}])";
constexpr std::string_view kContainers =
    R"([{"id":"s1","typeid":"S"},{"id":"s2","typeid":"S"},{"id":"f1","typeid":"F"},{"id":"p1","typeid":"P"}])";

struct Place {
  catalog::Tables tables;
  std::vector<catalog::RowChange> changes;
  auth::Principal caller;
  Scene scene{caller, Timestamp::from_unix_ns(1'795'176'000LL * kNsPerSecond), "S", "D"};

  Place() {
    caller.grants = {{"*", auth::Right::read | auth::Right::write}};
    catalog::Editor editor{tables, changes};
    Report report;
    Progress types_done, containers_done;
    const auto types = parse_types(*json::parse(kTypes), Action::create, report);
    CHECK(apply_types(editor, types, Action::create, Version::v1_2, scene, report, types_done).has_value());
    const auto containers = parse_containers(*json::parse(kContainers), Action::create, report);
    CHECK(apply_containers(editor, containers, Action::create, scene, report, containers_done).has_value());
  }
};

/// Each point's samples, whichever form they came in.
std::map<PointId, Run> runs_of(const DataMessage& message) {
  std::map<PointId, Run> runs;
  for (const PointSample& sample : message.slice) {
    Run& run = runs[sample.point];
    run.kind = sample.kind;
    const Timestamp time = Timestamp::from_unix_ns(sample.time);
    if (is_number(sample.kind)) {
      run.push(time, std::bit_cast<double>(sample.bits));
    } else {
      run.push(time, std::bit_cast<std::int64_t>(sample.bits));
    }
  }
  for (const PointWrite& write : message.writes) runs[write.point] = write.run;
  return runs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Place place;
  const http::Body body{std::string_view{reinterpret_cast<const char*>(data), size}};
  DataRules rules;
  rules.now = place.scene.now;
  Report one, other;
  const auto regular = parse_regular_data(body, rules, place.tables, place.caller, one);
  if (!regular) {
    CHECK(one.entries().empty());
    return 0;
  }
  const auto careful = parse_data_by_item(body, rules, place.tables, place.caller, other);
  CHECK(careful && careful->assets.empty());
  CHECK(runs_of(*regular) == runs_of(*careful));
  CHECK(regular->slice_item.size() == regular->slice.size() && regular->items == careful->items);
  CHECK(render_report(one, Uuid{}, 202, EventShape::both, true).body ==
        render_report(other, Uuid{}, 202, EventShape::both, true).body);
  return 0;
}
