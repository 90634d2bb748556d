#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "model/time.h"

// Times and lists inside stored rows. Internal to the catalog: what is written here is part of the stored
// format.

namespace penstock::catalog {

inline void put_time(ByteWriter& out, Timestamp time) {
  out.svarint(time.unix_ns());
}
inline Timestamp get_time(ByteReader& in) {
  return Timestamp::from_unix_ns(in.svarint());
}

inline void put_texts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.varint(texts.size());
  for (const std::string& text : texts) out.text(text);
}
inline std::vector<std::string> get_texts(ByteReader& in) {
  std::vector<std::string> texts;
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) texts.emplace_back(in.text());
  return texts;
}

/// Names and values, in order.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

inline void put_pairs(ByteWriter& out, const TextPairs& pairs) {
  out.varint(pairs.size());
  for (const auto& [name, value] : pairs) {
    out.text(name);
    out.text(value);
  }
}
inline TextPairs get_pairs(ByteReader& in) {
  TextPairs pairs;
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    std::string name{in.text()};
    pairs.emplace_back(std::move(name), in.text());
  }
  return pairs;
}

}  // namespace penstock::catalog
