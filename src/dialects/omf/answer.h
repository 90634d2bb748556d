#pragma once

#include <optional>

#include "dialects/omf/events.h"
#include "dialects/omf/omf.h"
#include "dialects/omf/wire.h"
#include "http/message.h"

namespace penstock::dialects::omf {

/// Renders a report under a new operation id, counts the message and its events, and writes the id of what
/// was not wholly taken to the log: support begins with the `OperationId` that a producer has in its own log.
/// `headers` is null if they could not be read; `if_empty` is the status of a body without items.
http::Response answer_report(const Report& report, int if_empty, EventShape shape, bool exceptions,
                             const MessageHeaders* headers);

}  // namespace penstock::dialects::omf
