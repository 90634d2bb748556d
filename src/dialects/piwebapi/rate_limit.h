#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace penstock::dialects::piwebapi {

/// Requests per client address and stretch of time. *PI Web API, "Restrictions on request data rate"*: the
/// settings RateLimitMaxRequests and RateLimitDuration.
///
/// Threads: any.
class RateLimit {
 public:
  /// No requests at all: no limit.
  RateLimit(std::size_t requests_max, std::int64_t duration_ns)
      : requests_max_{requests_max}, duration_ns_{duration_ns} {}

  /// Counts a request of that client. False if it is one too many.
  bool admits(const std::string& client, std::int64_t now_ns);

 private:
  struct Window {
    std::int64_t begin_ns = 0;
    std::size_t requests = 0;
  };
  const std::size_t requests_max_;
  const std::int64_t duration_ns_;

  std::mutex mutex_;  ///< Guards what follows.
  std::unordered_map<std::string, Window> clients_;
  std::int64_t swept_ns_ = 0;
};

}  // namespace penstock::dialects::piwebapi
