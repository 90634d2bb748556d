#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/dialects.h"
#include "app/welcome.h"
#include "base/metrics.h"
#include "http/service.h"

namespace penstock::app {

/// `/health/live`, `/health/ready`, `/metrics`. Also served alone, on a small port of its own.
class HealthService final : public http::Service {
 public:
  explicit HealthService(std::function<bool()> ready) : ready_{std::move(ready)} {}

  http::BodyRule body_rule(const http::Request& head) override;
  Task<http::Response> handle(http::Request& request) override;

  /// True for the paths that this service answers.
  static bool owns(std::string_view path);
  http::Response answer(const http::Request& request) const;

 private:
  const std::function<bool()> ready_;
};

/// The whole house behind one port: finds the door for each request, and counts what it answered.
///
/// Threads: as http::Service says. What it is given outlives the service.
class HouseService final : public http::Service {
 public:
  HouseService(const Doors& doors, const HealthService& health, const Welcome& welcome);

  http::BodyRule body_rule(const http::Request& head) override;
  Task<http::Response> handle(http::Request& request) override;

 private:
  /// Counters of one door; statuses get theirs when first answered.
  struct Tally {
    std::string door;
    std::array<std::atomic<metrics::Counter*>, 600> by_status{};
    metrics::Counter* nanoseconds = nullptr;
  };
  void count(Tally& tally, int status, std::int64_t took_ns);

  const Doors& doors_;
  const HealthService& health_;
  const Welcome& welcome_;
  std::array<Tally, kDoorCount + 1> tallies_;  // The last: none of the doors.
};

}  // namespace penstock::app
