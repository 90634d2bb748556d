#include "cli/doors.h"

#include <charconv>

#include "base/text.h"
#include "cli/door_clients.h"
#include "http/json.h"

namespace penstock::cli {

namespace {

bool may_pass(int status) {
  return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

}  // namespace

Error refused(const std::string& what, const http::Response& response) {
  const bool unwelcome = response.status == 401 || response.status == 403;
  return {may_pass(response.status) ? ErrorCode::overloaded
          : unwelcome               ? ErrorCode::forbidden
                                    : ErrorCode::not_found,
          what,
          "the server answered " + std::to_string(response.status) + ": " + response.body.substr(0, 400)};
}

Verdict judge_status(const http::Response& response) {
  Verdict verdict;
  const auto ignored = response.headers.get("Penstock-Ignored");
  std::from_chars(ignored.data(), ignored.data() + ignored.size(), verdict.ignored);
  const int status = response.status;
  if (status >= 200 && status < 300 && status != 207) return verdict;
  verdict.detail = std::to_string(status) + " " + response.body.substr(0, 400);
  if (status == 401) {
    verdict.what = Verdict::What::log_in_again;
  } else if (may_pass(status)) {
    verdict.what = Verdict::What::retry;
  } else {
    verdict.what = Verdict::What::refused;
  }
  return verdict;
}

std::string url_path(const DoorOptions& options) {
  std::string path;
  if (!http::Client::parse_url(options.url, &path)) return {};
  while (path.ends_with('/')) path.pop_back();
  return path;
}

Result<http::Client::Options> client_options(const DoorOptions& options) {
  TRY(auto made, http::Client::parse_url(options.url));
  made.verify = options.verify;
  made.ca_file = options.ca_file;
  return made;
}

Result<std::unique_ptr<DoorClient>> make_door_client(const DoorOptions& options) {
  const auto need = [](const std::string& value, const char* option) -> Result<void> {
    if (!value.empty()) return {};
    return fail(ErrorCode::invalid_argument, option, "this door needs it");
  };
  TRY_VOID(need(options.url, "--url"));
  if (options.door == "pi" || options.door == "omf") {
    TRY_VOID(need(options.user, "--user"));
    return options.door == "pi" ? make_pi_client(options) : make_omf_client(options);
  }
  if (options.door == "buildingx") {
    TRY_VOID(need(options.client_id, "--client"));
    TRY_VOID(need(options.secret, "--secret"));
    return make_buildingx_client(options);
  }
  if (options.door == "energyview") {
    TRY_VOID(need(options.domain, "--domain"));
    TRY_VOID(need(options.key, "--key"));
    return make_energyview_client(options);
  }
  return fail(ErrorCode::invalid_argument, "--door", "a door is pi, omf, buildingx or energyview");
}

}  // namespace penstock::cli
