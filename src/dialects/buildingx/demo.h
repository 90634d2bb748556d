#pragma once

#include "catalog/catalog.h"

namespace penstock::dialects::buildingx {

/// The partition that the demo's clients may read and write.
inline constexpr const char* kDemoPartition = "5a6b1d0e-0000-4000-8000-000000000001";

/// Makes the demo's partition and its four points, one of each data type, where they are missing.
Result<void> seed_demo(catalog::Editor& editor, Timestamp now);

}  // namespace penstock::dialects::buildingx
