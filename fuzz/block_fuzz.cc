// Rooms: codec
// Any bytes as a block, as they are and with the checksum put right, since no fuzzer guesses one.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/block.h"

namespace {

void read(std::string_view bytes) {
  using namespace penstock;
  const auto block = codec::BlockView::open(bytes);
  if (!block) return;
  CHECK(block->frames() > 0 && block->first() <= block->last());
  Run run;
  if (!block->decode_all(run)) return;
  CHECK(run.size() == block->count() && run.kind == block->kind());
  for (std::size_t i = 1; i < run.size(); ++i) CHECK(run.times[i - 1] < run.times[i]);
  for (std::size_t i = 0; i < block->frames(); ++i) {
    const codec::FrameSummary& summary = block->summary(i);
    CHECK(summary.first <= summary.min_time && summary.max_time <= summary.last);
    CHECK(summary.bad <= summary.count);
  }
  std::string again;
  codec::encode_block(run, 0, run.size(), again);
  const auto opened = codec::BlockView::open(again);
  CHECK(opened.has_value());
  Run decoded;
  CHECK(opened->decode_all(decoded).has_value() && decoded == run);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes{reinterpret_cast<const char*>(data), size};
  read(bytes);
  if (bytes.size() < 5) return 0;
  const std::uint32_t crc = penstock::crc32c(std::string_view{bytes}.substr(5));
  std::memcpy(bytes.data() + 1, &crc, sizeof crc);
  read(bytes);
  return 0;
}
