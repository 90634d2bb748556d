#pragma once

#include <atomic>
#include <optional>

#include "dialects/piwebapi/call.h"

namespace penstock::dialects::piwebapi {

/// How many channels of the door are open.
class ChannelCount {
 public:
  /// One of them, for as long as it lives.
  class Seat {
   public:
    explicit Seat(std::atomic<std::size_t>& count) : count_{&count} {}
    Seat(Seat&& other) noexcept : count_{std::exchange(other.count_, nullptr)} {}
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (count_ != nullptr) count_->fetch_sub(1);
    }

   private:
    std::atomic<std::size_t>* count_;
  };
  /// Nothing if `most` are open.
  std::optional<Seat> take(std::size_t most) {
    if (open_.fetch_add(1) >= most) {
      open_.fetch_sub(1);
      return std::nullopt;
    }
    return Seat{open_};
  }

 private:
  std::atomic<std::size_t> open_{0};
};

}  // namespace penstock::dialects::piwebapi
