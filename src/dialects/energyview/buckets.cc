#include "dialects/energyview/buckets.h"

#include <algorithm>
#include <cmath>

namespace penstock::dialects::energyview {
namespace {

/// Rows in the order of their times, into buckets.
class Buckets {
 public:
  Buckets(Resolution resolution, Aggregate aggregate, Zone zone, bool single_precision)
      : resolution_{resolution}, aggregate_{aggregate}, offsets_{zone} {
    made_.single_precision = single_precision && (aggregate == Aggregate::min || aggregate == Aggregate::max);
  }

  void add(Timestamp time, double number) {
    add(bucket_of(time, resolution_, offsets_), 1, number, number, number);
  }

  /// False: not all of the frame is in one bucket.
  bool add(const codec::FrameSummary& frame) {
    const Timestamp bucket = bucket_of(frame.first, resolution_, offsets_);
    if (bucket_of(frame.last, resolution_, offsets_) != bucket) return false;
    add(bucket, frame.count, frame.min, frame.max, frame.sum);
    return true;
  }

  Rows finish() {
    end_bucket();
    return std::move(made_);
  }

 private:
  void add(Timestamp bucket, std::size_t count, double low, double high, double sum) {
    if (count_ > 0 && bucket != bucket_) end_bucket();
    if (count_ == 0) {
      bucket_ = bucket;
      low_ = low;
      high_ = high;
      sum_ = 0;
    }
    low_ = std::min(low_, low);
    high_ = std::max(high_, high);
    sum_ += sum;
    count_ += count;
  }

  void end_bucket() {
    if (count_ == 0) return;
    double value = 0;
    switch (aggregate_) {
      case Aggregate::avg: value = sum_ / static_cast<double>(count_); break;
      case Aggregate::min: value = low_; break;
      case Aggregate::max: value = high_; break;
      case Aggregate::sum: value = sum_; break;
      case Aggregate::count: value = static_cast<double>(count_); break;
    }
    count_ = 0;
    // A sum of huge numbers may leave the range, and JSON has no infinity.
    if (std::isfinite(value)) made_.data.emplace_back(bucket_, value);
  }

  Resolution resolution_;
  Aggregate aggregate_;
  Offsets offsets_;
  Rows made_;
  Timestamp bucket_ = Timestamp::min();
  std::size_t count_ = 0;
  double low_ = 0, high_ = 0, sum_ = 0;
};

/// Brings samples to buckets as shown_rows shows them: one per microsecond, the latest.
class BucketWalker final : public archive::Walker {
 public:
  BucketWalker(Buckets& buckets, bool summaries, std::size_t samples_max)
      : buckets_{buckets}, summaries_{summaries}, left_{samples_max} {}

  bool take(const codec::FrameSummary& frame) override {
    // Frames whose samples may share a microsecond are looked into.
    const bool usable = summaries_ && frame.plain && frame.bad == 0 && std::isfinite(frame.min) &&
                        std::isfinite(frame.max) && frame.unit_ns >= kNsPerMicrosecond &&
                        frame.count <= left_;
    if (!usable || (row_ && row_->first == slot(frame.first))) return false;
    end_row();
    if (!buckets_.add(frame)) return false;
    left_ -= frame.count;
    frame_end_ = slot(frame.last);
    return true;
  }

  Result<bool> take(const Run& run, std::size_t first, std::size_t end) override {
    if (end - first > left_) {
      too_many_ = true;
      return false;
    }
    left_ -= end - first;
    for (std::size_t i = first; i < end; ++i) {
      if (run.quality(i).state != 0) continue;
      const double number = is_number(run.kind) ? run.numbers[i] : static_cast<double>(run.integers[i]);
      if (!std::isfinite(number)) continue;
      const Timestamp time = slot(run.time(i));
      if (frame_end_ && time == *frame_end_) {
        covers_a_frame_ = true;
        return false;
      }
      if (row_ && row_->first != time) end_row();
      row_.emplace(time, number);
    }
    return true;
  }

  void end_row() {
    if (row_) buckets_.add(row_->first, row_->second);
    row_.reset();
  }
  std::size_t left() const { return left_; }
  bool is_too_many() const { return too_many_; }
  /// The last sample of a frame that was taken whole shares its microsecond with a later one.
  bool covers_a_frame() const { return covers_a_frame_; }

 private:
  static Timestamp slot(Timestamp time) { return time.floor_to(kNsPerMicrosecond); }

  Buckets& buckets_;
  bool summaries_;
  std::size_t left_;
  bool too_many_ = false, covers_a_frame_ = false;
  std::optional<std::pair<Timestamp, double>> row_;
  std::optional<Timestamp> frame_end_;
};

}  // namespace

Rows aggregated(const Rows& rows, Resolution resolution, Aggregate aggregate, Zone zone) {
  Buckets buckets{resolution, aggregate, zone, rows.single_precision};
  for (const auto& [time, number] : rows.data) buckets.add(time, number);
  return buckets.finish();
}

Result<std::optional<Rows>> read_rows(const archive::Archive& archive, const archive::Scan& range,
                                      Resolution resolution, Aggregate aggregate, Zone zone,
                                      std::size_t& left) {
  if (resolution == Resolution::none) {
    archive::Scan scan = range;
    scan.limit = left + 1;
    TRY(const Run run, archive.scan(scan));
    if (run.size() > left) return std::optional<Rows>{};
    left -= run.size();
    return std::optional{shown_rows(run)};
  }
  archive::Scan one = range;
  one.limit = 1;
  TRY(const Run any, archive.scan(one));  // Its kind is that of the series.
  for (const bool summaries : {true, false}) {
    Buckets buckets{resolution, aggregate, zone, any.kind == Kind::float32};
    BucketWalker walker{buckets, summaries, left};
    TRY_VOID(archive.walk(range, walker));
    if (walker.is_too_many()) return std::optional<Rows>{};
    if (walker.covers_a_frame()) continue;
    walker.end_row();
    left = walker.left();
    return std::optional{buckets.finish()};
  }
  return std::optional<Rows>{};
}

}  // namespace penstock::dialects::energyview
