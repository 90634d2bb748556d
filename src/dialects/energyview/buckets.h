#pragma once

#include <optional>

#include "archive/archive.h"
#include "dialects/energyview/render.h"

namespace penstock::dialects::energyview {

/// One row per bucket that has any.
Rows aggregated(const Rows& rows, Resolution resolution, Aggregate aggregate, Zone zone);

/// The rows of a read: those of shown_rows, or aggregated where there is a resolution; whole stored frames of
/// one bucket then come from their summaries. What was read is taken off `left`; nothing if that does not
/// suffice. Errors: as Archive::scan.
Result<std::optional<Rows>> read_rows(const archive::Archive& archive, const archive::Scan& range,
                                      Resolution resolution, Aggregate aggregate, Zone zone,
                                      std::size_t& left);

}  // namespace penstock::dialects::energyview
