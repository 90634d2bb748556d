#include "dialects/common/receipt.h"

namespace penstock::dialects {

void add_receipt(http::Headers& headers, const archive::Archive& archive, std::uint64_t seq) {
  if (seq != 0) headers.add("Penstock-Receipt", archive.receipts().name(seq));
}

}  // namespace penstock::dialects
