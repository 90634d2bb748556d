#include "http/io_thread.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "http/response_head.h"

namespace penstock::http {
namespace {

/// Sockets looked after before what is ready goes on.
constexpr int kEventsPerRound = 256;
/// Rounds without a look at the sockets, as long as something is ready.
constexpr int kRoundsPerPoll = 4;

std::int64_t tick_of(const Server::Options& options) {
  const std::int64_t least = std::min({options.header_timeout_ms, options.body_timeout_ms,
                                       options.idle_timeout_ms, options.write_timeout_ms});
  return std::clamp<std::int64_t>(least / 4, 10, 250);
}

metrics::Counter& requests_of(std::string_view status_class) {
  return metrics::counter("penstock_http_requests_total", "Requests answered, by class of the status.",
                          {{"status", status_class}});
}

}  // namespace

Shared::Shared(Server::Options options_, Service& service_, std::function<void()> after_round_)
    : options{std::move(options_)},
      service{service_},
      after_round{std::move(after_round_)},
      accepted{metrics::counter("penstock_http_connections_total", "Connections accepted.")},
      turned_away{metrics::counter("penstock_http_connections_refused_total",
                                   "Connections closed at once because there were too many.")},
      requests{&requests_of("other"), &requests_of("1xx"), &requests_of("2xx"),
               &requests_of("3xx"),   &requests_of("4xx"), &requests_of("5xx")} {}

ConnectionBase::ConnectionBase(IoThread& thread, Shared& shared) : thread_{thread}, shared_{shared} {
  thread_.add(this);
}

ConnectionBase::~ConnectionBase() {
  thread_.remove(this);
  // Under the mutex, so that `stop`, which waits for the last one, can't miss it.
  const std::lock_guard lock{shared_.ended_mutex};
  shared_.connections.fetch_sub(1);
  if (shared_.stopping) shared_.ended.notify_all();
}

IoThread::IoThread(Shared& shared) : shared_{shared}, tick_ms_{tick_of(shared.options)} {}

IoThread::~IoThread() {
  stop_and_join();
}

void IoThread::start() {
  thread_ = std::thread{[this] { run(); }};
}

void IoThread::post(std::coroutine_handle<> handle) {
  if (Executor::current() == this) return ready_.push_back(handle);
  bool wake;
  {
    const std::lock_guard lock{mutex_};
    wake = inbox_.empty();
    inbox_.push_back(handle);
  }
  if (!wake) return;  // Who found it empty has sent for the thread already.
  boost::asio::post(io_, [this] {
    const std::lock_guard lock{mutex_};
    ready_.insert(ready_.end(), inbox_.begin(), inbox_.end());
    inbox_.clear();
  });
}

void IoThread::resume_ready() {
  batch_.swap(ready_);
  for (const auto handle : batch_) handle.resume();
  batch_.clear();
}

void IoThread::run() {
  Executor::set_current(this);
  tick();
  while (!stopped_) {
    if (ready_.empty()) io_.run_one();  // Sleeps only here: nothing is ready, and the last round is closed.
    for (int i = 0; i < kEventsPerRound && io_.poll_one() != 0; ++i) continue;
    int round = 0;
    do {
      resume_ready();
      if (shared_.after_round) shared_.after_round();
    } while (!ready_.empty() && ++round < kRoundsPerPoll);
  }
  io_.poll();  // The last step of what was cancelled, the tick among it.
  Executor::set_current(nullptr);
}

Detached IoThread::tick() {
  struct Wait {
    boost::asio::steady_timer& timer;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      timer.async_wait([handle](const boost::system::error_code&) { handle.resume(); });
    }
    void await_resume() const {}
  };
  while (!stopped_) {
    if (const std::int64_t now_s = wall_clock_ns() / 1'000'000'000; now_s != date_s_) {
      date_s_ = now_s;
      date_ = http_date(now_s);
    }
    const std::int64_t now_ns = steady_clock_ns();
    for (ConnectionBase* connection : connections_) {
      if (connection->deadline_ns == 0 || now_ns < connection->deadline_ns) continue;
      connection->deadline_ns = 0;
      connection->expired = true;
      connection->cancel();
    }
    timer_.expires_after(std::chrono::milliseconds{tick_ms_});
    Wait wait{timer_};
    co_await wait;
  }
}

void IoThread::cancel_connections(bool also_busy) {
  boost::asio::post(io_, [this, also_busy] {
    for (ConnectionBase* connection : connections_) {
      if (also_busy || connection->idle) connection->cancel();
    }
  });
}

void IoThread::stop_and_join() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    stopped_ = true;
    timer_.cancel();
  });
  thread_.join();
}

void IoThread::add(ConnectionBase* connection) {
  connection->index = connections_.size();
  connections_.push_back(connection);
}

void IoThread::remove(ConnectionBase* connection) {
  connections_.back()->index = connection->index;
  connections_[connection->index] = connections_.back();
  connections_.pop_back();
}

}  // namespace penstock::http
