#include "dialects/buildingx/rate.h"

#include <algorithm>
#include <cmath>

namespace penstock::dialects::buildingx {

double RateLimiter::level_at(const Bucket& bucket, std::int64_t now_ns) const {
  const double passed_s = static_cast<double>(std::max<std::int64_t>(0, now_ns - bucket.at_ns)) / 1e9;
  return std::min(burst_, bucket.level + passed_s * per_second_);
}

std::optional<std::int64_t> RateLimiter::use(std::uint64_t caller, std::int64_t now_ns, double amount) {
  if (per_second_ <= 0) return std::nullopt;
  const std::lock_guard lock{mutex_};
  if (buckets_.size() >= kCallersMax && !buckets_.contains(caller)) {
    // Full buckets say nothing. If that is not enough some callers begin anew, which is to their good.
    std::erase_if(buckets_, [&](const auto& each) { return level_at(each.second, now_ns) >= burst_; });
    if (buckets_.size() >= kCallersMax) buckets_.erase(buckets_.begin());
  }
  Bucket& bucket = buckets_.try_emplace(caller, Bucket{burst_, now_ns}).first->second;
  bucket.level = level_at(bucket, now_ns);
  bucket.at_ns = now_ns;
  if (bucket.level >= 1) {
    bucket.level -= amount;
    return std::nullopt;
  }
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil((1 - bucket.level) / per_second_)));
}

}  // namespace penstock::dialects::buildingx
