#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "http/body_source.h"
#include "http/head_parser.h"
#include "http/io_thread.h"
#include "http/operation.h"
#include "http/response_head.h"
#include "http/websocket_connection.h"

namespace penstock::http {

using TlsStream = boost::asio::ssl::stream<Socket>;
/// One connection: reads a request, has it answered, writes the answer, and again. `Stream` is Socket or
/// TlsStream.
template <class Stream>
class Connection final : public ConnectionBase {
 public:
  Connection(Stream stream, IoThread& thread, Shared& shared)
      : ConnectionBase{thread, shared}, stream_{std::move(stream)} {}
  ~Connection() override { release_memory(); }

  void cancel() override {
    if (websocket_ != nullptr && !expired && !websocket_->stopping()) return websocket_->stop();
    error_code ignored;
    // One step of a WebSocket's good-bye may follow another: none of them may begin to wait again.
    if (websocket_ != nullptr) socket().close(ignored);
    socket().cancel(ignored);
  }

  /// False if the client can't be talked to.
  Task<bool> open() {
    error_code ec;
    socket().set_option(boost::asio::ip::tcp::no_delay{true}, ec);
    socket().non_blocking(true, ec);
    const auto peer = socket().remote_endpoint(ec);
    if (ec) co_return false;
    request_.remote = peer.address().to_string();
    request_.tls = kTls;
    idle = true;
    set_deadline(shared_.options.header_timeout_ms);
    if constexpr (kTls) {
      Operation handshake{[this](auto done) {
        stream_.async_handshake(boost::asio::ssl::stream_base::server,
                                [done](const error_code& e) mutable { done(e); });
      }};
      co_await handshake;
      if (handshake.ec) co_return false;
    }
    open_ = true;
    co_return true;
  }

  /// One request and its answer. True if another may follow.
  Task<bool> turn() {
    Fate fate = co_await read_head();
    if (fate.good()) fate = co_await read_body();
    if (fate.gone) co_return false;
    if (!fate.good()) {
      drain_ = true;
      Response response = refusal(fate.status, fate.detail);
      if (fate.status == 503) response.headers.add("Retry-After", "1");
      co_return co_await answer(response, false);
    }
    deadline_ns = 0;
    const bool head_only = request_.method == Method::head;
    if (head_only) request_.method = Method::get;
    Task<Response> handling = shared_.service.handle(request_);
    Response response = co_await handling;
    if (response.status == 101 && response.websocket) co_return co_await speak(response);
    const bool again = co_await answer(response, head_only);
    release_memory();
    co_return again;
  }

  /// Says good-bye so that the client can read the last answer, also if it is still sending.
  Task<bool> close() {
    error_code ec;
    if (drain_) {
      if constexpr (!kTls) socket().shutdown(Socket::shutdown_send, ec);
      set_deadline(kDrainMs);
      std::size_t left = kDrainBytes;
      while (left > 0 && !ec) {
        buffer_begin_ = buffer_end_ = 0;
        ensure_room(16384);
        auto read = receive(buffer_.get(), buffer_size_);
        co_await read;
        ec = read.ec;
        left -= std::min(left, read.bytes);
      }
    }
    if constexpr (kTls) {
      if (open_ && !ec) {
        set_deadline(1000);
        Operation shutdown{
            [this](auto done) { stream_.async_shutdown([done](const error_code& e) mutable { done(e); }); }};
        co_await shutdown;
      }
    }
    socket().shutdown(Socket::shutdown_both, ec);
    socket().close(ec);
    co_return true;
  }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  static constexpr std::size_t kFirstBuffer = 4096;
  static constexpr std::size_t kKeptBody = 1u << 20;      ///< Larger ones are freed behind their request.
  static constexpr std::size_t kCountedBody = 64u << 10;  ///< Smaller ones do not count as memory.
  static constexpr std::size_t kDrainBytes = 64u << 20;
  static constexpr std::int64_t kDrainMs = 5000;
  static constexpr std::size_t kJoinedBody = kTls ? 16384 : 2048;  ///< Sent from one buffer with the head.

  /// How reading went: all good, a refusal with its status, or nobody there to answer.
  struct Fate {
    int status = 0;
    std::string_view detail;
    bool gone = false;
    bool good() const { return status == 0 && !gone; }
  };
  static Fate hung_up() { return {0, {}, true}; }

  Socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void set_deadline(std::int64_t ms) {
    expired = false;
    deadline_ns = coarse_clock_ns() + ms * 1'000'000;
  }

