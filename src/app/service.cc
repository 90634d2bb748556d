#include "app/service.h"

#include "base/clock.h"
#include "http/json_writer.h"

namespace penstock::app {

namespace {

/// Paths that no door owns have our own small error body.
http::Response refuse(int status, std::string_view sentence) {
  std::string body;
  http::JsonWriter writer{body};
  writer.object_begin().member("error", sentence).object_end();
  return http::Response::make(status, "application/json", std::move(body));
}

bool is_read(const http::Request& request) {
  return request.method == http::Method::get || request.method == http::Method::head;
}

}  // namespace

bool HealthService::owns(std::string_view path) {
  return path == "/health/live" || path == "/health/ready" || path == "/metrics";
}

http::BodyRule HealthService::body_rule(const http::Request&) {
  return {.bytes_max = 4096};
}

http::Response HealthService::answer(const http::Request& request) const {
  if (!owns(request.path)) return refuse(404, "There is nothing at this path.");
  if (!is_read(request)) {
    auto response = refuse(405, "This path is for reading.");
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  if (request.path == "/metrics") {
    return http::Response::make(200, "text/plain; version=0.0.4; charset=utf-8", metrics::render());
  }
  if (request.path == "/health/live") return http::Response::make(200, "text/plain; charset=utf-8", "live\n");
  if (ready_()) return http::Response::make(200, "text/plain; charset=utf-8", "ready\n");
  auto response = http::Response::make(503, "text/plain; charset=utf-8", "not ready\n");
  response.headers.add("Retry-After", "1");
  return response;
}

Task<http::Response> HealthService::handle(http::Request& request) {
  co_return answer(request);
}

HouseService::HouseService(const Doors& doors, const HealthService& health, const Welcome& welcome)
    : doors_{doors}, health_{health}, welcome_{welcome} {
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    tallies_[i].door = i < kDoorCount ? std::string{doors_.at(i).name()} : "none";
    tallies_[i].nanoseconds =
        &metrics::counter("penstock_http_request_nanoseconds_total", "Time spent answering requests.",
                          {{"door", tallies_[i].door}});
  }
}

void HouseService::count(Tally& tally, int status, std::int64_t took_ns) {
  tally.nanoseconds->add(static_cast<std::uint64_t>(took_ns));
  auto& slot = tally.by_status[static_cast<std::size_t>(status >= 0 && status < 600 ? status : 0)];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &metrics::counter("penstock_http_requests_total", "Requests answered, by door and status.",
                                {{"door", tally.door}, {"status", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->add();
}

http::BodyRule HouseService::body_rule(const http::Request& head) {
  if (const auto door = find_door(head.path)) return doors_.at(*door).body_rule(head);
  return {.bytes_max = 4096};
}

Task<http::Response> HouseService::handle(http::Request& request) {
  const std::int64_t begin = steady_clock_ns();
  const auto door = find_door(request.path);
  if (door) {
    auto response = co_await doors_.at(*door).handle(request);
    count(tallies_[*door], response.status, steady_clock_ns() - begin);
    co_return response;
  }
  http::Response response;
  if (HealthService::owns(request.path)) {
    response = health_.answer(request);
  } else if (request.path == "/" && is_read(request)) {
    response = http::Response::make(200, "text/plain; charset=utf-8", welcome_.landing());
  } else {
    response = refuse(404, "No door answers at this path; `/` lists the doors that are open.");
  }
  count(tallies_[kDoorCount], response.status, steady_clock_ns() - begin);
  co_return response;
}

}  // namespace penstock::app
