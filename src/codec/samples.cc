#include "codec/samples.h"

#include "codec/integers.h"

namespace penstock::codec {
namespace {

/// A quality as one number, small for what is common: flags alone are one byte as a varint.
std::int64_t number_of(Quality quality) {
  return static_cast<std::int64_t>(quality.flags) | static_cast<std::int64_t>(quality.state) << 8 |
         static_cast<std::int64_t>(quality.grade) << 24;
}

bool quality_of(std::int64_t number, Quality& quality) {
  if (number < 0 || number > 0xffff'ffff) return false;
  quality.flags = static_cast<std::uint8_t>(number);
  quality.state = static_cast<std::uint16_t>(number >> 8);
  quality.grade = static_cast<std::uint8_t>(number >> 24);
  return true;
}

}  // namespace

void encode_qualities(const Run& run, std::size_t first, std::size_t n, std::string& out) {
  std::int64_t numbers[kColumnMax];
  for (std::size_t i = 0; i < n; ++i) numbers[i] = number_of(run.qualities[first + i]);
  encode_integers(numbers, n, out);
}

bool decode_qualities(ByteReader& in, std::size_t n, Run& out, std::size_t first, std::size_t& values) {
  std::int64_t numbers[kColumnMax];
  if (!decode_integers(in, n, numbers)) return false;
  out.qualities.resize(first + n);
  for (std::size_t i = 0; i < n; ++i) {
    if (!quality_of(numbers[i], out.qualities[first + i])) return false;
    if (out.qualities[first + i].state != 0) --values;
  }
  return true;
}

void spread_values(Run& run, std::size_t first, std::size_t n, std::size_t values) {
  const Quality* qualities = &run.qualities[first];
  if (is_number(run.kind)) {
    spread(&run.numbers[first], qualities, n, values);
  } else if (is_integer(run.kind)) {
    spread(&run.integers[first], qualities, n, values);
  } else {
    spread(&run.texts[first], qualities, n, values);
  }
}

Grown::Grown(Run& run, std::size_t n) : run_{run}, first_{run.times.size()}, plain_{run.qualities.empty()} {
  resize(first_ + n);
  if (!plain_) run_.qualities.resize(first_ + n);
}

Grown::~Grown() {
  if (kept_) return;
  resize(first_);
  if (plain_) {
    run_.qualities.clear();
  } else {
    run_.qualities.resize(first_);
  }
}

void Grown::resize(std::size_t n) {
  run_.times.resize(n);
  if (is_number(run_.kind)) {
    run_.numbers.resize(n);
  } else if (is_integer(run_.kind)) {
    run_.integers.resize(n);
  } else {
    run_.texts.resize(n);
  }
}

}  // namespace penstock::codec
