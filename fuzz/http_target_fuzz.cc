// Rooms: http
// Any bytes as a request head, whole and byte for byte with the same result; any text as a target.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/head_parser.h"

namespace {

using namespace penstock::http;

/// Feeds `bytes` in steps, as a connection does. True once a head, and a chunked body if it has one, is
/// whole.
bool feed(std::string_view bytes, std::size_t step, Request& request) {
  HeadParser parser{request};
  parser.header_limit(16384);
  parser.body_limit(65536);
  std::size_t begin = 0, end = 0;
  while (end < bytes.size()) {
    end = std::min(bytes.size(), end + step);
    while (begin < end) {
      boost::system::error_code ec;
      const std::size_t taken = parser.put(boost::asio::buffer(bytes.data() + begin, end - begin), ec);
      begin += taken;
      if (ec == boost::beast::http::error::need_more) break;
      if (ec) return false;
      if (parser.is_header_done() && !parser.chunked()) return true;
      if (parser.is_done()) {
        request.body.resize_uninitialized(parser.chunked_bytes());
        return true;
      }
      if (taken == 0) break;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  Request request;
  request.set_target(text);
  CHECK(request.target == text);
  CHECK(!request.path.empty() && request.path.front() == '/');
  CHECK(request.path.find('?') == std::string::npos);
  for (const auto& segment : request.segments()) CHECK(segment.size() <= text.size());
  const Parameters parameters = request.parameters();
  for (const auto& [name, value] : parameters.items()) CHECK(name.size() + value.size() <= text.size());
  CHECK(percent_decode(percent_encode(text), true) == text);

  Request at_once, slowly;
  const bool whole = feed(text, size, at_once);
  if (size <= 4096) {
    CHECK(feed(text, 1, slowly) == whole);
    if (whole) {
      CHECK(at_once.target == slowly.target && at_once.method == slowly.method);
      CHECK(at_once.headers.fields() == slowly.headers.fields());
      CHECK(at_once.body.view() == slowly.body.view());
    }
  }
  return 0;
}
