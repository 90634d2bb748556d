#pragma once

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/task.h"
#include "http/server.h"

namespace penstock::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// A coroutine that belongs to nobody: it starts at once and frees itself at its end. Internal to the server.
struct Detached {
  struct promise_type : detail::RecycledFrame {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// What all I/O threads of one server share.
struct Shared {
  Shared(Server::Options options_, Service& service_, std::function<void()> after_round_);

  const Server::Options options;
  Service& service;
  const std::function<void()> after_round;

  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> body_memory{0};
  std::mutex ended_mutex;
  std::condition_variable ended;  ///< A connection ended while stopping.

  metrics::Counter& accepted;
  metrics::Counter& turned_away;
  metrics::Counter* requests[6];  ///< By the hundreds of the status.
};

class IoThread;

/// A connection as its thread sees it. Lives on that thread.
class ConnectionBase {
 public:
  ConnectionBase(IoThread& thread, Shared& shared);
  virtual ~ConnectionBase();
  ConnectionBase(const ConnectionBase&) = delete;
  ConnectionBase& operator=(const ConnectionBase&) = delete;

  /// Ends the socket operations under way with an error.
  virtual void cancel() = 0;

  std::int64_t deadline_ns = 0;  ///< Of steady_clock_ns; 0: none.
  bool expired = false;          ///< `cancel` was called since the deadline passed.
  bool idle = false;             ///< Waits for the first byte of a request.
  std::size_t index = 0;         ///< In the thread's list.

 protected:
  IoThread& thread_;
  Shared& shared_;
};

/// One event loop. The order of a round is said at Server.
class IoThread final : public Executor {
 public:
  explicit IoThread(Shared& shared);
  ~IoThread() override;

  void start();
  void post(std::coroutine_handle<> handle) override;
  bool gathers_writes() const override { return true; }

  /// To be awaited by a coroutine of this thread: goes on behind all that is ready now.
  auto later() {
    struct Later {
      IoThread& thread;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) const { thread.ready_.push_back(handle); }
      void await_resume() const noexcept {}
    };
    return Later{*this};
  }

  boost::asio::io_context& io() { return io_; }
  /// From any thread: cancels what waits for a request, or everything.
  void cancel_connections(bool also_busy);
  void stop_and_join();

  // For connections, on this thread.
  void add(ConnectionBase* connection);
  void remove(ConnectionBase* connection);
  std::string_view date() const { return date_; }
  bool has_connections() const { return !connections_.empty(); }

 private:
  void run();
  void resume_ready();
  Detached tick();

  Shared& shared_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::steady_timer timer_{io_};
  std::int64_t tick_ms_;
  std::thread thread_;

  // Of this thread alone.
  bool stopped_ = false;
  std::vector<std::coroutine_handle<>> ready_, batch_;
  std::vector<ConnectionBase*> connections_;
  std::string date_;
  std::int64_t date_s_ = 0;

  std::mutex mutex_;  ///< Guards inbox_: what other threads posted.
  std::vector<std::coroutine_handle<>> inbox_;
};

/// Starts serving one accepted socket, on its thread. `tls` is null for plain HTTP.
void serve_plain(Socket socket, IoThread& thread, Shared& shared);
void serve_tls(Socket socket, void* ssl_context, IoThread& thread, Shared& shared);

}  // namespace penstock::http
