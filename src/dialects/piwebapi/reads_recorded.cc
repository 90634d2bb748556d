#include <algorithm>

#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"

/// *PI Web API Reference, "Stream GetRecorded"*.
namespace penstock::dialects::piwebapi {
namespace {

/// *PI Web API Reference, "Boundary Type"*.
enum Boundary { kInside = 0, kOutside = 1, kInterpolated = 2 };
constexpr Choice kBoundaries[] = {
    {"Inside", kInside}, {"Outside", kOutside}, {"Interpolated", kInterpolated}};

class RecordedRead final : public RunRead {
 public:
  RecordedRead(ReadRange range, int boundary, std::size_t count, ReadFilter filter)
      : range_{range}, boundary_{boundary}, count_{count}, filter_{std::move(filter)} {}

  Result<Run> run(const Call& call, const Stream& stream) const override {
    const bool newest_first = range_.backwards();
    Run out;
    out.kind = stream.kind();
    ReadFilter::Into into{filter_, stream, out, count_};
    if (boundary_ != kInside) {
      TRY(const auto first, at_edge(call, stream, range_.start, !newest_first));
      if (first) into.take(*first);
    }
    TRY_VOID(read_inside(call, stream, out, into));
    if (boundary_ != kInside && range_.start != range_.end && !into.is_full()) {
      TRY(const auto last, at_edge(call, stream, range_.end, newest_first));
      if (last) into.take(*last);
    }
    return out;
  }

 private:
  Result<void> read_inside(const Call& call, const Stream& stream, Run& out, ReadFilter::Into& into) const {
    if (into.is_full()) return {};
    const auto scan = scanner_of(call);
    const TimeRange range = range_.ordered();
    if (!filter_.is_set()) {
      archive::Scan whole;
      whole.point = stream.point;
      whole.first = range.first;
      whole.last = range.last;
      whole.limit = count_ - out.size();
      whole.newest_first = range_.backwards();
      TRY(Run run, scan(whole));
      if (out.empty() && !run.empty()) {
        out = std::move(run);
      } else {
        out.append(run, 0, run.size());
      }
      return {};
    }
    const auto take = [&](const Run& run) -> Result<bool> {
      for (std::size_t i = 0; i < run.size(); ++i) into.take(run.sample(i));
      return !into.is_full();
    };
    return archive::retrieval::each_chunk(scan, stream.point, range.first, range.last, range_.backwards(),
                                          std::min<std::size_t>(count_, 1024), take);
  }

  /// The event beyond `edge` on the way out (`older` says which way), or the value at `edge` itself.
  Result<std::optional<Sample>> at_edge(const Call& call, const Stream& stream, Timestamp edge,
                                        bool older) const {
    if (boundary_ == kOutside) {
      return older ? call.archive().at_or_before(stream.point, edge, false)
                   : call.archive().at_or_after(stream.point, edge, false);
    }
    TRY(const auto there, call.archive().at_or_before(stream.point, edge, true));
    // An event is there, or nothing precedes.
    if (!there || there->time == edge) return std::optional<Sample>{};
    TRY(Sample sample, value_at(call.archive(), stream, edge, call.now));
    return std::optional{std::move(sample)};
  }

  ReadRange range_;
  int boundary_;
  std::size_t count_;
  ReadFilter filter_;
};

}  // namespace

Result<std::unique_ptr<RunRead>> make_recorded_run(const Call& call) {
  TRY(const ReadRange range, range_of(call));
  TRY(const int boundary, choice_of(call, "boundaryType", kInside, kBoundaries));
  TRY(const std::int64_t count, call.number("maxCount", 1000, 1));
  if (static_cast<std::size_t>(count) > call.settings.max_returned_items) {
    return over_the_maximum(call, "maxCount");
  }
  TRY(ReadFilter filter, ReadFilter::of(call));
  return std::make_unique<RecordedRead>(range, boundary, static_cast<std::size_t>(count), std::move(filter));
}

Result<std::unique_ptr<Read>> make_recorded_read(const Call& call) {
  TRY(std::unique_ptr<RunRead> read, make_recorded_run(call));
  return read;
}

}  // namespace penstock::dialects::piwebapi
