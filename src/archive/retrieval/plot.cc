#include "archive/retrieval/plot.h"

#include <array>
#include <cmath>

#include "archive/retrieval/interpolate.h"

namespace penstock::archive::retrieval {
namespace {

/// The picks of one part, then of the next.
class Picker {
 public:
  Picker(const Series& series, Run& out) : series_{series}, out_{out} {}

  void take(const Run& run, std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      if (series_.numeric) {
        take_number(run, i);
      } else {
        take_change(run, i);
      }
    }
    if (end > first) last_ = run.sample(end - 1);
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
  const std::int64_t begin = range.first.unix_ns();
  const __int128 span = static_cast<__int128>(range.last.unix_ns()) - begin;
  // Where part `k` ends; that instant belongs to the next one, but for the last part.
  const auto end_of = [&](std::size_t k) {
    return static_cast<std::int64_t>(begin +
                                     span * static_cast<__int128>(k + 1) / static_cast<__int128>(parts));
  };
  Picker picker{series, out};
  std::size_t part = 0;
  const auto take = [&](const Run& run) -> Result<bool> {
    std::size_t at = 0;
    while (at < run.size()) {
      while (part + 1 < parts && run.times[at] >= end_of(part)) {
        picker.end_part();
        ++part;
      }
      std::size_t end = run.size();
      if (part + 1 < parts) {
        end = static_cast<std::size_t>(std::lower_bound(run.times.begin() + static_cast<std::ptrdiff_t>(at),
                                                        run.times.end(), end_of(part)) -
                                       run.times.begin());
      }
      picker.take(run, at, end);
      at = end;
    }
    return true;
  };
  TRY_VOID(each_chunk(scan, series.point, range.first, range.last, false, kChunk, take));
  picker.end_part();
  if (range.first < range.last) TRY_VOID(push_end(scan, series, range.last, out));
  return out;
}

}  // namespace penstock::archive::retrieval
