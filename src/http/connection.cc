#include "http/connection.h"

namespace penstock::http {

void serve_plain(Socket socket, IoThread& thread, Shared& shared) {
  serve(std::make_unique<Connection<Socket>>(std::move(socket), thread, shared));
}

void serve_tls(Socket socket, void* ssl_context, IoThread& thread, Shared& shared) {
  auto& context = *static_cast<boost::asio::ssl::context*>(ssl_context);
  TlsStream stream{std::move(socket), context};
  serve(std::make_unique<Connection<TlsStream>>(std::move(stream), thread, shared));
}

}  // namespace penstock::http
