#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace penstock {

static_assert(std::endian::native == std::endian::little, "stored formats are little-endian, read in place");

/// Appends to a std::string: fixed-size integers little-endian, varints as LEB128, texts with their length
/// before.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_{out} {}

  template <class T>
  void fixed(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    out_.append(raw, sizeof(T));
  }
  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  /// Signed, zigzag.
  void svarint(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }
  void raw(std::string_view value) { out_.append(value); }
  std::size_t size() const { return out_.size(); }

 private:
  std::string& out_;
};

/// Reads what ByteWriter wrote. Never reads past the end: the first read that would turns `ok()` false, and
/// it and all later ones return zeros and empty texts. Borrows the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_{bytes.data()}, end_{bytes.data() + bytes.size()} {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  template <class T>
  T fixed() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (left() < sizeof(T)) {
      fail();
      return value;
    }
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) break;
      const auto byte = static_cast<std::uint8_t>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    fail();
    return 0;
  }
  std::int64_t svarint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view text() { return raw(varint()); }
  std::string_view raw(std::uint64_t size) {
    if (size > left()) {
      fail();
      return {};
    }
    const std::string_view value{at_, static_cast<std::size_t>(size)};
    at_ += size;
    return value;
  }

 private:
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

/// Big-endian keys sort as their numbers do.
inline void append_be64(std::string& out, std::uint64_t value) {
  value = __builtin_bswap64(value);
  out.append(reinterpret_cast<const char*>(&value), 8);
}
inline std::uint64_t read_be64(const char* bytes) {
  std::uint64_t value;
  std::memcpy(&value, bytes, 8);
  return __builtin_bswap64(value);
}

/// The Castagnoli CRC by the CPU's own instruction where it has one. `seed` is the CRC so far, 0 to begin.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace penstock
