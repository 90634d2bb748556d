#pragma once

#include <optional>
#include <string_view>

#include "dialects/energyview/wire.h"

/// Words of queries. Nothing for one that is not known; case counts.
namespace penstock::dialects::energyview {

/// *"Read TimeSeries data"*, `resolution`: "5minute". There is no week.
std::optional<Resolution> find_resolution(std::string_view word);

/// *"Retrieving Data from a TimeSeries"* of API v2, `precision`: "minute5".
std::optional<Resolution> find_precision(std::string_view word);

std::optional<Aggregate> find_aggregate(std::string_view word);

}  // namespace penstock::dialects::energyview
