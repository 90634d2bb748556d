#include "dialects/piwebapi/cors.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/piwebapi/errors.h"

namespace penstock::dialects::piwebapi {
namespace {

bool lists(const std::vector<std::string>& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& item) { return item == "*" || iequals(item, text); });
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

/// Browsers take no star together with credentials, so the origin is named.
void add_origin(const Cors& cors, std::string_view origin, http::Response& response) {
  const bool anybody = !cors.supports_credentials && cors.allows_origin("*");
  response.headers.add("Access-Control-Allow-Origin", anybody ? "*" : std::string{origin});
  if (!anybody) response.headers.add("Vary", "Origin");
  if (cors.supports_credentials) response.headers.add("Access-Control-Allow-Credentials", "true");
}

}  // namespace

bool Cors::allows_origin(std::string_view origin) const {
  return lists(origins, origin);
}

std::optional<http::Response> answer_preflight(const Cors& cors, const http::Request& request) {
  const std::string_view origin = request.headers.get("Origin");
  const std::string_view method = request.headers.get("Access-Control-Request-Method");
  if (!cors.is_on() || request.method != http::Method::options || origin.empty() || method.empty()) {
    return std::nullopt;
  }
  const auto refuse = [](std::string_view what, std::string_view which) {
    return error_response(
        400, "The " + std::string{what} + " '" + std::string{which.substr(0, 200)} + "' is not allowed.");
  };
  if (!cors.allows_origin(origin)) return refuse("origin", origin);
  if (!lists(cors.methods, method)) return refuse("method", method);
  const std::string_view asked = request.headers.get("Access-Control-Request-Headers");
  for (const std::string_view name : split(asked, ',')) {
    if (!trim(name).empty() && !lists(cors.headers, trim(name))) return refuse("header", trim(name));
  }
  http::Response response = empty_response(204);
  add_origin(cors, origin, response);
  response.headers.add("Access-Control-Allow-Methods", std::string{method});
  if (!trim(asked).empty()) response.headers.add("Access-Control-Allow-Headers", std::string{asked});
  return response;
}

void add_cors_headers(const Cors& cors, const http::Request& request, http::Response& response) {
  const std::string_view origin = request.headers.get("Origin");
  // What a browser asks beforehand has an answer of its own.
  if (request.method == http::Method::options || origin.empty() || !cors.allows_origin(origin)) return;
  add_origin(cors, origin, response);
  if (!cors.exposed_headers.empty()) {
    response.headers.add("Access-Control-Expose-Headers", joined(cors.exposed_headers));
  }
}

}  // namespace penstock::dialects::piwebapi
