#include <algorithm>
#include <cmath>

#include "archive/retrieval/summary.h"
#include "base/text.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/time_grid.h"

/// *PI Web API Reference, "Stream GetSummary"*, "Summary Type", "Calculation Basis" and "Time Type".
namespace penstock::dialects::piwebapi {
namespace {

using archive::retrieval::Course;
using archive::retrieval::Ends;
using archive::retrieval::Summary;
using archive::retrieval::Weighting;

/// The numbers are those of AF, where they are flags.
enum SummaryType {
  kTotal = 1,
  kAverage = 2,
  kMinimum = 4,
  kMaximum = 8,
  kRange = 16,
  kStdDev = 32,
  kPopulationStdDev = 64,
  kCount = 128,
  kPercentGood = 8192,
  kTotalWithUom = 16384,
  kAll = 24831,
  kAllForNonNumeric = 8320
};
constexpr Choice kTypes[] = {{"Total", kTotal},
                             {"Average", kAverage},
                             {"Minimum", kMinimum},
                             {"Maximum", kMaximum},
                             {"Range", kRange},
                             {"StdDev", kStdDev},
                             {"PopulationStdDev", kPopulationStdDev},
                             {"Count", kCount},
                             {"PercentGood", kPercentGood},
                             {"TotalWithUOM", kTotalWithUom}};
constexpr Choice kBases[] = {{"TimeWeighted", 0},
                             {"EventWeighted", 1},
                             {"TimeWeightedContinuous", 2},
                             {"TimeWeightedDiscrete", 3},
                             {"EventWeightedExcludeMostRecentEvent", 4},
                             {"EventWeightedExcludeEarliestEvent", 5},
                             {"EventWeightedIncludeBothEnds", 6}};
enum TimeType { kTimeAuto = 0, kEarliestTime = 1, kMostRecentTime = 2 };
constexpr Choice kTimeTypes[] = {
    {"Auto", kTimeAuto}, {"EarliestTime", kEarliestTime}, {"MostRecentTime", kMostRecentTime}};
constexpr Choice kSampleTypes[] = {{"ExpressionRecordedValues", 0}, {"Interval", 1}};

std::string_view name_of(int type) {
  const auto* found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Choice& c) { return c.number == type; });
  return found->name;
}

/// Repeated, or joined by commas or semicolons.
Result<std::vector<int>> types_of(const Call& call) {
  std::vector<int> types;
  const auto add = [&](int type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  };
  for (const std::string_view joined : call.query.all("summaryType", http::Parameters::Case::insensitive)) {
    std::string parts{joined};
    std::replace(parts.begin(), parts.end(), ';', ',');
    for (const std::string_view each : split(parts, ',')) {
      const std::string_view name = trim(each);
      if (name.empty()) continue;
      if (iequals(name, "All") || name == std::to_string(kAll)) {
        for (const Choice& type : kTypes) add(type.number);
        continue;
      }
      if (iequals(name, "AllForNonNumeric") || name == std::to_string(kAllForNonNumeric)) {
        add(kCount);
        add(kPercentGood);
        continue;
      }
      const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Choice& c) {
        return iequals(c.name, name) || name == std::to_string(c.number);
      });
      if (found == std::end(kTypes)) {
        return fail(
            ErrorCode::invalid_argument, "summaryType",
            "Parameter (summaryType) has the unknown value '" + std::string{name.substr(0, 40)} + "'.");
      }
      add(found->number);
    }
  }
  if (types.empty()) types.push_back(kTotal);
  return types;
}

