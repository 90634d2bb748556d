#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {

/// A text that never changes, in eight bytes. Up to seven bytes of text stand in the object itself; of a
/// longer one all objects with the same bytes share one copy, which goes with the last of them.
///
/// Made for texts that many rows have in common: units, sources, names of people. Making one costs a look
/// into the pool, copying one a counter, comparing two nothing.
///
/// Threads: objects are values like strings; the pool behind them has its own locks.
class InternedText {
 public:
  InternedText() = default;
  template <std::convertible_to<std::string_view> Text>
  InternedText(const Text& text) : bits_{bits_of(text)} {}
  InternedText(const InternedText& other) : bits_{other.bits_} {
    if (is_shared()) hold();
  }
  InternedText(InternedText&& other) noexcept : bits_{std::exchange(other.bits_, kEmpty)} {}
  InternedText& operator=(InternedText other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~InternedText() {
    if (is_shared()) let_go();
  }

  bool empty() const { return bits_ == kEmpty; }
  std::size_t size() const { return view().size(); }
  void clear() { *this = InternedText{}; }
  /// Lives as long as the object stays and is not assigned to.
  std::string_view view() const {
    if (is_shared()) return shared_view();
    return {reinterpret_cast<const char*>(&bits_) + 1, (bits_ & 0xff) >> 1};
  }
  std::string str() const { return std::string{view()}; }
  operator std::string_view() const { return view(); }

  friend bool operator==(const InternedText& a, const InternedText& b) { return a.bits_ == b.bits_; }
  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(const InternedText& a, const Text& b) requires(!std::same_as<Text, InternedText>) {
    return a.view() == std::string_view{b};
  }
  friend std::ostream& operator<<(std::ostream& out, const InternedText& text);

  /// Texts in the pool. For tests.
  static std::size_t shared_count();

 private:
  // Low bit set: the rest of the first byte is the size, the bytes behind it are the text. Else a pointer
  // into the pool.
  static constexpr std::uint64_t kEmpty = 1;
  static constexpr std::size_t kInPlaceMax = 7;
  static_assert(std::endian::native == std::endian::little, "the first byte is the low one");

  static std::uint64_t bits_of(std::string_view text) {
    if (text.size() > kInPlaceMax) return share(text);
    std::uint64_t bits = 0;
    if (!text.empty()) std::memcpy(&bits, text.data(), text.size());
    return bits << 8 | text.size() << 1 | 1;
  }
  bool is_shared() const { return (bits_ & 1) == 0; }

  static std::uint64_t share(std::string_view text);
  void hold() const;
  void let_go();
  std::string_view shared_view() const;

  std::uint64_t bits_ = kEmpty;
};

}  // namespace penstock
