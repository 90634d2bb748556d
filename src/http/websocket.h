#pragma once

#include <cstdint>
#include <string_view>

#include "base/task.h"
#include "http/message.h"

namespace penstock::http {

/// The server's end of one WebSocket, in the hands of its session. Lives on one I/O thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Sends one text message, and waits until the connection took all of it. False: the client is gone, or did
  /// not read for the server's write timeout.
  virtual Task<bool> send_text(std::string_view text) = 0;
  /// Waits. False as soon as the client has closed or the server stops: then the session should end.
  virtual Task<bool> sleep_ms(std::int64_t ms) = 0;
};

/// What is spoken over one WebSocket: made by the service with its answer, see Response::websocket.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;

  /// Called once, behind the handshake; the server closes the connection when it ends. What the client sends
  /// is read and dropped.
  virtual Task<bool> run(WebSocket& socket) = 0;
};

/// True for a request whose answer may be 101: version 13 of the protocol, as RFC 6455, 4.2.1 describes it.
bool asks_for_websocket(const Request& request);

}  // namespace penstock::http