/// What a type comes to; nothing where there is too little that is good.
std::optional<double> value_of(const Summary& summary, int type, Weighting weighting) {
  const bool by_time = weighting == Weighting::time;
  if (type == kCount) return summary.good;
  if (type == kPercentGood) return summary.looked_at > 0 ? 100 * summary.good / summary.looked_at : 0;
  if (type == kMinimum || type == kMaximum || type == kRange) {
    if (!summary.minimum) return std::nullopt;
    if (type == kMinimum) return summary.minimum->value;
    if (type == kMaximum) return summary.maximum->value;
    return summary.maximum->value - summary.minimum->value;
  }
  if (!(summary.good > 0)) return std::nullopt;
  switch (type) {
    case kTotal:
    case kTotalWithUom:
      // Per day, and as if what is bad had been like the rest.
      return by_time ? summary.mean * summary.looked_at / 86'400 : summary.mean * summary.good;
    case kAverage: return summary.mean;
    case kStdDev:
      if (by_time) return std::sqrt(summary.squares / summary.good);
      if (summary.good < 2) return std::nullopt;
      return std::sqrt(summary.squares / (summary.good - 1));
    default: return std::sqrt(summary.squares / summary.good);
  }
}

struct SummaryQuery {
  std::vector<int> types;
  std::vector<Timestamp> edges;  // Ascending.
  bool backwards = false;
  Weighting weighting = Weighting::time;
  Ends ends = Ends::both;
  std::optional<Course> course;  // In place of the stream's own.
  int time_type = kTimeAuto;
  ReadFilter filter;
  std::vector<Timestamp> filter_times;
};

class SummaryRead final : public Read {
 public:
  explicit SummaryRead(SummaryQuery query) : query_{std::move(query)} {}
  Shape shape() const override { return Shape::summary; }

  Result<std::size_t> append(const Call& call, const Target& target, const ValueFields&,
                             std::string& out) const override {
    TRY_VOID(check_has_history(target));
    return append_of(series_of(target.stream, call.now), scanner_of(call), target, out);
  }

  /// The same over any series; filters are asked of samples of the target's stream.
  Result<std::size_t> append_of(archive::retrieval::Series series, const archive::retrieval::Scanner& scan,
                                const Target& target, std::string& out) const {
    const Stream& stream = target.stream;
    if (query_.course) series.course = *query_.course;
    for (const int type : query_.types) {
      if (!series.numeric && type != kCount && type != kPercentGood) {
        return fail(ErrorCode::conflict, "summaryType",
                    "The summary type '" + std::string{name_of(type)} +
                        "' is not supported for values that are not numeric.");
      }
    }
    archive::retrieval::SummaryRequest request;
    request.edges = query_.edges;
    request.weighting = query_.weighting;
    request.ends = query_.ends;
    request.squares = std::any_of(query_.types.begin(), query_.types.end(),
                                  [](int type) { return type == kStdDev || type == kPopulationStdDev; });
    if (query_.filter.is_set()) {
      request.filter = [&](const Sample& sample) {
        return query_.filter.expression().passes(stream, sample);
      };
      request.filter_times = query_.filter_times;
    }
    TRY(const std::vector<Summary> summaries, archive::retrieval::summarize(scan, series, request));
    const char* comma = "";
    for (const int type : query_.types) {
      for (std::size_t k = 0; k < summaries.size(); ++k) {
        out += comma;
        comma = ",";
        append_item(out, target, summaries, query_.backwards ? summaries.size() - 1 - k : k, type);
      }
    }
    return query_.types.size() * summaries.size();
  }

 private:
  void append_item(std::string& out, const Target& target, const std::vector<Summary>& summaries,
                   std::size_t interval, int type) const {
    const Summary& summary = summaries[interval];
    const std::optional<double> value = value_of(summary, type, query_.weighting);
    Timestamp time = query_.edges[query_.time_type == kMostRecentTime ? interval + 1 : interval];
    if (query_.time_type == kTimeAuto && type == kMinimum && summary.minimum) time = summary.minimum->time;
    if (query_.time_type == kTimeAuto && type == kMaximum && summary.maximum) time = summary.maximum->time;
    out += "{\"Type\":\"";
    out += name_of(type);
    out += "\",\"Value\":";
    // There are no units of time here that a total could be given in.
    if (type == kTotalWithUom && !target.units.empty()) {
      append_bad_event(out, time, "", "No unit of measure results for the total.");
      out += '}';
      return;
    }
    Stream shown;
    const bool of_the_stream = type == kMinimum || type == kMaximum || type == kRange;
    shown.type =
        of_the_stream && target.stream.type == PointType::float32 ? PointType::float32 : PointType::float64;
    Sample sample{time, value.value_or(0), {}};
    if (!value) sample.quality.state = system_state::kNoData;
    const bool has_units = type != kCount && type != kPercentGood && type != kTotal && type != kTotalWithUom;
    append_timed_value(out, shown, sample, {}, has_units ? std::string_view{target.units} : "");
    out += '}';
  }

