#include "codec/coded_block.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/bytes.h"
#include "codec/frame.h"
#include "codec/samples.h"
#include "codec/symbols.h"
#include "codec/units.h"

namespace penstock::codec {
namespace {

double seconds_in(double units, unsigned unit_power) {
  return unit_power >= 9 ? units * kTen[unit_power - 9] : units / kTen[9 - unit_power];
}

std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

void finish_summary(const IntegerSums& sums, std::int64_t first_integer, const ValueForm& form,
                    unsigned unit_power, FrameSummary& summary) {
  const auto value = [&](std::int64_t x) {
    const std::int64_t m = wrapping_sum(first_integer, x);
    return form.mode == ValueMode::integer ? static_cast<double>(m)
                                           : from_decimal(m, form.precision, form.shift);
  };
  summary.first_value = value(0);
  summary.last_value = value(sums.last);
  summary.min = value(sums.least);
  summary.max = value(sums.most);
  const double ten = kTen[static_cast<std::size_t>(form.shift)];
  const auto from = static_cast<double>(first_integer);
  const double units =
      static_cast<double>(ns_between(summary.first, summary.last) / kPowers[unit_power].value);
  summary.sum = (static_cast<double>(sums.sum) + from * summary.count) / ten;
  const auto twice = static_cast<double>(sums.twice), fall = static_cast<double>(sums.fall);
  summary.integral = seconds_in((twice / 2 + from * units) / ten, unit_power);
  summary.step_integral = seconds_in(((twice + fall) / 2 + from * units) / ten, unit_power);
}

Timestamp CodedBlock::time_at(std::uint64_t units) const {
  return Timestamp::from_unix_ns(static_cast<std::int64_t>(static_cast<std::uint64_t>(first_time_) +
                                                           units * kPowers[unit_power_].value));
}

std::unique_ptr<CodedBlock> CodedBlock::open(std::string_view bytes, std::vector<FrameSummary>& summaries) {
  std::unique_ptr<CodedBlock> block{new CodedBlock};
  ByteReader in{bytes};
  if (!block->open_header(in)) return nullptr;
  ByteReader table{in.text()};
  summaries.reserve(block->frames_made_);
  for (std::size_t i = 0; i < block->frames_made_; ++i) {
    FrameSummary& summary = summaries.emplace_back();
    if (!block->open_frame(table, i, summary)) return nullptr;
    summary.offset_samples = static_cast<std::uint32_t>(i * kFrameSamplesMax);
    const Frame& frame = block->frames_[i];
    std::uint64_t size = std::uint64_t{frame.side} + frame.raw[0] + frame.raw[1];
    for (const std::uint32_t stream : frame.sizes) size += stream;
    block->frames_[i].payload = in.raw(size);
  }
  if (!in.ok() || !in.at_end() || !table.ok() || !table.at_end()) return nullptr;
  block->end_ = bytes.substr(bytes.size());
  return block;
}

bool CodedBlock::open_header(ByteReader& in) {
  const unsigned head = in.u8();
  const std::uint64_t count = in.varint();
  if (!in.ok() || (head & 7) > static_cast<unsigned>(Kind::digital) || head >= 2 * kFractionBit ||
      count == 0 || count > kCodedFramesMax * kFrameSamplesMax) {
    return false;
  }
  kind_ = static_cast<Kind>(head & 7);
  count_ = static_cast<std::uint32_t>(count);
  frames_made_ = (count + kFrameSamplesMax - 1) / kFrameSamplesMax;
  const unsigned powers = in.u8();
  unit_power_ = powers >> 4;
  if (__builtin_mul_overflow(in.svarint(), static_cast<std::int64_t>(kPowers[powers & 15].value),
                             &first_time_)) {
    return false;
  }
  units_max_ = (static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) -
                static_cast<std::uint64_t>(first_time_)) /
               kPowers[unit_power_].value;
  grid_.steps = (head & kStepsBit) != 0;
  grid_.fraction_bits = (head & kFractionBit) != 0 ? kFractionBits : 0;
  grid_.period = in.varint();
  form_.steps = (head & kValueStepsBit) != 0;
  if (is_number(kind_)) {
    const unsigned form = in.u8();
    form_.mode = static_cast<ValueMode>(form & 3);
    form_.shift = static_cast<int>(form >> 2);
    if (form_.mode == ValueMode::integer) return false;
    if (form_.mode == ValueMode::decimal) {
      form_.precision = (form_.shift & kRoundedToFloat) != 0 ? Precision::single : Precision::full;
      form_.shift &= ~static_cast<int>(kRoundedToFloat);
      if (form_.shift >= static_cast<int>(kTen.size())) return false;
    }
  } else {
    form_.mode = ValueMode::integer;
  }
  form_.center = in.svarint();
  return read_lengths(in, time_lengths_) && read_lengths(in, value_lengths_);
}

bool CodedBlock::open_frame(ByteReader& table, std::size_t i, FrameSummary& summary) {
  Frame& frame = frames_[i];
  const bool is_last = i + 1 == frames_made_;
  frame.flags = table.u8();
  if (frame.flags >= 2 * kHasBad) return false;
  frame.samples = is_last ? count_ - static_cast<std::uint32_t>(i * kFrameSamplesMax)
                          : static_cast<std::uint32_t>(kFrameSamplesMax);
  // Sums that a damaged table makes too large wrap: times are compared with what went before.
  if (i > 0) {
    frame.first = frames_[i - 1].last + table.varint();
    if (frame.first <= frames_[i - 1].last) return false;
  }
  frame.last = frame.first;
  if (frame.samples > 1) {
    frame.last = frame.first + grid_.at(frame.samples - 1) + static_cast<std::uint64_t>(table.svarint());
    if (!grid_.steps) frame.anchor = frame.first - static_cast<std::uint64_t>(table.svarint());
  }
  if (frame.last < frame.first || frame.last - frame.first < frame.samples - 1 || frame.last > units_max_) {
    return false;
  }
  summary.count = frame.samples;
  summary.unit_ns = kPowers[unit_power_].value;
  summary.first = time_at(frame.first);
  summary.last = time_at(frame.last);
  frame.values = frame.samples;
  if ((frame.flags & kHasQualities) != 0) {
    const std::uint64_t states = table.varint();
    if (states > frame.samples) return false;
    frame.values -= static_cast<std::uint32_t>(states);
    summary.plain = false;
  }
  if ((frame.flags & kHasBad) != 0) {
    const std::uint64_t bad = table.varint(), questionable = table.varint();
    if (bad > frame.samples || questionable > frame.samples) return false;
    summary.bad = static_cast<std::uint32_t>(bad);
    summary.questionable = static_cast<std::uint32_t>(questionable);
  }
  if (i > 0) frame.first_integer = frames_[i - 1].first_integer;
  if (frame.values > 0) frame.first_integer = wrapping_sum(frame.first_integer, table.svarint());
  const auto read_sizes = [&](std::size_t column, std::uint32_t n, std::uint8_t raw_flag) {
    if (n == 0) return true;
    frame.symbols[column] = n;
    const std::uint64_t size = table.varint();
    const std::int64_t other = static_cast<std::int64_t>(size) + table.svarint();
    if (size > UINT16_MAX || other < 0 || other > UINT16_MAX) return false;
    frame.sizes[2 * column] = static_cast<std::uint32_t>(size);
    frame.sizes[2 * column + 1] = static_cast<std::uint32_t>(other);
    if ((frame.flags & raw_flag) == 0) return true;
    const std::uint64_t symbols = table.varint(), raw = table.varint();
    if (symbols > n || raw > UINT16_MAX) return false;
    frame.symbols[column] = static_cast<std::uint32_t>(symbols);
    frame.raw[column] = static_cast<std::uint32_t>(raw);
    return true;
  };
  if (!read_sizes(0, frame.samples - 1, kTimesHaveRaw)) return false;
  if (!read_sizes(1, frame.values > 0 ? frame.values - 1 : 0, kValuesHaveRaw)) return false;
  if ((frame.flags & (kHasQualities | kHasJumps | kHasExceptions)) != 0) {
    const std::uint64_t side = table.varint();
    if (side > UINT32_MAX / 2) return false;
    frame.side = static_cast<std::uint32_t>(side);
  }
  summary.min_time = summary.max_time = summary.first;
  if (summary.good() == 0) return table.ok();
  if ((frame.flags & kSummedAsIntegers) == 0) return read_summary_numbers(table, summary);
  return read_integer_summary(table, frame, summary);
}

bool CodedBlock::read_integer_summary(ByteReader& table, const Frame& frame, FrameSummary& summary) const {
  if (form_.mode != ValueMode::decimal && form_.mode != ValueMode::integer) return false;
  IntegerSums sums;
  sums.last = table.svarint();
  sums.least = static_cast<std::int64_t>(0 - table.varint());
  sums.most = static_cast<std::int64_t>(table.varint());
  sums.when_least = table.varint();
  sums.when_most = table.varint();
  if (sums.when_least > frame.last - frame.first || sums.when_most > frame.last - frame.first) return false;
  sums.sum = table.svarint();
  // Written as their distances from what an even grid would give.
  const auto last = static_cast<std::uint64_t>(sums.last);
  const std::uint64_t even = grid_.whole_period() * (2 * static_cast<std::uint64_t>(sums.sum) - last);
  sums.twice = static_cast<std::int64_t>(even + static_cast<std::uint64_t>(table.svarint()));
  sums.fall =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(table.svarint()) - grid_.whole_period() * last);
  finish_summary(sums, frame.first_integer, form_, unit_power_, summary);
  summary.min_time = time_at(frame.first + sums.when_least);
  summary.max_time = time_at(frame.first + sums.when_most);
  if (form_.precision == Precision::single) {
    summary.sum += static_cast<double>(table.fixed<float>());
    summary.integral += static_cast<double>(table.fixed<float>());
    summary.step_integral += static_cast<double>(table.fixed<float>());
  }
  return table.ok();
}

