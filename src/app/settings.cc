#include "app/settings.h"

#include <charconv>
#include <limits>

#include "base/check.h"
#include "base/text.h"

namespace penstock::app {

namespace {

using enum SettingType;

constexpr std::int64_t kDaysMax = 36'500, kMinutesMax = 366 * 24 * 60;

constexpr Setting kSettings[] = {
    {"demo", boolean, "false", "true", "", "Serve the demo: its points, its logins, its certificate."},
    {"data", text, "penstock-data", "", "", "Folder of the archive. Made if absent."},
    {"journal", text, "", "", "", "Folder of the journal, if it should be on another disk than the data."},
    {"listen", text, "127.0.0.1:8080", "", "",
     "Address and port of plain HTTP; `off` for none. Other than loopback asks for insecure_plain_http."},
    {"listen_tls", text, "off", "127.0.0.1:8443", "", "Address and port of HTTPS; `off` for none."},
    {"tls_cert", text, "", "", "", "Certificate chain (PEM). Without one a self-signed one is made."},
    {"tls_key", text, "", "", "", "Private key of tls_cert (PEM)."},
    {"insecure_plain_http", boolean, "false", "", "",
     "Allow plain HTTP on an address that others can reach: secrets and samples travel readable."},
    {"health_listen", text, "off", "", "", "A second small port that serves /health and /metrics alone."},
    {"io_threads", integer, "0", "", "",
     "Threads that serve connections; 0: one less than cores, 8 at most."},
    {"public_url", text, "", "", "",
     "How clients reach this server, as https://hist01:8443. Empty: taken from each request."},
    {"server_name", text, "PENSTOCK", "", "", "Name of the PI data server and of the AF server."},
    {"log_level", choice, "info", "", "debug|info|warning|error", "How much is logged on standard error."},
    {"csrf_defense", choice, "browser", "", "browser|strict|off",
     "When the PI and OMF doors ask for X-Requested-With: of browsers only, of all, of nobody.",
     "EnableCSRFDefense"},
    {"piwebapi.report_duplicate_conflicts", choice, "direct", "", "direct|never|always",
     "When an Insert on a taken time answers 409: with bufferOption=DoNotBuffer, never, always.",
     "ReportDuplicateConflicts"},
    {"piwebapi.max_returned_items", integer, "150000", "", "",
     "Most values in one answer, and most that a parameter may ask for; more: 400.",
     "MaxReturnedItemsPerCall"},
    {"piwebapi.max_write_items", integer, "150000", "", "", "Most values in one request; more: 413.",
     "MaxWriteItems"},
    {"piwebapi.max_request_body", integer, "29360128", "", "",
     "Most bytes of a body, also inflated; more: 413.", "MaxRequestBody"},
    {"piwebapi.batch_limit", integer, "10000", "", "", "Most sub-requests of one batch; more: 400.",
     "BatchLimit"},
    {"piwebapi.disable_writes", boolean, "false", "", "", "Answer every write at the PI door with 403.",
     "DisableWrites"},
    {"piwebapi.server_read_timeout_seconds", integer, "60", "", "",
     "A read that goes on longer is given up: 408.", "ServerReadTimeout"},
    {"piwebapi.web_id_type", choice, "Full", "", "Full|IDOnly|PathOnly|LocalIDOnly|DefaultIDOnly",
     "WebIDs in answers, unless the request says webIdType.", "WebIDType"},
    {"piwebapi.authentication_methods", list, "Basic,Bearer", "", "",
     "How callers of the PI door say who they are: Basic, Bearer, Anonymous. The last overrides the others.",
     "AuthenticationMethods"},
    {"piwebapi.anonymous_principal", text, "", "", "", "Name of the principal whose rights Anonymous has."},
    {"piwebapi.cors_origins", list, "", "", "",
     "Origins whose pages may call the PI door, as https://host:port; * for all. Empty: none.",
     "CorsOrigins"},
    {"piwebapi.cors_methods", list, "", "", "", "Methods that such pages may use; * for all.", "CorsMethods"},
    {"piwebapi.cors_headers", list, "", "", "", "Headers that such pages may send; * for all.",
     "CorsHeaders"},
    {"piwebapi.cors_exposed_headers", list, "", "", "", "Headers of answers that such pages may read.",
     "CorsExposedHeaders"},
    {"piwebapi.cors_supports_credentials", boolean, "false", "", "",
     "Let such pages call with the credentials that the browser keeps.", "CorsSupportsCredentials"},
    {"piwebapi.x_frame_options", text, "", "", "", "Value of X-Frame-Options on every answer; empty: none.",
     "XFrameOptions"},
    {"piwebapi.custom_headers_enabled", boolean, "false", "", "", "Add custom_headers to every answer.",
     "CustomHeadersEnabled"},
    {"piwebapi.custom_headers", list, "", "", "",
     "Headers as `Name: value`, also in place of the door's own.", "CustomHeaders"},
    {"piwebapi.replace_bypasses_compression", boolean, "true", "", "",
     "New values that Replace writes to compressing points are all kept.", "ReplaceBypassesCompression"},
    {"piwebapi.trust_forwarded", boolean, "false", "", "",
     "Links are as the X-Forwarded-Proto and X-Forwarded-Host of a proxy in front say."},
    {"piwebapi.rate_limit_max_requests", integer, "0", "", "",
     "Most requests of one client address per rate_limit_duration_seconds, more: 429; 0: no limit.",
     "RateLimitMaxRequests"},
    {"piwebapi.rate_limit_duration_seconds", integer, "1", "", "", "Over how long they are counted.",
     "RateLimitDuration"},
    {"piwebapi.max_channels", integer, "1000", "", "", "Most open channels (WebSockets); one more: 503."},
    {"piwebapi.max_update_registrations", integer, "10000", "", "",
     "Most streams registered for updates by marker; one more: 503."},
    {"piwebapi.update_lifetime_seconds", integer, "600", "", "",
     "How long a marker stays good that nobody asks for."},
    {"buffer.enabled", boolean, "true", "", "",
     "Acknowledge writes that the archive can't decide yet once the journal has them; at the PI door false "
     "makes BufferIfPossible write through (204) and refuses Buffer (503)."},
    {"buffer.bytes_max", integer, "8589934592", "", "",
     "Most bytes of the journal for writes that wait for the archive; beyond them they are refused."},
    {"fault_switches", choice, "false", "", "false|true|away",
     "For tests: PUT /penstock/v1/buffer may take the archive away; `away`: it is at the start, too."},
    {"audit.enabled", boolean, "true", "", "",
     "Record who wrote what when. Without it receipts are not answered and nothing can be undone."},
    {"audit.retention_days", integer, "90", "", "",
     "How long records of batches, and what they replaced or erased, are kept.", "", kDaysMax},
    {"audit.bytes_max", integer, "4294967296", "", "",
     "And most bytes that they may take: the oldest go first."},
    {"receipts.retention_days", integer, "7", "", "", "How long receipts are answered.", "", kDaysMax},
    {"retention.interval_minutes", integer, "60", "", "",
     "How often samples that are too old by a policy of retention are erased; 0: never by itself.", "",
     kMinutesMax},
    {"points.compressing_default", boolean, "false", "", "",
     "Compressing of points that are made without a word on it."},
    {"points.compress_before_creation", boolean, "false", "", "",
     "Compress also events from before their point was made; else they are all kept.",
     "CompressBeforeCreation"},
    {"omf.event_shape", choice, "both", "", "both|example|reference",
     "How events in OMF answers are spelled: both ways, `Event` alone, `EventInfo` alone."},
    {"omf.create_mode", choice, "replace", "", "replace|no_replace",
     "What an OMF create does on a taken time."},
    {"omf.asset_database", text, "Demo", "", "", "AF database in which OMF makes elements."},
    {"omf.missing_property", choice, "skip", "", "skip|default",
     "What an event without one of several properties writes for it: nothing, or the default of its type."},
    {"omf.max_request_bytes", integer, "4194304", "", "", "Most bytes of a body on the wire; more: 413."},
    {"omf.max_inflated_bytes", integer, "67108864", "", "", "Most bytes of a body behind gzip; more: 413."},
    {"omf.future_tolerance_seconds", integer, "600", "", "",
     "How far ahead values may be for containers that are not made for future data."},
    {"omf.verbose", boolean, "false", "", "", "Send ExceptionInfo also to callers that did not ask for it."},
    {"buildingx.auto_create_points", boolean, "false", "", "",
     "A write to an unknown UUID of a partition makes a string point."},
    {"buildingx.lenient_content_type", boolean, "false", "", "",
     "Accept application/json and charset parameters where JSON:API wants its own type."},
    {"buildingx.absolute_links", boolean, "false", "", "", "Send links with scheme and host."},
    {"buildingx.max_future_seconds", integer, "0", "", "",
     "Refuse values further ahead than so; 0: no limit."},
    {"buildingx.audience", list, "https://horizon.siemens.com", "", "",
     "Audiences for which tokens are given; the first is the default."},
    {"buildingx.token_seconds", integer, "86400", "", "", "Lifetime of a token."},
    {"buildingx.requests_per_second", integer, "0", "", "",
     "Requests of one Building X client; more: 429. 0: no limit."},
    {"buildingx.token_failures_per_minute", integer, "60", "", "",
     "Wrong secrets for one client from one address; more: 429. 0: no limit."},
    {"energyview.auto_create", choice, "none", "nodes", "none|tags|nodes",
     "What a write makes on its way: nothing, tags of known nodes, nodes and tags."},
    {"energyview.on_duplicate", choice, "keep", "", "keep|reject",
     "A taken time without `overwrite`: keep what is there, or refuse the request with 409."},
    {"energyview.single_reply", choice, "array", "", "array|object",
     "Answer of the one-point form: an array (2022) or an object (older)."},
    {"energyview.max_read_points", integer, "5000000", "", "", "Largest answer of one read."},
    {"energyview.rate_limit", integer, "0", "", "",
     "Requests per second of one EnergyView domain, beyond them 429; 0: no limit. The vendor has 10."},
};

Result<void> check_value(const Setting& setting, const Given& given) {
  switch (setting.type) {
    case text:
    case list: return {};
    case boolean:
      if (parse_bool(given.value)) return {};
      return fail(ErrorCode::invalid_argument, given.where,
                  std::string{setting.name} + " must be true or false, not '" + given.value + "'");
    case integer: {
      std::int64_t number = 0;
      const char* end = given.value.data() + given.value.size();
      const auto [at, error] = std::from_chars(given.value.data(), end, number);
      if (error == std::errc{} && at == end && number >= 0 && number <= setting.most) return {};
      const bool bounded = setting.most < std::numeric_limits<std::int64_t>::max();
      return fail(ErrorCode::invalid_argument, given.where,
                  std::string{setting.name} + " must be a whole number from 0" +
                      (bounded ? " to " + std::to_string(setting.most) : "") + ", not '" + given.value + "'");
    }
    case choice:
      for (const auto word : split(setting.choices, '|')) {
        if (word == given.value) return {};
      }
      return fail(ErrorCode::invalid_argument, given.where,
                  std::string{setting.name} + " must be one of " + std::string{setting.choices} + ", not '" +
                      given.value + "'");
  }
  return fail(ErrorCode::internal);
}

}  // namespace

std::string Setting::variable() const {
  std::string made = "PENSTOCK_";
  for (const char c : name) made += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return made;
}

std::string Setting::flag() const {
  std::string made = "--";
  for (const char c : name) made += c == '_' ? '-' : c;
  return made;
}

std::span<const Setting> all_settings() {
  return kSettings;
}

const Setting* find_setting(std::string_view name) {
  for (const auto& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

const Setting* find_product_setting(std::string_view name) {
  for (const auto& setting : kSettings) {
    if (!setting.product.empty() && iequals(setting.product, name)) return &setting;
  }
  return nullptr;
}

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::initial: return "default";
    case Origin::demo: return "demo";
    case Origin::file: return "file";
    case Origin::variable: return "variable";
    case Origin::flag: return "flag";
  }
  return "";
}

std::optional<bool> parse_bool(std::string_view text) {
  for (const auto word : {"true", "yes", "on", "1"}) {
    if (iequals(text, word)) return true;
  }
  for (const auto word : {"false", "no", "off", "0"}) {
    if (iequals(text, word)) return false;
  }
  return std::nullopt;
}

Result<Settings> Settings::merge(bool demo, const GivenValues& file, const GivenValues& variables,
                                 const GivenValues& flags) {
  Settings settings;
  for (const auto& setting : kSettings) {
    Effective effective{&setting, std::string{setting.initial}, Origin::initial, {}};
    if (demo && !setting.demo.empty()) {
      effective.value = setting.demo;
      effective.origin = Origin::demo;
    }
    const std::pair<const GivenValues*, Origin> places[] = {
        {&file, Origin::file}, {&variables, Origin::variable}, {&flags, Origin::flag}};
    for (const auto& [values, origin] : places) {
      const auto at = values->find(setting.name);
      if (at == values->end()) continue;
      TRY_VOID(check_value(setting, at->second));
      effective.value = at->second.value;
      effective.origin = origin;
      effective.where = at->second.where;
    }
    settings.values_.push_back(std::move(effective));
  }
  return settings;
}

const Settings::Effective& Settings::get(std::string_view name) const {
  const Effective* found = nullptr;
  for (const auto& effective : values_) {
    if (effective.setting->name == name) found = &effective;
  }
  CHECK(found != nullptr);
  return *found;
}

const std::string& Settings::text(std::string_view name) const {
  return get(name).value;
}

std::int64_t Settings::integer(std::string_view name) const {
  const auto& value = get(name).value;
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

bool Settings::flag(std::string_view name) const {
  return parse_bool(get(name).value).value_or(false);
}

std::vector<std::string> Settings::list(std::string_view name) const {
  std::vector<std::string> items;
  for (const auto part : split(get(name).value, ',')) {
    if (const auto item = trim(part); !item.empty()) items.emplace_back(item);
  }
  return items;
}

GivenValues read_variables(const std::function<const char*(const char*)>& read) {
  GivenValues values;
  for (const auto& setting : kSettings) {
    const auto variable = setting.variable();
    if (const char* value = read(variable.c_str()); value != nullptr) {
      values.emplace(setting.name, Given{value, variable});
    }
  }
  return values;
}

}  // namespace penstock::app
