#include <algorithm>
#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "codec/coded_block.h"
#include "codec/frame.h"
#include "codec/grid.h"
#include "codec/samples.h"
#include "codec/symbols.h"
#include "codec/units.h"

namespace penstock::codec {
namespace {

constexpr std::size_t kSamplesMax = kCodedFramesMax * kFrameSamplesMax;
/// Shorter ones are left to format 1 at once,
constexpr std::size_t kShort = 256;
/// and below this one the codes' lengths may weigh more than what they save, and format 1 is tried, too.
constexpr std::size_t kSurelyLong = 1024;
/// Products of sums stay below it.
constexpr double kSumMax = 0x1p60;

std::int64_t difference(std::int64_t to, std::int64_t from) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

/// A column of all frames as symbols.
struct Column {
  std::array<std::uint32_t, kSymbols> counts{};
  std::uint8_t symbols[kSamplesMax];
  std::size_t symbols_made = 0;
  std::string raw;

  struct Part {
    Symbolized made;
    std::size_t symbols_at = 0, raw_at = 0;
  };
  Part add(const std::int64_t* numbers, std::size_t n, std::int64_t base) {
    Part part{{}, symbols_made, raw.size()};
    part.made = symbolize(numbers, n, base, symbols + symbols_made, counts, raw);
    symbols_made += part.made.symbols;
    return part;
  }
  void clear() {
    counts.fill(0);
    symbols_made = 0;
    raw.clear();
  }
};

struct FrameParts {
  std::uint8_t flags = 0;
  std::size_t at = 0, samples = 0;    ///< Of the block's samples.
  std::size_t value = 0, values = 0;  ///< Of the block's values: states have none.
  std::uint64_t first = 0, last = 0, anchor = 0;
  std::int64_t first_integer = 0;
  std::string side_values;  ///< Exceptions.
  FrameSummary summary;     ///< Only where it is not summed as integers.
  IntegerSums sums;
  Column::Part time_part, value_part;
};

/// The values of a block, without those under a state.
struct Values {
  const double* numbers = nullptr;
  const std::int64_t* integers = nullptr;
  std::vector<double> own_numbers;
  std::vector<std::int64_t> own_integers;
  std::size_t count = 0;
};

double power_bits(const std::int64_t* numbers, std::size_t n, std::int64_t base) {
  std::size_t bits = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto d = static_cast<std::uint64_t>(difference(numbers[i], base));
    bits += static_cast<std::size_t>(std::bit_width((d << 1) ^ (0 - (d >> 63))));
  }
  return static_cast<double>(bits);
}

std::int64_t median(std::int64_t* numbers, std::size_t n) {
  std::nth_element(numbers, numbers + n / 2, numbers + n);
  return numbers[n / 2];
}

class Encoder {
 public:
  Encoder(const Run& run, std::size_t first, std::size_t count) : run_{run}, first_{first}, count_{count} {}

  bool encode(std::string& out) {
    if (run_.kind == Kind::text || count_ < kShort) return false;
    cut();
    if (!grid_.lay(run_.times.data() + first_, count_)) return false;
    add_times();
    if (!add_values()) return false;
    const std::size_t begin = out.size();
    write(out);
    const bool doubtful = count_ < kSurelyLong || form_.mode == ValueMode::double_bits ||
                          form_.mode == ValueMode::float_bits || raised_ || raw_bytes_ * 2 > count_;
    if (!doubtful) return true;
    std::string plain;
    encode_plain_block(run_, first_, count_, plain);
    if (plain.size() > out.size() - begin) return true;
    out.resize(begin);
    return false;
  }

 private:
  void cut();
  void add_times();
  bool add_values();
  bool add_values_of(FrameParts& frame);
  void choose_form();
  bool to_integers(std::size_t at, std::size_t n, std::int64_t* integers, Decimals& decimals);
  void choose_steps();
  void sum_up(FrameParts& frame, const std::int64_t* integers);
  void look_at(FrameParts& frame);
  void write(std::string& out);
  void write_entry(const FrameParts& frame, const FrameParts* before, std::size_t side,
                   const std::uint32_t* sizes, std::string& table) const;
  void write_integer_sums(const FrameParts& frame, std::string& table) const;

