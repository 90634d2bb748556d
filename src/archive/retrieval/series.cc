#include "archive/retrieval/series.h"

#include <cmath>

namespace penstock::archive::retrieval {
namespace {

Result<std::optional<Sample>> first_of(const Scanner& scan, const Scan& request) {
  TRY(const Run run, scan(request));
  if (run.empty()) return std::optional<Sample>{};
  return std::optional{run.sample(0)};
}

/// Asks before each chunk of samples, and before some of the summaries.
class CheckedWalker final : public Walker {
 public:
  CheckedWalker(Walker& inner, const Scanner::Check& check) : inner_{inner}, check_{check} {}

  bool take(const codec::FrameSummary& summary) override {
    // A summary can't fail: its samples are asked for, and with them comes the error.
    if (++summaries_ % kSummariesPerCheck == 0 && !check_()) return false;
    return inner_.take(summary);
  }
  Result<bool> take(const Run& run, std::size_t first, std::size_t end) override {
    TRY_VOID(check_());
    return inner_.take(run, first, end);
  }

 private:
  static constexpr std::size_t kSummariesPerCheck = 64;
  Walker& inner_;
  const Scanner::Check& check_;
  std::size_t summaries_ = 0;
};

}  // namespace

Result<void> Scanner::walk(const Scan& request, Walker& walker) const {
  if (archive_ != nullptr && !check_) return archive_->walk(request, walker);
  if (archive_ != nullptr) {
    CheckedWalker checked{walker, check_};
    return archive_->walk(request, checked);
  }
  return each_chunk(*this, request.point, request.first, request.last, false, kChunk,
                    [&](const Run& run) { return walker.take(run, 0, run.size()); });
}

bool says_all(const codec::FrameSummary& summary, Kind kind) {
  if (!summary.plain || summary.bad != 0) return false;
  if (is_number(kind)) return true;
  constexpr double kExact = 0x1p53;
  return is_integer(kind) && summary.min > -kExact && summary.max < kExact;
}

Value value_of(double number, Kind kind) {
  if (is_integer(kind)) return static_cast<std::int64_t>(number);
  return number;
}

Result<std::optional<Sample>> find_at_or_before(const Scanner& scan, PointId point, Timestamp time) {
  Scan request;
  request.point = point;
  request.last = time;
  request.limit = 1;
  request.newest_first = true;
  return first_of(scan, request);
}

Result<std::optional<Sample>> find_after(const Scanner& scan, PointId point, Timestamp time) {
  if (time == Timestamp::max()) return std::optional<Sample>{};
  Scan request;
  request.point = point;
  request.first = time.plus_ns(1);
  request.limit = 1;
  return first_of(scan, request);
}

double number_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return 0;
}

Sample state_at(const Series& series, Timestamp time, std::uint16_t state) {
  Sample sample{time, zero_of(series.kind), {}};
  sample.quality.state = state;
  return sample;
}

}  // namespace penstock::archive::retrieval
