#include <unordered_map>

#include "base/text.h"
#include "dialects/common/count_headers.h"
#include "dialects/common/receipt.h"
#include "dialects/energyview/body.h"
#include "dialects/energyview/coerce.h"
#include "dialects/energyview/door.h"
#include "dialects/energyview/parse_regular.h"
#include "dialects/energyview/render.h"
#include "dialects/energyview/resolve.h"

namespace penstock::dialects::energyview {
namespace {

enum class BodyForm { json, form };

Checked<BodyForm> body_form(const http::Request& request) {
  const std::string_view essence = media_type(request);
  if (iequals(essence, "application/x-www-form-urlencoded")) return BodyForm::form;
  if (essence.empty() || iequals(essence, "application/json")) return BodyForm::json;
  return refuse(Code::unsupported_media_type, {}, "The body must be JSON or a form");
}

UpdateMode mode_of(Overwrite overwrite) {
  switch (overwrite) {
    case Overwrite::none: return UpdateMode::insert;
    case Overwrite::update_window: return UpdateMode::replace;
    case Overwrite::replace_window: return UpdateMode::replace_range;
  }
  return UpdateMode::insert;
}

/// One series of the answer: where it was named first, and its write, if it has any samples.
struct Group {
  std::size_t entry = 0;
  std::optional<std::size_t> write;
};

/// All entries of one series become one write, whichever of its names they use.
std::vector<Group> group_entries(std::vector<SeriesEntry>& entries, const std::vector<PointId>& points,
                                 std::vector<PointWrite>& writes) {
  std::vector<Group> groups;
  groups.reserve(entries.size());
  writes.reserve(entries.size());
  std::unordered_map<std::uint32_t, std::size_t> known;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t at = groups.size();
    if (entries.size() > 1) at = known.emplace(to_number(points[i]), groups.size()).first->second;
    if (at == groups.size()) groups.push_back({i, std::nullopt});
    if (entries[i].data.empty()) continue;
    Group& group = groups[at];
    if (!group.write) {
      group.write = writes.size();
      writes.push_back({points[i], std::move(entries[i].data)});
    } else {
      const Run& more = entries[i].data;
      writes[*group.write].run.append(more, 0, more.size());
    }
  }
  return groups;
}

}  // namespace

Task<Checked<std::vector<PointId>>> EnergyView::points_of(const std::vector<SeriesEntry>& entries,
                                                          const Call& call) {
  // The second round finds what the first one made, unless somebody deletes it at once.
  for (int round = 0; round < 3; ++round) {
    std::vector<NewSeries> missing;
    {
      const auto tables = house_.archive.catalog();
      const auto resolved = resolve(*tables, call.domain, entries, settings_.auto_create, *call.caller);
      if (!resolved) co_return Checked<std::vector<PointId>>{tl::unexpected(resolved.error())};
      if (resolved->complete) {
        std::vector<PointId> points;
        points.reserve(entries.size());
        for (const auto& point : resolved->points) points.push_back(*point);
        co_return Checked<std::vector<PointId>>{std::move(points)};
      }
      missing = missing_series(entries, *resolved);
    }
    archive::Archive::Edit edit = [domain = call.domain, missing, now = call.now](catalog::Editor& editor) {
      return make_series(editor, domain, missing, now);
    };
    const auto made = co_await house_.archive.change(std::move(edit), Door::energyview, call.caller->number);
    if (!made) co_return Checked<std::vector<PointId>>{tl::unexpected(refusal_of(made.error()))};
  }
  co_return Checked<std::vector<PointId>>{
      refuse(Code::unavailable, {}, "The series is being deleted while it is written")};
}

WriteCommand EnergyView::command_of(const WriteOptions& options, const Call& call) const {
  WriteCommand command;
  command.mode = mode_of(options.overwrite);
  command.all_or_none = options.overwrite == Overwrite::none && settings_.on_duplicate == OnDuplicate::reject;
  // What was stored is shown, and a conflict told, only where it is known.
  const bool buffered = options.silent && !command.all_or_none;
  command.delivery = buffered ? Delivery::buffered : Delivery::direct;
  command.door = Door::energyview;
  command.principal = call.caller->number;
  command.now = call.now;
  return command;
}

