#include "archive/retrieval/summary.h"

#include <algorithm>
#include <cmath>

#include "archive/retrieval/interpolate.h"

namespace penstock::archive::retrieval {
namespace {

double seconds(std::int64_t from, std::int64_t to) {
  std::int64_t ns = 0;
  if (!__builtin_sub_overflow(to, from, &ns)) return static_cast<double>(ns) / 1e9;
  return (static_cast<double>(to) - static_cast<double>(from)) / 1e9;
}

/// Walks over the samples once and gives each interval its share.
class Summarizer final : public Walker {
 public:
  Summarizer(const Series& series, const SummaryRequest& request)
      : series_{series}, request_{request}, out_(request.edges.size() - 1) {}

  /// The newest sample at or before the first edge.
  void begin_with(const std::optional<Sample>& before) {
    if (before) {
      reach(*before, before->time == first_edge());
    } else {
      // Nothing is known from the first edge on, and the filter is asked what it thinks of that.
      reach(state_at(series_, first_edge(), system_state::kNoData), false);
    }
  }

  Result<bool> take(const Run& run, std::size_t first, std::size_t end) override {
    for (std::size_t i = first; i < end; ++i) take(run.sample(i));
    return true;
  }

  bool take(const codec::FrameSummary& frame) override {
    if (request_.squares || request_.filter || !series_.numeric || !says_all(frame, series_.kind))
      return false;
    const auto& edges = request_.edges;
    // Both ends strictly inside of one interval: what is on an edge is a matter of its own.
    const auto behind = std::upper_bound(edges.begin(), edges.end(), frame.first);
    if (behind == edges.begin() || behind == edges.end() || frame.last >= *behind ||
        frame.first == behind[-1]) {
      return false;
    }
    Summary& summary = out_[static_cast<std::size_t>(behind - edges.begin()) - 1];
    const auto sample = [&](Timestamp time, double number) {
      return Sample{time, value_of(number, series_.kind), {}};
    };
    if (!by_time()) {
      summary.looked_at += frame.count;
      summary.add(frame.count, frame.sum / frame.count, 0);
    } else {
      take(sample(frame.first, frame.first_value));
      const double weight = seconds(frame.first.unix_ns(), frame.last.unix_ns());
      if (weight > 0) {
        summary.looked_at += weight;
        summary.add(weight, (series_.is_line() ? frame.integral : frame.step_integral) / weight, 0);
      }
    }
    summary.see(frame.min, frame.min_time);
    summary.see(frame.max, frame.max_time);
    reach(sample(frame.last, frame.last_value), false);
    return true;
  }

  void take(const Sample& sample) {
    run_to(sample);
    reach(sample, true);
  }

  /// `after` is the oldest sample behind the last edge, which only draws the line to it.
  std::vector<Summary> end_with(const std::optional<Sample>& after) {
    if (after) {
      run_to(*after);
      return std::move(out_);
    }
    // The last value holds until the horizon; behind it nothing is known.
    Sample end = *at_;
    end.time = std::clamp(series_.horizon, at_->time, std::max(at_->time, last_edge()));
    run_to(end);
    if (end.time < last_edge()) {
      at_ = state_at(series_, end.time, system_state::kNoData);
      at_passes_ = passes_;
      run_to(state_at(series_, last_edge(), system_state::kNoData));
    }
    return std::move(out_);
  }

 private:
  Timestamp first_edge() const { return request_.edges.front(); }
  Timestamp last_edge() const { return request_.edges.back(); }
  bool by_time() const { return request_.weighting == Weighting::time; }
  bool asks_at_times() const { return request_.filter && !request_.filter_times.empty(); }

  /// Stops at the filter's own times on the way to `next`, as if samples were there.
  void ask_until(const Sample& next) {
    if (!asks_at_times()) return;
    const auto& times = request_.filter_times;
    while (asked_ < times.size() && times[asked_] <= last_edge() && times[asked_] <= next.time) {
      const Timestamp time = times[asked_++];
      if (time == next.time) {
        passes_ = request_.filter(next);
        return;
      }
      if (time < at_->time) continue;
      const Sample there = value_between(series_, &*at_, &next, time);
      segment(there);
      passes_ = at_passes_ = request_.filter(there);
      at_ = there;
    }
  }

  void run_to(const Sample& next) {
    ask_until(next);
    segment(next);
  }

