#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "dialects/buildingx/errors.h"
#include "dialects/buildingx/wire.h"
#include "http/message.h"
#include "model/time.h"

namespace penstock::dialects::buildingx {

/// The body of *Building X Point Value Ingest, "Add point values"*. Every bad item is one problem; with any
/// problem nothing of the request counts. Pure.
tl::expected<PointValues, Problems> parse_point_values(const http::Body& body);

/// An RFC 3339 date-time. Without a zone it is UTC, as the quick start writes such times; a leap second is
/// the last nanosecond before it. Errors: invalid_time, time_out_of_range.
Result<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace penstock::dialects::buildingx
