#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "dialects/piwebapi/batch_plan.h"
#include "dialects/piwebapi/batch_read.h"
#include "dialects/piwebapi/call.h"

/// Running the sub-requests of a batch. *PI Web API Reference, "Batch Execute"*.
namespace penstock::dialects::piwebapi {

/// Sub-requests that run at a time: a bound on memory, far above what one round of the archive needs.
inline constexpr std::size_t kSideBySide = 1024;

/// Runs sub-requests inside of the process, each as its own caller would have it, and keeps the sum of their
/// answers bounded. `call` is the batch's and outlives the runner.
class SubRequests {
 public:
  explicit SubRequests(const Call& call) : call_{call} {}

  /// One request without parts of other answers. `sub` lives until the task ends.
  Task<http::Response> run(const SubRequest& sub, std::string resource, std::optional<std::string> content);

 private:
  const Call& call_;
  std::size_t answer_bytes_ = 0;
};

/// An answer as an entry of the batch's answer: `{"Status":…,"Headers":{…},"Content":…}`.
std::string render_entry(const http::Response& response);

/// A batch in which no sub-request depends on another. Neighbours that write one value each, with the same
/// options, become one command of the archive; whatever else there is runs as it always does. The answer is
/// the same. `requests` are borrowed from the body of the call.
Task<http::Response> run_independent(const Call& call, std::vector<IndependentRequest> requests);

}  // namespace penstock::dialects::piwebapi