bool CodedBlock::decode_frame(std::size_t i, Run& out) {
  if (!tables_) {
    tables_.reset(new Tables);  // Not zeroed: all of it is filled.
    tables_->times.fill(time_lengths_);
    tables_->values.fill(value_lengths_);
  }
  const Frame& frame = frames_[i];
  // Streams are read some bytes beyond their ends, damaged ones more.
  const std::size_t readable =
      frame.payload.size() + stream_readable_bytes((std::max(frame.symbols[0], frame.symbols[1]) + 1) / 2);
  std::string padded;
  std::string_view payload = frame.payload;
  if (static_cast<std::size_t>(end_.data() - payload.data()) < readable) {
    padded.reserve(readable);
    padded.assign(payload).resize(readable);
    payload = std::string_view{padded}.substr(0, payload.size());
  }
  ByteReader side{payload.substr(0, frame.side)};
  payload.remove_prefix(frame.side);
  std::array<std::string_view, 2> raw;
  for (std::size_t column = 0; column < 2; ++column) {
    raw[column] = payload.substr(0, frame.raw[column]);
    payload.remove_prefix(frame.raw[column]);
  }
  std::uint8_t symbols[2][1 + kColumnMax];  // From 1 on, as what a frame's first sample is followed by.
  std::array<SymbolStream, kStreams> streams;
  for (std::size_t s = 0; s < kStreams; ++s) {
    const std::size_t column = s / 2, all = frame.symbols[column], half = (all + 1) / 2;
    streams[s] = {payload.data(), frame.sizes[s], s % 2 == 0 ? half : all - half,
                  column == 0 ? &tables_->times : &tables_->values,
                  symbols[column] + 1 + (s % 2 == 0 ? 0 : half)};
    payload.remove_prefix(frame.sizes[s]);
  }
  if (!decode_symbols(streams)) return false;
  // Symbols that are numbers are used where they stand, others become a column first.
  const auto with_residuals = [&](std::size_t column, std::size_t n, const auto& use) {
    if ((frame.flags & (column == 0 ? kTimesHaveRaw : kValuesHaveRaw)) == 0) {
      const std::uint8_t* const direct = symbols[column];
      return use([direct](std::size_t k) { return std::int64_t{static_cast<std::int8_t>(direct[k])}; });
    }
    std::int64_t numbers[kColumnMax];
    return from_symbols(symbols[column] + 1, frame.symbols[column], raw[column], numbers + 1, n - 1) &&
           use([&numbers](std::size_t k) { return numbers[k]; });
  };

  Grown grown{out, frame.samples};
  const std::size_t first = grown.first();
  const bool times_done = with_residuals(0, frame.samples, [&](auto residual) {
    return decode_times(frame, side, residual, &out.times[first]);
  });
  if (!times_done) return false;
  std::size_t values = frame.samples;
  if ((frame.flags & kHasQualities) != 0 && !decode_qualities(side, frame.samples, out, first, values)) {
    return false;
  }
  if (values != frame.values) return false;
  if (values != 0) {
    std::int64_t own[kColumnMax];
    std::int64_t* const integers = is_number(kind_) ? own : &out.integers[first];
    const bool values_done = with_residuals(1, values, [&](auto residual) {
      decode_integers(frame, residual, integers);
      return true;
    });
    if (!values_done) return false;
    if (is_number(kind_)) to_numbers(integers, values, &out.numbers[first]);
    if ((frame.flags & kHasExceptions) != 0 &&
        (!is_number(kind_) || !read_exceptions(side, values, &out.numbers[first]))) {
      return false;
    }
  }
  if (!side.ok() || !side.at_end()) return false;
  if (values != frame.samples) spread_values(out, first, frame.samples, values);
  grown.keep();
  return true;
}

