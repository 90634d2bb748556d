#include "dialects/buildingx/errors.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/buildingx/render.h"
#include "dialects/buildingx/wire.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

constexpr const char* kRetryAfterSeconds = "5";

struct Words {
  int status;
  std::string_view code;
  std::string_view title;
};

Words words_of(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::invalid_json: return {400, "invalid-json", "The body is not JSON"};
    case ProblemKind::invalid_document: return {400, "invalid-document", "The document has the wrong shape"};
    case ProblemKind::batch_size: return {400, "batch-size", "A request holds 1 to 100 point values"};
    case ProblemKind::invalid_timestamp: return {400, "invalid-timestamp", "Timestamp is not valid"};
    case ProblemKind::invalid_value: return {400, "invalid-value", "Value is not valid"};
    case ProblemKind::invalid_quality: return {400, "invalid-quality", "Quality of value is not valid"};
    case ProblemKind::invalid_parameter: return {400, "invalid-parameter", "Query parameter is not valid"};
    case ProblemKind::unauthorized: return {401, "unauthorized", "Authentication is required"};
    case ProblemKind::forbidden: return {403, "forbidden", "Forbidden to perform this action"};
    case ProblemKind::client_generated_id:
      return {403, "client-generated-id", "Client-generated ids are not supported"};
    case ProblemKind::not_found: return {404, "not-found", "Resource not found"};
    case ProblemKind::method_not_allowed: return {405, "method-not-allowed", "Method not allowed"};
    case ProblemKind::not_acceptable: return {406, "not-acceptable", "Not acceptable"};
    case ProblemKind::unsupported_media_type:
      return {415, "unsupported-media-type", "Unsupported media type"};
    case ProblemKind::type_mismatch: return {409, "type-mismatch", "Resource type does not belong here"};
    case ProblemKind::payload_too_large: return {413, "payload-too-large", "The body is too large"};
    case ProblemKind::value_type_mismatch:
      return {422, "value-type-mismatch", "Value does not fit the data type of the point"};
    case ProblemKind::timestamp_out_of_range:
      return {422, "timestamp-out-of-range", "Timestamp is out of the allowed range"};
    case ProblemKind::rate_limited: return {429, "rate-limited", "Too many requests"};
    case ProblemKind::internal: return {500, "internal", "Internal error"};
    case ProblemKind::unavailable: return {503, "unavailable", "Service unavailable"};
  }
  return {500, "internal", "Internal error"};
}

}  // namespace

int status_of(ProblemKind kind) {
  return words_of(kind).status;
}

Problem problem_of(const Error& error) {
  const auto make = [&](ProblemKind kind) {
    Problem problem;
    problem.kind = kind;
    problem.detail = error.detail;
    if (!error.where.empty() && error.where.front() == '/') problem.pointer = error.where;
    return problem;
  };
  switch (error.code) {
    case ErrorCode::invalid_json: return make(ProblemKind::invalid_json);
    case ErrorCode::invalid_argument:
    case ErrorCode::missing_argument: return make(ProblemKind::invalid_document);
    case ErrorCode::invalid_time:
    case ErrorCode::time_out_of_range: return make(ProblemKind::invalid_timestamp);
    case ErrorCode::value_type_mismatch:
    case ErrorCode::value_out_of_range: return make(ProblemKind::value_type_mismatch);
    case ErrorCode::limit_exceeded: return make(ProblemKind::payload_too_large);
    case ErrorCode::unauthenticated:
      return {ProblemKind::unauthorized, "A valid bearer token is needed", {}, {}, {}};
    case ErrorCode::forbidden: return {ProblemKind::forbidden, "Missing permission", {}, {}, {}};
    case ErrorCode::not_found: return make(ProblemKind::not_found);
    case ErrorCode::conflict: return make(ProblemKind::type_mismatch);
    case ErrorCode::unsupported: return make(ProblemKind::not_found);
    case ErrorCode::overloaded:
    case ErrorCode::store_unavailable:
      return {ProblemKind::unavailable, "The archive can't take this now; nothing was stored", {}, {}, {}};
    case ErrorCode::store_corrupt:
    case ErrorCode::internal:
      return {ProblemKind::internal, "The request could not be completed", {}, {}, {}};
  }
  return {};
}

http::Response render_problems(const Problems& problems) {
  int status = problems.empty() ? 500 : status_of(problems.front().kind);
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("errors").array_begin();
  const std::size_t n = std::min(problems.size(), kProblemsMax);
  for (std::size_t i = 0; i < n; ++i) {
    const Problem& problem = problems[i];
    const Words words = words_of(problem.kind);
    if (words.status != status) status = 400;
    w.object_begin();
    w.member("id", Uuid::random().to_string());
    w.member("status", std::to_string(words.status));
    w.member("code", words.code);
    w.member("title", words.title);
    if (!problem.detail.empty()) w.member("detail", problem.detail);
    if (!problem.pointer.empty() || !problem.parameter.empty() || !problem.header.empty()) {
      w.key("source").object_begin();
      if (!problem.pointer.empty()) w.member("pointer", problem.pointer);
      if (!problem.parameter.empty()) w.member("parameter", problem.parameter);
      if (!problem.header.empty()) w.member("header", problem.header);
      w.object_end();
    }
    w.object_end();
  }
  w.array_end().object_end();
  http::Response response = document(status, std::move(body));
  if (status == 503) response.headers.add("Retry-After", kRetryAfterSeconds);
  return response;
}

http::Response render_problem(Problem problem) {
  Problems problems;
  problems.push_back(std::move(problem));
  return render_problems(problems);
}

http::Response render_oauth_error(int status, std::string_view error, std::string_view description) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("error", error).member("error_description", description).object_end();
  http::Response response = http::Response::make(status, "application/json", std::move(body));
  response.headers.add("Cache-Control", "no-store");
  if (status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"oauth\"");
  if (status == 503) response.headers.add("Retry-After", kRetryAfterSeconds);
  return response;
}

http::Response render_rate_limited(std::int64_t wait_s) {
  Problem problem;
  problem.kind = ProblemKind::rate_limited;
  problem.detail = "This client has used up its requests; nothing was done";
  http::Response response = render_problem(std::move(problem));
  response.headers.add("Retry-After", std::to_string(wait_s));
  return response;
}

http::Response render_too_many_attempts(std::int64_t wait_s) {
  http::Response response =
      render_oauth_error(429, "too_many_requests", "Too many attempts, try again later");
  response.headers.add("Retry-After", std::to_string(wait_s));
  return response;
}

}  // namespace penstock::dialects::buildingx
