#pragma once

#include <boost/system/error_code.hpp>
#include <coroutine>
#include <cstddef>

namespace penstock::http {

using boost::system::error_code;

/// Awaits one asynchronous operation of Asio. `start` is given the completion handler.
template <class Start>
struct Operation {
  Start start;
  error_code ec{};
  std::size_t bytes = 0;

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    start([this, handle](const error_code& ec_, std::size_t bytes_ = 0) {
      ec = ec_;
      bytes = bytes_;
      handle.resume();
    });
  }
  void await_resume() const {}
};
template <class Start>
Operation(Start) -> Operation<Start>;

}  // namespace penstock::http
