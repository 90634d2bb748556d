#include "http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace penstock::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

bool breaks_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

}  // namespace

struct Client::Impl {
  explicit Impl(Options options_) : options{std::move(options_)} {}

  /// Runs what was started until its handler has set `done`, or the time is up: then the connection is
  /// closed.
  bool run_until(const bool& done, std::chrono::steady_clock::time_point deadline) {
    io.restart();
    while (!done && io.run_one_until(deadline) != 0) continue;
    if (done) return true;
    drop();
    io.restart();
    io.run();  // The aborted handlers: they refer to the stack of who started them.
    return false;
  }

  /// Starts one operation with `start(handler)`, waits for it, and says how it ended.
  template <class Start>
  error_code wait(std::chrono::steady_clock::time_point deadline, Start start) {
    bool done = false;
    error_code result;
    start([&](const error_code& ec, auto&&...) {
      done = true;
      result = ec;
    });
    return run_until(done, deadline) ? result : error_code{asio::error::timed_out};
  }

  Result<void> connect() {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{options.connect_timeout_ms};
    tcp::resolver resolver{io};
    error_code ec;
    const auto found = resolver.resolve(options.host, std::to_string(options.port), ec);
    if (ec) return fail(ErrorCode::store_unavailable, options.host, "The host is not known: " + ec.message());
    plain.emplace(io);
    ec = wait(deadline, [&](auto done) { asio::async_connect(*plain, found, done); });
    if (ec) return lost("Can't connect", ec);
    plain->set_option(tcp::no_delay{true}, ec);
    return options.tls ? shake_hands(deadline) : Result<void>{};
  }

  Result<void> shake_hands(std::chrono::steady_clock::time_point deadline) {
    error_code ec;
    context.emplace(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    if (options.verify) {
      if (options.ca_file.empty()) {
        context->set_default_verify_paths(ec);
      } else {
        context->load_verify_file(options.ca_file, ec);
      }
      if (ec)
        return fail(ErrorCode::invalid_argument, options.ca_file, "Can't read the certificates to trust.");
    }
    tls.emplace(std::move(*plain), *context);
    plain.reset();
    if (options.verify) {
      tls->set_verify_mode(asio::ssl::verify_peer, ec);
      tls->set_verify_callback(asio::ssl::host_name_verification{options.host}, ec);
    }
    SSL_set_tlsext_host_name(tls->native_handle(), options.host.c_str());
    ec = wait(deadline, [&](auto done) { tls->async_handshake(asio::ssl::stream_base::client, done); });
    if (!ec) return {};
    drop();
    if (ec == asio::error::timed_out) return lost("The TLS handshake did not end", ec);
    return fail(ErrorCode::invalid_argument, options.host, "TLS was refused: " + ec.message());
  }

  Result<void> lost(std::string_view what, const error_code& ec) {
    drop();
    return fail(ErrorCode::store_unavailable, options.host, std::string{what} + ": " + ec.message());
  }

  void drop() {
    error_code ignored;
    if (plain) plain->close(ignored);
    if (tls) tls->next_layer().close(ignored);
    buffer.clear();
    connected = false;
  }

  std::string render_head(Method method, std::string_view target, const Headers& headers,
                          std::size_t body_size) {
    const bool usual_port = options.port == (options.tls ? 443 : 80);
    std::string out{to_string(method)};
    out.append(" ").append(target).append(" HTTP/1.1\r\n");
    if (!headers.has("Host")) {
      const bool v6 = options.host.find(':') != std::string::npos;
      out.append("Host: ").append(v6 ? "[" + options.host + "]" : options.host);
      if (!usual_port) out.append(":").append(std::to_string(options.port));
      out.append("\r\n");
    }
    for (const auto& [name, value] : headers.fields())
      out.append(name).append(": ").append(value).append("\r\n");
    if (body_size != 0 || method == Method::post || method == Method::put || method == Method::patch) {
      out.append("Content-Length: ").append(std::to_string(body_size)).append("\r\n");
    }
    return out.append("\r\n");
  }

  /// One try on the open connection. `heard` tells whether any byte of an answer came.
  template <class Stream>
  error_code exchange(Stream& stream, std::string_view head, std::string_view body, bool head_only,
                      Response& response, bool& heard) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{options.timeout_ms};
    const std::array<asio::const_buffer, 2> request{asio::buffer(head.data(), head.size()),
                                                    asio::buffer(body.data(), body.size())};
    const error_code written =
        wait(deadline, [&](auto done) { asio::async_write(stream, request, std::move(done)); });
    if (written == asio::error::timed_out) return written;
    // A server may refuse before it has read everything: its answer is worth reading even if writing failed.
    for (;;) {
      beast::http::response_parser<beast::http::string_body> parser;
      parser.body_limit(options.response_bytes_max);
      parser.header_limit(1u << 20);
      parser.skip(head_only);
      const error_code ec = wait(
          deadline, [&](auto done) { beast::http::async_read(stream, buffer, parser, std::move(done)); });
      heard = heard || parser.got_some();
      if (ec) return written ? written : ec;
      const auto& message = parser.get();
      if (message.result_int() >= 100 && message.result_int() < 200) continue;
      response.status = static_cast<int>(message.result_int());
      for (const auto& field : message) {
        response.headers.add(std::string{field.name_string()}, std::string{field.value()});
      }
      response.body = std::move(parser.get().body());
      response.close = !parser.keep_alive() || static_cast<bool>(written);
      return {};
    }
  }