template <class Residual>
bool CodedBlock::decode_times(const Frame& frame, ByteReader& side, Residual residual,
                              std::int64_t* times) const {
  const std::size_t n = frame.samples;
  const std::uint64_t unit = kPowers[unit_power_].value;
  const auto start = static_cast<std::uint64_t>(first_time_);
  std::uint64_t before = frame.first;
  bool ascending = true;
  times[0] = static_cast<std::int64_t>(start + before * unit);
  if (grid_.steps) {
    const std::uint64_t period = grid_.period;
    std::uint64_t here = before;
    for (std::size_t i = 1; i < n; ++i) {
      here += period + static_cast<std::uint64_t>(residual(i));
      ascending &= here > before;
      before = here;
      times[i] = static_cast<std::int64_t>(start + here * unit);
    }
    return ascending && before == frame.last && (frame.flags & kHasJumps) == 0;
  }
  std::uint64_t jumps = (frame.flags & kHasJumps) != 0 ? side.varint() : 0;
  std::uint64_t anchor = frame.anchor;
  std::size_t i = 1, jump = 0;
  for (;; --jumps) {
    std::size_t end = n;
    std::uint64_t extra = 0;
    if (jumps > 0) {
      const std::uint64_t gap = side.varint();
      extra = static_cast<std::uint64_t>(side.svarint());
      if (!side.ok() || gap >= n - 1 - jump) return false;
      end = jump += gap + 1;
    }
    // A whole period is added up, since adding is cheaper than multiplying.
    if (grid_.fraction_bits == 0) {
      std::uint64_t at = anchor + grid_.period * i;
      for (; i < end; ++i, at += grid_.period) {
        const std::uint64_t here = at + static_cast<std::uint64_t>(residual(i));
        ascending &= here > before;
        before = here;
        times[i] = static_cast<std::int64_t>(start + here * unit);
      }
    } else {
      for (; i < end; ++i) {
        const std::uint64_t here = anchor + grid_.at(i) + static_cast<std::uint64_t>(residual(i));
        ascending &= here > before;
        before = here;
        times[i] = static_cast<std::int64_t>(start + here * unit);
      }
    }
    if (jumps == 0) break;
    anchor += extra;
  }
  return ascending && before == frame.last;
}

