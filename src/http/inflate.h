#pragma once

#include "base/result.h"
#include "http/message.h"

namespace penstock::http {

/// Inflates one gzip body (RFC 1952, several members allowed). Stops as soon as `bytes_max` is crossed.
/// Errors: invalid_argument (not gzip, cut short, bad checksum), limit_exceeded.
Result<Body> gunzip(std::string_view bytes, std::size_t bytes_max);

/// One gzip member, for answers and tests. `level` 1 to 9.
std::string gzip(std::string_view bytes, int level = 6);

}  // namespace penstock::http
