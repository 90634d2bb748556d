#pragma once

#include <string>

#include "archive/archive.h"
#include "console/call.h"
#include "console/console.h"
#include "console/ledger_words.h"

namespace penstock::console {

/// The records that a query asks for: `point` (tag, number or WebID), `principal` (name or number), `door`,
/// `from`, `to` (ISO 8601 or a day, both ends in), `before` (receipt or seq), `catalog` (true: also batches
/// without samples). `limit` is left alone. Errors: invalid_argument, invalid_time, not_found.
Result<archive::AuditQuery> parse_audit_query(const http::Parameters& parameters,
                                              const catalog::Tables& tables, const Names& names,
                                              const archive::ReceiptNames& receipts,
                                              const Settings& settings);

/// A batch by its receipt or, for people who read them in a log, its seq. Errors: not_found.
Result<std::uint64_t> parse_batch(std::string_view text, const archive::ReceiptNames& receipts);

}  // namespace penstock::console
