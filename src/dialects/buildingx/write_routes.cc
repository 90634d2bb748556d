#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/media.h"
#include "dialects/buildingx/parse.h"
#include "dialects/buildingx/parse_regular.h"
#include "dialects/common/receipt.h"
#include "http/inflate.h"

namespace penstock::dialects::buildingx {
namespace {

Problem header_problem(ProblemKind kind, std::string header, std::string detail) {
  Problem problem;
  problem.kind = kind;
  problem.header = std::move(header);
  problem.detail = std::move(detail);
  return problem;
}

/// The texts of a request as one run of its point; every value that does not fit is one problem.
tl::expected<Run, Problems> run_of(const PointValues& values, const PointFormat& format, Timestamp latest) {
  Problems problems;
  Run run;
  run.kind = format.point.kind();
  run.reserve(values.items.size());
  for (std::size_t i = 0; i < values.items.size(); ++i) {
    const PointValue& item = values.items[i];
    const Timestamp time = Timestamp::from_unix_ns(item.time_ns);
    if (time > latest) {
      problems.push_back({ProblemKind::timestamp_out_of_range,
                          "The timestamp lies too far ahead",
                          values.pointer(i) + "/attributes/timestamp",
                          {},
                          {}});
      continue;
    }
    Result<Value> value = parse_value(item.value, format);
    if (!value) {
      problems.push_back({ProblemKind::value_type_mismatch,
                          value.error().detail,
                          values.pointer(i) + "/attributes/value",
                          {},
                          {}});
      continue;
    }
    Quality quality;
    if (item.quality_of_value != 0) {
      quality.grade = item.quality_of_value;
      quality.flags = Quality::kQuestionable;
    }
    if (problems.empty()) run.push(time, std::move(*value), quality);
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return run;
}

}  // namespace

std::optional<http::Response> BuildingX::refuse_accept(const http::Request& request) {
  if (is_accept_served(request.headers.get("Accept"))) return std::nullopt;
  return render_problem(header_problem(ProblemKind::not_acceptable, "Accept",
                                       "Only application/vnd.api+json without parameters is served"));
}

/// Accept, Content-Type and Content-Encoding of a request with a body, which is inflated where needed.
std::optional<http::Response> BuildingX::refuse_media(http::Request& request) const {
  if (auto refusal = refuse_accept(request)) return refusal;
  if (!is_content_type_taken(request.headers.get("Content-Type"), settings_.lenient_content_type)) {
    return render_problem(header_problem(ProblemKind::unsupported_media_type, "Content-Type",
                                         "The body must be application/vnd.api+json without parameters"));
  }
  const std::string_view encoding = request.headers.get("Content-Encoding");
  if (encoding.empty() || iequals(encoding, "identity")) return std::nullopt;
  if (!iequals(encoding, "gzip")) {
    return render_problem(
        header_problem(ProblemKind::unsupported_media_type, "Content-Encoding", "Only gzip is taken"));
  }
  Result<http::Body> plain = http::gunzip(request.body.view(), kBodyBytesMax);
  if (!plain) {
    const ProblemKind kind = plain.error().code == ErrorCode::limit_exceeded ? ProblemKind::payload_too_large
                                                                             : ProblemKind::invalid_document;
    return render_problem(header_problem(kind, "Content-Encoding", plain.error().detail));
  }
  request.body = std::move(*plain);
  return std::nullopt;
}

Task<http::Response> BuildingX::post_values(http::Request& request, const Target& target) {
  if (request.fault == http::Fault::body_too_large) {
    Problem problem;
    problem.kind = ProblemKind::payload_too_large;
    problem.detail = "The body may have " + std::to_string(kBodyBytesMax) + " bytes";
    co_return render_problem(std::move(problem));
  }
  const Authorized caller = authorize(request, target, Deed::write_values);
  if (!caller) co_return caller.error();
  if (auto refusal = refuse_media(request)) co_return std::move(*refusal);
  if (auto refusal = refuse_rate(**caller)) co_return std::move(*refusal);
  const auto overwrite = parse_overwrite(request);
  if (!overwrite) co_return render_problem(overwrite.error());
  const std::string address = catalog::BxPoint::address_of(target.partition, target.point);
  const Timestamp now = house_.now();
  const Timestamp latest =
      settings_.max_future_s > 0 ? now.plus_ns(settings_.max_future_s * kNsPerSecond) : Timestamp::max();
  std::optional<Run> regular;
  {
    const auto tables = house_.archive.catalog();
    if (const auto found = locate(*tables, address)) {
      regular = parse_regular_values(request.body, found->format, latest);
    }
  }
  tl::expected<PointValues, Problems> values;
  if (!regular) values = parse_point_values(request.body);
  if (!values) co_return render_problems(values.error());

  bool known = false;
  if (settings_.auto_create_points && Uuid::parse(target.point)) {
    {
      const auto tables = house_.archive.catalog();
      known = tables->addresses.find(Door::building_x, address).has_value();
    }
    if (!known) {
      catalog::NewBxPoint wanted;
      wanted.partition = target.partition;
      wanted.id = target.point;
      wanted.data_type = catalog::BxDataType::string;
      archive::Archive::Edit edit = [wanted, address, now](catalog::Editor& editor) -> Result<void> {
        if (editor.tables().addresses.find(Door::building_x, address)) return {};
        TRY_VOID(catalog::add_bx_point(editor, wanted, now));
        return {};
      };
      const auto made = co_await house_.archive.change(std::move(edit), Door::building_x, (*caller)->number);
      // A granted partition without a row is still no place for points.
      if (!made) co_return render_problem(problem_of(made.error()));
    }
  }

  WriteCommand command;
  command.mode = *overwrite ? UpdateMode::replace : UpdateMode::insert;
  // Without `overwrite` the answer names what was dropped, so it has to be known.
  command.delivery = *overwrite ? Delivery::buffered : Delivery::direct;
  command.door = Door::building_x;
  command.principal = (*caller)->number;
  command.now = now;
  {
    const auto tables = house_.archive.catalog();
    const std::optional<Located> found = locate(*tables, address);
    if (!found) co_return render_problem(point_not_found(target.point));
    if (!(*caller)->may(auth::Right::write, found->format.point.tag)) {
      co_return render_problem(missing_permission());
    }
    if (!regular) {
      auto run = run_of(*values, found->format, latest);
      if (!run) co_return render_problems(run.error());
      regular = std::move(*run);
    }
    command.writes.push_back({found->id, *std::move(regular)});
  }
  // Needed again only where something may be dropped.
  Run sent;
  if (!*overwrite) sent = command.writes.front().run;
  const Result<WriteResult> result = co_await house_.archive.write(std::move(command));
  if (!result) co_return render_problem(problem_of(result.error()));
  if (result->counts().rejected != 0) co_return render_problem(point_not_found(target.point));

  const auto tables = house_.archive.catalog();
  const std::optional<Located> found = locate(*tables, address);
  if (!found) co_return render_problem(point_not_found(target.point));
  http::Response response =
      render_added(*result, *overwrite ? nullptr : &sent, found->format, to_lower(target.point));
  if (response.status == 202 || result->queued) {
    add_receipt(response.headers, house_.archive, result->seq);
  }
  co_return response;
}

}  // namespace penstock::dialects::buildingx