  std::size_t unread() const { return buffer_end_ - buffer_begin_; }

  /// Makes free space behind the unread bytes: moves them to the front, or takes a larger buffer.
  void ensure_room(std::size_t size) {
    if (unread() == 0) buffer_begin_ = buffer_end_ = 0;
    if (buffer_size_ - buffer_end_ >= size) return;
    if (buffer_size_ - unread() >= size) {
      std::memmove(buffer_.get(), buffer_.get() + buffer_begin_, unread());
    } else {
      std::size_t larger = std::max(buffer_size_, kFirstBuffer);
      while (larger - unread() < size) larger *= 2;
      std::unique_ptr<char[]> next{new char[larger]};
      if (unread() != 0) std::memcpy(next.get(), buffer_.get() + buffer_begin_, unread());
      buffer_ = std::move(next);
      buffer_size_ = larger;
    }
    buffer_end_ -= buffer_begin_;
    buffer_begin_ = 0;
  }

  /// To be awaited: some bytes of the client's, to where the caller says. Fails when the client is gone or
  /// the deadline has passed.
  auto receive(char* to, std::size_t size) {
    return Operation{
        [this, to, size](auto done) { stream_.async_read_some(boost::asio::buffer(to, size), done); }};
  }
  /// The same, into the buffer.
  auto fill(std::size_t room) {
    ensure_room(room);
    return receive(buffer_.get() + buffer_end_, buffer_size_ - buffer_end_);
  }

  Fate late_or_gone() const {
    if (expired) return {408, "The request did not arrive in time.", false};
    return hung_up();
  }

  Task<Fate> read_head() {
    request_.headers.clear();
    request_.body.resize_uninitialized(0);
    request_.fault = Fault::none;
    parser_.emplace(request_);
    parser_->header_limit(static_cast<std::uint32_t>(shared_.options.header_bytes_max));
    parser_->body_limit(boost::none);
    idle = unread() == 0;
    if (idle && shared_.stopping) co_return hung_up();
    if (idle && served_) {
      set_deadline(shared_.options.idle_timeout_ms);
    } else if (served_) {
      set_deadline(shared_.options.header_timeout_ms);
    }
    for (;;) {
      if (unread() > 0) {
        if (idle) {
          idle = false;
          if (served_) set_deadline(shared_.options.header_timeout_ms);
        }
        error_code ec;
        buffer_begin_ += parser_->put(boost::asio::buffer(buffer_.get() + buffer_begin_, unread()), ec);
        if (!ec && parser_->is_header_done()) break;
        if (ec && ec != boost::beast::http::error::need_more) co_return malformed(ec);
      }
      // The client can't have answered yet: looked for once the others of the group have their answers, too.
      if (idle && served_) co_await thread_.later();
      auto more = fill(1024);
      co_await more;
      buffer_end_ += more.bytes;
      if (more.ec) {
        if (idle) co_return hung_up();
        co_return late_or_gone();
      }
    }
    served_ = true;
    co_return check_head();
  }

  static Fate malformed(const error_code& ec) {
    using boost::beast::http::error;
    if (ec == error::header_limit) return {431, "The request line and headers are too large.", false};
    if (ec == error::bad_version) return {505, "HTTP/1.1 and HTTP/1.0 are spoken here.", false};
    if (ec == error::bad_target)
      return {400, "The request target has characters that are not allowed.", false};
    return {400, "The request is not valid HTTP.", false};
  }

  /// What the framing of the body, and nothing above it, depends on.
  Fate check_head() {
    if (request_.headers.has("Transfer-Encoding") &&
        (!parser_->chunked() || !iequals(request_.headers.get("Transfer-Encoding"), "chunked"))) {
      return {501, "The only transfer encoding taken is chunked.", false};
    }
    if (parser_->version() == 11) {
      if (request_.headers.count("Host") != 1)
        return {400, "A request needs exactly one Host header.", false};
    }
    // RFC 9112, 3.2.2: the host of an absolute target counts, not the header.
    if (request_.target.front() != '/') {
      if (const auto at = request_.target.find("://"); at != std::string::npos) {
        const auto end = request_.target.find_first_of("/?", at + 3);
        const std::size_t size = end == std::string::npos ? end : end - at - 3;
        request_.headers.set("Host", request_.target.substr(at + 3, size));
      }
    }
    return {};
  }

