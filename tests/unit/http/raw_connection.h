#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace penstock::http {

/// A socket that sends exactly the bytes it is told to, for what no proper client would send.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(fd_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// All that comes until `mark` has come `times` times, the end, or the time is up.
  std::string read_until(std::string_view mark, int times = 1, int timeout_ms = 5000) {
    while (count(mark) < times && read_more(timeout_ms)) continue;
    return std::exchange(received_, {});
  }
  std::string read_to_end(int timeout_ms = 5000) {
    while (read_more(timeout_ms)) continue;
    return std::exchange(received_, {});
  }
  /// True once the other side has closed (or reset) the connection.
  bool closed_by_peer(int timeout_ms = 5000) {
    while (read_more(timeout_ms)) continue;
    return ended_;
  }

 private:
  int count(std::string_view mark) const {
    int n = 0;
    for (auto at = received_.find(mark); at != std::string::npos; at = received_.find(mark, at + 1)) ++n;
    return n;
  }
  bool read_more(int timeout_ms) {
    pollfd wait{fd_, POLLIN, 0};
    if (ended_ || ::poll(&wait, 1, timeout_ms) != 1) return false;
    char bytes[16384];
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) {
      ended_ = true;
      return false;
    }
    received_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false, ended_ = false;
  std::string received_;
};

}  // namespace penstock::http
