#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/common/dialect.h"
#include "dialects/piwebapi/cors.h"

namespace penstock::dialects::piwebapi {

/// When a dropped duplicate is told to the client as 409 (see docs/compatibility/pi-web-api.md).
enum class DuplicateReports { direct, never, always };

/// Settings of this door. Names and defaults follow the product's configuration properties where it has them.
struct Settings {
  DuplicateReports report_duplicate_conflicts = DuplicateReports::direct;
  std::size_t max_returned_items = 150'000;       ///< MaxReturnedItemsPerCall.
  std::size_t max_write_items = 150'000;          ///< More values in one request: 413.
  std::size_t max_request_body = 28u << 20;       ///< Bytes, also after inflating. More: 413.
  std::size_t batch_limit = 10'000;               ///< Sub-requests of one batch. More: 400.
  std::size_t max_channels = 1'000;               ///< Open WebSockets. One more: 503.
  std::size_t max_update_registrations = 10'000;  ///< Streams polled for updates. One more: 503.
  std::int64_t update_lifetime_s = 600;           ///< A marker that nobody asks for expires.
  bool disable_writes = false;                    ///< True: every write answers 403.
  bool basic = true, bearer = true;               ///< AuthenticationMethods: which credentials are taken.
  bool anonymous = false;           ///< True: every request acts as `anonymous_as`, whatever it brings.
  auth::PrincipalPtr anonymous_as;  ///< Whose rights they have; needed if `anonymous`.
  Cors cors;
  std::string x_frame_options;  ///< XFrameOptions: value of X-Frame-Options on every answer; empty: none.
  std::vector<std::pair<std::string, std::string>> custom_headers;  ///< On every answer, also over its own.
  bool trust_forwarded = false;  ///< True: links are as X-Forwarded-Proto and X-Forwarded-Host say.
  std::size_t rate_limit_max_requests = 0;  ///< Per client address and duration. 0: no limit.
  std::int64_t rate_limit_duration_s = 1;
  std::int64_t server_read_timeout_s = 60;  ///< A read that goes on longer: 408.
  bool buffering = true;                    ///< False: `BufferIfPossible` answers 204, `Buffer` 503.
  std::string web_id_type = "Full";  ///< WebIDType: Full, IDOnly, PathOnly, LocalIDOnly, DefaultIDOnly.
  bool compressing_default = false;  ///< Compressing of points made without a word on it.
  bool replace_bypasses_compression = true;  ///< ReplaceBypassesCompression: new events of Replace all stay.
};

/// The point that a WebID names, whichever server it says: by its number, known or not, else by its path.
std::optional<PointId> point_of_webid(std::string_view webid, const catalog::Tables& tables);

/// The door under `/piwebapi`: the PI Web API's calls around writing values. Makes the ids of the data server
/// and of the asset server at its first start. `house` outlives the door.
std::unique_ptr<Dialect> make_piwebapi(House& house, Settings settings);

}  // namespace penstock::dialects::piwebapi
