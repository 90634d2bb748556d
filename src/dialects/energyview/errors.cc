#include "dialects/energyview/errors.h"

#include "http/json_writer.h"

namespace penstock::dialects::energyview {
namespace {

constexpr std::string_view kRequestError = "invalid_request_error", kApiError = "api_error",
                           kKeyError = "authentication_error", kRateError = "rate_limit_error";

struct Words {
  int status;
  std::string_view type, code;
};

Words words_of(Code code) {
  switch (code) {
    case Code::invalid_json: return {400, kRequestError, "invalid_json"};
    case Code::missing_parameter: return {400, kRequestError, "missing_parameter"};
    case Code::invalid_parameter: return {400, kRequestError, "invalid_parameter"};
    case Code::invalid_timestamp: return {400, kRequestError, "invalid_timestamp"};
    case Code::invalid_value: return {400, kRequestError, "invalid_value"};
    case Code::unknown_node: return {400, kRequestError, "unknown_node"};
    case Code::unknown_tag: return {400, kRequestError, "unknown_tag"};
    case Code::invalid_key: return {401, kKeyError, "invalid_key"};
    case Code::forbidden: return {403, kKeyError, "forbidden"};
    case Code::not_found: return {404, kRequestError, "not_found"};
    case Code::method_not_allowed: return {405, kRequestError, "method_not_allowed"};
    case Code::conflict: return {409, kRequestError, "conflict"};
    case Code::payload_too_large: return {413, kRequestError, "payload_too_large"};
    case Code::unsupported_media_type: return {415, kRequestError, "unsupported_media_type"};
    case Code::rate_limited: return {429, kRateError, "rate_limited"};
    case Code::internal: return {500, kApiError, "internal"};
    case Code::unavailable: return {503, kApiError, "unavailable"};
  }
  return {500, kApiError, "internal"};
}

}  // namespace

Refusal refusal_of(const Error& error) {
  const auto as = [&](Code code) { return Refusal{code, error.where, error.detail}; };
  switch (error.code) {
    case ErrorCode::invalid_json: return as(Code::invalid_json);
    case ErrorCode::invalid_argument: return as(Code::invalid_parameter);
    case ErrorCode::missing_argument: return as(Code::missing_parameter);
    case ErrorCode::invalid_time:
    case ErrorCode::time_out_of_range: return as(Code::invalid_timestamp);
    case ErrorCode::value_type_mismatch:
    case ErrorCode::value_out_of_range: return as(Code::invalid_value);
    case ErrorCode::limit_exceeded: return as(Code::payload_too_large);
    case ErrorCode::unauthenticated: return {Code::invalid_key, {}, "The key is missing or not valid here"};
    case ErrorCode::forbidden: return {Code::forbidden, {}, "The key has no right to do this"};
    case ErrorCode::not_found:
    case ErrorCode::unsupported: return as(Code::not_found);
    case ErrorCode::conflict: return as(Code::conflict);
    case ErrorCode::overloaded:
    case ErrorCode::store_unavailable:
      return {Code::unavailable, {}, "The archive can't take this now; nothing was stored"};
    case ErrorCode::store_corrupt:
    case ErrorCode::internal: return {Code::internal, {}, "The request could not be completed"};
  }
  return {};
}

int status_of(Code code) {
  return words_of(code).status;
}

http::Response render_refusal(const Refusal& refusal) {
  const Words words = words_of(refusal.code);
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("type", words.type).member("code", words.code);
  if (!refusal.param.empty()) w.member("param", refusal.param);
  w.member("error", refusal.error.empty() ? std::string_view{words.code} : std::string_view{refusal.error});
  w.object_end();
  http::Response response = http::Response::make(words.status, "application/json", std::move(body));
  if (words.status == 401) response.headers.add("WWW-Authenticate", "Key");
  if (words.status == 429) response.headers.add("Retry-After", "1");
  if (words.status == 503) response.headers.add("Retry-After", "5");
  return response;
}

}  // namespace penstock::dialects::energyview
