#include "dialects/piwebapi/rate_limit.h"

namespace penstock::dialects::piwebapi {

bool RateLimit::admits(const std::string& client, std::int64_t now_ns) {
  if (requests_max_ == 0) return true;
  const std::lock_guard lock{mutex_};
  // Clients that stay away are forgotten, so that the table stays as small as one stretch of time makes it.
  if (now_ns - swept_ns_ > duration_ns_) {
    std::erase_if(clients_, [&](const auto& each) { return now_ns - each.second.begin_ns > duration_ns_; });
    swept_ns_ = now_ns;
  }
  Window& window = clients_[client];
  if (window.requests == 0 || now_ns - window.begin_ns >= duration_ns_) window = {now_ns, 0};
  return ++window.requests <= requests_max_;
}

}  // namespace penstock::dialects::piwebapi
