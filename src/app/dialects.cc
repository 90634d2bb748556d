#include "app/dialects.h"

#include <algorithm>

#include "base/text.h"
#include "console/console.h"
#include "dialects/buildingx/buildingx.h"
#include "dialects/energyview/energyview.h"
#include "dialects/omf/omf.h"
#include "dialects/piwebapi/piwebapi.h"

namespace penstock::app {

namespace {

bool has_method(const Settings& settings, std::string_view method) {
  const auto methods = settings.list("piwebapi.authentication_methods");
  return std::any_of(methods.begin(), methods.end(), [&](const auto& each) { return iequals(each, method); });
}

/// `Name: value` each. What has no name is the rest of the one before: lists are divided at commas, which
/// values may have, too.
std::vector<std::pair<std::string, std::string>> custom_headers(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (!settings.flag("piwebapi.custom_headers_enabled")) return headers;
  for (const auto& item : settings.list("piwebapi.custom_headers")) {
    const auto colon = item.find(':');
    const bool named = colon != std::string::npos && colon > 0 && item.find(' ') > colon;
    if (named) {
      headers.emplace_back(item.substr(0, colon), trim(std::string_view{item}.substr(colon + 1)));
    } else if (!headers.empty()) {
      headers.back().second += ", " + item;
    }
  }
  return headers;
}

dialects::piwebapi::Settings piwebapi_settings(const Settings& settings) {
  using dialects::piwebapi::DuplicateReports;
  dialects::piwebapi::Settings made;
  const auto& reports = settings.text("piwebapi.report_duplicate_conflicts");
  made.report_duplicate_conflicts = reports == "never"    ? DuplicateReports::never
                                    : reports == "always" ? DuplicateReports::always
                                                          : DuplicateReports::direct;
  made.max_returned_items = static_cast<std::size_t>(settings.integer("piwebapi.max_returned_items"));
  made.max_write_items = static_cast<std::size_t>(settings.integer("piwebapi.max_write_items"));
  made.max_request_body = static_cast<std::size_t>(settings.integer("piwebapi.max_request_body"));
  made.batch_limit = static_cast<std::size_t>(settings.integer("piwebapi.batch_limit"));
  made.server_read_timeout_s = settings.integer("piwebapi.server_read_timeout_seconds");
  made.web_id_type = settings.text("piwebapi.web_id_type");
  made.basic = has_method(settings, "Basic");
  made.bearer = has_method(settings, "Bearer");
  made.anonymous = has_method(settings, "Anonymous");
  made.cors.origins = settings.list("piwebapi.cors_origins");
  made.cors.methods = settings.list("piwebapi.cors_methods");
  made.cors.headers = settings.list("piwebapi.cors_headers");
  made.cors.exposed_headers = settings.list("piwebapi.cors_exposed_headers");
  made.cors.supports_credentials = settings.flag("piwebapi.cors_supports_credentials");
  made.x_frame_options = settings.text("piwebapi.x_frame_options");
  made.custom_headers = custom_headers(settings);
  made.trust_forwarded = settings.flag("piwebapi.trust_forwarded");
  made.rate_limit_max_requests =
      static_cast<std::size_t>(settings.integer("piwebapi.rate_limit_max_requests"));
  made.rate_limit_duration_s = settings.integer("piwebapi.rate_limit_duration_seconds");
  made.max_channels = static_cast<std::size_t>(settings.integer("piwebapi.max_channels"));
  made.max_update_registrations =
      static_cast<std::size_t>(settings.integer("piwebapi.max_update_registrations"));
  made.update_lifetime_s = settings.integer("piwebapi.update_lifetime_seconds");
  made.disable_writes = settings.flag("piwebapi.disable_writes");
  made.compressing_default = settings.flag("points.compressing_default");
  made.replace_bypasses_compression = settings.flag("piwebapi.replace_bypasses_compression");
  made.buffering = settings.flag("buffer.enabled");
  return made;
}

console::Settings console_settings(const Settings& settings) {
  console::Settings made;
  made.receipt_days = settings.integer("receipts.retention_days");
  made.audit = settings.flag("audit.enabled");
  made.buffer = settings.flag("buffer.enabled");
  made.buffer_bytes_max = static_cast<std::uint64_t>(settings.integer("buffer.bytes_max"));
  made.fault_switches = settings.text("fault_switches") != "false";
  made.point_of_webid = &dialects::piwebapi::point_of_webid;
  return made;
}

dialects::omf::Settings omf_settings(const Settings& settings) {
  using namespace dialects::omf;
  dialects::omf::Settings made;
  const auto& shape = settings.text("omf.event_shape");
  made.event_shape = shape == "example"     ? EventShape::example
                     : shape == "reference" ? EventShape::reference
                                            : EventShape::both;
  if (settings.text("omf.create_mode") == "no_replace") made.create_mode = CreateMode::no_replace;
  if (settings.text("omf.missing_property") == "default")
    made.missing_property = MissingProperty::default_value;
  made.max_request_bytes = static_cast<std::size_t>(settings.integer("omf.max_request_bytes"));
  made.max_inflated_bytes = static_cast<std::size_t>(settings.integer("omf.max_inflated_bytes"));
  made.future_tolerance_s = settings.integer("omf.future_tolerance_seconds");
  made.verbose = settings.flag("omf.verbose");
  made.compressing_default = settings.flag("points.compressing_default");
  return made;
}

dialects::buildingx::Settings buildingx_settings(const Settings& settings) {
  dialects::buildingx::Settings made;
  made.auto_create_points = settings.flag("buildingx.auto_create_points");
  made.lenient_content_type = settings.flag("buildingx.lenient_content_type");
  made.absolute_links = settings.flag("buildingx.absolute_links");
  made.max_future_s = settings.integer("buildingx.max_future_seconds");
  made.requests_per_second = settings.integer("buildingx.requests_per_second");
  made.token_failures_per_minute = settings.integer("buildingx.token_failures_per_minute");
  return made;
}

dialects::energyview::Settings energyview_settings(const Settings& settings) {
  using namespace dialects::energyview;
  dialects::energyview::Settings made;
  const auto& create = settings.text("energyview.auto_create");
  made.auto_create = create == "nodes"  ? AutoCreate::nodes
                     : create == "tags" ? AutoCreate::tags
                                        : AutoCreate::none;
  if (settings.text("energyview.on_duplicate") == "reject") made.on_duplicate = OnDuplicate::reject;
  if (settings.text("energyview.single_reply") == "object") made.single_reply = SingleReply::object;
  made.max_read_points = static_cast<std::size_t>(settings.integer("energyview.max_read_points"));
  made.rate_limit = settings.integer("energyview.rate_limit");
  return made;
}

}  // namespace

Result<auth::PrincipalPtr> anonymous_principal(const Settings& settings,
                                               const std::vector<auth::Credential>& credentials) {
  for (const auto& method : settings.list("piwebapi.authentication_methods")) {
    if (iequals(method, "Basic") || iequals(method, "Bearer") || iequals(method, "Anonymous")) continue;
    return fail(ErrorCode::invalid_argument, "piwebapi.authentication_methods",
                "a method is Basic, Bearer or Anonymous, not '" + method + "'");
  }
  if (!has_method(settings, "Anonymous")) return nullptr;
  const auto& name = settings.text("piwebapi.anonymous_principal");
  for (const auto& credential : credentials) {
    if (credential.principal->name == name) return credential.principal;
  }
  return fail(ErrorCode::invalid_argument, "piwebapi.anonymous_principal",
              "Anonymous needs the name of a principal that is configured, not '" + name + "'");
}

Doors open_doors(dialects::House& house, console::Access& access, const Settings& settings,
                 auth::PrincipalPtr anonymous) {
  Doors::List list;
  auto piwebapi = piwebapi_settings(settings);
  piwebapi.anonymous_as = std::move(anonymous);
  list[kPiWebApi] = dialects::piwebapi::make_piwebapi(house, std::move(piwebapi));
  list[kOmf] = dialects::omf::make_omf(house, omf_settings(settings));
  list[kBuildingX] = dialects::make_buildingx(house, buildingx_settings(settings));
  list[kEnergyView] = dialects::make_energyview(house, energyview_settings(settings));
  list[kConsole] = console::make_console(house, access, console_settings(settings));
  return Doors{std::move(list)};
}

}  // namespace penstock::app
