#pragma once

#include <string>

#include "base/text.h"
#include "dialects/omf/events.h"
#include "dialects/omf/omf.h"
#include "http/message.h"

namespace penstock::dialects::omf {

/// *Response shell*: operation id, and an entry per item that has something to say.
/// `if_empty` is the status of a body without items.
http::Response render_report(const Report& report, const Uuid& operation, int if_empty, EventShape shape,
                             bool exceptions);

http::Response render_unauthenticated();                 ///< 401, `Message`, and how to log in.
http::Response render_csrf_refusal();                    ///< 400 `Errors`.
http::Response render_too_large(std::size_t bytes_max);  ///< 413 `Errors`.
http::Response render_not_found();                       ///< 404 `Message`.
http::Response render_wrong_method();                    ///< 405 `Message`, Allow: POST.
/// 503 with Retry-After: every producer keeps the message and sends it again.
http::Response render_unavailable(std::int64_t retry_after_s);

}  // namespace penstock::dialects::omf
