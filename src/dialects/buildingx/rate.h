#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace penstock::dialects::buildingx {

/// Token buckets, one per caller: each fills at a steady rate and holds what one may use at once.
///
/// Threads: any. Times are nanoseconds of one clock; one that goes back fills nothing.
class RateLimiter {
 public:
  static constexpr std::size_t kCallersMax = 10'000;

  /// `per_second` 0: nobody is limited.
  RateLimiter(double per_second, double burst) : per_second_{per_second}, burst_{burst} {}

  /// Uses one up. Otherwise the whole seconds, at least one, after which there is one again.
  std::optional<std::int64_t> take(std::uint64_t caller, std::int64_t now_ns) {
    return use(caller, now_ns, 1);
  }
  /// Only looks whether there is one.
  std::optional<std::int64_t> look(std::uint64_t caller, std::int64_t now_ns) {
    return use(caller, now_ns, 0);
  }

 private:
  struct Bucket {
    double level;
    std::int64_t at_ns;
  };
  std::optional<std::int64_t> use(std::uint64_t caller, std::int64_t now_ns, double amount);
  double level_at(const Bucket& bucket, std::int64_t now_ns) const;

  const double per_second_, burst_;
  std::mutex mutex_;  // Guards buckets_.
  std::unordered_map<std::uint64_t, Bucket> buckets_;
};

}  // namespace penstock::dialects::buildingx
