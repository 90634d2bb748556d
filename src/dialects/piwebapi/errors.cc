#include "dialects/piwebapi/errors.h"

#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_json:
    case ErrorCode::invalid_argument:
    case ErrorCode::missing_argument:
    case ErrorCode::invalid_time:
    case ErrorCode::time_out_of_range:
    case ErrorCode::value_type_mismatch:
    case ErrorCode::value_out_of_range: return 400;
    case ErrorCode::limit_exceeded: return 413;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::unsupported: return 409;  // "The data reference does not support the operation."
    case ErrorCode::overloaded: return 503;
    case ErrorCode::store_unavailable:
    case ErrorCode::store_corrupt:
    case ErrorCode::internal: return 500;
  }
  return 500;
}

std::string render_errors(const std::vector<std::string>& errors) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Errors").array_begin();
  for (const std::string& error : errors) json.value(error);
  json.array_end().member("Message", errors.empty() ? std::string{} : errors.front()).object_end();
  return body;
}

http::Response json_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::Response empty_response(int status) {
  http::Response response;
  response.status = status;
  return response;
}

http::Response error_response(int status, const std::vector<std::string>& errors) {
  http::Response response = json_response(status, render_errors(errors));
  if (status == 503) response.headers.add("Retry-After", "5");
  return response;
}

http::Response error_response(int status, std::string message) {
  return error_response(status, std::vector<std::string>{std::move(message)});
}

http::Response error_response(const Error& error) {
  std::string message = error.detail;
  if (message.empty()) {
    // What the house says without words gets the vendor's.
    switch (status_of(error.code)) {
      case 401: message = "Authorization has been denied for this request."; break;
      case 403: message = "The user does not have permission for this operation."; break;
      case 404: message = "The requested resource was not found."; break;
      case 409: message = "The operation conflicts with what exists."; break;
      case 413: message = "The request is too large."; break;
      case 503: message = "The server is busy. Try again later."; break;
      case 500: message = "The server could not complete the request."; break;
      default: message = "The request is not valid."; break;
    }
  }
  return error_response(status_of(error.code), std::move(message));
}

}  // namespace penstock::dialects::piwebapi
