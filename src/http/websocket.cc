#include "http/websocket.h"

#include "base/text.h"

namespace penstock::http {
namespace {

bool has_token(const Request& request, std::string_view header, std::string_view token) {
  for (const std::string_view field : request.headers.all(header)) {
    for (const std::string_view item : split(field, ',')) {
      if (iequals(trim(item), token)) return true;
    }
  }
  return false;
}

}  // namespace

bool asks_for_websocket(const Request& request) {
  constexpr std::size_t kKeySize = 24;  // 16 bytes in base64.
  return request.method == Method::get && request.body.empty() &&
         has_token(request, "Connection", "upgrade") && has_token(request, "Upgrade", "websocket") &&
         request.headers.get("Sec-WebSocket-Key").size() == kKeySize &&
         trim(request.headers.get("Sec-WebSocket-Version")) == "13";
}

}  // namespace penstock::http
