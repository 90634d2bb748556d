#pragma once

#include <optional>

#include "dialects/buildingx/values.h"
#include "http/message.h"
#include "model/value.h"

namespace penstock::dialects::buildingx {

/// Point values that are alike and whose texts are numbers which the point takes as they are, straight to a
/// run; none later than `latest`. Nothing on any surprise: then the body is for parse_point_values.
std::optional<Run> parse_regular_values(const http::Body& body, const PointFormat& format, Timestamp latest);

}  // namespace penstock::dialects::buildingx
