#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "http/io_thread.h"
#include "http/operation.h"
#include "http/websocket.h"

namespace penstock::http {

/// A WebSocket over the stream of a connection. Internal to the server.
///
/// A reader runs beside the session: it answers pings, drops messages, and learns when the client goes.
template <class Stream>
class WebSocketConnection final : public WebSocket {
 public:
  WebSocketConnection(Stream& stream, IoThread& thread, ConnectionBase& owner, std::int64_t write_timeout_ms)
      : socket_{stream}, timer_{thread.io()}, owner_{owner}, write_timeout_ms_{write_timeout_ms} {
    namespace ws = boost::beast::websocket;
    ws::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = std::chrono::milliseconds{kCloseMs};  // Also for the good-bye.
    timeouts.idle_timeout = kIdle;  // Nothing came for half of it: a ping. For all of it: closed.
    timeouts.keep_alive_pings = true;
    socket_.set_option(timeouts);
    socket_.read_message_max(kMessageMax);
    socket_.auto_fragment(false);
    socket_.text(true);
    socket_.control_callback([this](boost::beast::websocket::frame_type kind, boost::beast::string_view) {
      if (kind == boost::beast::websocket::frame_type::close) end_session();
    });
  }

  /// Answers the request with 101. False if that did not work.
  Task<bool> accept(const Request& request, const Response& response) {
    namespace beast = boost::beast;
    beast::http::request<beast::http::empty_body> asked{beast::http::verb::get, request.target, 11};
    for (const auto& [name, value] : request.headers.fields()) asked.insert(name, value);
    socket_.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::response_type& answer) {
      answer.set("Server", "Penstock");
      for (const auto& [name, value] : response.headers.fields()) answer.insert(name, value);
    }));
    Operation accepting{
        [&](auto done) { socket_.async_accept(asked, [done](const error_code& e) mutable { done(e); }); }};
    co_await accepting;
    if (accepting.ec) co_return false;
    read();
    co_return true;
  }

  Task<bool> send_text(std::string_view text) override {
    if (gone_) co_return false;
    set_deadline(write_timeout_ms_);
    Operation writing{[&](auto done) {
      socket_.async_write(boost::asio::buffer(text.data(), text.size()),
                          [done](const error_code& e, std::size_t bytes) mutable { done(e, bytes); });
    }};
    co_await writing;
    owner_.deadline_ns = 0;
    if (writing.ec) gone_ = broken_ = true;
    co_return !gone_;
  }

  Task<bool> sleep_ms(std::int64_t ms) override {
    if (gone_) co_return false;
    timer_.expires_after(std::chrono::milliseconds{ms});
    Operation waiting{
        [&](auto done) { timer_.async_wait([done](const error_code& e) mutable { done(e); }); }};
    co_await waiting;
    co_return !gone_;
  }

  /// Lets the session end soon.
  void stop() {
    stopping_ = true;
    end_session();
  }
  bool stopping() const { return stopping_; }

  /// Says good-bye if there is somebody to say it to, and waits for the reader.
  Task<bool> finish() {
    if (!broken_ && socket_.is_open()) {
      namespace ws = boost::beast::websocket;
      set_deadline(kCloseMs);
      const ws::close_reason reason{stopping_ ? ws::close_code::going_away : ws::close_code::normal};
      Operation closing{
          [&](auto done) { socket_.async_close(reason, [done](const error_code& e) mutable { done(e); }); }};
      co_await closing;
    }
    if (reading_) {
      // It may still be answering the client's good-bye; behind the deadline the socket is closed.
      set_deadline(broken_ ? 0 : kCloseMs);
      ReaderEnd ended{*this};
      co_await ended;
    }
    owner_.deadline_ns = 0;
    co_return true;
  }

 private:
  static constexpr auto kIdle = std::chrono::seconds{60};
  static constexpr std::size_t kMessageMax = 64u << 10;
  static constexpr std::int64_t kCloseMs = 1'000;

  struct ReaderEnd {
    WebSocketConnection& connection;
    bool await_ready() const { return !connection.reading_; }
    void await_suspend(std::coroutine_handle<> handle) { connection.waiter_ = handle; }
    void await_resume() const {}
  };

  void set_deadline(std::int64_t ms) {
    owner_.expired = false;
    owner_.deadline_ns = steady_clock_ns() + ms * 1'000'000;
  }

  void end_session() {
    gone_ = true;
    timer_.cancel();
  }

  Detached read() {
    boost::beast::flat_buffer dropped;
    reading_ = true;
    for (;;) {
      Operation reading{[&](auto done) {
        socket_.async_read(dropped,
                           [done](const error_code& e, std::size_t bytes) mutable { done(e, bytes); });
      }};
      co_await reading;
      if (reading.ec) break;
      dropped.consume(dropped.size());
    }
    reading_ = false;
    end_session();
    // Whoever waits may take all of this along: nothing of ours is touched behind it.
    if (const auto waiter = waiter_) waiter.resume();
  }

  boost::beast::websocket::stream<Stream&> socket_;
  boost::asio::steady_timer timer_;
  ConnectionBase& owner_;
  const std::int64_t write_timeout_ms_;
  bool gone_ = false;      ///< No use to go on: the client left, or the server stops.
  bool broken_ = false;    ///< Not even a good-bye would arrive.
  bool stopping_ = false;  ///< The server ends it.
  bool reading_ = false;
  std::coroutine_handle<> waiter_;  ///< For the end of the reader.
};

}  // namespace penstock::http
