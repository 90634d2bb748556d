#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::app {

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  bool is_loopback() const;                        ///< Nobody but this machine reaches it.
  std::string url(std::string_view scheme) const;  ///< "http://127.0.0.1:8080"
};

/// `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`; port 0 is any free one. `off` and an empty text are
/// nothing. Errors: invalid_argument.
Result<std::optional<ListenAddress>> parse_listen(std::string_view text);

}  // namespace penstock::app
