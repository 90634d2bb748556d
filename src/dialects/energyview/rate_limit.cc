#include "dialects/energyview/rate_limit.h"

#include <algorithm>

namespace penstock::dialects::energyview {

bool RateLimit::take(std::string_view domain, Timestamp now) {
  if (per_second_ <= 0) return true;
  const std::lock_guard lock{mutex_};
  auto at = buckets_.find(domain);
  if (at == buckets_.end()) {
    at = buckets_.emplace(std::string{domain}, Bucket{kNsPerSecond, now.unix_ns()}).first;
  }
  Bucket& bucket = at->second;
  // A clock that was put back gives nothing.
  const std::int64_t passed = std::clamp(now.unix_ns() - bucket.seen_ns, std::int64_t{0}, kNsPerSecond);
  bucket.seen_ns = now.unix_ns();
  bucket.left_ns = std::min(bucket.left_ns + passed, kNsPerSecond);
  const std::int64_t price = kNsPerSecond / per_second_;
  if (bucket.left_ns < price) return false;
  bucket.left_ns -= price;
  return true;
}

}  // namespace penstock::dialects::energyview
