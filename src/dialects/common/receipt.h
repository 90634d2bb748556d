#pragma once

#include <cstdint>

#include "archive/archive.h"
#include "http/message.h"

namespace penstock::dialects {

/// `Penstock-Receipt`: the name under which the caller asks what became of the batch `seq`. Nothing for 0, a
/// write of nothing.
void add_receipt(http::Headers& headers, const archive::Archive& archive, std::uint64_t seq);

}  // namespace penstock::dialects
