#include "dialects/common/count_headers.h"

namespace penstock::dialects {

void add_count_headers(http::Headers& headers, const WriteCounts& counts) {
  headers.add("Penstock-Stored", std::to_string(counts.stored));
  headers.add("Penstock-Replaced", std::to_string(counts.replaced));
  headers.add("Penstock-Ignored", std::to_string(counts.ignored));
  if (counts.erased != 0) headers.add("Penstock-Erased", std::to_string(counts.erased));
}

}  // namespace penstock::dialects
