#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "journal/file.h"
#include "journal/format.h"

namespace penstock::journal {

/// What an entry is. Numbers are part of the stored format; those without a struct in entry.h are reserved.
enum class Tag : std::uint8_t {
  batch = 1,
  one = 2,
  run = 3,
  slice = 4,
  erase = 5,
  state = 6,
  catalog = 7,
  preimage = 8,
  floor = 9,
  intent = 10,
  resolved = 11,
  setaside = 12
};

/// Collects the entries of one group in one page-aligned buffer, so that they are written from where they
/// were made. Room for the header of the group is kept before them.
///
/// Threads: one at a time.
class GroupBuffer {
 public:
  GroupBuffer() { clear(); }

  void clear();
  bool empty() const { return entries_ == 0; }
  std::size_t size() const { return size_; }  ///< With the header, without padding.
  std::uint32_t entries() const { return entries_; }

  /// `begin`, raw appends, `end`. Entries do not nest.
  void begin(Tag tag, std::uint8_t flags = 0);
  void end();

  void raw(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
  }
  template <class T>
  void fixed(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(grow(sizeof(T)), &value, sizeof(T));
  }
  void u8(std::uint8_t value) { *grow(1) = static_cast<char>(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

  /// At least `bytes_max` to be written by hand, up to where `took` is then told.
  char* room(std::size_t bytes_max) {
    char* const at = grow(bytes_max);
    size_ -= bytes_max;
    return at;
  }
  void took(const char* end) { size_ = static_cast<std::size_t>(end - buffer_.data()); }

  /// For taking back what a command wrote before it turned out that it can't be done: `rewind(mark)` removes
  /// all entries made since `mark()`. Not between `begin` and `end`.
  struct Mark {
    std::size_t size;
    std::uint32_t entries;
  };
  Mark mark() const { return {size_, entries_}; }
  void rewind(Mark mark) {
    size_ = mark.size;
    entries_ = mark.entries;
  }

  /// Fills in the header and pads with zeros: the bytes to be written, whole pages. For the journal alone.
  /// `header` comes with everything but magic, length, entries and crc.
  std::string_view seal(GroupHeader& header, std::uint64_t nonce);

 private:
  char* grow(std::size_t bytes) {
    if (size_ + bytes > buffer_.capacity()) make_larger(bytes);
    char* const at = buffer_.data() + size_;
    size_ += bytes;
    return at;
  }
  void make_larger(std::size_t bytes);

  AlignedBuffer buffer_;
  std::size_t size_ = 0;
  std::size_t open_entry_ = 0;  ///< Offset of the entry that was begun, 0 if none.
  std::uint32_t entries_ = 0;
};

/// One entry of a group. Borrows the group's bytes.
struct Entry {
  Tag tag{};
  std::uint8_t flags = 0;
  std::string_view body;
};

/// Walks bytes that `parse_entries` found sound.
class EntryIterator {
 public:
  explicit EntryIterator(const char* at) : at_{at} {}
  Entry operator*() const;
  EntryIterator& operator++();
  bool operator==(const EntryIterator&) const = default;

 private:
  const char* at_;
};

/// The entries of one group, in order: `for (const Entry entry : group.entries)`.
class Entries {
 public:
  Entries() = default;
  /// Nothing if `bytes` are not exactly `count` whole entries.
  static bool parse(std::string_view bytes, std::uint32_t count, Entries& out);

  EntryIterator begin() const { return EntryIterator{bytes_.data()}; }
  EntryIterator end() const { return EntryIterator{bytes_.data() + bytes_.size()}; }
  std::uint32_t count() const { return count_; }

 private:
  std::string_view bytes_;
  std::uint32_t count_ = 0;
};

/// One group as read back: what was committed together.
struct Group {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;  ///< In bytes from the start of the segment's file.
  std::uint64_t first_seq = 0;
  std::uint32_t batches = 0;  ///< It holds the seqs first_seq … first_seq + batches - 1.
  std::int64_t wall_ns = 0;
  Entries entries;

  std::uint64_t last_seq() const { return first_seq + batches - 1; }
};

}  // namespace penstock::journal
