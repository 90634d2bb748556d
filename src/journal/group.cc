#include "journal/group.h"

#include <algorithm>

#include "base/check.h"

namespace penstock::journal {

void GroupBuffer::clear() {
  if (buffer_.capacity() == 0) buffer_.reserve(16 * kPage, 0);
  size_ = kGroupHeaderBytes;
  open_entry_ = 0;
  entries_ = 0;
}

void GroupBuffer::begin(Tag tag, std::uint8_t flags) {
  CHECK(open_entry_ == 0);
  open_entry_ = size_;
  char* const header = grow(kEntryHeaderBytes);
  std::memset(header, 0, kEntryHeaderBytes);
  header[0] = static_cast<char>(tag);
  header[1] = static_cast<char>(flags);
}

void GroupBuffer::end() {
  CHECK(open_entry_ != 0);
  const std::size_t body = size_ - open_entry_ - kEntryHeaderBytes;
  CHECK(body <= UINT32_MAX);
  const auto length = static_cast<std::uint32_t>(body);
  std::memcpy(buffer_.data() + open_entry_ + 4, &length, sizeof length);
  open_entry_ = 0;
  ++entries_;
}

void GroupBuffer::make_larger(std::size_t bytes) {
  // Always room for the padding, so that sealing a group never moves it.
  const std::size_t wanted = std::max(2 * buffer_.capacity(), round_to_page(size_ + bytes));
  buffer_.reserve(wanted, size_);
}

std::string_view GroupBuffer::seal(GroupHeader& header, std::uint64_t nonce) {
  CHECK(open_entry_ == 0);
  const std::size_t padded = round_to_page(size_);
  CHECK(padded <= buffer_.capacity() && size_ <= UINT32_MAX);
  std::memset(buffer_.data() + size_, 0, padded - size_);
  header.magic = kGroupMagic;
  header.length = static_cast<std::uint32_t>(size_);
  header.entries = entries_;
  std::memcpy(buffer_.data(), &header, sizeof header);
  header.crc = group_crc({buffer_.data(), size_}, nonce);
  std::memcpy(buffer_.data(), &header, sizeof header);
  return {buffer_.data(), padded};
}

namespace {

std::uint32_t length_at(const char* entry) {
  std::uint32_t length;
  std::memcpy(&length, entry + 4, sizeof length);
  return length;
}

}  // namespace

Entry EntryIterator::operator*() const {
  return {static_cast<Tag>(static_cast<std::uint8_t>(at_[0])), static_cast<std::uint8_t>(at_[1]),
          std::string_view{at_ + kEntryHeaderBytes, length_at(at_)}};
}

EntryIterator& EntryIterator::operator++() {
  at_ += kEntryHeaderBytes + length_at(at_);
  return *this;
}

bool Entries::parse(std::string_view bytes, std::uint32_t count, Entries& out) {
  std::string_view left = bytes;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (left.size() < kEntryHeaderBytes) return false;
    const std::size_t length = length_at(left.data());
    if (left.size() - kEntryHeaderBytes < length) return false;
    left.remove_prefix(kEntryHeaderBytes + length);
  }
  if (!left.empty()) return false;
  out.bytes_ = bytes;
  out.count_ = count;
  return true;
}

}  // namespace penstock::journal
