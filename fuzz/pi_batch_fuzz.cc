// Rooms: dialects/piwebapi
// Any bytes as the body of a batch: an error, or a plan that runs every sub-request once, behind its parents,
// or says why not; and the paths in it. What the short way reads of it is what the plan has.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dialects/piwebapi/batch_plan.h"
#include "dialects/piwebapi/batch_read.h"
#include "dialects/piwebapi/json_path.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/select.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::piwebapi;

/// What the short way has understood, compared with the careful readers.
void check_short_way(std::string_view text) {
  const http::Body body{text};
  const auto quick = read_independent(body, 1000);
  if (!quick) return;
  const auto document = json::parse(text);
  CHECK(document.has_value());
  const auto plan = plan_batch(*document, 1000);
  CHECK(plan.has_value() && plan->requests.size() == quick->size() && plan->waves.size() <= 1);
  for (std::size_t i = 0; i < quick->size(); ++i) {
    const SubRequest& request = plan->requests[i];
    const auto& write = (*quick)[i].write;
    CHECK(request.id == (*quick)[i].id && json::parse((*quick)[i].raw));
    if (!write) continue;
    CHECK(request.refusal.empty() && request.parents.empty() && request.method == "POST" && request.content);
    std::string target = local_target(request.resource);
    const std::string query = write->query.empty() ? "" : "?" + std::string{write->query};
    if (target.back() == '?') target.pop_back();
    CHECK(target == "/piwebapi/streams/" + std::string{write->webid} +
                        (write->is_list ? "/recorded" : "/value") + query);
    const auto content = json::parse(*request.content);
    CHECK(content.has_value() && (!write->is_list || content->array().size() == 1));
    const WireTimedValue value = wire_timed_value(write->is_list ? content->array()[0] : *content);
    CHECK(value.timestamp == write->value.timestamp && value.good && !value.questionable);
    CHECK((value.value.type == WireValue::Type::integer) == write->value.is_integer);
    CHECK(value.value.number == write->value.number);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_short_way(text);
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
