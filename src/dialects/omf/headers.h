#pragma once

#include "dialects/omf/events.h"
#include "dialects/omf/wire.h"
#include "http/message.h"

namespace penstock::dialects::omf {

/// Reads the OMF headers (*Message header keywords*). Names and values have no letter case; Content-Type and
/// producertoken are not looked at. All faults are reported at once, codes 2001 to 2007; then the result
/// means nothing.
MessageHeaders parse_headers(const http::Headers& headers, Report& report);

}  // namespace penstock::dialects::omf
