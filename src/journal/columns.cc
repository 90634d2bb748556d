#include "journal/columns.h"

namespace penstock::journal {
namespace {

constexpr std::uint8_t kHasQualities = 1;

}  // namespace

void append_columns(ByteWriter& out, const Run& run) {
  out.u8(static_cast<std::uint8_t>(run.kind));
  out.u8(run.qualities.empty() ? 0 : kHasQualities);
  out.varint(run.size());
  std::uint64_t before = 0;
  for (const std::int64_t time : run.times) {
    out.svarint(static_cast<std::int64_t>(static_cast<std::uint64_t>(time) - before));  // Wraps, and back.
    before = static_cast<std::uint64_t>(time);
  }
  for (const double number : run.numbers) out.fixed(number);
  for (const std::int64_t integer : run.integers) out.fixed(integer);
  for (const std::string& text : run.texts) out.text(text);
  for (const Quality& quality : run.qualities) {
    out.fixed(quality.state);
    out.u8(quality.flags);
    out.u8(quality.grade);
  }
}

bool read_columns(ByteReader& in, Run& run) {
  run.clear();
  const std::uint8_t kind = in.u8(), columns = in.u8();
  const std::uint64_t n = in.varint();
  // A sample takes at least two bytes: what the count says is there is not believed before it is there.
  if (!in.ok() || kind > static_cast<std::uint8_t>(Kind::text) || columns > kHasQualities ||
      n > in.left() / 2) {
    return false;
  }
  run.kind = static_cast<Kind>(kind);
  run.times.resize(n);
  std::uint64_t time = 0;
  for (std::int64_t& each : run.times) {
    time += static_cast<std::uint64_t>(in.svarint());
    each = static_cast<std::int64_t>(time);
  }
  if (is_number(run.kind)) {
    run.numbers.resize(n);
    for (double& number : run.numbers) number = in.fixed<double>();
  } else if (is_integer(run.kind)) {
    run.integers.resize(n);
    for (std::int64_t& integer : run.integers) integer = in.fixed<std::int64_t>();
  } else {
    run.texts.resize(n);
    for (std::string& text : run.texts) text = in.text();
  }
  if (columns == kHasQualities) {
    run.qualities.resize(n);
    for (Quality& quality : run.qualities) {
      quality.state = in.fixed<std::uint16_t>();
      quality.flags = in.u8();
      quality.grade = in.u8();
    }
  }
  return in.ok();
}

}  // namespace penstock::journal
