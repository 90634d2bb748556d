#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "base/task.h"
#include "base/text.h"
#include "http/body_source.h"
#include "http/server.h"
#include "http/websocket.h"

namespace penstock::http {

/// Suspends a coroutine until another thread has posted it back to its executor.
struct HopToAnotherThread {
  int pause_ms = 0;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    Executor* const executor = Executor::current();
    std::thread{[executor, handle, pause = pause_ms] {
      std::this_thread::sleep_for(std::chrono::milliseconds{pause});
      executor->post(handle);
    }}.detach();
  }
  void await_resume() const {}
};

/// Waits until the server's `after_round` lets it go, as a write waits for the commit of its round.
class Rounds {
 public:
  struct Wait {
    Rounds& rounds;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      const std::lock_guard lock{rounds.mutex_};
      rounds.waiting_.push_back({Executor::current(), handle});
    }
    void await_resume() const {}
  };
  void lead() {
    std::vector<std::pair<Executor*, std::coroutine_handle<>>> released;
    {
      const std::lock_guard lock{mutex_};
      released.swap(waiting_);
    }
    for (const auto& [executor, handle] : released) executor->post(handle);
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<Executor*, std::coroutine_handle<>>> waiting_;
};

/// Sends "hello", then "tick" every 20 ms; or large texts without a pause.
class TestSession final : public WebSocketSession {
 public:
  TestSession(bool floods, std::atomic<int>& ended) : floods_{floods}, ended_{ended} {}
  Task<bool> run(WebSocket& socket) override {
    const std::string large(1u << 20, 'f');
    bool goes_on = co_await socket.send_text("hello");
    while (goes_on && floods_) goes_on = co_await socket.send_text(large);
    while (goes_on) {
      goes_on = co_await socket.sleep_ms(20);
      if (goes_on) goes_on = co_await socket.send_text("tick");
    }
    ++ended_;
    co_return true;
  }

 private:
  const bool floods_;
  std::atomic<int>& ended_;
};

/// Pieces of 1,000 bytes: `a…`, `b…`, every second one after a visit to another thread.
class TestSource final : public BodySource {
 public:
  explicit TestSource(int pieces) : left_{pieces} {}
  Task<std::string> next() override {
    if (left_ == 0) co_return std::string{};
    if (left_-- % 2 == 0) {
      HopToAnotherThread hop{1};
      co_await hop;
    }
    co_return std::string(1000, static_cast<char>('a' + left_ % 26));
  }

 private:
  int left_;
};

/// Answers with what it was asked: method, target, path, query, a few headers, and the body. `/commit` waits
/// for the end of a round, `/hop` for another thread, `/big` has a large body, `/empty` is 204, `/status` has
/// an empty 200; `/socket` and `/flood` become WebSockets, `/stream` is made while it is sent.
class EchoService final : public Service {
 public:
  static constexpr std::size_t kBodyMax = 1u << 20;

  BodyRule body_rule(const Request& head) override {
    return {head.path == "/small" ? std::size_t{100} : kBodyMax};
  }

  Task<Response> handle(Request& request) override {
    ++requests;
    if (request.path == "/commit") {
      Rounds::Wait wait{rounds};
      co_await wait;
    } else if (request.path == "/hop" || request.path == "/slow") {
      HopToAnotherThread hop{request.path == "/slow" ? 200 : 1};
      co_await hop;
    } else if (request.path == "/empty") {
      co_return Response::make(204, {}, {});
    } else if (request.path == "/status") {
      co_return Response::make(200, {}, {});
    } else if (request.path == "/big") {
      co_return Response::make(200, "application/octet-stream", std::string(3'000'000, 'x'));
    } else if (request.path == "/text") {
      co_return Response::make(200, "text/plain", std::string(5000, 't'));
    } else if (request.path == "/stream") {
      Response response = Response::make(200, "text/plain", {});
      response.source = std::make_shared<TestSource>(30);
      co_return response;
    } else if ((request.path == "/socket" || request.path == "/flood") && asks_for_websocket(request)) {
      Response response = Response::make(101, {}, {});
      response.websocket = std::make_shared<TestSession>(request.path == "/flood", sessions_ended);
      co_return response;
    } else if (request.path == "/split") {
      Response response = Response::make(200, "text/plain", "ok");
      response.headers.add("Location", "/a\r\nSet-Cookie: stolen=1");
      co_return response;
    }
    if (request.fault == Fault::body_too_large) {
      co_return Response::make(413, "text/plain",
                               "too large, body of " + std::to_string(request.body.size()));
    }
    std::string text = request.method_text + " " + request.target + "\npath=" + request.path +
                       "\nquery=" + request.query + "\nhost=" + std::string{request.headers.get("host")} +
                       "\ntrailer=" + std::string{request.headers.get("X-Trailer")} +
                       "\nremote=" + request.remote + "\ntls=" + (request.tls ? "yes" : "no") + "\nbody=";
    text.append(request.body.view()).append("\nend\n");
    co_return Response::make(200, "text/x-echo", std::move(text));
  }

  Rounds rounds;
  std::atomic<int> requests{0}, sessions_ended{0};
};

}  // namespace penstock::http
