#include "archive/retrieval/interpolate.h"

#include <cmath>

namespace penstock::archive::retrieval {
namespace {

/// The neighbours of ascending times. Reads a few samples around each time, and more at once where the times
/// lie close together.
class Neighbours {
 public:
  Neighbours(const Scanner& scan, const Series& series) : scan_{scan}, series_{series} {}

  /// `time` is not below that of the call before.
  Result<Sample> at(Timestamp time) {
    std::size_t behind = loaded_ ? first_behind(time) : 0;
    if (!loaded_ || (behind == run_.size() && !to_the_end_)) {
      TRY_VOID(load(time));
      behind = first_behind(time);
    }
    const auto before = behind > 0 ? std::optional{run_.sample(behind - 1)} : std::nullopt;
    const auto after = behind < run_.size() ? std::optional{run_.sample(behind)} : std::nullopt;
    return value_between(series_, before ? &*before : nullptr, after ? &*after : nullptr, time);
  }

 private:
  std::size_t first_behind(Timestamp time) const {
    return static_cast<std::size_t>(std::upper_bound(run_.times.begin(), run_.times.end(), time.unix_ns()) -
                                    run_.times.begin());
  }

  /// From the sample at or before `time` on, so that all later times find theirs.
  Result<void> load(Timestamp time) {
    TRY(const auto before, find_at_or_before(scan_, series_.point, time));
    Scan request;
    request.point = series_.point;
    request.first = before ? before->time : time;
    request.limit = chunk_;
    TRY(run_, scan_(request));
    to_the_end_ = run_.size() < chunk_;
    loaded_ = true;
    chunk_ = std::min(chunk_ * 2, kChunk);
    return {};
  }

  const Scanner& scan_;
  const Series& series_;
  Run run_;
  bool loaded_ = false, to_the_end_ = false;
  std::size_t chunk_ = 16;
};

}  // namespace

double on_line(std::int64_t t0, double v0, std::int64_t t1, double v1, std::int64_t t) {
  // Differences as doubles: those of 64-bit times may not fit 64 bits.
  const double part = (static_cast<double>(t) - static_cast<double>(t0)) /
                      (static_cast<double>(t1) - static_cast<double>(t0));
  // The exact differences where they fit, which is nearly always.
  std::int64_t whole = 0, left = 0;
  if (!__builtin_sub_overflow(t1, t0, &whole) && !__builtin_sub_overflow(t, t0, &left)) {
    return v0 + (v1 - v0) * (static_cast<double>(left) / static_cast<double>(whole));
  }
  return v0 + (v1 - v0) * part;
}

Sample value_between(const Series& series, const Sample* before, const Sample* after, Timestamp time) {
  if (before == nullptr) return state_at(series, time, system_state::kNoData);
  if (before->time == time) return *before;
  if (after == nullptr && time > series.horizon) return state_at(series, time, system_state::kNoData);
  if (after != nullptr && series.is_line() && is_good(*before) && is_good(*after)) {
    const double value = on_line(before->time.unix_ns(), number_of(before->value), after->time.unix_ns(),
                                 number_of(after->value), time.unix_ns());
    if (is_integer(series.kind)) return {time, std::llround(value), {}};
    if (series.kind == Kind::float32) return {time, static_cast<double>(static_cast<float>(value)), {}};
    return {time, value, {}};
  }
  Sample carried = *before;
  carried.time = time;
  return carried;
}

Result<Run> values_at(const Scanner& scan, const Series& series, std::span<const Timestamp> times) {
  Neighbours neighbours{scan, series};
  Run out;
  out.kind = series.kind;
  out.reserve(times.size());
  for (const Timestamp time : times) {
    TRY(const Sample sample, neighbours.at(time));
    out.push(sample);
  }
  return out;
}

Result<Sample> value_at(const Scanner& scan, const Series& series, Timestamp time) {
  TRY(const Run run, values_at(scan, series, std::span{&time, 1}));
  return run.sample(0);
}

}  // namespace penstock::archive::retrieval
