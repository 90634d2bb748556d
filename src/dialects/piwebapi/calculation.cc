#include <algorithm>

#include "archive/retrieval/interpolate.h"
#include "base/text.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/time_grid.h"

/// Values computed from streams. *PI Web API Reference, "Calculation GetAtIntervals"*, "GetAtRecorded",
/// "GetAtTimes" and "GetSummary".
namespace penstock::dialects::piwebapi {
namespace {

/// Times at which one call computes to summarize.
constexpr std::size_t kSummarySamplesMax = 1'000'000;
constexpr std::uint16_t kCalcFailed = 249;  ///< The system state.

/// Where the names of an expression are looked up.
class NameSpace {
 public:
  /// The object that `webId` names: a server, a database, an element, an attribute or a point; none: the data
  /// server. Errors: those of the WebID.
  static Result<NameSpace> of(const Call& call) {
    NameSpace made{call};
    const std::string_view text = trim(call.parameter_or("webId", ""));
    if (text.empty()) return made;
    TRY(const WebId id, parse_webid(text));
    const auto reader = call.archive().catalog();
    switch (id.kind) {
      case WebIdKind::data_server:
      case WebIdKind::asset_server: TRY_VOID(check_server(call.identity, id, id.kind)); break;
      case WebIdKind::database: {
        TRY(const catalog::AfDatabase* database, find_database(*reader, call.identity, id));
        made.owner_ = call.naming.database_path(*database);
        made.separator_ = '\\';
        break;
      }
      case WebIdKind::element: {
        TRY(const catalog::AfElement* element, find_element(*reader, call.identity, id));
        made.owner_ = call.naming.element_path(*reader, *element);
        made.separator_ = '|';
        break;
      }
      case WebIdKind::attribute: {
        TRY(const catalog::AfAttribute* attribute, find_attribute(*reader, call.identity, id));
        made.self_ = call.naming.attribute_path(*reader, *attribute);
        const catalog::AfElement* element = reader->af_elements.find(attribute->element);
        if (element != nullptr) made.owner_ = call.naming.element_path(*reader, *element);
        made.separator_ = '|';
        break;
      }
      default: {
        TRY(const Point* point, find_point(*reader, call.identity, id));
        made.self_ = call.naming.point_path(point->tag);
        break;
      }
    }
    return made;
  }

  /// The stream of a name. Errors: not_found, invalid_argument, and what reading it is refused with.
  Result<Target> find(std::string_view name) const {
    const auto reader = call_.archive().catalog();
    const auto at = [&](const std::string& path) { return find_target_path(call_, *reader, path); };
    if (name == ".") {
      if (self_.empty()) {
        return fail(ErrorCode::invalid_argument, "webId",
                    "The expression uses '.', so that Parameter (webId) must be a stream.");
      }
      return at(self_);
    }
    if (name.substr(0, 2) == "\\\\") return at(std::string{name});
    if (owner_.empty()) return at(call_.naming.point_path(name));
    if (separator_ == '\\') return at(owner_ + '\\' + std::string{name});
    if (name.front() == '|') return at(owner_ + std::string{name});
    if (name.find('|') != std::string_view::npos) return at(owner_ + '\\' + std::string{name});
    if (!self_.empty()) {
      if (auto below = at(self_ + '|' + std::string{name})) return below;
    }
    return at(owner_ + '|' + std::string{name});
  }

 private:
  explicit NameSpace(const Call& call) : call_{call} {}

  const Call& call_;
  std::string self_;   ///< Path of what `'.'` is, if the object is a stream.
  std::string owner_;  ///< Path of what names are relative to; empty: the data server.
  char separator_ = '\\';
};

/// An expression with the streams that it names.
class Calculation {
 public:
  static Result<Calculation> of(const Call& call) {
    const std::string_view text = trim(call.parameter_or("expression", ""));
    if (text.empty())
      return fail(ErrorCode::missing_argument, "expression", "Parameter (expression) is required.");
    TRY(const PiZone zone, call.zone());
    TRY(const NameSpace names, NameSpace::of(call));
    std::vector<std::string> known;
    std::vector<Target> targets;
    const auto place_of = [&](std::string_view name) -> Result<std::size_t> {
      const auto at = std::find(known.begin(), known.end(), name);
      if (at != known.end()) return static_cast<std::size_t>(at - known.begin());
      TRY(Target target, check_readable(call, names.find(name)));
      if (target.kind == Target::Kind::missing_point) TRY_VOID(check_has_history(target));
      known.emplace_back(name);
      targets.push_back(std::move(target));
      return targets.size() - 1;
    };
    TRY(auto expression, FilterExpression::parse_calculation(text, call.now, zone, place_of));
    return Calculation{call, std::move(expression), std::move(targets)};
  }

