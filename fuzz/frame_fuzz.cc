// Rooms: codec
// Any bytes as a frame: an error, or samples that come back the same when encoded anew.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto head = codec::peek_frame(bytes);
  Run run;
  if (!codec::decode_frame(bytes, run)) {
    CHECK(run.empty() && run.qualities.empty() && run.numbers.empty() && run.texts.empty());
    return 0;
  }
  CHECK(head.has_value() && head->count == run.size() && head->kind == run.kind);
  CHECK(head->first == run.time(0) && head->last == run.time(run.size() - 1));
  for (std::size_t i = 1; i < run.size(); ++i) CHECK(run.times[i - 1] < run.times[i]);
  std::string again;
  codec::encode_frame(run, 0, run.size(), again);
  Run decoded;
  CHECK(codec::decode_frame(again, decoded).has_value());
  CHECK(decoded == run);
  return 0;
}
