#include <algorithm>
#include <charconv>
#include <cmath>

#include "dialects/common/number_text.h"
#include "dialects/common/query_text.h"
#include "dialects/energyview/times.h"
#include "dialects/energyview/v2/parse.h"
#include "dialects/energyview/words.h"

namespace penstock::dialects::energyview::v2 {
namespace {

constexpr std::size_t kLimitMax = 100, kOffsetMax = 1'000'000'000, kLabelsMax = 5;
/// One leap year.
constexpr std::int64_t kReadSpanMaxNs = 366LL * 86400 * kNsPerSecond;

Checked<Timestamp> parse_time(const http::Parameters& parameters, const char* name, Zone zone) {
  const auto text = parameters.find(name);
  if (!text) return refuse(Code::missing_parameter, name, "It is required");
  const Result<Timestamp> time = TimeReader{zone}.read(with_plus(*text));
  if (!time) return refuse(Code::invalid_timestamp, name, time.error().detail);
  return *time;
}

Checked<std::optional<double>> parse_limit_value(const http::Parameters& parameters, const char* name) {
  const auto text = parameters.find(name);
  if (!text) return std::optional<double>{};
  const auto number = parse_number_text(*text);
  if (!number || !std::isfinite(*number)) {
    return refuse(Code::invalid_parameter, name, "It must be a number");
  }
  return number;
}

Checked<std::size_t> parse_count(const http::Parameters& parameters, const char* name, std::size_t initial,
                                 std::size_t min, std::size_t max) {
  const auto text = parameters.find(name);
  if (!text) return initial;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error != std::errc{} || end != text->data() + text->size() || count < min || count > max) {
    return refuse(Code::invalid_parameter, name,
                  "It must be a number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return count;
}

}  // namespace

bool Page::takes(const std::vector<std::string>& of_entry) const {
  return labels.empty() || std::any_of(labels.begin(), labels.end(), [&](const std::string& each) {
           return std::find(of_entry.begin(), of_entry.end(), each) != of_entry.end();
         });
}

bool DataQuery::takes(double value) const {
  if (at_least && at_most && *at_least > *at_most) return value >= *at_least || value <= *at_most;
  return (!at_least || value >= *at_least) && (!at_most || value <= *at_most);
}

Checked<DataQuery> parse_data_query(const http::Parameters& parameters, Span span) {
  DataQuery query;
  if (const auto name = parameters.find("timezone")) {
    const auto zone = Zone::find(*name);
    if (!zone) return refuse(Code::invalid_parameter, "timezone", "There is no such time zone");
    query.zone = *zone;
  }
  TRY(query.start, parse_time(parameters, "start", query.zone));
  TRY(query.end, parse_time(parameters, "end", query.zone));
  if (query.start > query.end) {
    return refuse(Code::invalid_parameter, "start", "The time range ends before it begins");
  }
  TRY(query.at_least, parse_limit_value(parameters, "ge"));
  TRY(query.at_most, parse_limit_value(parameters, "le"));
  if (span == Span::erase) return query;

  std::int64_t length;
  if (__builtin_sub_overflow(query.end.unix_ns(), query.start.unix_ns(), &length) ||
      length > kReadSpanMaxNs) {
    return refuse(Code::invalid_parameter, "end", "The time range may have 366 days");
  }
  if (const auto unit = parameters.find("unit")) query.unit = *unit;
  if (const auto word = parameters.find("precision")) {
    const auto precision = find_precision(*word);
    if (!precision) return refuse(Code::invalid_parameter, "precision", "There is no such precision");
    query.precision = *precision;
  }
  // Without a precision the aggregate does nothing, but a wrong word is a mistake all the same.
  if (const auto word = parameters.find("aggregate")) {
    const auto aggregate = find_aggregate(*word);
    if (!aggregate) {
      return refuse(Code::invalid_parameter, "aggregate", "It must be avg, min, max, sum or count");
    }
    query.aggregate = *aggregate;
  }
  return query;
}

Checked<Page> parse_page(const http::Parameters& parameters) {
  Page page;
  TRY(page.limit, parse_count(parameters, "limit", page.limit, 1, kLimitMax));
  TRY(page.offset, parse_count(parameters, "offset", page.offset, 0, kOffsetMax));
  for (const std::string_view list : parameters.all("tags")) {
    for (const std::string_view label : split(list, ',')) {
      if (!label.empty()) page.labels.emplace_back(label);
    }
  }
  if (page.labels.size() > kLabelsMax) {
    return refuse(Code::invalid_parameter, "tags", "There may be 5 of them");
  }
  return page;
}

}  // namespace penstock::dialects::energyview::v2