template <class Residual>
void CodedBlock::decode_integers(const Frame& frame, Residual residual, std::int64_t* integers) const {
  integers[0] = frame.first_integer;
  const auto center = static_cast<std::uint64_t>(form_.center);
  if (form_.steps) {
    auto sum = static_cast<std::uint64_t>(frame.first_integer);
    for (std::size_t i = 1; i < frame.values; ++i) {
      sum += center + static_cast<std::uint64_t>(residual(i));
      integers[i] = static_cast<std::int64_t>(sum);
    }
  } else {
    for (std::size_t i = 1; i < frame.values; ++i) {
      integers[i] = static_cast<std::int64_t>(center + static_cast<std::uint64_t>(residual(i)));
    }
  }
}

void CodedBlock::to_numbers(const std::int64_t* integers, std::size_t values, double* numbers) const {
  if (form_.mode == ValueMode::decimal) {
    return from_decimals(integers, values, form_.precision, form_.shift, numbers);
  }
  for (std::size_t i = 0; i < values; ++i) {
    const std::uint64_t pattern = static_cast<std::uint64_t>(integers[i]) << form_.shift;
    numbers[i] = form_.mode == ValueMode::float_bits
                     ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(pattern)))
                     : std::bit_cast<double>(pattern);
  }
}

}  // namespace penstock::codec
