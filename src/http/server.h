#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/service.h"

namespace penstock::http {

/// HTTP/1.1 (and 1.0) over TCP and TLS for one Service.
///
/// Threads: some I/O threads of its own, each with an event loop and a base Executor whose `gathers_writes`
/// is true. A thread's round is: take what the sockets have, resume what is ready, call `after_round`, and
/// again while something is ready; only then does it sleep. Requests of one connection are answered one after
/// the other.
class Server {
 public:
  struct Address {
    std::string host = "127.0.0.1";  ///< Numeric, or a name.
    std::uint16_t port = 0;          ///< 0: any free one; see plain_ports, tls_ports.
  };
  struct Options {
    std::vector<Address> plain, tls;
    std::string tls_cert_file, tls_key_file;  ///< PEM; the certificate with its chain. Needed with `tls`.
    int io_threads = 1;
    std::size_t header_bytes_max = 64u << 10;   ///< Request line and headers. More: 431.
    std::size_t connections_max = 10'000;       ///< One more is closed as soon as it comes.
    std::size_t body_memory_max = 1024u << 20;  ///< Of all bodies being read or handled. More: 503.
    std::size_t gzip_bytes_min = 1u << 10;      ///< Answers between the two are packed for who accepts gzip.
    std::size_t gzip_bytes_max = 1u << 20;
    std::int64_t header_timeout_ms =
        10'000;                              ///< From accept or first byte to the last of the head. Then 408.
    std::int64_t body_timeout_ms = 120'000;  ///< For the whole body. Then 408.
    std::int64_t idle_timeout_ms = 75'000;   ///< Between two requests. Then closed.
    std::int64_t write_timeout_ms = 60'000;  ///< Without any progress of an answer. Then closed.
  };

  /// Binds, listens and starts the threads. `after_round` may be empty; it is called on every I/O thread, and
  /// must return soon. `service` outlives the server. Errors: invalid_argument (address in use or wrong,
  /// certificate not readable).
  static Result<std::unique_ptr<Server>> start(Options options, Service& service,
                                               std::function<void()> after_round);

  /// Stops accepting, lets requests in flight finish for `deadline_ms`, closes, ends the threads. Later calls
  /// do nothing. Not from an I/O thread.
  void stop(std::int64_t deadline_ms);

  const std::vector<std::uint16_t>& plain_ports() const;  ///< As bound, in the order of Options::plain.
  const std::vector<std::uint16_t>& tls_ports() const;

  ~Server();  ///< Stops at once if `stop` was not called.
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::http
