#pragma once

#include "catalog/catalog.h"

namespace penstock::dialects::energyview {

/// Makes the domain `demo` (in UTC) with node 1 and its tag `outdoortemp`, where they are missing.
Result<void> seed_demo(catalog::Editor& editor, Timestamp now);

}  // namespace penstock::dialects::energyview
