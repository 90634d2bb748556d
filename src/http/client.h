#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace penstock::http {

/// A blocking HTTP/1.1 client for one server, with one kept connection. For tools and tests.
///
/// Threads: one at a time.
class Client {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 80;
    bool tls = false;
    bool verify = true;   ///< Check the server's certificate and name.
    std::string ca_file;  ///< PEM; empty: the system's.
    std::int64_t connect_timeout_ms = 10'000;
    std::int64_t timeout_ms = 60'000;  ///< For one request and its answer.
    std::size_t response_bytes_max = std::size_t{1} << 30;
  };
  /// `scheme://host[:port][/path]`; what is behind the host goes to `path`.
  /// Errors: invalid_argument (not http or https, or no host).
  static Result<Options> parse_url(std::string_view url, std::string* path = nullptr);

  explicit Client(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends one request and reads its answer. Host and Content-Length are added. A kept connection that turns
  /// out to be closed is opened again, once. Errors: store_unavailable (no connection, cut, late),
  /// invalid_argument (the answer is not HTTP, TLS refused).
  Result<Response> send(Method method, std::string_view target, const Headers& headers = {},
                        std::string_view body = {});
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::http
