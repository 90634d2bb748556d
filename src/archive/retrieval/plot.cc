#include "archive/retrieval/plot.h"

#include <cmath>
#include <limits>

#include "archive/retrieval/interpolate.h"

namespace penstock::archive::retrieval {
namespace {

/// The picks of one part, then of the next.
class Picker {
 public:
  Picker(const Series& series, Run& out) : series_{series}, out_{out} {}

  void take(const Run& run, std::size_t first, std::size_t end) {
    if (series_.numeric && run.qualities.empty() && is_number(run.kind)) {
      take_numbers(run, first, end);
    } else if (series_.numeric) {
      for (std::size_t i = first; i < end; ++i) take_number(run, i);
    } else {
      for (std::size_t i = first; i < end; ++i) take_change(run, i);
    }
    if (end > first) last_ = run.sample(end - 1);
  }

  /// A frame of nothing but good numbers.
  void take(const codec::FrameSummary& frame) {
    const auto sample = [&](Timestamp time, double number) {
      return Sample{time, value_of(number, series_.kind), {}};
    };
    if (!first_) first_ = sample(frame.first, frame.first_value);
    if (!lowest_ || frame.min < low_) {
      lowest_ = sample(frame.min_time, frame.min);
      low_ = frame.min;
    }
    if (!highest_ || frame.max > high_) {
      highest_ = sample(frame.max_time, frame.max);
      high_ = frame.max;
    }
    last_ = sample(frame.last, frame.last_value);
  }

  void end_part() {
    std::vector<Sample> picks;
    for (auto* pick : {&first_, &lowest_, &highest_, &odd_, &last_}) {
      if (*pick) picks.push_back(*std::move(*pick));
      pick->reset();
    }
    for (Sample& change : changes_) picks.push_back(std::move(change));
    changes_.clear();
    std::sort(picks.begin(), picks.end(), [](const Sample& a, const Sample& b) { return a.time < b.time; });
    for (const Sample& pick : picks) {
      if (out_.empty() || out_.times.back() != pick.time.unix_ns()) out_.push(pick);
    }
  }

 private:
  /// All good, but for NaN.
  void take_numbers(const Run& run, std::size_t first, std::size_t end) {
    if (first == end) return;
    if (!first_) first_ = run.sample(first);
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    double low = lowest_ ? low_ : kInfinite, high = highest_ ? high_ : -kInfinite;
    std::size_t lowest = end, highest = end;
    for (std::size_t i = first; i < end; ++i) {
      const double number = run.numbers[i];
      if (number < low || (number == low && lowest == end && !lowest_)) {
        low = number;
        lowest = i;
      }
      if (number > high || (number == high && highest == end && !highest_)) {
        high = number;
        highest = i;
      }
    }
    if (lowest != end) lowest_ = run.sample(lowest);
    if (highest != end) highest_ = run.sample(highest);
    low_ = low;
    high_ = high;
  }

  void take_number(const Run& run, std::size_t i) {
    if (!first_) first_ = run.sample(i);
    if (!run.qualities.empty() && run.qualities[i].state != 0) {
      if (!odd_) odd_ = run.sample(i);
      return;
    }
    const double number = is_number(run.kind) ? run.numbers[i] : static_cast<double>(run.integers[i]);
    if (std::isnan(number)) return;
    if (!lowest_ || number < low_) {
      lowest_ = run.sample(i);
      low_ = number;
    }
    if (!highest_ || number > high_) {
      highest_ = run.sample(i);
      high_ = number;
    }
  }

  void take_change(const Run& run, std::size_t i) {
    const Sample sample = run.sample(i);
    if (!first_) {
      first_ = sample;
    } else if (changes_.size() < 3 && previous_ &&
               (previous_->value != sample.value || previous_->quality.state != sample.quality.state)) {
      changes_.push_back(sample);
    }
    previous_ = sample;
  }

  const Series& series_;
  Run& out_;
  std::optional<Sample> first_, last_, lowest_, highest_, odd_, previous_;
  double low_ = 0, high_ = 0;
  std::vector<Sample> changes_;
};

/// Gives each part its samples.
class Parts final : public Walker {
 public:
  Parts(const Series& series, TimeRange range, std::size_t parts, Picker& picker)
      : series_{series},
        begin_{range.first.unix_ns()},
        last_{range.last.unix_ns()},
        parts_{parts},
        picker_{picker} {
    reach(begin_);
  }

  bool take(const codec::FrameSummary& frame) override {
    if (!series_.numeric || !says_all(frame, series_.kind)) return false;
    reach(frame.first.unix_ns());
    if (!has(frame.last.unix_ns())) return false;
    picker_.take(frame);
    return true;
  }

  Result<bool> take(const Run& run, std::size_t first, std::size_t end) override {
    while (first < end) {
      reach(run.times[first]);
      std::size_t part_end = end;
      if (!has(run.times[end - 1])) {
        const auto at = run.times.begin() + static_cast<std::ptrdiff_t>(first);
        const auto to = run.times.begin() + static_cast<std::ptrdiff_t>(end);
        part_end = static_cast<std::size_t>(std::lower_bound(at, to, end_) - run.times.begin());
      }
      picker_.take(run, first, part_end);
      first = part_end;
    }
    return true;
  }

 private:
  bool is_last() const { return part_ + 1 >= parts_; }
  /// The instant where a part ends belongs to the next one, but for the last part.
  bool has(std::int64_t time) const { return is_last() || time < end_; }
  /// Ends all parts before the one that has `time`.
  void reach(std::int64_t time) {
    if (part_ == SIZE_MAX) next();
    while (!has(time)) {
      picker_.end_part();
      next();
    }
  }
  void next() {
    ++part_;
    const __int128 span = static_cast<__int128>(last_) - begin_;
    end_ = static_cast<std::int64_t>(begin_ +
                                     span * static_cast<__int128>(part_ + 1) / static_cast<__int128>(parts_));
  }

  const Series& series_;
  std::int64_t begin_, last_, end_ = 0;
  std::size_t parts_, part_ = SIZE_MAX;
  Picker& picker_;
};

/// The value at an end of the range, if no sample is there and one is known.
Result<void> push_end(const Scanner& scan, const Series& series, Timestamp time, Run& out) {
  if (!out.empty() && out.times.back() == time.unix_ns()) return {};
  TRY(const Sample value, value_at(scan, series, time));
  TRY(const auto before, find_at_or_before(scan, series.point, time));
  if (!before ||
      (value.quality.state == system_state::kNoData && before->quality.state != system_state::kNoData)) {
    return {};
  }
  out.push(value);
  return {};
}

}  // namespace

Result<Run> plot(const Scanner& scan, const Series& series, TimeRange range, std::size_t parts) {
  Run out;
  out.kind = series.kind;
  TRY_VOID(push_end(scan, series, range.first, out));
  Picker picker{series, out};
  Parts walker{series, range, parts, picker};
  Scan request;
  request.point = series.point;
  request.first = range.first;
  request.last = range.last;
  TRY_VOID(scan.walk(request, walker));
  picker.end_part();
  if (range.first < range.last) TRY_VOID(push_end(scan, series, range.last, out));
  return out;
}

}  // namespace penstock::archive::retrieval
