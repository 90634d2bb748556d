// Rooms: archive
// Any bytes as a page of the ledger, and as what a page says of itself: an error, or rows that come back the
// same when written anew.

#include <cstdint>
#include <string_view>
#include <vector>

#include "archive/ledger/page.h"
#include "base/check.h"

namespace {

using namespace penstock;
using namespace penstock::archive;

bool read_all(const LedgerPage& page, std::vector<BatchRecord>& rows) {
  AuditQuery all;
  all.catalog = true;
  std::size_t touches = 0;
  return page
      .read(UINT64_MAX, all,
            [&](BatchRecord&& row) {
              touches += row.touches.size();
              rows.push_back(std::move(row));
              return touches < 1'000'000;
            })
      .has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  static_cast<void>(PageHead::decode(bytes));
  const auto page = LedgerPage::parse(bytes);
  if (!page) return 0;
  std::vector<BatchRecord> rows, again_rows;
  const bool whole = read_all(*page, rows);
  const auto again = page->up_to(UINT64_MAX);
  if (!whole || !again) return 0;
  const auto parsed = LedgerPage::parse(again->print());
  CHECK(parsed.has_value() && read_all(*parsed, again_rows) && rows.size() == again_rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].seq == again_rows[i].seq && rows[i].received == again_rows[i].received);
    CHECK(rows[i].touches == again_rows[i].touches && rows[i].set_aside == again_rows[i].set_aside);
  }
  return 0;
}
