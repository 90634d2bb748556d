#include <algorithm>

#include "base/text.h"
#include "dialects/piwebapi/routes.h"
#include "http/json_writer.h"

/// What the server is set to and what it counts. *PI Web API Reference, "System Configuration"*, *PI Web API,
/// "Configuration properties"*. Settings are read from file, variables and flags at the start; they can't be
/// changed here.
namespace penstock::dialects::piwebapi {
namespace {

std::string_view csrf_name(CsrfDefense defense) {
  switch (defense) {
    case CsrfDefense::browser: return "browser";
    case CsrfDefense::strict: return "strict";
    case CsrfDefense::off: return "off";
  }
  return "";
}

std::string_view reports_name(DuplicateReports reports) {
  switch (reports) {
    case DuplicateReports::direct: return "direct";
    case DuplicateReports::never: return "never";
    case DuplicateReports::always: return "always";
  }
  return "";
}

/// Settings by the product's names, each value as JSON.
class Properties {
 public:
  explicit Properties(const Call& call) {
    const Settings& settings = call.settings;
    std::vector<std::string> methods;
    if (settings.anonymous) methods.emplace_back("Anonymous");
    if (settings.basic) methods.emplace_back("Basic");
    if (settings.bearer) methods.emplace_back("Bearer");
    add("AuthenticationMethods", methods);
    add("BatchLimit", settings.batch_limit);
    add("CorsExposedHeaders", settings.cors.exposed_headers);
    add("CorsHeaders", settings.cors.headers);
    add("CorsMethods", settings.cors.methods);
    add("CorsOrigins", settings.cors.origins);
    add("CorsSupportsCredentials", settings.cors.supports_credentials);
    std::vector<std::string> headers;
    for (const auto& [name, value] : settings.custom_headers) headers.push_back(name + ": " + value);
    add("CustomHeaders", headers);
    add("CustomHeadersEnabled", !headers.empty());
    add("DebugMode", false);
    add("DisableWrites", settings.disable_writes);
    add("EnableCSRFDefense", csrf_name(call.house.csrf_defense));
    add("MaxRequestBody", settings.max_request_body);
    add("MaxReturnedItemsPerCall", settings.max_returned_items);
    add("MaxWriteItems", settings.max_write_items);
    add("RateLimitDuration", settings.rate_limit_duration_s);
    add("RateLimitMaxRequests", settings.rate_limit_max_requests);
    add("ReportDuplicateConflicts", reports_name(settings.report_duplicate_conflicts));
    add("ServerReadTimeout", settings.server_read_timeout_s);
    add("WebIDType", settings.web_id_type);
    add("XFrameOptions", settings.x_frame_options);
  }

  std::string all() const {
    std::string body = "{";
    for (const auto& [name, value] : items_) {
      if (body.size() > 1) body += ',';
      body.append("\"").append(name).append("\":").append(value);
    }
    return body += '}';
  }
  /// As JSON; null if there is none of that name.
  const std::string* find(std::string_view name) const {
    const auto at = std::find_if(items_.begin(), items_.end(),
                                 [&](const auto& item) { return iequals(item.first, name); });
    return at == items_.end() ? nullptr : &at->second;
  }

 private:
  template <class T>
  void add(std::string_view name, const T& value) {
    std::string text;
    http::JsonWriter json{text};
    if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      json.array_begin();
      for (const std::string& item : value) json.value(item);
      json.array_end();
    } else if constexpr (std::is_same_v<T, std::size_t>) {
      json.value(static_cast<std::int64_t>(value));
    } else {
      json.value(value);
    }
    items_.emplace_back(name, std::move(text));
  }

  std::vector<std::pair<std::string_view, std::string>> items_;
};

}  // namespace

http::Response get_configuration(Call& call) {
  return answer(call, Properties{call}.all());
}

http::Response get_configuration_property(Call& call) {
  const Properties properties{call};
  const std::string* value = properties.find(call.segments[2]);
  if (value == nullptr) return error_response(404, "There is no configuration property of that name.");
  return json_response(200, *value);
}

/// *PI Web API Reference, "System CacheInstances"*: nothing is cached per user, see docs/compatibility.
http::Response get_cache_instances(Call& call) {
  return answer(call, "{\"Links\":{},\"Items\":[]}");
}

http::Response get_system_metrics(Call& call) {
  const archive::Stats stats = call.archive().stats();
  std::string body;
  http::JsonWriter json{body};
  const auto count = [&](std::string_view name, std::uint64_t value) {
    json.member(name, static_cast<std::int64_t>(value));
  };
  json.object_begin();
  count("WriteCommands", stats.commands);
  count("WrittenValues", stats.samples);
  count("Commits", stats.groups);
  count("Flushes", stats.flushes);
  count("UnflushedValues", stats.head_samples);
  count("UnflushedBytes", stats.head_bytes);
  count("JournalBytes", stats.journal_bytes);
  json.object_end();
  return answer(call, std::move(body));
}

}  // namespace penstock::dialects::piwebapi
