#include "archive/retrieval/series.h"

namespace penstock::archive::retrieval {
namespace {

Result<std::optional<Sample>> first_of(const Scanner& scan, const Scan& request) {
  TRY(const Run run, scan(request));
  if (run.empty()) return std::optional<Sample>{};
  return std::optional{run.sample(0)};
}

}  // namespace

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
