#include "codec/summary.h"

#include <cmath>

#include "codec/numbers.h"

namespace penstock::codec {
namespace {

constexpr double kSecondsPerNs = 1e-9;

/// `value(i)` is the i-th of the run as a double; samples without one are told by quality and NaN.
template <class ValueAt>
void look_at_values(const Run& run, std::size_t first, std::size_t count, ValueAt value_at,
                    FrameSummary& summary) {
  bool before_is_good = false;
  double before = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const Quality quality = run.quality(i);
    summary.questionable += quality.has(Quality::kQuestionable);
    const double value = value_at(i);
    if (quality.state != 0 || std::isnan(value)) {
      ++summary.bad;
      before_is_good = false;
      continue;
    }
    if (summary.bad == i - first) {
      summary.first_value = summary.min = summary.max = value;
      summary.min_time = summary.max_time = run.time(i);
    } else if (value < summary.min) {
      summary.min = value;
      summary.min_time = run.time(i);
    } else if (value > summary.max) {
      summary.max = value;
      summary.max_time = run.time(i);
    }
    summary.sum += value;
    if (before_is_good) {
      const double seconds = static_cast<double>(ns_between(run.time(i - 1), run.time(i))) * kSecondsPerNs;
      summary.integral += (before / 2 + value / 2) * seconds;
      summary.step_integral += before * seconds;
    }
    before = summary.last_value = value;
    before_is_good = true;
  }
}

bool read_time(ByteReader& in, const FrameSummary& summary, Timestamp& time) {
  const std::uint64_t distance = in.varint();
  if (distance > ns_between(summary.first, summary.last)) return false;
  time = Timestamp::from_unix_ns(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(summary.first.unix_ns()) + distance));
  return true;
}

}  // namespace

FrameSummary summarize(const Run& run, std::size_t first, std::size_t count) {
  FrameSummary summary;
  summary.count = static_cast<std::uint32_t>(count);
  summary.first = summary.min_time = summary.max_time = run.time(first);
  summary.last = run.time(first + count - 1);
  if (is_number(run.kind)) {
    look_at_values(
        run, first, count, [&](std::size_t i) { return run.numbers[i]; }, summary);
  } else if (is_integer(run.kind)) {
    look_at_values(
        run, first, count, [&](std::size_t i) { return static_cast<double>(run.integers[i]); }, summary);
  } else {
    for (std::size_t i = first; i < first + count; ++i) {
      summary.questionable += run.quality(i).has(Quality::kQuestionable);
      summary.bad += run.quality(i).state != 0;
    }
  }
  if (!run.qualities.empty()) {
    for (std::size_t i = first; i < first + count; ++i) summary.plain &= run.qualities[i].is_plain();
  }
  return summary;
}

void write_summary_numbers(const FrameSummary& summary, std::string& out) {
  ByteWriter writer{out};
  for (const double value : {summary.first_value, summary.last_value, summary.min, summary.max}) {
    encode_number(value, out);
  }
  writer.varint(ns_between(summary.first, summary.min_time));
  writer.varint(ns_between(summary.first, summary.max_time));
  // Long sums are seldom decimals of few digits, those of small blocks are.
  for (const double value : {summary.sum, summary.integral, summary.step_integral}) {
    encode_number(value, out);
  }
}

bool read_summary_numbers(ByteReader& in, FrameSummary& summary) {
  for (double* value : {&summary.first_value, &summary.last_value, &summary.min, &summary.max}) {
    if (!decode_number(in, *value)) return false;
  }
  if (!read_time(in, summary, summary.min_time) || !read_time(in, summary, summary.max_time)) return false;
  for (double* value : {&summary.sum, &summary.integral, &summary.step_integral}) {
    if (!decode_number(in, *value)) return false;
  }
  return true;
}

}  // namespace penstock::codec