  const Run& run_;
  const std::size_t first_, count_;
  std::size_t frames_made_ = 0;
  std::array<FrameParts, kCodedFramesMax> frames_;
  GridLayer grid_;
  Values values_;
  ValueForm form_;
  bool raised_ = false;
  std::size_t raw_bytes_ = 0;
  Column times_, numbers_;
};

void Encoder::cut() {
  bool stateless = true;
  for (std::size_t at = 0; at < count_; at += kFrameSamplesMax, ++frames_made_) {
    FrameParts& frame = frames_[frames_made_];
    frame.at = at;
    frame.samples = frame.values = std::min(kFrameSamplesMax, count_ - at);
    frame.value = values_.count;
    if (!run_.qualities.empty()) {
      const Quality* const qualities = &run_.qualities[first_ + at];
      if (std::any_of(qualities, qualities + frame.samples, [](Quality q) { return !q.is_plain(); })) {
        frame.flags |= kHasQualities;
        frame.values -= static_cast<std::size_t>(
            std::count_if(qualities, qualities + frame.samples, [](Quality q) { return q.state != 0; }));
      }
    }
    stateless &= frame.values == frame.samples;
    values_.count += frame.values;
  }
  if (is_number(run_.kind)) {
    values_.numbers = run_.numbers.data() + first_;
  } else {
    values_.integers = run_.integers.data() + first_;
  }
  if (stateless) return;
  for (std::size_t i = first_; i < first_ + count_; ++i) {
    if (run_.qualities[i].state != 0) continue;
    if (is_number(run_.kind)) {
      values_.own_numbers.push_back(run_.numbers[i]);
    } else {
      values_.own_integers.push_back(run_.integers[i]);
    }
  }
  values_.numbers = values_.own_numbers.data();
  values_.integers = values_.own_integers.data();
}

void Encoder::add_times() {
  for (std::size_t f = 0; f < frames_made_; ++f) {
    FrameParts& frame = frames_[f];
    frame.first = grid_.at()[frame.at];
    frame.last = grid_.at()[frame.at + frame.samples - 1];
    const GridLayer::Part& part = grid_.part(f);
    frame.anchor = part.anchor;
    if (part.jumps > 0) frame.flags |= kHasJumps;
    frame.time_part = times_.add(grid_.residuals() + frame.at + 1, frame.samples - 1, part.base);
    if (!frame.time_part.made.direct) frame.flags |= kTimesHaveRaw;
  }
}

/// What the values are written as, judged by a few of them.
void Encoder::choose_form() {
  if (!is_number(run_.kind)) {
    form_.mode = ValueMode::integer;
    return;
  }
  constexpr std::size_t kWindow = 32;
  const auto scale_of_some = [&](Precision precision) {
    int scale = 0;
    Decimals decimals;
    for (const std::size_t at :
         {std::size_t{0}, values_.count / 2, values_.count - std::min(values_.count, kWindow)}) {
      find_decimals(values_.numbers + at, std::min(kWindow, values_.count - at), precision, scale, decimals);
      if (decimals.scale < 0) return -1;
      scale = decimals.scale;
    }
    return scale;
  };
  form_.precision = precision_of(run_.kind);
  form_.shift = scale_of_some(form_.precision);
  const bool meant = form_.shift >= 0 && form_.shift <= kScaleMeant;
  if (!meant && form_.precision == Precision::full) {
    const int scale = scale_of_some(Precision::single);
    if (scale >= 0 && scale <= kScaleMeant) {
      form_.precision = Precision::single;
      form_.shift = scale;
    }
  }
  if (form_.shift >= 0) return;
  form_.mode = ValueMode::double_bits;
}

/// Integers of some values, n up to kColumnMax. False where the form does not suit them; then `form_` is one
/// that may.
bool Encoder::to_integers(std::size_t at, std::size_t n, std::int64_t* integers, Decimals& decimals) {
  decimals.exceptions = 0;
  if (form_.mode == ValueMode::integer) {
    std::copy_n(values_.integers + at, n, integers);
    return true;
  }
  const double* const numbers = values_.numbers + at;
  if (form_.mode == ValueMode::decimal) {
    find_decimals(numbers, n, form_.precision, form_.shift, decimals);
    if (decimals.scale == form_.shift) {
      std::copy_n(decimals.mantissas, n, integers);
      return true;
    }
    raised_ = true;
    form_.shift = std::max(decimals.scale, 0);
    if (decimals.scale < 0) form_.mode = ValueMode::double_bits;
    return false;
  }
  for (std::size_t i = 0; i < n; ++i) {
    integers[i] = form_.mode == ValueMode::float_bits
                      ? std::int64_t{std::bit_cast<std::int32_t>(static_cast<float>(numbers[i]))}
                      : std::bit_cast<std::int64_t>(numbers[i]);
    integers[i] >>= form_.shift;
  }
  return true;
}

/// Whether values or their differences are the smaller numbers, and around which center.
void Encoder::choose_steps() {
  constexpr std::size_t kWindow = 32, kWindows = 8;
  std::int64_t some[kWindows * kWindow], steps[kWindows * kWindow], copy[kWindows * kWindow];
  std::size_t made = 0, made_steps = 0;
  Decimals decimals;
  const std::size_t n = std::min(kWindow, values_.count);
  for (std::size_t window = 0; window < kWindows; ++window) {
    const std::size_t at = (values_.count - n) * window / (kWindows - 1);
    if (!to_integers(at, n, some + made, decimals)) continue;
    for (std::size_t i = 1; i < n; ++i) steps[made_steps++] = difference(some[made + i], some[made + i - 1]);
    made += n;
  }
  if (made == 0 || made_steps == 0) return;
  std::copy_n(some, made, copy);
  const std::int64_t center = median(copy, made);
  std::copy_n(steps, made_steps, copy);
  std::int64_t step_center = median(copy, made_steps);
  const double bits = power_bits(some, made, center) / static_cast<double>(made);
  const double zero_bits = power_bits(steps, made_steps, 0),
               centered = power_bits(steps, made_steps, step_center);
  if (zero_bits <= centered * 1.1) step_center = 0;
  form_.steps = std::min(zero_bits, centered) / static_cast<double>(made_steps) <= bits;
  form_.center = form_.steps ? step_center : center;
}

bool Encoder::add_values() {
  if (values_.count == 0) {
    form_.mode = is_number(run_.kind) ? ValueMode::decimal : ValueMode::integer;
    for (std::size_t f = 0; f < frames_made_; ++f) look_at(frames_[f]);
    return true;
  }
  choose_form();
  for (int round = 0; round < 4; ++round) {
    if (form_.mode == ValueMode::double_bits) {
      std::uint64_t all = 0;
      std::uint32_t all_floats = 0;
      bool floats = true;
      for (std::size_t i = 0; i < values_.count; ++i) {
        const double value = values_.numbers[i];
        const auto rounded = static_cast<float>(value);
        all |= std::bit_cast<std::uint64_t>(value);
        all_floats |= std::bit_cast<std::uint32_t>(rounded);
        floats &=
            std::bit_cast<std::uint64_t>(static_cast<double>(rounded)) == std::bit_cast<std::uint64_t>(value);
      }
      if (floats) form_.mode = ValueMode::float_bits;
      if (floats) all = all_floats;
      form_.shift = all == 0 ? 0 : std::countr_zero(all);
    }
    numbers_.clear();
    const ValueForm tried = form_;
    choose_steps();
    bool done = form_.mode == tried.mode && form_.shift == tried.shift;
    for (std::size_t f = 0; f < frames_made_ && done; ++f) done = add_values_of(frames_[f]);
    if (done) return true;
  }
  return false;
}

bool Encoder::add_values_of(FrameParts& frame) {
  frame.flags &= static_cast<std::uint8_t>(~(kHasExceptions | kValuesHaveRaw | kSummedAsIntegers | kHasBad));
  frame.side_values.clear();
  if (frame.values == 0) {
    look_at(frame);
    return true;
  }
  std::int64_t integers[kColumnMax];
  Decimals decimals;
  if (!to_integers(frame.value, frame.values, integers, decimals)) return false;
  if (decimals.exceptions != 0) {
    frame.flags |= kHasExceptions;
    write_exceptions(values_.numbers + frame.value, decimals, frame.side_values);
  }
  frame.first_integer = integers[0];
  sum_up(frame, integers);
  if (form_.steps) {
    for (std::size_t i = frame.values - 1; i > 0; --i) integers[i] = difference(integers[i], integers[i - 1]);
  }
  frame.value_part = numbers_.add(integers + 1, frame.values - 1, form_.center);
  if (!frame.value_part.made.direct) frame.flags |= kValuesHaveRaw;
  return true;
}

void Encoder::sum_up(FrameParts& frame, const std::int64_t* integers) {
  const std::uint64_t* const at = grid_.at() + frame.at;
  const std::size_t n = frame.samples;
  const bool whole = (form_.mode == ValueMode::decimal || form_.mode == ValueMode::integer) &&
                     (frame.flags & (kHasQualities | kHasExceptions)) == 0;
  if (whole) {
    const auto [least, most] = std::minmax_element(integers, integers + n);
    const double range = static_cast<double>(*most) - static_cast<double>(*least);
    if (range * static_cast<double>(n) < kSumMax &&
        range * 2 * static_cast<double>(frame.last - frame.first + 1) < kSumMax) {
      const std::int64_t from = integers[0];
      IntegerSums sums;
      sums.least = *least - from;
      sums.most = *most - from;
      sums.last = integers[n - 1] - from;
      // minmax_element gives the first of the least and the last of the greatest.
      sums.when_least = at[least - integers] - at[0];
      sums.when_most = at[std::find(integers, integers + n, *most) - integers] - at[0];
      std::int64_t before = 0;
      for (std::size_t i = 1; i < n; ++i) {
        const std::int64_t x = integers[i] - from;
        const auto distance = static_cast<std::int64_t>(at[i] - at[i - 1]);
        sums.sum += x;
        sums.twice += (before + x) * distance;
        sums.fall += (before - x) * distance;
        before = x;
      }
      frame.sums = sums;
      frame.flags |= kSummedAsIntegers;
      if (form_.precision == Precision::full) return;
    }
  }
  look_at(frame);
}

void Encoder::look_at(FrameParts& frame) {
  frame.summary = summarize(run_, first_ + frame.at, frame.samples);
  if (frame.summary.bad != 0 || frame.summary.questionable != 0) frame.flags |= kHasBad;
}

void Encoder::write(std::string& out) {
  const CodeLengths time_lengths = best_lengths(times_.counts), value_lengths = best_lengths(numbers_.counts);
  const Codes time_codes{time_lengths}, value_codes{value_lengths};
  ByteWriter writer{out};
  const TimeGrid& grid = grid_.grid();
  writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(run_.kind) | (grid.steps ? kStepsBit : 0) |
                                      (form_.steps ? kValueStepsBit : 0) |
                                      (grid.fraction_bits != 0 ? kFractionBit : 0)));
  writer.varint(count_);
  const std::int64_t first_time = run_.times[first_];
  const unsigned first_power = power_of_ten_of(first_time);
  writer.u8(static_cast<std::uint8_t>(first_power | grid_.power() << 4));
  writer.svarint(first_time / static_cast<std::int64_t>(kPowers[first_power].value));
  writer.varint(grid.period);
  if (is_number(run_.kind)) {
    unsigned shift = static_cast<unsigned>(form_.shift);
    if (form_.mode == ValueMode::decimal && form_.precision == Precision::single) shift |= kRoundedToFloat;
    writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(form_.mode) | shift << 2));
  }
  writer.svarint(form_.center);
  write_lengths(time_lengths, out);
  write_lengths(value_lengths, out);
  std::string table, payload;
  payload.reserve(count_ * 2);
  for (std::size_t f = 0; f < frames_made_; ++f) {
    FrameParts& frame = frames_[f];
    const std::size_t begin = payload.size();
    if ((frame.flags & kHasJumps) != 0) grid_.write_jumps(f, payload);
    if ((frame.flags & kHasQualities) != 0) encode_qualities(run_, first_ + frame.at, frame.samples, payload);
    payload += frame.side_values;
    const std::size_t side = payload.size() - begin;
    std::uint32_t sizes[kStreams] = {};
    const std::pair<const Column&, const Column::Part&> columns[] = {{times_, frame.time_part},
                                                                     {numbers_, frame.value_part}};
    for (const auto& [column, part] : columns) {
      payload.append(column.raw, part.raw_at, part.made.raw_bytes);
      raw_bytes_ += part.made.raw_bytes;
    }
    for (std::size_t c = 0; c < 2; ++c) {
      const auto& [column, part] = columns[c];
      const Codes& codes = c == 0 ? time_codes : value_codes;
      const std::size_t half = (part.made.symbols + 1) / 2;
      const std::uint8_t* const symbols = column.symbols + part.symbols_at;
      sizes[2 * c] = static_cast<std::uint32_t>(encode_symbols(symbols, half, codes, payload));
      sizes[2 * c + 1] = static_cast<std::uint32_t>(
          encode_symbols(symbols + half, part.made.symbols - half, codes, payload));
    }
    write_entry(frame, f == 0 ? nullptr : &frames_[f - 1], side, sizes, table);
  }
  writer.varint(table.size());
  out += table;
  out += payload;
}

