#pragma once

#include "dialects/energyview/errors.h"
#include "http/message.h"

namespace penstock::dialects::energyview {

/// What the body claims to be: the essence of Content-Type, without parameters.
std::string_view media_type(const http::Request& request);

/// Unpacks a gzipped body, at most kBodyBytesMax of it. Errors: unsupported_media_type (another encoding),
/// invalid_parameter (no gzip), payload_too_large.
Checked<void> inflate(http::Request& request);

/// Makes sure that the body is said to be JSON, or nothing is said, and unpacks it. Errors: those of inflate.
Checked<void> read_json_body(http::Request& request);

}  // namespace penstock::dialects::energyview