  Task<Fate> read_body() {
    const bool chunked = parser_->chunked();
    const std::uint64_t length = parser_->content_length().value_or(0);
    const std::string_view expectation = request_.headers.get("Expect");
    if (!expectation.empty() && !iequals(expectation, "100-continue")) {
      co_return Fate{417, "The only expectation met is 100-continue.", false};
    }
    if (!chunked && length == 0) co_return Fate{};
    const std::size_t bytes_max = shared_.service.body_rule(request_).bytes_max;
    if (length > bytes_max) co_return too_large();
    if (!reserve_memory(length)) co_return out_of_memory();
    if (!expectation.empty() && unread() == 0 && parser_->version() == 11) {
      if (!co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return hung_up();
    }
    set_deadline(shared_.options.body_timeout_ms);
    if (chunked) co_return co_await read_chunks(bytes_max);
    co_return co_await read_exactly(length);
  }

  Task<Fate> read_exactly(std::size_t length) {
    char* const to = request_.body.resize_uninitialized(length);
    std::size_t have = std::min(unread(), length);
    std::memcpy(to, buffer_.get() + buffer_begin_, have);
    buffer_begin_ += have;
    while (have < length) {
      auto read = receive(to + have, length - have);
      co_await read;
      have += read.bytes;
      if (read.ec) co_return late_or_gone();
    }
    co_return Fate{};
  }

  Task<Fate> read_chunks(std::size_t bytes_max) {
    parser_->eager(true);
    parser_->body_limit(bytes_max);
    for (;;) {
      error_code ec = boost::beast::http::error::need_more;
      if (unread() > 0) {
        buffer_begin_ += parser_->put(boost::asio::buffer(buffer_.get() + buffer_begin_, unread()), ec);
        if (!ec && parser_->is_done()) break;
        if (ec == boost::beast::http::error::body_limit) co_return too_large();
        if (ec && ec != boost::beast::http::error::need_more) co_return malformed(ec);
        if (!reserve_memory(request_.body.capacity())) co_return out_of_memory();
      }
      // A chunk's own head, or a trailer, that never ends.
      if (unread() > shared_.options.header_bytes_max) co_return malformed(ec);
      auto more = fill(16384);
      co_await more;
      buffer_end_ += more.bytes;
      if (more.ec) co_return late_or_gone();
    }
    request_.body.resize_uninitialized(parser_->chunked_bytes());
    co_return Fate{};
  }

  /// The service words this refusal itself: it gets the request without its body.
  Fate too_large() {
    request_.fault = Fault::body_too_large;
    request_.body.resize_uninitialized(0);
    drain_ = true;
    return {};
  }

  static Fate out_of_memory() { return {503, "Too many large requests at a time.", false}; }

  bool reserve_memory(std::size_t bytes) {
    if (bytes <= reserved_ || bytes < kCountedBody) return true;
    const std::size_t more = bytes - reserved_;
    if (shared_.body_memory.fetch_add(more) + more > shared_.options.body_memory_max) {
      shared_.body_memory.fetch_sub(more);
      return false;
    }
    reserved_ = bytes;
    return true;
  }

  void release_memory() {
    if (request_.body.capacity() > kKeptBody) request_.body = Body{};
    if (reserved_ != 0) shared_.body_memory.fetch_sub(std::exchange(reserved_, 0));
  }

  void count(int status) {
    const int status_class = status / 100;
    shared_.requests[status_class >= 1 && status_class <= 5 ? status_class : 0]->add();
  }

  /// The connection is a WebSocket until the session ends.
  Task<bool> speak(const Response& response) {
    // Frames sent ahead of the answer would be lost: no client may send any.
    if (unread() > 0) {
      Response early = refusal(400, "Nothing may follow a request for a WebSocket before its answer.");
      co_return co_await answer(early, false);
    }
    count(response.status);
    release_memory();
    WebSocketConnection<Stream> websocket{stream_, thread_, *this, shared_.options.write_timeout_ms};
    set_deadline(shared_.options.write_timeout_ms);
    const bool accepted = co_await websocket.accept(request_, response);
    deadline_ns = 0;
    if (accepted) {
      websocket_ = &websocket;
      idle = true;  // A stop need not wait for it.
      if (shared_.stopping) websocket.stop();
      co_await response.websocket->run(websocket);
      co_await websocket.finish();
      websocket_ = nullptr;
    }
    open_ = false;  // The TLS session is closed as well.
    co_return false;
  }

  Task<bool> answer(Response& response, bool head_only) {
    count(response.status);
    pack(response, request_, shared_.options.gzip_bytes_min, shared_.options.gzip_bytes_max);
    HeadOptions options;
    options.date = thread_.date();
    options.keep_alive = !response.close && !drain_ && parser_->keep_alive() && !shared_.stopping;
    options.say_keep_alive = parser_->version() == 10;
    if (response.source && !has_no_body(response.status)) {
      co_return co_await stream(response, options, head_only);
    }
    head_.clear();
    append_response_head(head_, response, options);
    std::string_view body = head_only || has_no_body(response.status) ? std::string_view{} : response.body;
    if (body.size() <= kJoinedBody) {  // One record, or one piece for the kernel, instead of two.
      head_.append(body);
      body = {};
    }
    std::string_view head = head_;
    if constexpr (!kTls) {
      // Mostly there is room at once.
      if (body.empty() && !write_now(head)) co_return false;
      if (head.empty()) co_return options.keep_alive;
    }
    const bool written = co_await write_all(head, body);
    co_return written&& options.keep_alive;
  }

  /// An answer whose body is made while it is sent. HTTP/1.0 knows no chunks: there its end is the end of the
  /// connection.
  Task<bool> stream(Response& response, HeadOptions& options, bool head_only) {
    options.chunked = parser_->version() == 11;
    if (!options.chunked && !head_only) options.keep_alive = false;
    head_.clear();
    append_response_head(head_, response, options);
    const std::shared_ptr<BodySource> source = response.source;
    while (!head_only) {
      deadline_ns = 0;
      const std::string piece = co_await source->next();
      if (options.chunked) append_chunk_head(head_, piece.size());
      // The line behind a chunk travels with the head of the next one.
      if (!co_await write_all(head_, piece)) co_return false;
      head_.clear();
      if (piece.empty()) co_return options.keep_alive;
      if (options.chunked) head_.append("\r\n");
    }
    const bool written = co_await write_all(head_, {});
    co_return written&& options.keep_alive;
  }

  /// Writes what the socket takes at once, and removes it from `text`. False if the client is gone.
  bool write_now(std::string_view& text) {
    error_code ec;
    const std::size_t bytes = stream_.write_some(boost::asio::buffer(text.data(), text.size()), ec);
    if (ec == boost::asio::error::would_block) return true;
    text.remove_prefix(bytes);
    return !ec;
  }

  /// Both texts, one behind the other. Without progress for the write timeout it gives up.
  Task<bool> write_all(std::string_view first, std::string_view second) {
    while (!first.empty() || !second.empty()) {
      const std::array<boost::asio::const_buffer, 2> buffers{
          boost::asio::buffer(first.data(), first.size()), boost::asio::buffer(second.data(), second.size())};
      std::size_t bytes = 0;
      error_code ec = boost::asio::error::would_block;
      if constexpr (!kTls) bytes = stream_.write_some(buffers, ec);  // Mostly there is room at once.
      if (ec == boost::asio::error::would_block) {
        set_deadline(shared_.options.write_timeout_ms);
        Operation write{[&](auto done) { stream_.async_write_some(buffers, done); }};
        co_await write;
        ec = write.ec;
        bytes = write.bytes;
      }
      if (ec) co_return false;
      const std::size_t of_first = std::min(bytes, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(bytes - of_first);
    }
    co_return true;
  }

  Stream stream_;
  Request request_;
  std::optional<HeadParser> parser_;
  std::string head_;                ///< Of the answer; kept for its room.
  std::unique_ptr<char[]> buffer_;  ///< What was read and not yet understood is [begin, end).
  std::size_t buffer_size_ = 0, buffer_begin_ = 0, buffer_end_ = 0;
  std::size_t reserved_ = 0;                          ///< Of Shared::body_memory.
  WebSocketConnection<Stream>* websocket_ = nullptr;  ///< While it is one.
  bool open_ = false;                                 ///< Ready for requests: the TLS handshake is done.
  bool served_ = false;                               ///< A head was read: what follows is a further request.
  bool drain_ = false;                                ///< Bytes of the client may still be on their way.
};

/// The life of one connection.
template <class Stream>
Detached serve(std::unique_ptr<Connection<Stream>> owned) {
  Connection<Stream>& connection = *owned;
  if (co_await connection.open()) {
    for (bool again = true; again;) again = co_await connection.turn();
  }
  co_await connection.close();
}

}  // namespace penstock::http
