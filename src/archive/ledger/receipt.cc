#include "archive/ledger/receipt.h"

#include <sodium/crypto_shorthash.h>

#include <cstring>

#include "base/bytes.h"

namespace penstock::archive {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kServerBytes = 4, kSeqBytes = 8, kCheckBytes = 4;
constexpr std::size_t kBytes = kServerBytes + kSeqBytes + kCheckBytes;
constexpr std::size_t kNameLength = (kBytes * 8 + 4) / 5;

std::string base32(const unsigned char (&bytes)[kBytes]) {
  constexpr std::size_t kGroup = 5, kLettersOfGroup = 8;
  static_assert(kBytes == 3 * kGroup + 1);
  std::string name(kNameLength, 'a');
  // Five bytes are eight letters; the last byte fills two, with two bits to spare.
  for (std::size_t group = 0; group < kBytes / kGroup; ++group) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kGroup; ++i) bits = bits << 8 | bytes[group * kGroup + i];
    for (std::size_t i = kLettersOfGroup; i-- > 0; bits >>= 5) {
      name[group * kLettersOfGroup + i] = kLetters[bits & 31];
    }
  }
  name[kNameLength - 2] = kLetters[bytes[kBytes - 1] >> 3];
  name[kNameLength - 1] = kLetters[bytes[kBytes - 1] << 2 & 31];
  return name;
}

}  // namespace

std::uint32_t ReceiptNames::check(std::uint64_t seq) const {
  static_assert(std::tuple_size_v<Key> == crypto_shorthash_KEYBYTES);
  unsigned char hash[crypto_shorthash_BYTES];
  unsigned char plain[sizeof seq];
  std::memcpy(plain, &seq, sizeof seq);
  crypto_shorthash(hash, plain, sizeof plain, key_.data());
  std::uint32_t check = 0;
  std::memcpy(&check, hash, sizeof check);
  return check;
}

std::string ReceiptNames::name(std::uint64_t seq) const {
  unsigned char bytes[kBytes];
  std::memcpy(bytes, server_.bytes, kServerBytes);
  for (std::size_t i = 0; i < kSeqBytes; ++i) {
    bytes[kServerBytes + i] = static_cast<unsigned char>(seq >> (56 - 8 * i));
  }
  const std::uint32_t keyed = check(seq);
  std::memcpy(bytes + kServerBytes + kSeqBytes, &keyed, kCheckBytes);
  return base32(bytes);
}

std::optional<std::uint64_t> ReceiptNames::seq(std::string_view given) const {
  if (given.size() != kNameLength) return std::nullopt;
  unsigned char bytes[kBytes + 1] = {};
  for (std::size_t i = 0; i < kNameLength; ++i) {
    const char letter = given[i] >= 'A' && given[i] <= 'Z' ? static_cast<char>(given[i] + 32) : given[i];
    const std::size_t five = kLetters.find(letter);
    if (five == std::string_view::npos) return std::nullopt;
    for (std::size_t k = 0; k < 5; ++k) {
      const std::size_t bit = i * 5 + k;
      if ((five >> (4 - k) & 1u) != 0) bytes[bit / 8] |= static_cast<unsigned char>(1u << (7 - bit % 8));
    }
  }
  std::uint64_t seq = 0;
  for (std::size_t i = 0; i < kSeqBytes; ++i) seq = seq << 8 | bytes[kServerBytes + i];
  // Said again from the seq: everything else of it must be ours.
  const std::string said = name(seq);
  for (std::size_t i = 0; i < kNameLength; ++i) {
    const char letter = given[i] >= 'A' && given[i] <= 'Z' ? static_cast<char>(given[i] + 32) : given[i];
    if (said[i] != letter) return std::nullopt;
  }
  return seq;
}

}  // namespace penstock::archive
