#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/json.h"

namespace penstock::dialects::piwebapi {

/// One sub-request of a batch as it came. *PI Web API Reference, "Batch Execute"*.
struct SubRequest {
  std::string id;
  std::string method = "GET";
  std::string resource;
  std::string request_template;         ///< `RequestTemplate.Resource`; then `resource` is empty.
  std::vector<std::string> parameters;  ///< JSONPaths.
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> content;  ///< JSON text; nothing if absent, null or blank.
  std::vector<std::size_t> parents;    ///< Places of other sub-requests, ascending.
  std::string refusal;                 ///< Why it can't run, told with Status 400; empty if it can.
};

struct BatchPlan {
  std::vector<SubRequest> requests;             ///< In the order of the body.
  std::vector<std::vector<std::size_t>> waves;  ///< Who may run side by side; each wave after the one before.
};

/// One sub-request without what it depends on. What makes it unfit to run is in `refusal`.
SubRequest read_request(std::string id, const json::Value& body);

/// Reads the envelope and orders what depends on each other. A sub-request that names an unknown parent, or
/// stands in a cycle, is in no wave and says so in `refusal`.
/// Errors: invalid_argument (no object), limit_exceeded told as such (more than `limit` sub-requests).
Result<BatchPlan> plan_batch(const json::Value& envelope, std::size_t limit);

/// The target that a Resource means here: scheme and host are taken off, `/piwebapi` is put in front.
std::string local_target(std::string_view resource);

}  // namespace penstock::dialects::piwebapi
