#include "dialects/common/count_headers.h"
#include "dialects/energyview/body.h"
#include "dialects/energyview/buckets.h"
#include "dialects/energyview/coerce.h"
#include "dialects/energyview/v2/door.h"
#include "dialects/energyview/v2/parse.h"
#include "dialects/energyview/v2/render.h"
#include "dialects/energyview/v2/series.h"

namespace penstock::dialects::energyview::v2 {
namespace {

constexpr const char* kGone = "The time series is gone";

/// The end of a range is as long as its microsecond.
Timestamp last_of(Timestamp end) {
  if (end > Timestamp::max().plus_ns(-kNsPerMicrosecond)) return Timestamp::max();
  return end.plus_ns(kNsPerMicrosecond - 1);
}

/// What of a run lies between the bounds of a series.
void keep_within(Run& run, const std::optional<double>& lower, const std::optional<double>& upper) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if ((lower && run.numbers[i] < *lower) || (upper && run.numbers[i] > *upper)) continue;
    run.times[kept] = run.times[i];
    run.numbers[kept++] = run.numbers[i];
  }
  run.times.resize(kept);
  run.numbers.resize(kept);
}

Checked<void> check_unit(std::string_view unit, const Point& point) {
  if (unit == point.eng_units) return {};
  return refuse(Code::invalid_parameter, "unit",
                "Values are kept in '" + point.eng_units.str() + "' and not converted");
}

double number_at(const Run& run, std::size_t i) {
  return is_number(run.kind) ? run.numbers[i] : static_cast<double>(run.integers[i]);
}

}  // namespace

/// *EnergyView API v2, "Retrieving Data from a TimeSeries"*.
VersionTwo::Answer VersionTwo::get_data(const http::Request& request, std::string_view uuid,
                                        const Call& call) const {
  TRY(const PointId point, point_of(uuid, auth::Right::read, call));
  TRY(const DataQuery query, parse_data_query(request.parameters(), Span::read));
  if (query.unit) {
    const auto tables = house_.archive.catalog();
    const Point* const row = tables->points.find(point);
    if (row == nullptr) return refuse(Code::not_found, {}, kGone);
    TRY_VOID(check_unit(*query.unit, *row));
  }
  archive::Scan scan;
  scan.point = point;
  scan.first = query.start;
  scan.last = last_of(query.end);
  std::size_t left = max_read_points_;
  auto read = read_rows(house_.archive, scan, query.precision, query.aggregate, query.zone, left);
  if (!read) return tl::unexpected(refusal_of(read.error()));
  if (!*read) {
    return refuse(Code::invalid_parameter, "end",
                  "The range has more than " + std::to_string(max_read_points_) + " points");
  }
  Rows rows = *std::move(*read);
  std::erase_if(rows.data, [&](const auto& row) { return !query.takes(row.second); });
  return render_rows(rows, query.zone);
}

/// *"Updating TimeSeries Data"*: a time that is taken refuses the whole request.
Task<VersionTwo::Answer> VersionTwo::post_data(http::Request& request, std::string_view uuid,
                                               const Call& call) {
  if (const auto read = read_json_body(request); !read) co_return Answer{tl::unexpected(read.error())};
  const auto point = point_of(uuid, auth::Right::write, call);
  if (!point) co_return Answer{tl::unexpected(point.error())};
  auto run = parse_points(request.body);
  if (!run) co_return Answer{tl::unexpected(run.error())};
  {
    const auto tables = house_.archive.catalog();
    const Point* const row = tables->points.find(*point);
    if (row == nullptr) co_return Answer{refuse(Code::not_found, {}, kGone)};
    if (const auto unit = request.parameters().find("unit")) {
      if (const auto known = check_unit(*unit, *row); !known) co_return Answer{tl::unexpected(known.error())};
    }
    const auto* const more = tables->energyview.series.find(catalog::EvSeries::key_of(*point));
    if (more != nullptr) keep_within(*run, more->lower_bound, more->upper_bound);
    if (const auto misfit = coerce(*run, *row, tables->digital_sets.find(row->digital_set))) {
      co_return Answer{refuse(Code::invalid_value, "[" + std::to_string(*misfit) + "].v", kMisfit)};
    }
  }
  http::Response response;
  response.status = 204;
  if (run->empty()) co_return Answer{std::move(response)};

  WriteCommand command;
  command.mode = UpdateMode::insert;
  command.all_or_none = true;
  command.door = Door::energyview;
  command.principal = call.caller->number;
  command.now = call.now;
  command.writes.push_back({*point, std::move(*run)});
  const Result<WriteResult> done = co_await house_.archive.write(std::move(command));
  if (!done && done.error().code == ErrorCode::conflict) {
    co_return Answer{
        refuse(Code::conflict, {}, "There is a value at one of these times; nothing was stored")};
  }
  if (!done) co_return Answer{tl::unexpected(refusal_of(done.error()))};
  const WriteCounts counts = done->counts();
  if (counts.rejected != 0) co_return Answer{refuse(Code::not_found, {}, kGone)};
  response = json_answer(201, "{\"inserted\":" + std::to_string(counts.stored) + "}");
  add_count_headers(response.headers, counts);
  co_return Answer{std::move(response)};
}

/// *"Deleting Data from a TimeSeries"*.
Task<VersionTwo::Answer> VersionTwo::delete_data(const http::Request& request, std::string_view uuid,
                                                 const Call& call) {
  const auto point = point_of(uuid, auth::Right::write, call);
  if (!point) co_return Answer{tl::unexpected(point.error())};
  const auto query = parse_data_query(request.parameters(), Span::erase);
  if (!query) co_return Answer{tl::unexpected(query.error())};
  http::Response response;
  response.status = 204;
  archive::Scan scan;
  scan.point = *point;
  scan.first = query->start;
  scan.last = last_of(query->end);
  scan.limit = max_read_points_ + 1;
  Result<Run> found = house_.archive.scan(scan);
  if (!found) co_return Answer{tl::unexpected(refusal_of(found.error()))};
  if (found->size() > max_read_points_) {
    co_return Answer{refuse(Code::invalid_parameter, "end", "Delete less at a time")};
  }
  Run doomed;
  doomed.kind = found->kind;
  const bool by_value = query->at_least || query->at_most;
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (by_value) {
      if (found->quality(i).state != 0) continue;
      // Outside of a band is for reads only: here a band that is upside down holds nothing.
      const double value = number_at(*found, i);
      if (query->at_least && value < *query->at_least) continue;
      if (query->at_most && value > *query->at_most) continue;
    }
    doomed.push_from(*found, i);
  }
  if (doomed.empty()) co_return Answer{std::move(response)};
  WriteCommand command;
  command.mode = UpdateMode::remove;
  command.door = Door::energyview;
  command.principal = call.caller->number;
  command.now = call.now;
  command.writes.push_back({*point, std::move(doomed)});
  const Result<WriteResult> done = co_await house_.archive.write(std::move(command));
  if (!done) co_return Answer{tl::unexpected(refusal_of(done.error()))};
  add_count_headers(response.headers, done->counts());
  co_return Answer{std::move(response)};
}

}  // namespace penstock::dialects::energyview::v2
