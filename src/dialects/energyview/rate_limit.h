#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "model/time.h"

namespace penstock::dialects::energyview {

/// Counts the requests of each domain: so many a second, and as many at once after a pause.
///
/// Threads: any.
class RateLimit {
 public:
  /// 0: no limit.
  explicit RateLimit(std::int64_t per_second) : per_second_{per_second} {}

  /// Whether the domain has one left; then it is taken.
  bool take(std::string_view domain, Timestamp now);
  std::int64_t per_second() const { return per_second_; }

 private:
  struct Bucket {
    std::int64_t left_ns = 0;  ///< A second of it is `per_second_` requests.
    std::int64_t seen_ns = 0;
  };
  const std::int64_t per_second_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;  // One per domain that has a key: few.
};

}  // namespace penstock::dialects::energyview