void Encoder::write_entry(const FrameParts& frame, const FrameParts* before, std::size_t side,
                          const std::uint32_t* sizes, std::string& table) const {
  const TimeGrid& grid = grid_.grid();
  ByteWriter writer{table};
  writer.u8(frame.flags);
  if (before != nullptr) writer.varint(frame.first - before->last);
  if (frame.samples > 1) {
    writer.svarint(static_cast<std::int64_t>(frame.last - frame.first - grid.at(frame.samples - 1)));
    if (!grid.steps) writer.svarint(static_cast<std::int64_t>(frame.first - frame.anchor));
  }
  if ((frame.flags & kHasQualities) != 0) writer.varint(frame.samples - frame.values);
  if ((frame.flags & kHasBad) != 0) {
    writer.varint(frame.summary.bad);
    writer.varint(frame.summary.questionable);
  }
  if (frame.values > 0) {
    writer.svarint(difference(frame.first_integer, before == nullptr ? 0 : before->first_integer));
  }
  const auto write_sizes = [&](std::size_t n, const std::uint32_t* two, const Column::Part& part) {
    if (n < 2) return;
    writer.varint(two[0]);
    writer.svarint(static_cast<std::int64_t>(two[1]) - static_cast<std::int64_t>(two[0]));
    if (part.made.direct) return;
    writer.varint(part.made.symbols);
    writer.varint(part.made.raw_bytes);
  };
  write_sizes(frame.samples, sizes, frame.time_part);
  write_sizes(frame.values, sizes + 2, frame.value_part);
  if ((frame.flags & (kHasQualities | kHasJumps | kHasExceptions)) != 0) writer.varint(side);
  if ((frame.flags & kSummedAsIntegers) != 0) {
    write_integer_sums(frame, table);
  } else if (frame.summary.good() != 0) {
    write_summary_numbers(frame.summary, table);
  }
}

