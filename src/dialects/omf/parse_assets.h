#pragma once

#include <variant>
#include <vector>

#include "dialects/omf/events.h"
#include "dialects/omf/parse_data.h"
#include "dialects/omf/wire.h"

namespace penstock::dialects::omf {

using AssetItem = std::variant<StaticItem, LinkItem>;

/// Reads the items of a data message that hold static instances or links (*Data message keywords*). What
/// can't be told from the item alone is left to the edit. Pure.
std::vector<AssetItem> parse_assets(const std::vector<AssetJson>& items, Report& report);

}  // namespace penstock::dialects::omf
