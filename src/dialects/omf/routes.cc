#include "dialects/omf/routes.h"

#include <optional>
#include <utility>
#include <variant>

#include "dialects/common/count_headers.h"
#include "dialects/omf/answer.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/events.h"
#include "dialects/omf/parse_assets.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/parse_data.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"

namespace penstock::dialects::omf {
namespace {

constexpr int kNothingSaid = 200, kNothingTaken = 202;

http::Response render(const Report& report, int if_empty, const Call& call) {
  return answer_report(report, if_empty, call.settings.event_shape,
                       call.headers.exceptions || call.settings.verbose, &call.headers);
}

/// The whole request failed behind the parser. Trouble that passes is a 503, which makes every producer keep
/// its data; anything else would make some of them drop it.
http::Response render_failure(const Error& error, const Call& call) {
  switch (error.code) {
    case ErrorCode::overloaded:
    case ErrorCode::store_unavailable: return render_unavailable(call.settings.retry_after_s);
    case ErrorCode::invalid_json:
    case ErrorCode::invalid_argument:
    case ErrorCode::missing_argument:
    case ErrorCode::invalid_time:
    case ErrorCode::time_out_of_range:
    case ErrorCode::value_type_mismatch:
    case ErrorCode::value_out_of_range:
    case ErrorCode::limit_exceeded:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::unsupported:
    case ErrorCode::store_corrupt:
    case ErrorCode::internal: break;
  }
  Report report;
  report.add_for_request(events::storage_failed(error));
  return render(report, 500, call);
}

http::Response render_not_parseable(std::string_view detail, const Call& call) {
  Report report;
  report.add_for_request(events::not_parseable(detail));
  return render(report, 400, call);
}

/// The body as a JSON array. Errors: invalid_json.
Result<json::Value> parse_array(const http::Body& body) {
  TRY(auto document, json::parse(body));
  if (!document.is_array()) return fail(ErrorCode::invalid_json, {}, "The body is not a JSON array.");
  return document;
}

Scene scene_of(const Call& call) {
  return {call.caller, call.now, std::string{call.server_name}, std::string{call.asset_database}};
}

UpdateMode mode_of(const Call& call) {
  switch (call.headers.action) {
    case Action::update: return UpdateMode::replace;
    case Action::remove: return UpdateMode::remove;
    case Action::create: break;
  }
  return call.settings.create_mode == CreateMode::replace ? UpdateMode::replace : UpdateMode::insert;
}

Result<DataMessage> read_data(const Call& call, Report& report) {
  DataRules rules;
  rules.action = call.headers.action;
  rules.now = call.now;
  rules.future_tolerance_ns = call.settings.future_tolerance_s * kNsPerSecond;
  rules.missing = call.settings.missing_property;
  const auto catalog = call.archive.catalog();
  return parse_data(call.body, rules, *catalog, call.caller, report);
}

/// Points that were deleted between reading and writing.
void report_rejected(const WriteResult& result, const std::vector<std::size_t>& first_item, Report& report) {
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    if (result.outcomes[i].count(Outcome::rejected) == 0) continue;
    report.add(first_item[i],
               events::storage_failed({ErrorCode::not_found, {}, "A PI point was deleted meanwhile."}));
  }
}

}  // namespace

Task<http::Response> post_types(const Call& call) {
  Report parsed;
  const auto body = parse_array(call.body);
  if (!body) co_return render_not_parseable(body.error().detail, call);
  const auto items = parse_types(*body, call.headers.action, parsed);
  Report report = parsed;
  archive::Archive::Edit edit = [&](catalog::Editor& editor) {
    report = parsed;
    return apply_types(editor, items, call.headers.action, call.headers.version, report);
  };
  auto change = call.archive.change(std::move(edit), Door::omf, call.caller.number);
  const auto done = co_await change;
  if (!done) co_return render_failure(done.error(), call);
  co_return render(report, kNothingSaid, call);
}

Task<http::Response> post_containers(const Call& call) {
  Report parsed;
  const auto body = parse_array(call.body);
  if (!body) co_return render_not_parseable(body.error().detail, call);
  const auto items = parse_containers(*body, call.headers.action, parsed);
  const Scene scene = scene_of(call);
  Report report = parsed;
  archive::Archive::Edit edit = [&](catalog::Editor& editor) {
    report = parsed;
    return apply_containers(editor, items, call.headers.action, scene, report);
  };
  auto change = call.archive.change(std::move(edit), Door::omf, call.caller.number);
  const auto done = co_await change;
  if (!done) co_return render_failure(done.error(), call);
  co_return render(report, kNothingSaid, call);
}

/// Instances and links go into one edit, values into one command: neither needs the other, and within each
/// the order of the body holds.
Task<http::Response> post_data(const Call& call) {
  Report report;
  auto message = read_data(call, report);
  if (!message) co_return render_not_parseable(message.error().detail, call);

  const auto assets = parse_assets(message->assets, report);
  if (!assets.empty()) {
    const Scene scene = scene_of(call);
    const Report parsed = report;
    archive::Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
      report = parsed;
      for (const AssetItem& item : assets) {
        if (const auto* instances = std::get_if<StaticItem>(&item)) {
          TRY_VOID(apply_static(editor, *instances, call.headers.action, scene, report));
        } else {
          TRY_VOID(apply_links(editor, std::get<LinkItem>(item), call.headers.action, scene, report));
        }
      }
      return {};
    };
    auto change = call.archive.change(std::move(edit), Door::omf, call.caller.number);
    const auto done = co_await change;
    if (!done) co_return render_failure(done.error(), call);
  }

  std::optional<WriteCounts> counts;
  if (!message->writes.empty()) {
    WriteCommand command;
    command.mode = mode_of(call);
    command.door = Door::omf;
    command.principal = call.caller.number;
    command.now = call.now;
    command.writes = std::move(message->writes);
    auto write = call.archive.write(std::move(command));
    const auto result = co_await write;
    if (!result) co_return render_failure(result.error(), call);
    report_rejected(*result, message->first_item, report);
    counts = result->counts();
  }
  http::Response response = render(report, kNothingTaken, call);
  if (counts) add_count_headers(response.headers, *counts);
  co_return response;
}

}  // namespace penstock::dialects::omf
