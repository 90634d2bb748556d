// Rooms: dialects/piwebapi
// Any bytes as the body of a batch: an error, or a plan that runs every sub-request once, behind its parents,
// or says why not; and the paths in it.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dialects/piwebapi/batch_plan.h"
#include "dialects/piwebapi/json_path.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/select.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects::piwebapi;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto document = parse_document(text);
  if (!document) return 0;
  const std::string written = document->to_string();
  CHECK(SelectedFields::parse("").apply(written) == written);
  (void)SelectedFields::parse("a.b;Resource;c").apply(written);
  const auto plan = plan_batch(*document, 1000);
  if (!plan) return 0;
  std::vector<bool> ran(plan->requests.size(), false);
  for (const auto& wave : plan->waves) {
    for (const std::size_t i : wave) {
      const SubRequest& request = plan->requests[i];
      CHECK(!ran[i] && request.refusal.empty());
      CHECK(local_target(request.resource).front() == '/');
      for (const std::size_t parent : request.parents) {
        CHECK(ran[parent] || !plan->requests[parent].refusal.empty());
      }
      for (const std::string& path : request.parameters) {
        if (const auto steps = parse_json_path(path)) (void)follow(*document, *steps);
      }
    }
    for (const std::size_t i : wave) ran[i] = true;
  }
  for (std::size_t i = 0; i < ran.size(); ++i) CHECK(ran[i] != !plan->requests[i].refusal.empty());
  return 0;
}
