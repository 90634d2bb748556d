#include "base/text.h"
#include "dialects/energyview/door.h"

namespace penstock::dialects {
namespace energyview {
namespace {

/// API v2 has no domain in its paths and answers in another form.
bool is_version_two(std::string_view path) {
  return path.starts_with("/api/v2/") || path == "/api/v2";
}

http::Response render_not_found(std::string error) {
  return render_refusal({Code::not_found, {}, std::move(error)});
}

}  // namespace

Task<http::Response> EnergyView::handle(http::Request& request) {
  if (is_version_two(request.path)) {
    http::Response response = co_await version_two_.handle(request);
    co_return response;
  }
  std::vector<std::string> decoded;
  const Target target = find_target(request, decoded);
  if (target.resource == Resource::none) co_return render_not_found("There is no such resource");
  if (!allows(allowed_methods(target.resource), request.method)) {
    const std::string allowed{allowed_methods(target.resource)};
    http::Response response = render_refusal({Code::method_not_allowed, {}, "Allowed here: " + allowed});
    response.headers.add("Allow", allowed);
    co_return response;
  }

  Call call{std::string{target.domain}, {}, nullptr, house_.now()};
  std::string timezone;
  {
    const auto tables = house_.archive.catalog();
    const catalog::EvDomain* domain = tables->energyview.domains.find(target.domain);
    if (domain == nullptr) co_return render_not_found("There is no domain " + call.domain);
    timezone = domain->timezone;
  }
  if (request.fault == http::Fault::body_too_large) {
    co_return render_refusal({Code::payload_too_large, {}, "The body may have 16 MiB"});
  }
  const std::string_view authorization = request.headers.get("Authorization");
  if (!istarts_with(authorization, "Key ")) {
    co_return render_refusal(refusal_of(Error{ErrorCode::unauthenticated, {}, {}}));
  }
  const std::string_view key = trim(authorization.substr(4));
  Result<auth::PrincipalPtr> caller = co_await house_.authenticator.from_key(call.domain, key);
  if (!caller) co_return render_refusal(refusal_of(caller.error()));
  call.caller = std::move(*caller);
  if (!rate_limit_.take(call.domain, call.now)) {
    co_return render_refusal({Code::rate_limited, {}, "The domain sends too many requests"});
  }
  const Result<Zone> zone = Zone::find(timezone);
  if (!zone) co_return render_refusal({Code::internal, {}, "The time zone of the domain is not known here"});
  call.zone = *zone;

  const bool get = request.method == http::Method::get || request.method == http::Method::head;
  if (target.resource == Resource::timeseries && !get) {
    http::Response response = co_await post_timeseries(request, call);
    co_return response;
  }
  if (!get) {
    http::Response response = co_await change_resource(request, target, call);
    co_return response;
  }
  switch (target.resource) {
    case Resource::timeseries: co_return get_timeseries(request, call);
    case Resource::nodes: co_return get_nodes(call);
    case Resource::node: co_return get_node(target.node, call);
    case Resource::metadata: co_return get_metadata(target.node, call);
    case Resource::tags: co_return get_tags(call);
    case Resource::settings: co_return get_settings(request, target, call);
    case Resource::provision:
    case Resource::none: break;
  }
  co_return render_not_found("There is no such resource");
}

Result<void> check_timezone(std::string_view name) {
  TRY_VOID(Zone::find(name));
  return {};
}

}  // namespace energyview

std::unique_ptr<Dialect> make_energyview(House& house, energyview::Settings settings) {
  return std::make_unique<energyview::EnergyView>(house, settings);
}

}  // namespace penstock::dialects
