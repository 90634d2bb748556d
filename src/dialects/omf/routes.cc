#include "dialects/omf/routes.h"

#include <algorithm>
#include <utility>

#include "dialects/common/count_headers.h"
#include "dialects/omf/answer.h"
#include "dialects/omf/events.h"
#include "dialects/omf/parse_assets.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/parse_data.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"
#include "dialects/omf/steps.h"

namespace penstock::dialects::omf {
namespace {

constexpr int kNothingSaid = 200, kNothingTaken = 202;
/// Names in one header: a message of the largest size that is taken by default has a third of them.
constexpr std::size_t kReceiptsMax = 64;

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
  return {call.caller, call.now, std::string{call.server_name}, std::string{call.asset_database},
          call.settings.compressing_default};
}

UpdateMode mode_of(const Call& call) {
  switch (call.headers.action) {
    case Action::update: return UpdateMode::replace;
    case Action::remove: return UpdateMode::remove;
    case Action::create: break;
  }
  return call.settings.create_mode == CreateMode::replace ? UpdateMode::replace : UpdateMode::insert;
}

/// `Penstock-Receipt`: the names of the batches that a message became, one behind the other.
void add_receipts(http::Headers& headers, const Written& written, const Call& call) {
  std::string names;
  const std::size_t count = std::min(written.batches.size(), kReceiptsMax);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) names += ", ";
    names += call.archive.receipts().name(written.batches[i]);
  }
  if (!names.empty()) headers.add("Penstock-Receipt", names);
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

}  // namespace

Task<http::Response> post_types(const Call& call) {
  Report report;
  const auto body = parse_array(call.body);
  if (!body) co_return render_not_parseable(body.error().detail, call);
  const auto items = parse_types(*body, call.headers.action, report);
  const Scene scene = scene_of(call);
  Step step = [&](catalog::Editor& editor, Report& said, Progress& at) {
    return apply_types(editor, items, call.headers.action, call.headers.version, scene, said, at);
  };
  auto change = change_in_steps(call, items.size(), std::move(step), report);
  const auto done = co_await change;
  if (!done) co_return render_failure(done.error(), call);
  co_return render(report, kNothingSaid, call);
}

Task<http::Response> post_containers(const Call& call) {
  Report report;
  const auto body = parse_array(call.body);
  if (!body) co_return render_not_parseable(body.error().detail, call);
  const auto items = parse_containers(*body, call.headers.action, report);
  const Scene scene = scene_of(call);
  Step step = [&](catalog::Editor& editor, Report& said, Progress& at) {
    return apply_containers(editor, items, call.headers.action, scene, said, at);
  };
  auto change = change_in_steps(call, items.size(), std::move(step), report);
  const auto done = co_await change;
  if (!done) co_return render_failure(done.error(), call);
  co_return render(report, kNothingSaid, call);
}

/// Instances and links go before values: neither needs the other, and within each the order of the body
/// holds.
Task<http::Response> post_data(const Call& call) {
  Report report;
  auto message = read_data(call, report);
  if (!message) co_return render_not_parseable(message.error().detail, call);

  const auto assets = parse_assets(message->assets, report);
  if (!assets.empty()) {
    const Scene scene = scene_of(call);
    Step step = [&](catalog::Editor& editor, Report& said, Progress& at) {
      return apply_assets(editor, assets, call.headers.action, scene, said, at);
    };
    auto change = change_in_steps(call, assets.size(), std::move(step), report);
    const auto done = co_await change;
    if (!done) co_return render_failure(done.error(), call);
  }

  if (message->writes.empty() && message->slice.empty()) co_return render(report, kNothingTaken, call);
  auto write = write_in_commands(call, mode_of(call), *message, report);
  const auto written = co_await write;
  if (!written) co_return render_failure(written.error(), call);
  http::Response response = render(report, kNothingTaken, call);
  if (!written->queued) add_count_headers(response.headers, written->counts);
  // Also where some items were refused: the others are in these batches.
  add_receipts(response.headers, *written, call);
  co_return response;
}

}  // namespace penstock::dialects::omf
