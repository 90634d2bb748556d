#pragma once

#include <memory>
#include <vector>

#include "archive/retrieval/series.h"
#include "dialects/piwebapi/call.h"
#include "dialects/piwebapi/filter.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/target.h"

/// Reads of streams. Each kind of read understands the parameters of a call once and is then done for one
/// stream (`streams/{webId}/…`) or for many (`streamsets/…`).
namespace penstock::dialects::piwebapi {

class Read {
 public:
  enum class Shape : std::uint8_t {
    value,   ///< One timed value.
    values,  ///< Items that are timed values.
    summary  ///< Items with a type and a timed value each.
  };
  virtual ~Read() = default;
  virtual Shape shape() const { return Shape::values; }

  /// Appends the timed value, or the items with commas in between; returns how many.
  /// Errors: what Archive::scan has; not_found, conflict, unsupported where the stream has no such value.
  virtual Result<std::size_t> append(const Call& call, const Target& target, const ValueFields& fields,
                                     std::string& out) const = 0;
};

/// A read that comes to a run of samples.
class RunRead : public Read {
 public:
  virtual Result<Run> run(const Call& call, const Stream& stream) const = 0;
  Result<std::size_t> append(const Call& call, const Target& target, const ValueFields& fields,
                             std::string& out) const final;
};

/// Reads the parameters of a call. Errors: invalid_argument, invalid_time, unsupported …
using MakeRead = Result<std::unique_ptr<Read>> (*)(const Call& call);

// reads_values.cc
Result<std::unique_ptr<Read>> make_value_read(const Call& call);
Result<std::unique_ptr<Read>> make_end_read(const Call& call);
Result<std::unique_ptr<Read>> make_recorded_at_time_read(const Call& call);
Result<std::unique_ptr<Read>> make_recorded_at_times_read(const Call& call);
// reads_recorded.cc
Result<std::unique_ptr<RunRead>> make_recorded_run(const Call& call);
Result<std::unique_ptr<Read>> make_recorded_read(const Call& call);
// reads_interpolated.cc
Result<std::unique_ptr<Read>> make_interpolated_read(const Call& call);
Result<std::unique_ptr<Read>> make_interpolated_at_times_read(const Call& call);
Result<std::unique_ptr<Read>> make_plot_read(const Call& call);
// reads_summary.cc
Result<std::unique_ptr<Read>> make_summary_read(const Call& call);

/// `GET streams/{webId}/…`
http::Response read_stream(Call& call, MakeRead make);
/// The items of a summary, as the parameters of the call ask for it, over any series. Errors: those of
/// make_summary_read and of the scanner.
Result<std::size_t> append_summary(const Call& call, const archive::retrieval::Series& series,
                                   const archive::retrieval::Scanner& scan, std::string& out);
// streamsets.cc
/// `GET streamsets/{webId}/…`: the attributes below an element or an attribute.
http::Response read_children(Call& call, MakeRead make);
/// `GET streamsets/…?webId=…&webId=…`
http::Response read_streams(Call& call, MakeRead make);

// What the kinds of reads share.

/// Archive::scan, until the call has taken too long: then it fails, and Call::is_late is true.
archive::retrieval::Scanner scanner_of(const Call& call);
/// `target`, if the caller may read it and its units are as asked. Errors: forbidden, unsupported, conflict.
Result<Target> check_readable(const Call& call, Result<Target> target);
/// Refuses targets that have no history: static attributes and references to no point. Errors: conflict.
Result<void> check_has_history(const Target& target);

struct ReadRange {
  Timestamp start, end;
  bool backwards() const { return end < start; }
  TimeRange ordered() const { return backwards() ? TimeRange{end, start} : TimeRange{start, end}; }
};
Result<ReadRange> range_of(const Call& call);  ///< startTime `*-1d`, endTime `*`.
/// All `time` parameters. Errors: also missing_argument, and more than the server returns.
Result<std::vector<Timestamp>> times_of(const Call& call);
/// sortOrder. Errors: invalid_argument.
Result<bool> is_descending(const Call& call);
/// `number` of a name in `names` (any letter case), or the number itself as text. Errors: invalid_argument.
struct Choice {
  std::string_view name;
  int number;
};
Result<int> choice_of(const Call& call, std::string_view parameter, int otherwise,
                      std::span<const Choice> names);
/// "Parameter (name) is greater than the maximum allowed (150000)."
tl::unexpected<Error> over_the_maximum(const Call& call, std::string_view name);
/// A timed value that says why it has none, or has a system state. *PI Web API Reference, "Error Handling"*.
void append_bad_event(std::string& out, Timestamp time, std::string_view units, const std::string& why,
                      std::uint16_t state = 0);

/// What a filterExpression does with samples, in the order in which they are shown.
class ReadFilter {
 public:
  /// filterExpression and includeFilteredValues.
  static Result<ReadFilter> of(const Call& call);
  bool is_set() const { return expression_.has_value(); }
  const FilterExpression& expression() const { return *expression_; }

  /// Adds samples that pass, at most until `limit` are there. With includeFilteredValues the first of those
  /// in a row that do not pass is there as the state Filtered.
  class Into {
   public:
    Into(const ReadFilter& filter, const Stream& stream, Run& out, std::size_t limit)
        : filter_{filter}, stream_{stream}, out_{out}, limit_{limit} {}
    bool is_full() const { return out_.size() >= limit_; }
    void take(const Sample& sample);

   private:
    const ReadFilter& filter_;
    const Stream& stream_;
    Run& out_;
    std::size_t limit_;
    bool rejecting_ = false;
  };

 private:
  std::optional<FilterExpression> expression_;
  bool include_ = false;
};

}  // namespace penstock::dialects::piwebapi
