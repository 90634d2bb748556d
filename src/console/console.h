#pragma once

#include <memory>

#include "console/access.h"
#include "dialects/common/dialect.h"

namespace penstock::console {

/// Our own calls, under `/penstock`. What it is given outlives it.
std::unique_ptr<dialects::Dialect> make_console(dialects::House& house, Access& access);

}  // namespace penstock::console