  /// The walk arrives at a sample.
  void reach(const Sample& sample, bool counts) {
    // Between its own times, and after the first sample, the filter's word stands.
    if (request_.filter && (!asks_at_times() || !at_)) passes_ = request_.filter(sample);
    at_ = sample;
    at_passes_ = passes_;
    if (counts) event(sample);
  }

  /// Time from where the walk is to `next`.
  void segment(const Sample& next) {
    if (!by_time() || !at_passes_) return;
    const Sample& from = *at_;
    const std::int64_t t0 = from.time.unix_ns(), t1 = next.time.unix_ns();
    const double v0 = number_of(from.value), v1 = number_of(next.value);
    const bool good = is_good(from);
    const bool line = series_.is_line() && good && is_good(next);
    while (interval_ < out_.size()) {
      const std::int64_t begin = request_.edges[interval_].unix_ns();
      const std::int64_t end = request_.edges[interval_ + 1].unix_ns();
      const std::int64_t a = std::max(t0, begin), b = std::min(t1, end);
      if (a < b) {
        Summary& summary = out_[interval_];
        const double weight = seconds(a, b);
        summary.looked_at += weight;
        if (good && series_.numeric) {
          const double from_value = line ? on_line(t0, v0, t1, v1, a) : v0;
          const double to_value = line ? on_line(t0, v0, t1, v1, b) : v0;
          const double rise = to_value - from_value;
          summary.add(weight, (from_value + to_value) / 2, weight * rise * rise / 12);
          summary.see(from_value, Timestamp::from_unix_ns(a));
          summary.see(to_value, Timestamp::from_unix_ns(line ? b : a));
        } else if (good) {
          summary.good += weight;
        }
      }
      if (t1 <= end) break;
      ++interval_;
    }
  }

  /// A sample counts as itself.
  void event(const Sample& sample) {
    const auto& edges = request_.edges;
    const auto t = sample.time;
    // Both intervals may hold a sample on the edge between them.
    const auto at_or_after =
        static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), t) - edges.begin());
    const bool on_edge = at_or_after < edges.size() && edges[at_or_after] == t;
    const auto count = [&](std::size_t k) {
      if (k >= out_.size() || !passes_) return;
      Summary& summary = out_[k];
      const bool good = is_good(sample);
      if (by_time()) {
        if (good && series_.numeric) summary.see(number_of(sample.value), t);
        return;
      }
      summary.looked_at += 1;
      if (!good) return;
      if (series_.numeric) {
        summary.add(1, number_of(sample.value), 0);
        summary.see(number_of(sample.value), t);
      } else {
        summary.good += 1;
      }
    };
    const Ends ends = by_time() ? Ends::both : request_.ends;
    if (!on_edge) return count(at_or_after - 1);
    const bool single = edges.size() == 2 && edges[0] == edges[1];
    if (ends != Ends::first && at_or_after > 0) count(at_or_after - 1);
    if ((ends != Ends::last || single) && at_or_after + 1 < edges.size()) count(at_or_after);
  }

  const Series& series_;
  const SummaryRequest& request_;
  std::vector<Summary> out_;
  std::size_t interval_ = 0, asked_ = 0;
  std::optional<Sample> at_;
  bool at_passes_ = true, passes_ = true;
};

}  // namespace

void Summary::add(double weight, double value_mean, double value_squares) {
  // West's update: no difference of large sums.
  const double whole = good + weight;
  const double away = value_mean - mean;
  squares += value_squares + away * away * good * weight / whole;
  mean += away * weight / whole;
  good = whole;
}

void Summary::see(double value, Timestamp time) {
  if (std::isnan(value)) return;
  if (!minimum || value < minimum->value) minimum = Extreme{value, time};
  if (!maximum || value > maximum->value) maximum = Extreme{value, time};
}

Result<std::vector<Summary>> summarize(const Scanner& scan, const Series& series,
                                       const SummaryRequest& request) {
  const Timestamp first = request.edges.front(), last = request.edges.back();
  Summarizer summarizer{series, request};
  TRY(const auto before, find_at_or_before(scan, series.point, first));
  summarizer.begin_with(before);
  if (first < last) {
    Scan inside;
    inside.point = series.point;
    inside.first = first.plus_ns(1);
    inside.last = last;
    TRY_VOID(scan.walk(inside, summarizer));
  }
  TRY(const auto after, find_after(scan, series.point, last));
  return summarizer.end_with(after);
}

}  // namespace penstock::archive::retrieval
