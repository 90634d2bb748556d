#include "codec/integers.h"

#include <algorithm>
#include <bit>

#include "codec/packing.h"

namespace penstock::codec {
namespace {

enum Mode : std::uint8_t { kConstant = 0, kPlain = 1, kDelta = 2, kRuns = 3 };

/// Wrapping, so that the step between the ends of the range is defined; decoding wraps back.
std::int64_t step(std::int64_t from, std::int64_t to) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

int range_bits(std::int64_t least, std::int64_t most) {
  return std::bit_width(static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least));
}

struct Shape {
  std::int64_t least, most;
  std::int64_t least_step, most_step;  ///< Only from two values on.
  std::size_t changes = 0;             ///< Places where a value differs from the one before.
};

Shape look_at(const std::int64_t* values, std::size_t n) {
  Shape shape{values[0], values[0], 0, 0};
  if (n > 1) shape.least_step = shape.most_step = step(values[0], values[1]);
  for (std::size_t i = 1; i < n; ++i) {
    const std::int64_t here = step(values[i - 1], values[i]);
    shape.least = std::min(shape.least, values[i]);
    shape.most = std::max(shape.most, values[i]);
    shape.least_step = std::min(shape.least_step, here);
    shape.most_step = std::max(shape.most_step, here);
    shape.changes += here != 0;
  }
  return shape;
}

void write_constant(std::int64_t value, std::string& out) {
  ByteWriter writer{out};
  writer.u8(kConstant);
  writer.svarint(value);
}

void write_runs(const std::int64_t* values, std::size_t n, std::string& out) {
  std::int64_t distinct[kColumnMax], lengths[kColumnMax];
  std::size_t runs = 0, begin = 0;
  for (std::size_t i = 1; i <= n; ++i) {
    if (i < n && values[i] == values[begin]) continue;
    distinct[runs] = values[begin];
    lengths[runs++] = static_cast<std::int64_t>(i - begin);
    begin = i;
  }
  ByteWriter writer{out};
  writer.u8(kRuns);
  writer.varint(runs);
  // Neighbouring runs differ, so these are never runs again.
  encode_integers(distinct, runs, out);
  pack(lengths, runs, out);
}

bool read_runs(ByteReader& in, std::size_t n, std::int64_t* values);

bool decode(ByteReader& in, std::size_t n, std::int64_t* values, bool runs_allowed) {
  switch (in.u8()) {
    case kConstant: {
      std::fill_n(values, n, in.svarint());
      return in.ok();
    }
    case kPlain: return unpack(in, n, values);
    case kDelta: {
      values[0] = in.svarint();
      if (n < 2 || !unpack(in, n - 1, values + 1)) return false;
      auto sum = static_cast<std::uint64_t>(values[0]);
      for (std::size_t i = 1; i < n; ++i) {
        sum += static_cast<std::uint64_t>(values[i]);
        values[i] = static_cast<std::int64_t>(sum);
      }
      return true;
    }
    case kRuns: return runs_allowed && read_runs(in, n, values);
    default: return false;
  }
}

bool read_runs(ByteReader& in, std::size_t n, std::int64_t* values) {
  const std::uint64_t runs = in.varint();
  if (runs == 0 || runs > n) return false;
  std::int64_t distinct[kColumnMax], lengths[kColumnMax];
  if (!decode(in, runs, distinct, false) || !unpack(in, runs, lengths)) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < runs; ++i) {
    const auto length = static_cast<std::uint64_t>(lengths[i]);
    if (length > n - at) return false;
    std::fill_n(values + at, length, distinct[i]);
    at += length;
  }
  return at == n;
}

}  // namespace

void encode_integers(const std::int64_t* values, std::size_t n, std::string& out) {
  const Shape shape = look_at(values, n);
  if (shape.changes == 0) return write_constant(values[0], out);
  ByteWriter writer{out};
  const std::size_t begin = out.size();
  if (range_bits(shape.least_step, shape.most_step) < range_bits(shape.least, shape.most)) {
    std::int64_t steps[kColumnMax];
    for (std::size_t i = 1; i < n; ++i) steps[i - 1] = step(values[i - 1], values[i]);
    writer.u8(kDelta);
    writer.svarint(values[0]);
    pack(steps, n - 1, plan_pack(steps, n - 1, shape.least_step), out);
  } else {
    writer.u8(kPlain);
    pack(values, n, plan_pack(values, n, shape.least), out);
  }
  if (shape.changes * 4 > n) return;
  std::string as_runs;
  write_runs(values, n, as_runs);
  if (as_runs.size() < out.size() - begin) out.replace(begin, std::string::npos, as_runs);
}

bool decode_integers(ByteReader& in, std::size_t n, std::int64_t* values) {
  return decode(in, n, values, true);
}

}  // namespace penstock::codec
