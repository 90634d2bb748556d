// Rooms: dialects/energyview
// Any bytes as a form body and as a query of a read: a refusal, or a request that keeps its promises.

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/energyview/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  using namespace penstock::dialects;
  using namespace penstock::dialects::energyview;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  http::Request request;
  request.set_target("/demo/api/v1/timeseries");
  request.body.assign(text);
  if (const auto write = parse_form_write(request, {})) {
    CHECK(!write->entries.empty());
    if (write->single) {
      CHECK(write->entries.size() == 1 && write->entries.front().data.size() == 1);
      CHECK(std::isfinite(write->entries.front().data.numbers.front()));
    }
  }
  const auto query = parse_read_query(http::Parameters::parse(text), {}, Timestamp::from_unix_ns(0));
  if (query) {
    CHECK(query->start <= query->end);
    CHECK(query->all_nodes ? query->nodes.empty() : true);
    CHECK(!query->one_node || query->nodes.size() == 1);
  }
  return 0;
}
