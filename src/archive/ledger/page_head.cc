// What a page says of itself: enough to tell whether a query needs its rows.
#include <algorithm>

#include "archive/ledger/columns.h"
#include "archive/ledger/page.h"
#include "base/bytes.h"

namespace penstock::archive {

bool PageHead::may_match(const AuditQuery& query) const {
  if (page * LedgerPage::kRows >= query.before_seq || last_seq <= query.after_seq) return false;
  if (received_max_us < query.from.unix_ns() / 1000 || received_min_us > query.to.unix_ns() / 1000)
    return false;
  if (query.principal && !std::binary_search(principals.begin(), principals.end(), *query.principal))
    return false;
  if (query.door && (doors >> static_cast<unsigned>(*query.door) & 1u) == 0) return false;
  return !query.point || many_points ||
         std::binary_search(points.begin(), points.end(), to_number(*query.point));
}

std::string PageHead::encode() const {
  std::string out;
  ByteWriter to{out};
  to.u8(kLedgerFormat);
  to.varint(page);
  to.varint(last_seq);
  to.svarint(received_min_us);
  to.svarint(received_max_us);
  to.varint(bytes);
  to.varint(doors);
  to.varint(principals.size());
  for (const std::uint32_t principal : principals) to.varint(principal);
  to.u8(many_points ? 1 : 0);
  std::uint32_t before = 0;
  for (const std::uint32_t point : points) {
    to.varint(point - before);
    before = point;
  }
  return out;
}

Result<PageHead> PageHead::decode(std::string_view bytes) {
  ByteReader in{bytes};
  PageHead head;
  if (in.u8() != kLedgerFormat) return unreadable_page();
  head.page = in.varint();
  head.last_seq = in.varint();
  head.received_min_us = in.svarint();
  head.received_max_us = in.svarint();
  head.bytes = in.varint();
  head.doors = static_cast<std::uint32_t>(in.varint());
  const std::uint64_t principals = in.varint();
  if (principals > in.left()) return unreadable_page();
  for (std::uint64_t i = 0; i < principals; ++i) {
    head.principals.push_back(static_cast<std::uint32_t>(in.varint()));
  }
  head.many_points = in.u8() != 0;
  std::uint32_t before = 0;
  while (in.ok() && !in.at_end()) {
    before += static_cast<std::uint32_t>(in.varint());
    head.points.push_back(before);
  }
  if (!in.ok()) return unreadable_page();
  return head;
}

}  // namespace penstock::archive
