#include <algorithm>

#include "archive/retrieval/interpolate.h"
#include "archive/retrieval/plot.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/time_grid.h"

/// *PI Web API Reference, "Stream GetInterpolated"*, "GetInterpolatedAtTimes" and "GetPlot".
namespace penstock::dialects::piwebapi {
namespace {

Run reversed(const Run& run) {
  Run out;
  out.kind = run.kind;
  out.reserve(run.size());
  for (std::size_t i = run.size(); i > 0; --i) out.push(run.sample(i - 1));
  return out;
}

class InterpolatedRead final : public RunRead {
 public:
  InterpolatedRead(std::vector<Timestamp> ascending, bool backwards, ReadFilter filter)
      : times_{std::move(ascending)}, backwards_{backwards}, filter_{std::move(filter)} {}

  Result<Run> run(const Call& call, const Stream& stream) const override {
    TRY(Run values, archive::retrieval::values_at(scanner_of(call), series_of(stream, call.now), times_));
    if (backwards_) values = reversed(values);
    if (!filter_.is_set()) return values;
    Run out;
    out.kind = values.kind;
    ReadFilter::Into into{filter_, stream, out, values.size()};
    for (std::size_t i = 0; i < values.size(); ++i) into.take(values.sample(i));
    return out;
  }

 private:
  std::vector<Timestamp> times_;
  bool backwards_;
  ReadFilter filter_;
};

class PlotRead final : public RunRead {
 public:
  PlotRead(ReadRange range, std::size_t parts) : range_{range}, parts_{parts} {}

  Result<Run> run(const Call& call, const Stream& stream) const override {
    TRY(Run drawn,
        archive::retrieval::plot(scanner_of(call), series_of(stream, call.now), range_.ordered(), parts_));
    if (range_.backwards()) return reversed(drawn);
    return drawn;
  }

 private:
  ReadRange range_;
  std::size_t parts_;
};

constexpr Choice kSyncBoundaries[] = {{"Inside", 0}, {"Outside", 1}};

}  // namespace

Result<std::unique_ptr<Read>> make_interpolated_read(const Call& call) {
  TRY(const ReadRange range, range_of(call));
  TimeGrid grid{range.start, range.end, {}, {}, std::nullopt, false};
  TRY(grid.zone, call.zone());
  TRY(grid.step, parse_pi_interval(call.parameter_or("interval", "1h")));
  if (const std::string_view sync = trim(call.parameter_or("syncTime", "")); !sync.empty()) {
    TRY(grid.sync, parse_pi_time(sync, call.now, grid.zone));
  }
  TRY(const int outside, choice_of(call, "syncTimeBoundaryType", 0, kSyncBoundaries));
  grid.outside = outside == 1 && grid.sync.has_value();
  TRY(std::vector<Timestamp> times, times_of(grid, call.settings.max_returned_items));
  if (range.backwards()) std::reverse(times.begin(), times.end());
  TRY(ReadFilter filter, ReadFilter::of(call));
  return std::make_unique<InterpolatedRead>(std::move(times), range.backwards(), std::move(filter));
}

Result<std::unique_ptr<Read>> make_interpolated_at_times_read(const Call& call) {
  TRY(std::vector<Timestamp> times, times_of(call));
  TRY(const bool descending, is_descending(call));
  TRY(ReadFilter filter, ReadFilter::of(call));
  std::sort(times.begin(), times.end());
  return std::make_unique<InterpolatedRead>(std::move(times), descending, std::move(filter));
}

Result<std::unique_ptr<Read>> make_plot_read(const Call& call) {
  TRY(const ReadRange range, range_of(call));
  TRY(const std::int64_t parts, call.number("intervals", 24, 1));
  if (static_cast<std::size_t>(parts) > call.settings.max_returned_items) {
    return over_the_maximum(call, "intervals");
  }
  return std::make_unique<PlotRead>(range, static_cast<std::size_t>(parts));
}

}  // namespace penstock::dialects::piwebapi
