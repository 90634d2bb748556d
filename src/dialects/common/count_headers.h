#pragma once

#include "http/message.h"
#include "model/write.h"

namespace penstock::dialects {

/// `Penstock-Stored`, `-Replaced` and `-Ignored` on the answer to a list write, `-Erased` where something
/// was.
void add_count_headers(http::Headers& headers, const WriteCounts& counts);

}  // namespace penstock::dialects