  SummaryQuery query_;
};

/// Where the filter is asked with sampleType=Interval.
Result<std::vector<Timestamp>> filter_times(const Call& call, const ReadRange& range, PiZone zone) {
  TRY(const int sample_type, choice_of(call, "sampleType", 0, kSampleTypes));
  const std::string_view interval = trim(call.parameter_or("sampleInterval", ""));
  if (sample_type == 0) return std::vector<Timestamp>{};
  if (interval.empty()) {
    return fail(ErrorCode::missing_argument, "sampleInterval",
                "Parameter (sampleInterval) is required with the sample type Interval.");
  }
  const TimeRange ordered = range.ordered();
  TimeGrid grid{ordered.first, ordered.last, {}, zone, std::nullopt, false};
  TRY(grid.step, parse_pi_interval(interval));
  return times_of(grid, call.settings.max_returned_items);
}

Result<SummaryQuery> query_of(const Call& call) {
  SummaryQuery query;
  TRY(const ReadRange range, range_of(call));
  TRY(const PiZone zone, call.zone());
  TRY(query.types, types_of(call));
  TRY(const int basis, choice_of(call, "calculationBasis", 0, kBases));
  TRY(query.time_type, choice_of(call, "timeType", kTimeAuto, kTimeTypes));
  TRY(query.filter, ReadFilter::of(call));
  TRY(query.filter_times, filter_times(call, range, zone));
  query.backwards = range.backwards();
  query.edges = {range.start};
  if (const std::string_view duration = trim(call.parameter_or("summaryDuration", "")); !duration.empty()) {
    TimeGrid grid{range.start, range.end, {}, zone, std::nullopt, false};
    TRY(grid.step, parse_pi_interval(duration));
    TRY(query.edges, times_of(grid, call.settings.max_returned_items));
  }
  // The last interval may be shorter.
  if (query.edges.size() < 2 || query.edges.back() != range.end) query.edges.push_back(range.end);
  if (query.backwards) std::reverse(query.edges.begin(), query.edges.end());
  if ((query.edges.size() - 1) * query.types.size() > call.settings.max_returned_items) {
    return over_the_maximum(call, "summaryDuration");
  }
  const bool several = query.edges.size() > 2;
  switch (basis) {
    case 0: break;
    case 2: query.course = Course::line; break;
    case 3: query.course = Course::steps; break;
    default: query.weighting = Weighting::events; break;
  }
  switch (basis) {
    case 1:
      if (several) query.ends = query.backwards ? Ends::last : Ends::first;
      break;
    case 4: query.ends = Ends::first; break;
    case 5: query.ends = Ends::last; break;
    default: break;
  }
  return query;
}

}  // namespace

Result<std::unique_ptr<Read>> make_summary_read(const Call& call) {
  TRY(SummaryQuery query, query_of(call));
  return std::make_unique<SummaryRead>(std::move(query));
}

Result<std::size_t> append_summary(const Call& call, const archive::retrieval::Series& series,
                                   const archive::retrieval::Scanner& scan, std::string& out) {
  TRY(SummaryQuery query, query_of(call));
  return SummaryRead{std::move(query)}.append_of(series, scan, Target{}, out);
}

}  // namespace penstock::dialects::piwebapi