  /// How the result runs between the times at which it is known.
  archive::retrieval::Course course() const {
    using archive::retrieval::Course;
    if (expression_.is_truth()) return Course::steps;
    const bool line = std::any_of(targets_.begin(), targets_.end(), [&](const Target& target) {
      return target.kind == Target::Kind::point && series_of(target.stream, call_.now).is_line();
    });
    return line ? Course::line : Course::steps;
  }

  /// When any of the streams has an event, ascending, each time once. Errors: more than `most`.
  Result<std::vector<Timestamp>> event_times(TimeRange range, std::size_t most) const {
    const auto scan = scanner_of(call_);
    std::vector<Timestamp> times;
    for (const Target& target : targets_) {
      if (target.kind != Target::Kind::point) continue;
      const std::size_t before = times.size();
      const auto take = [&](const Run& run) -> Result<bool> {
        for (std::size_t i = 0; i < run.size(); ++i) times.push_back(run.time(i));
        return times.size() <= most;
      };
      TRY_VOID(archive::retrieval::each_chunk(scan, target.stream.point, range.first, range.last, false,
                                              archive::retrieval::kChunk, take));
      std::inplace_merge(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(before), times.end());
      times.erase(std::unique(times.begin(), times.end()), times.end());
      if (times.size() > most) {
        return fail(
            ErrorCode::invalid_argument, {},
            "The range holds more recorded values than the maximum allowed (" + std::to_string(most) + ").");
      }
    }
    return times;
  }

  /// Calls `take(time, value)` for each of `times`, which ascend.
  template <class F>
  Result<void> evaluate(std::span<const Timestamp> times, const F& take) const {
    std::vector<Run> runs(targets_.size());
    std::vector<Stream> streams;
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Target& target = targets_[i];
      streams.push_back(target.stream);
      const Sample none = state_sample(target.stream, Timestamp::from_unix_ns(0), system_state::kNoData);
      samples.push_back(target.kind == Target::Kind::fixed ? target.attribute->value.value_or(none) : none);
      if (target.kind != Target::Kind::point) continue;
      TRY(runs[i],
          archive::retrieval::values_at(scanner_of(call_), series_of(target.stream, call_.now), times));
    }
    for (std::size_t k = 0; k < times.size(); ++k) {
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!runs[i].empty()) samples[i] = runs[i].sample(k);
      }
      take(times[k], expression_.value(streams, samples));
    }
    return {};
  }

 private:
  Calculation(const Call& call, FilterExpression expression, std::vector<Target> targets)
      : call_{call}, expression_{std::move(expression)}, targets_{std::move(targets)} {}

  const Call& call_;
  FilterExpression expression_;
  std::vector<Target> targets_;
};

/// Writes what an expression comes to as a timed value. What has no value is the state Calc Failed.
class ResultWriter {
 public:
  explicit ResultWriter(std::string& out) : out_{out} {
    number_.type = PointType::float64;
    text_.type = PointType::string;
    time_.type = PointType::timestamp;
    state_.type = PointType::digital;
  }
  void append(Timestamp time, const ExpressionValue& value) {
    using Type = ExpressionValue::Type;
    switch (value.type) {
      case Type::number: return append_timed_value(out_, number_, {time, value.number, {}});
      case Type::text: return append_timed_value(out_, text_, {time, std::string{value.text}, {}});
      case Type::time: return append_timed_value(out_, time_, {time, value.integer, {}});
      case Type::state:
        if (value.set != set_) {
          set_ = value.set;
          state_.set.reset();
          if (set_ != nullptr) state_.set = *set_;
        }
        return append_timed_value(out_, state_, {time, value.integer, {}});
      case Type::system_state:
        return append_timed_value(out_, number_,
                                  state_sample(number_, time, static_cast<std::uint16_t>(value.integer)));
      case Type::none: return append_timed_value(out_, number_, state_sample(number_, time, kCalcFailed));
    }
  }

 private:
  std::string& out_;
  Stream number_, text_, time_, state_;
  const DigitalSet* set_ = nullptr;  // Of state_.
};

/// `times` ascend; the answer has them the other way round if `descending`.
http::Response values_answer(const Call& call, const Calculation& calculation,
                             std::span<const Timestamp> times, bool descending) {
  std::vector<std::string> values;
  values.reserve(times.size());
  std::string one;
  ResultWriter writer{one};
  const auto take = [&](Timestamp time, const ExpressionValue& value) {
    one.clear();
    writer.append(time, value);
    values.push_back(one);
  };
  if (const auto done = calculation.evaluate(times, take); !done) return error_response(done.error());
  if (descending) std::reverse(values.begin(), values.end());
  std::string body = "{\"Links\":{},\"Items\":[";
  for (const std::string& value : values) {
    if (&value != values.data()) body += ',';
    body += value;
  }
  body += "],\"UnitsAbbreviation\":\"\"}";
  return answer(call, std::move(body));
}

