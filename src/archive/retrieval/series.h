#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <type_traits>

#include "archive/archive.h"

/// Retrieval: what lies between the stored samples, and what they come to. Nothing here knows a vendor, a
/// clock or the catalog; all of it stands on one function that scans.
namespace penstock::archive::retrieval {

/// How a point's values run from one sample to the next.
enum class Course : std::uint8_t {
  steps,  ///< Each value holds until the next sample.
  line    ///< A straight line between two good samples; before a system state the value holds.
};

/// What has to be known of a point to read between its samples.
struct Series {
  PointId point{};
  Kind kind = Kind::float64;
  bool numeric = true;                   ///< False: codes, texts and times have no order and no sum.
  Course course = Course::line;          ///< Of a point that is not numeric: always as steps.
  Timestamp horizon = Timestamp::max();  ///< Behind the newest sample its value holds until here.

  bool is_line() const { return numeric && course == Course::line; }
};

/// Archive::scan and Archive::walk, or what stands in for them. Errors are passed on as they are.
class Scanner {
 public:
  /// Of a function that scans; it walks by scanning in chunks.
  template <class F>
  requires std::is_invocable_r_v < Result<Run>,
  const F&, const Scan& > Scanner(F scan) : scan_{std::move(scan)} {}  // NOLINT: a function is a scanner.
  /// Of an archive that outlives it. `check` is asked now and then; what it fails with ends the read.
  using Check = std::function<Result<void>()>;
  explicit Scanner(const Archive& archive, Check check = {}) : archive_{&archive}, check_{std::move(check)} {
    scan_ = [&archive, asked = check_](const Scan& request) -> Result<Run> {
      if (asked) TRY_VOID(asked());
      return archive.scan(request);
    };
  }

  Result<Run> operator()(const Scan& request) const { return scan_(request); }
  Result<void> walk(const Scan& request, Walker& walker) const;

 private:
  std::function<Result<Run>(const Scan&)> scan_;
  const Archive* archive_ = nullptr;
  Check check_;
};
inline Scanner scanner(const Archive& archive) {
  return Scanner{archive};
}

/// True for the samples that take part. Empty: all do.
using Filter = std::function<bool(const Sample&)>;

/// The newest sample at or before `time`; the oldest behind it.
Result<std::optional<Sample>> find_at_or_before(const Scanner& scan, PointId point, Timestamp time);
Result<std::optional<Sample>> find_after(const Scanner& scan, PointId point, Timestamp time);

inline bool is_good(const Sample& sample) {
  return sample.quality.state == 0;
}
/// As a double; zero for texts.
double number_of(const Value& value);
/// A system state where a value is missing.
Sample state_at(const Series& series, Timestamp time, std::uint16_t state);

/// True if doubles say exactly what the samples of a frame are: all of them are numbers and good, and no
/// integer is too long.
bool says_all(const codec::FrameSummary& summary, Kind kind);
/// A number as a value of a kind that holds numbers.
Value value_of(double number, Kind kind);

inline constexpr std::size_t kChunk = 16'384;  ///< Samples that a long read holds at once.

/// Calls `take(const Run&) -> Result<bool>` with the samples of [first, last] in chunks, in the direction
/// that `newest_first` says, until it answers false.
template <class F>
Result<void> each_chunk(const Scanner& scan, PointId point, Timestamp first, Timestamp last,
                        bool newest_first, std::size_t chunk, const F& take) {
  Scan request;
  request.point = point;
  request.first = first;
  request.last = last;
  request.newest_first = newest_first;
  request.limit = chunk;
  while (request.first <= request.last) {
    TRY(const Run run, scan(request));
    if (run.empty()) return {};
    TRY(const bool more, take(run));
    if (!more || run.size() < request.limit) return {};
    const Timestamp reached = run.time(run.size() - 1);
    if (reached == (newest_first ? Timestamp::min() : Timestamp::max())) return {};
    (newest_first ? request.last : request.first) = reached.plus_ns(newest_first ? -1 : 1);
    request.limit = std::min(request.limit * 2, kChunk);
  }
  return {};
}

}  // namespace penstock::archive::retrieval
