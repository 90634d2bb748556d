#pragma once

#include <optional>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/energyview/wire.h"
#include "http/message.h"
#include "model/write.h"

namespace penstock::dialects::energyview {

/// The first step of parse_series: bodies whose points are alike, with times that say their offset. Nothing
/// on any surprise; the same body read by parse_series_by_item gives the same, or says what is wrong with it.
/// Pure.
std::optional<std::vector<SeriesEntry>> parse_regular_series(const http::Body& body);

/// A body with few points of each of many known series, straight to samples: node ids, tags that exist,
/// points that keep numbers, all of which the caller may write. Nothing where any of that does not hold.
std::optional<std::vector<PointSample>> parse_regular_slice(const http::Body& body,
                                                            const catalog::Tables& tables,
                                                            std::string_view domain,
                                                            const auth::Principal& caller);

}  // namespace penstock::dialects::energyview
