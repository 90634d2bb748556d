// Rooms: http
// Any bytes as gzip: an error, or no more than the limit, and packed again the same.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "http/inflate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  constexpr std::size_t kLimit = 100'000;
  const auto inflated = http::gunzip(bytes, kLimit);
  if (inflated) {
    CHECK(inflated->size() <= kLimit);
    const auto again = http::gunzip(http::gzip(inflated->view(), 1), kLimit);
    CHECK(again.has_value() && again->view() == inflated->view());
  } else {
    CHECK(inflated.error().code == ErrorCode::invalid_argument ||
          inflated.error().code == ErrorCode::limit_exceeded);
  }
  const auto packed = http::gunzip(http::gzip(bytes), size);
  CHECK(packed.has_value() && packed->view() == bytes);
  return 0;
}
