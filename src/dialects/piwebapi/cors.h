#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace penstock::dialects::piwebapi {

/// Which pages of other hosts may call. *PI Web API, "Cross-Origin Resource Sharing"*: the settings
/// CorsOrigins, CorsMethods, CorsHeaders, CorsExposedHeaders and CorsSupportsCredentials. `*` in a list is
/// everything.
struct Cors {
  std::vector<std::string> origins;  ///< "https://grafana.example:3000". Empty: off.
  std::vector<std::string> methods;
  std::vector<std::string> headers;
  std::vector<std::string> exposed_headers;
  bool supports_credentials = false;

  bool is_on() const { return !origins.empty(); }
  bool allows_origin(std::string_view origin) const;
};

/// The answer to the question that a browser asks before a call, or nothing if this is no such question.
std::optional<http::Response> answer_preflight(const Cors& cors, const http::Request& request);

/// What a browser wants to read in an answer before it hands it to the page.
void add_cors_headers(const Cors& cors, const http::Request& request, http::Response& response);

}  // namespace penstock::dialects::piwebapi
