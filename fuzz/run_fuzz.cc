// Rooms: codec
// Any samples: what is encoded comes back bit for bit. The bytes are read as a kind, then one sample after
// the other: what changes, how far the time moves on, and the value's own bytes.

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/block.h"

namespace {

using namespace penstock;

Run read_run(ByteReader& in) {
  Run run;
  run.kind = static_cast<Kind>(in.u8() % 5);
  auto time = in.fixed<std::int64_t>();
  double number = 0;
  std::int64_t integer = 0;
  std::string text;
  while (!in.at_end() && run.size() < codec::kBlockSamplesMax) {
    const std::uint8_t what = in.u8();
    Quality quality;
    if ((what & 0x80) != 0) quality = {in.fixed<std::uint16_t>(), in.u8(), in.u8()};
    if ((what & 0x40) != 0) {
      number = in.fixed<double>();
      integer = std::bit_cast<std::int64_t>(number);
      text = in.text();
    } else if ((what & 0x20) != 0) {
      const auto hundredths = in.fixed<std::int16_t>();
      number = hundredths / 100.0;
      integer = static_cast<std::int64_t>(static_cast<std::uint64_t>(integer) +
                                          static_cast<std::uint64_t>(hundredths));
      text = std::to_string(hundredths % 7);
    }
    Value value;
    if (is_number(run.kind)) {
      value = run.kind == Kind::float32 ? static_cast<double>(static_cast<float>(number)) : number;
    } else if (is_integer(run.kind)) {
      value = integer;
    } else {
      value = text;
    }
    run.push(Timestamp::from_unix_ns(time), quality.state == 0 ? value : zero_of(run.kind), quality);
    const std::uint64_t step = (what & 0x10) != 0 ? in.varint() : 1'000'000u * (1u + (what & 0x0f));
    std::int64_t next;
    if (step > std::uint64_t{1} << 62 ||
        __builtin_add_overflow(time, static_cast<std::int64_t>(step) + 1, &next)) {
      break;
    }
    time = next;
  }
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in{std::string_view{reinterpret_cast<const char*>(data), size}};
  const Run run = read_run(in);
  if (run.empty()) return 0;
  std::string bytes;
  codec::encode_block(run, 0, run.size(), bytes);
  const auto block = codec::BlockView::open(bytes);
  CHECK(block.has_value());
  Run decoded;
  CHECK(block->decode_all(decoded).has_value() && decoded == run);
  return 0;
}
