#include "app/address.h"

#include <charconv>

namespace penstock::app {

bool ListenAddress::is_loopback() const {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

std::string ListenAddress::url(std::string_view scheme) const {
  const bool six = host.find(':') != std::string::npos;
  return std::string{scheme} + "://" + (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<std::optional<ListenAddress>> parse_listen(std::string_view text) {
  if (text.empty() || text == "off") return std::nullopt;
  const auto colon = text.rfind(':');
  auto host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    host = {};  // An IPv6 address needs its brackets.
  }
  ListenAddress address{std::string{host}, 0};
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (host.empty() || digits.empty() || error != std::errc{} || at != digits.data() + digits.size()) {
    return fail(ErrorCode::invalid_argument, std::string{text},
                "an address is HOST:PORT, as 127.0.0.1:8080 or [::1]:8080, or `off`");
  }
  return address;
}

}  // namespace penstock::app