  const Options options;
  asio::io_context io{1};
  std::optional<asio::ssl::context> context;
  std::optional<tcp::socket> plain;
  std::optional<asio::ssl::stream<tcp::socket>> tls;
  beast::flat_buffer buffer;
  bool connected = false;
};

Result<Client::Options> Client::parse_url(std::string_view url, std::string* path) {
  Options options;
  if (istarts_with(url, "https://")) {
    options.tls = true;
    options.port = 443;
    url.remove_prefix(8);
  } else if (istarts_with(url, "http://")) {
    url.remove_prefix(7);
  } else {
    return fail(ErrorCode::invalid_argument, "url", "A URL begins with http:// or https://.");
  }
  const auto end = std::min(url.find_first_of("/?"), url.size());
  std::string_view authority = url.substr(0, end);
  if (path != nullptr) *path = std::string{url.substr(end)};
  const auto bracket = authority.find(']');  // [::1]:8080
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), options.port);
    if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || options.port == 0) {
      return fail(ErrorCode::invalid_argument, "url", "The port in the URL is not a number of 1 to 65535.");
    }
    authority = authority.substr(0, colon);
  }
  if (authority.size() > 2 && authority.front() == '[' && authority.back() == ']') {
    authority = authority.substr(1, authority.size() - 2);
  }
  if (authority.empty()) return fail(ErrorCode::invalid_argument, "url", "The URL has no host.");
  options.host = authority;
  return options;
}

Client::Client(Options options) : impl_{std::make_unique<Impl>(std::move(options))} {}

Client::~Client() {
  close();
}

void Client::close() {
  impl_->drop();
}

Result<Response> Client::send(Method method, std::string_view target, const Headers& headers,
                              std::string_view body) {
  Impl& impl = *impl_;
  for (const auto& [name, value] : headers.fields()) {
    if (breaks_line(name) || breaks_line(value))
      return fail(ErrorCode::invalid_argument, std::string{name}, "A line break.");
  }
  if (breaks_line(target)) return fail(ErrorCode::invalid_argument, "target", "A line break.");
  const std::string head = impl.render_head(method, target, headers, body.size());
  for (;;) {
    const bool kept = impl.connected;
    if (!kept) {
      TRY_VOID(impl.connect());
      impl.connected = true;
    }
    Response response;
    bool heard = false;
    const bool head_only = method == Method::head;
    const error_code ec = impl.tls ? impl.exchange(*impl.tls, head, body, head_only, response, heard)
                                   : impl.exchange(*impl.plain, head, body, head_only, response, heard);
    if (!ec) {
      if (response.close) impl.drop();
      return response;
    }
    impl.drop();
    // The server may have closed a kept connection just as we took it up again.
    if (kept && !heard && ec != asio::error::timed_out) continue;
    if (ec == asio::error::timed_out) {
      return fail(ErrorCode::store_unavailable, impl.options.host, "No answer in time.");
    }
    if (heard)
      return fail(ErrorCode::invalid_argument, impl.options.host, "Not a whole answer: " + ec.message());
    return fail(ErrorCode::store_unavailable, impl.options.host, "The connection was cut: " + ec.message());
  }
}

}  // namespace penstock::http