/// Times one `sampleInterval` apart, ascending.
Result<std::vector<Timestamp>> interval_times(const Call& call, const ReadRange& range,
                                              std::string_view otherwise, std::size_t most) {
  TRY(const PiZone zone, call.zone());
  TimeGrid grid{range.start, range.end, {}, zone, std::nullopt, false};
  TRY(grid.step, parse_pi_interval(call.parameter_or("sampleInterval", otherwise)));
  TRY(std::vector<Timestamp> times, times_of(grid, most));
  if (range.backwards()) std::reverse(times.begin(), times.end());
  return times;
}

/// Archive::scan over a run that ascends.
archive::retrieval::Scanner scanner_over(const Run& run) {
  return [&run](const archive::Scan& scan) -> Result<Run> {
    const auto first = std::lower_bound(run.times.begin(), run.times.end(), scan.first.unix_ns());
    const auto last = std::upper_bound(first, run.times.end(), scan.last.unix_ns());
    const auto begin = static_cast<std::size_t>(first - run.times.begin());
    const auto end = static_cast<std::size_t>(last - run.times.begin());
    const std::size_t n = begin < end ? std::min(scan.limit, end - begin) : 0;
    Run out;
    out.kind = run.kind;
    if (!scan.newest_first) out.append(run, begin, n);
    for (std::size_t i = 0; scan.newest_first && i < n; ++i) out.push_from(run, end - 1 - i);
    return out;
  };
}

/// What the expression comes to over a range, as samples: at the events of its streams, or at intervals.
Result<Run> sampled(const Call& call, const Calculation& calculation, const ReadRange& range) {
  static constexpr Choice kSampleTypes[] = {{"ExpressionRecordedValues", 0}, {"Interval", 1}};
  TRY(const int sample_type, choice_of(call, "sampleType", 0, kSampleTypes));
  std::vector<Timestamp> times;
  const TimeRange ordered = range.ordered();
  if (sample_type == 1) {
    if (trim(call.parameter_or("sampleInterval", "")).empty()) {
      return fail(ErrorCode::missing_argument, "sampleInterval",
                  "Parameter (sampleInterval) is required with the sample type Interval.");
    }
    const ReadRange ascending{ordered.first, ordered.last};
    TRY(times, interval_times(call, ascending, "", kSummarySamplesMax));
  } else {
    TRY(times, calculation.event_times(ordered, kSummarySamplesMax));
    // What holds at both ends counts, too, though no event is there.
    if (times.empty() || times.front() != ordered.first) times.insert(times.begin(), ordered.first);
  }
  if (times.back() != ordered.last) times.push_back(ordered.last);
  Run run;
  run.kind = Kind::float64;
  run.reserve(times.size());
  const auto take = [&](Timestamp time, const ExpressionValue& value) {
    using Type = ExpressionValue::Type;
    Sample sample{time, 0.0, {}};
    if (value.type == Type::number) {
      sample.value = value.number;
    } else if (value.type == Type::system_state) {
      sample.quality.state = static_cast<std::uint16_t>(value.integer);
    } else {
      sample.quality.state = kCalcFailed;
    }
    run.push(sample);
  };
  TRY_VOID(calculation.evaluate(times, take));
  return run;
}

Result<std::string> summary_items(const Call& call) {
  TRY(const Calculation calculation, Calculation::of(call));
  TRY(const ReadRange range, range_of(call));
  TRY(const Run run, sampled(call, calculation, range));
  archive::retrieval::Series series;
  series.kind = run.kind;
  series.course = calculation.course();
  std::string items;
  TRY_VOID(append_summary(call, series, scanner_over(run), items));
  return items;
}

}  // namespace

http::Response get_calculation_at_intervals(Call& call) {
  const auto calculation = Calculation::of(call);
  if (!calculation) return error_response(calculation.error());
  const auto range = range_of(call);
  if (!range) return error_response(range.error());
  const auto times = interval_times(call, *range, "1h", call.settings.max_returned_items);
  if (!times) return error_response(times.error());
  return values_answer(call, *calculation, *times, range->backwards());
}

http::Response get_calculation_at_recorded(Call& call) {
  const auto calculation = Calculation::of(call);
  if (!calculation) return error_response(calculation.error());
  const auto range = range_of(call);
  if (!range) return error_response(range.error());
  const auto times = calculation->event_times(range->ordered(), call.settings.max_returned_items);
  if (!times) return error_response(times.error());
  return values_answer(call, *calculation, *times, range->backwards());
}

http::Response get_calculation_at_times(Call& call) {
  const auto calculation = Calculation::of(call);
  if (!calculation) return error_response(calculation.error());
  auto times = times_of(call);
  if (!times) return error_response(times.error());
  const auto descending = is_descending(call);
  if (!descending) return error_response(descending.error());
  std::sort(times->begin(), times->end());
  return values_answer(call, *calculation, *times, *descending);
}

http::Response get_calculation_summary(Call& call) {
  const auto items = summary_items(call);
  if (!items) return error_response(items.error());
  return answer(call, "{\"Links\":{},\"Items\":[" + *items + "]}");
}

}  // namespace penstock::dialects::piwebapi
