#pragma once

#include <memory>
#include <utility>

namespace penstock {

/// A value that nearly always is T{}: then it takes the room of a pointer and nothing else.
template <class T>
class OrDefault {
 public:
  OrDefault() = default;
  OrDefault(const OrDefault& other) : own_{other.own_ ? std::make_unique<T>(*other.own_) : nullptr} {}
  OrDefault(OrDefault&&) noexcept = default;
  OrDefault& operator=(OrDefault other) noexcept {
    own_ = std::move(other.own_);
    return *this;
  }

  const T& operator*() const { return own_ ? *own_ : usual(); }
  const T* operator->() const { return &**this; }
  void set(T value) { own_ = value == usual() ? nullptr : std::make_unique<T>(std::move(value)); }

 private:
  static const T& usual() {
    static const T value{};
    return value;
  }

  std::unique_ptr<T> own_;
};

}  // namespace penstock
