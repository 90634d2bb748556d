#include "http/server.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "http/io_thread.h"

namespace penstock::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

constexpr int kBacklog = 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds{100};

/// One listening address. Its acceptor lives on the first I/O thread.
struct Listener {
  explicit Listener(asio::io_context& io) : acceptor{io}, pause{io} {}
  Acceptor acceptor;
  asio::steady_timer pause;
  bool tls = false;
};

Result<tcp::endpoint> resolve(asio::io_context& io, const Server::Address& address) {
  error_code ec;
  const auto numeric = asio::ip::make_address(address.host, ec);
  if (!ec) return tcp::endpoint{numeric, address.port};
  tcp::resolver resolver{io};
  const auto found = resolver.resolve(address.host, std::to_string(address.port), ec);
  if (ec || found.empty()) {
    return fail(ErrorCode::invalid_argument, address.host, "The address to listen on is not known.");
  }
  return found.begin()->endpoint();
}

Result<void> listen(asio::io_context& io, const Server::Address& address, Listener& listener) {
  TRY(const auto endpoint, resolve(io, address));
  error_code ec;
  listener.acceptor.open(endpoint.protocol(), ec);
  if (!ec) listener.acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) listener.acceptor.bind(endpoint, ec);
  if (!ec) listener.acceptor.listen(kBacklog, ec);
  if (ec) {
    return fail(ErrorCode::invalid_argument, address.host + ":" + std::to_string(address.port),
                "Can't listen there: " + ec.message() + ".");
  }
  return {};
}

Result<std::unique_ptr<asio::ssl::context>> make_tls_context(const Server::Options& options) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code ec;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_compression, ec);
  context->use_certificate_chain_file(options.tls_cert_file, ec);
  if (ec) {
    return fail(ErrorCode::invalid_argument, options.tls_cert_file,
                "Can't use the certificate: " + ec.message());
  }
  context->use_private_key_file(options.tls_key_file, asio::ssl::context::pem, ec);
  if (ec)
    return fail(ErrorCode::invalid_argument, options.tls_key_file, "Can't use the key: " + ec.message());
  return context;
}

}  // namespace

struct Server::Impl {
  Impl(Options options, Service& service, std::function<void()> after_round)
      : shared{std::make_unique<Shared>(std::move(options), service, std::move(after_round))} {}

  Result<void> open() {
    for (int i = 0; i < std::max(1, shared->options.io_threads); ++i) {
      threads.push_back(std::make_unique<IoThread>(*shared));
    }
    if (!shared->options.tls.empty()) {
      TRY(tls_context, make_tls_context(shared->options));
    }
    for (const Address& address : shared->options.plain) TRY_VOID(open_one(address, false, plain_ports));
    for (const Address& address : shared->options.tls) TRY_VOID(open_one(address, true, tls_ports));
    for (const auto& thread : threads) thread->start();
    for (const auto& listener : listeners) {
      asio::post(threads.front()->io(), [this, at = listener.get()] { accept(*at); });
    }
    return {};
  }

  Result<void> open_one(const Address& address, bool tls, std::vector<std::uint16_t>& ports) {
    auto listener = std::make_unique<Listener>(threads.front()->io());
    listener->tls = tls;
    TRY_VOID(listen(threads.front()->io(), address, *listener));
    error_code ec;
    ports.push_back(listener->acceptor.local_endpoint(ec).port());
    listeners.push_back(std::move(listener));
    return {};
  }

  /// Accepts for ever, on the first thread; the threads get connections in turn.
  void accept(Listener& listener) {
    IoThread& thread = *threads[next_thread++ % threads.size()];
    listener.acceptor.async_accept(thread.io(),
                                   [this, &listener, &thread](const error_code& ec, Socket socket) {
                                     if (ec == asio::error::operation_aborted || shared->stopping) return;
                                     if (ec) return accept_later(listener, ec);
                                     take(std::move(socket), listener.tls, thread);
                                     accept(listener);
                                   });
  }

  /// Mostly: no more file descriptors. Connections that end will bring some.
  void accept_later(Listener& listener, const error_code& ec) {
    log::warning("cannot accept a connection", {{"reason", ec.message()}});
    listener.pause.expires_after(kAcceptPause);
    listener.pause.async_wait([this, &listener](const error_code& waited) {
      if (!waited && !shared->stopping) accept(listener);
    });
  }

  void take(Socket socket, bool tls, IoThread& thread) {
    if (shared->connections.fetch_add(1) >= shared->options.connections_max) {
      shared->connections.fetch_sub(1);
      shared->turned_away.add();
      return;  // The socket closes itself.
    }
    shared->accepted.add();
    void* const context = tls ? tls_context.get() : nullptr;
    if (&thread == threads.front().get()) return begin(std::move(socket), context, thread);
    asio::post(thread.io(), [this, context, &thread, moved = std::move(socket)]() mutable {
      begin(std::move(moved), context, thread);
    });
  }

  void begin(Socket socket, void* context, IoThread& thread) {
    if (context != nullptr) {
      serve_tls(std::move(socket), context, thread, *shared);
    } else {
      serve_plain(std::move(socket), thread, *shared);
    }
  }

  bool wait_for_end(std::int64_t ms) {
    std::unique_lock lock{shared->ended_mutex};
    return shared->ended.wait_for(lock, std::chrono::milliseconds{ms},
                                  [&] { return shared->connections == 0; });
  }

  void stop(std::int64_t deadline_ms) {
    if (shared == nullptr || shared->stopping.exchange(true)) return;
    asio::post(threads.front()->io(), [this] {
      for (const auto& listener : listeners) {
        error_code ignored;
        listener->acceptor.close(ignored);
        listener->pause.cancel();
      }
    });
    for (const auto& thread : threads) thread->cancel_connections(false);
    bool all_ended = wait_for_end(deadline_ms);
    if (!all_ended) {
      for (const auto& thread : threads) thread->cancel_connections(true);
      all_ended = wait_for_end(1000);
    }
    for (const auto& thread : threads) thread->stop_and_join();
    listeners.clear();
    if (!all_ended) {
      // A handler still waits for something, which may yet resume it: what it would touch must stay.
      log::warning("stopped with requests in flight", {{"connections", shared->connections.load()}});
      for (auto& thread : threads) static_cast<void>(thread.release());
      static_cast<void>(shared.release());
      static_cast<void>(tls_context.release());
    }
  }

  std::unique_ptr<Shared> shared;
  std::unique_ptr<asio::ssl::context> tls_context;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::vector<std::uint16_t> plain_ports, tls_ports;
  std::size_t next_thread = 0;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

Server::~Server() {
  stop(0);
}

Result<std::unique_ptr<Server>> Server::start(Options options, Service& service,
                                              std::function<void()> after_round) {
  auto impl = std::make_unique<Impl>(std::move(options), service, std::move(after_round));
  TRY_VOID(impl->open());
  return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

void Server::stop(std::int64_t deadline_ms) {
  impl_->stop(deadline_ms);
}

const std::vector<std::uint16_t>& Server::plain_ports() const {
  return impl_->plain_ports;
}
const std::vector<std::uint16_t>& Server::tls_ports() const {
  return impl_->tls_ports;
}

}  // namespace penstock::http
