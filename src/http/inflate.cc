#include "http/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/check.h"

namespace penstock::http {
namespace {

constexpr int kGzipOnly = MAX_WBITS + 16;

/// A z_stream that is inflating, with its end at the end of the scope.
struct Inflating {
  z_stream stream{};
  Inflating() { CHECK(inflateInit2(&stream, kGzipOnly) == Z_OK); }
  ~Inflating() { inflateEnd(&stream); }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;
};

uInt as_count(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

Body grown(const Body& from, std::size_t used, std::size_t size) {
  Body larger;
  std::memcpy(larger.resize_uninitialized(size), from.data(), used);
  return larger;
}

}  // namespace

Result<Body> gunzip(std::string_view bytes, std::size_t bytes_max) {
  // One byte more than allowed is room enough to see that the limit is crossed.
  const std::size_t room_max = std::min(bytes_max, std::numeric_limits<std::size_t>::max() / 4) + 1;
  Body out;
  out.resize_uninitialized(std::min(room_max, std::max<std::size_t>(4096, bytes.size() * 4)));
  std::size_t used = 0, taken = 0;
  Inflating inflating;
  z_stream& stream = inflating.stream;
  for (;;) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    stream.avail_in = as_count(bytes.size() - taken);
    stream.next_out = reinterpret_cast<Bytef*>(const_cast<char*>(out.data()) + used);
    stream.avail_out = as_count(out.size() - used);
    const uInt in_before = stream.avail_in, out_before = stream.avail_out;
    const int state = inflate(&stream, Z_NO_FLUSH);
    taken += in_before - stream.avail_in;
    used += out_before - stream.avail_out;
    if (used > bytes_max) return fail(ErrorCode::limit_exceeded, {}, "The inflated body is too large.");
    if (state == Z_STREAM_END) {
      if (taken == bytes.size()) break;
      // Another member follows: files that were put behind each other are one.
      if (inflateReset(&stream) != Z_OK) return fail(ErrorCode::internal);
    } else if (state != Z_OK && state != Z_BUF_ERROR) {
      return fail(ErrorCode::invalid_argument, {}, "The body is not valid gzip.");
    } else if (used == out.size()) {
      out = grown(out, used, std::min(room_max, out.size() * 2));
    } else if (taken == bytes.size()) {
      return fail(ErrorCode::invalid_argument, {}, "The gzip body is cut short.");
    }
  }
  out.resize_uninitialized(used);  // Smaller or equal: the bytes stay.
  return out;
}

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, std::clamp(level, 1, 9), Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out;
  out.resize(deflateBound(&stream, bytes.size()));
  std::size_t used = 0, taken = 0;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (used == out.size()) out.resize(out.size() + out.size() / 2 + 64);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    stream.avail_in = as_count(bytes.size() - taken);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = as_count(out.size() - used);
    const uInt in_before = stream.avail_in, out_before = stream.avail_out;
    const bool last = stream.avail_in == bytes.size() - taken;
    state = deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    CHECK(state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR);
    taken += in_before - stream.avail_in;
    used += out_before - stream.avail_out;
  }
  deflateEnd(&stream);
  out.resize(used);
  return out;
}

}  // namespace penstock::http
