#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace penstock {

/// Finds rows by what they say of themselves, without a copy of it: numbers of rows under the hashes of their
/// keys, in one array. Whether a row of the right hash is the one that is wanted, the caller sees at the row.
///
/// Open addressing with linear probing; what is erased leaves no mark, for those behind it move up. Eight
/// bytes per entry, at most three quarters full. Rows of equal keys may stand side by side.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// The number of a row with that hash of which `same(number)` says yes, or kNone.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same&& same) const {
    if (count_ == 0) return kNone;
    const std::uint32_t wanted = short_of(hash);
    for (std::size_t at = wanted & mask_; entries_[at].row != kNone; at = (at + 1) & mask_) {
      if (entries_[at].hash == wanted && same(entries_[at].row)) return entries_[at].row;
    }
    return kNone;
  }

  /// Adds a row, which must not be in under this hash yet. `row` is not kNone.
  void insert(std::uint64_t hash, std::uint32_t row) {
    if ((count_ + 1) * 4 > capacity() * 3) grow();
    place({short_of(hash), row});
    ++count_;
  }

  /// Takes out a row that was added under this hash. False if there is none.
  bool erase(std::uint64_t hash, std::uint32_t row) {
    if (count_ == 0) return false;
    const std::uint32_t wanted = short_of(hash);
    std::size_t at = wanted & mask_;
    while (entries_[at].row != row || entries_[at].hash != wanted) {
      if (entries_[at].row == kNone) return false;
      at = (at + 1) & mask_;
    }
    // Whoever stands behind the gap and has come by it on the way from home moves into it.
    for (std::size_t next = (at + 1) & mask_; entries_[next].row != kNone; next = (next + 1) & mask_) {
      const std::size_t home = entries_[next].hash & mask_;
      if (((next - home) & mask_) < ((next - at) & mask_)) continue;
      entries_[at] = entries_[next];
      at = next;
    }
    entries_[at].row = kNone;
    --count_;
    return true;
  }

  /// Calls `f(number)` for every row, in no order, until it answers false.
  template <class F>
  void each(F&& f) const {
    for (std::size_t at = 0; at < capacity(); ++at) {
      if (entries_[at].row != kNone && !f(entries_[at].row)) return;
    }
  }

  std::size_t size() const { return count_; }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t row = kNone;
  };
  static std::uint32_t short_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  std::size_t capacity() const { return entries_ ? mask_ + 1 : 0; }
  void place(Entry entry) {
    std::size_t at = entry.hash & mask_;
    while (entries_[at].row != kNone) at = (at + 1) & mask_;
    entries_[at] = entry;
  }
  void grow() {
    const std::size_t before = capacity();
    const std::unique_ptr<Entry[]> old = std::move(entries_);
    mask_ = (before == 0 ? 8 : before * 2) - 1;
    entries_ = std::make_unique<Entry[]>(mask_ + 1);
    for (std::size_t at = 0; at < before; ++at) {
      if (old[at].row != kNone) place(old[at]);
    }
  }

  std::unique_ptr<Entry[]> entries_;
  std::size_t mask_ = 0, count_ = 0;
};

}  // namespace penstock
