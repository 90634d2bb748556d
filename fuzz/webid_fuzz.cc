// Rooms: dialects/piwebapi
// Any text as a WebID: an error, or pieces that are written as a WebID that means the same.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/piwebapi/webid.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::piwebapi;
  const auto id = parse_webid({reinterpret_cast<const char*>(data), size});
  if (!id || id->kind == WebIdKind::other) return 0;
  WebId upper = *id;
  upper.path = webid_path(upper.path);
  // A path of backslashes alone has nothing left to write; a server's empty local form gains its zero id.
  if (!id->path.empty() && upper.path.empty()) return 0;
  const auto again = parse_webid(render_webid(upper));
  CHECK(again.has_value());
  CHECK(again->kind == upper.kind && again->owner == upper.owner && again->id == upper.id &&
        again->parent == upper.parent && again->point == upper.point && again->path == upper.path);
  return 0;
}