void Encoder::write_integer_sums(const FrameParts& frame, std::string& table) const {
  ByteWriter writer{table};
  const IntegerSums& sums = frame.sums;
  writer.svarint(sums.last);
  writer.varint(static_cast<std::uint64_t>(-sums.least));
  writer.varint(static_cast<std::uint64_t>(sums.most));
  writer.varint(sums.when_least);
  writer.varint(sums.when_most);
  writer.svarint(sums.sum);
  const std::uint64_t period = grid_.grid().whole_period(), last = static_cast<std::uint64_t>(sums.last);
  writer.svarint(static_cast<std::int64_t>(static_cast<std::uint64_t>(sums.twice) -
                                           period * (2 * static_cast<std::uint64_t>(sums.sum) - last)));
  writer.svarint(static_cast<std::int64_t>(static_cast<std::uint64_t>(sums.fall) + period * last));
  if (form_.precision != Precision::single) return;
  // Floats are a little beside their decimals, and so are their sums.
  FrameSummary decimal;
  decimal.count = static_cast<std::uint32_t>(frame.samples);
  decimal.first = frame.summary.first;
  decimal.last = frame.summary.last;
  finish_summary(sums, frame.first_integer, form_, grid_.power(), decimal);
  writer.fixed(static_cast<float>(frame.summary.sum - decimal.sum));
  writer.fixed(static_cast<float>(frame.summary.integral - decimal.integral));
  writer.fixed(static_cast<float>(frame.summary.step_integral - decimal.step_integral));
}

}  // namespace

bool encode_coded_block(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  return Encoder{run, first, count}.encode(out);
}

}  // namespace penstock::codec
