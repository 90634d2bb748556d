#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/input.h"
#include "http/client.h"
#include "http/message.h"

namespace penstock::cli {

/// Where to write and as whom.
struct DoorOptions {
  std::string door;  ///< pi, omf, buildingx, energyview.
  std::string url;   ///< "https://host:port", with the path under which the vendor's server has its API.
  std::string user, password;     ///< pi, omf.
  std::string client_id, secret;  ///< buildingx.
  std::string audience = "https://horizon.siemens.com";
  std::string token_url;    ///< buildingx; empty: `/oauth/token` on the same server.
  std::string partition;    ///< buildingx, for point names without one.
  std::string domain, key;  ///< energyview.
  std::string node;         ///< energyview, for point names without one.
  std::string server_name;  ///< pi: the data server; empty: the first one listed.
  std::string ca_file;
  bool verify = true;
  bool overwrite = false;  ///< Replace what is there; else what is there stays.
  bool create = true;      ///< Make points that are missing, where the door can.
};

struct OutgoingRequest {
  http::Method method = http::Method::post;
  std::string target;
  http::Headers headers;
  std::string body;
};

/// What an answer means.
struct Verdict {
  enum class What : std::uint8_t { done, retry, log_in_again, refused };
  What what = What::done;
  std::vector<std::size_t> dropped;  ///< Indices of values that were not taken because their time was.
  std::uint64_t ignored = 0;         ///< How many were not taken, where only the number is known.
  std::string detail;                ///< Of `retry` and `refused`.
};

/// One vendor's API as a client of it sees it.
///
/// Threads: `render` and `judge` from any; the others one at a time and never beside them.
class DoorClient {
 public:
  virtual ~DoorClient() = default;
  /// Times closer together than this meet in one slot at this door.
  virtual std::int64_t slot_ns() const = 0;
  virtual std::size_t chunk_values_max() const = 0;
  virtual std::size_t chunk_values_default() const = 0;
  /// Gets what requests need: a token, say. Errors: unauthenticated, store_unavailable.
  virtual Result<void> log_in(http::Client& client) = 0;
  /// Checks that the points are there, and makes them if so wanted.
  /// Errors: not_found and conflict name the point.
  virtual Result<void> prepare(http::Client& client, const std::vector<Target>& targets) = 0;
  virtual OutgoingRequest render(std::size_t target, const Run& run) const = 0;
  virtual Verdict judge(const http::Response& response) const = 0;
};

/// Errors: invalid_argument, naming the option that is missing.
Result<std::unique_ptr<DoorClient>> make_door_client(const DoorOptions& options);
Result<http::Client::Options> client_options(const DoorOptions& options);

}  // namespace penstock::cli