Task<std::optional<http::Response>> EnergyView::post_slice(const http::Request& request, const Call& call) {
  const auto options = parse_write_options(request);
  if (!options || !options->silent || options->overwrite == Overwrite::replace_window) co_return std::nullopt;
  WriteCommand command = command_of(*options, call);
  {
    const auto tables = house_.archive.catalog();
    auto slice = parse_regular_slice(request.body, *tables, call.domain, *call.caller);
    if (!slice) co_return std::nullopt;
    command.slice = *std::move(slice);
  }
  const Result<WriteResult> done = co_await house_.archive.write(std::move(command));
  if (!done) co_return render_refusal(refusal_of(done.error()));
  const WriteCounts counts = done->counts();
  if (counts.rejected != 0) {
    co_return render_refusal({Code::unavailable, {}, "A series was deleted while it was written"});
  }
  co_return answer_silent(*done);
}

/// Counts of what is decided; the receipt of what is not.
http::Response EnergyView::answer_silent(const WriteResult& result) const {
  http::Response response;
  response.status = 204;
  if (result.queued) {
    add_receipt(response.headers, house_.archive, result.seq);
  } else {
    add_count_headers(response.headers, result.counts());
  }
  return response;
}

/// *EnergyView API v1, "Write TimeSeries data"*.
Task<http::Response> EnergyView::post_timeseries(http::Request& request, const Call& call) {
  const auto form = body_form(request);
  if (!form) co_return render_refusal(form.error());
  if (const auto inflated = inflate(request); !inflated) co_return render_refusal(inflated.error());
  if (*form == BodyForm::json) {
    std::optional<http::Response> quick = co_await post_slice(request, call);
    if (quick) co_return *std::move(quick);
  }
  auto write =
      *form == BodyForm::json ? parse_json_write(request, call.zone) : parse_form_write(request, call.zone);
  if (!write) co_return render_refusal(write.error());
  std::vector<SeriesEntry>& entries = write->entries;
  const WriteOptions options = write->options;
  const Timestamp single_time = write->single ? entries.front().data.time(0) : call.now;
  const double single_value = write->single ? entries.front().data.numbers.front() : 0;

  const Checked<std::vector<PointId>> points = co_await points_of(entries, call);
  if (!points) co_return render_refusal(points.error());
  {
    const auto tables = house_.archive.catalog();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Point* point = tables->points.find((*points)[i]);
      if (point == nullptr || point->type == PointType::float64) continue;
      const auto misfit = coerce(entries[i].data, *point, tables->digital_sets.find(point->digital_set));
      if (!misfit) continue;
      const std::string at = "[" + std::to_string(i) + "].data[" + std::to_string(*misfit) + "].v";
      co_return render_refusal({Code::invalid_value, write->single ? "val" : at, kMisfit});
    }
  }

  WriteCommand command = command_of(options, call);
  const std::vector<Group> groups = group_entries(entries, *points, command.writes);
  std::vector<Run> sent;
  if (!options.silent) {
    for (const PointWrite& each : command.writes) sent.push_back(each.run);
  }
  WriteResult result;
  if (!command.writes.empty()) {
    Result<WriteResult> done = co_await house_.archive.write(std::move(command));
    if (!done) co_return render_refusal(refusal_of(done.error()));
    result = std::move(*done);
  }
  const WriteCounts counts = result.counts();
  if (counts.rejected != 0) {
    co_return render_refusal({Code::unavailable, {}, "A series was deleted while it was written"});
  }
  if (options.silent) co_return answer_silent(result);
  http::Response response;
  std::vector<SeriesRows> series;
  series.reserve(groups.size());
  {
    const auto tables = house_.archive.catalog();
    for (const Group& group : groups) {
      const SeriesEntry& entry = entries[group.entry];
      SeriesRows each;
      each.node_id = entry.node.id;
      each.asked_by_uuid = entry.node.by_uuid;
      if (const catalog::EvNode* node = find_node(*tables, call.domain, entry.node)) {
        each.node_id = node->id;
        each.node_uuid = node->uuid;
      }
      each.tag = entry.tag;
      if (group.write) each.rows = accepted_rows(sent[*group.write], result.outcomes[*group.write]);
      series.push_back(std::move(each));
    }
  }
  if (write->single) {
    response = render_single(series.front(), call.zone, settings_.single_reply, single_time, single_value);
  } else {
    response = render_series(series, call.zone, false);
  }
  add_count_headers(response.headers, counts);
  co_return response;
}

}  // namespace penstock::dialects::energyview
