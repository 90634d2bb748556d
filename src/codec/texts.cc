#include "codec/texts.h"

#include <string_view>
#include <unordered_map>

#include "codec/integers.h"
#include "codec/packing.h"

namespace penstock::codec {
namespace {

enum Mode : std::uint8_t { kEach = 0, kListed = 1 };

void write_all(const std::string_view* texts, std::size_t n, std::string& out) {
  std::int64_t lengths[kColumnMax];
  for (std::size_t i = 0; i < n; ++i) lengths[i] = static_cast<std::int64_t>(texts[i].size());
  encode_integers(lengths, n, out);
  for (std::size_t i = 0; i < n; ++i) out.append(texts[i]);
}

bool read_all(ByteReader& in, std::size_t n, std::string_view* texts) {
  std::int64_t lengths[kColumnMax];
  if (!decode_integers(in, n, lengths)) return false;
  for (std::size_t i = 0; i < n; ++i) texts[i] = in.raw(static_cast<std::uint64_t>(lengths[i]));
  return in.ok();
}

}  // namespace

void encode_texts(const std::string* const* values, std::size_t n, std::string& out) {
  ByteWriter writer{out};
  std::string_view texts[kColumnMax], listed[kColumnMax];
  std::size_t bytes = 0, different = 0;
  for (std::size_t i = 0; i < n; ++i) {
    texts[i] = *values[i];
    bytes += texts[i].size();
  }
  std::int64_t places[kColumnMax];
  if (n > 1 && bytes <= kRepeatedBytesMax) {
    std::unordered_map<std::string_view, std::int64_t> place_of;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0 && texts[i] == texts[i - 1]) {
        places[i] = places[i - 1];
        continue;
      }
      const auto [found, fresh] = place_of.try_emplace(texts[i], static_cast<std::int64_t>(different));
      if (fresh) listed[different++] = texts[i];
      places[i] = found->second;
    }
  }
  // More than three different ones in four: the column of places would cost more than it saves.
  if (different == 0 || different * 4 > n * 3) {
    writer.u8(kEach);
    return write_all(texts, n, out);
  }
  writer.u8(kListed);
  writer.varint(different);
  write_all(listed, different, out);
  encode_integers(places, n, out);
}

bool decode_texts(ByteReader& in, std::size_t n, std::string** values) {
  std::string_view texts[kColumnMax];
  const std::uint8_t mode = in.u8();
  if (mode == kEach) {
    if (!read_all(in, n, texts)) return false;
    for (std::size_t i = 0; i < n; ++i) values[i]->assign(texts[i]);
    return true;
  }
  if (mode != kListed) return false;
  const std::uint64_t listed = in.varint();
  if (listed == 0 || listed > n || !read_all(in, listed, texts)) return false;
  std::int64_t places[kColumnMax];
  if (!decode_integers(in, n, places)) return false;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto place = static_cast<std::uint64_t>(places[i]);
    if (place >= listed) return false;
    bytes += texts[place].size();
    if (bytes > kRepeatedBytesMax) return false;
    values[i]->assign(texts[place]);
  }
  return true;
}

}  // namespace penstock::codec
