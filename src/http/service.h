#pragma once

#include <cstddef>

#include "base/task.h"
#include "http/message.h"

namespace penstock::http {

/// What may come in for one request, decided from its head alone.
struct BodyRule {
  std::size_t bytes_max = 1u << 20;  ///< On the wire. More: Fault::body_too_large.
};

/// Who answers requests. The server knows no more of what is behind it.
///
/// Threads: both methods are called on I/O threads, for many requests at a time.
class Service {
 public:
  virtual ~Service() = default;

  /// Called with the head (method, target, headers) before the body is read.
  virtual BodyRule body_rule(const Request& head) = 0;

  /// Answers one request. `request` lives until the task ends. A HEAD arrives as `Method::get` (method_text
  /// still says HEAD); the server drops the body of its answer.
  virtual Task<Response> handle(Request& request) = 0;
};

}  // namespace penstock::http
