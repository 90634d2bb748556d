#include "catalog/energyview.h"
#include "dialects/energyview/address.h"
#include "dialects/energyview/v2/door.h"
#include "dialects/energyview/v2/render.h"

namespace penstock::dialects::energyview::v2 {
namespace {

/// Stands in a challenge where the caller named no domain.
constexpr std::string_view kNoDomain = "domain";

}  // namespace

Task<http::Response> VersionTwo::handle(http::Request& request) {
  const auto credentials = parse_authorization(request.headers.get("Authorization"));
  // What a caller wrote stands in a header only if it can name a domain.
  const std::string realm{credentials && catalog::is_ev_domain(credentials->domain) ? credentials->domain
                                                                                    : kNoDomain};
  const Target target = find_target(request);
  if (target.resource == Resource::none) {
    co_return render_refusal({Code::not_found, {}, "There is no such resource"}, realm);
  }
  const std::string_view allowed = allowed_methods(target.resource);
  if (!allows(allowed, request.method)) {
    http::Response response =
        render_refusal({Code::method_not_allowed, {}, "Allowed here: " + std::string{allowed}}, realm);
    response.headers.add("Allow", std::string{allowed});
    co_return response;
  }
  if (!credentials) {
    co_return render_refusal({Code::invalid_key, {}, "Basic credentials are needed: domain and key"}, realm);
  }
  Call call{credentials->domain, nullptr, house_.now()};
  Result<auth::PrincipalPtr> caller =
      co_await house_.authenticator.from_key(credentials->domain, credentials->key);
  if (!caller) co_return render_refusal(refusal_of(caller.error()), realm);
  call.caller = std::move(*caller);
  if (!rate_limit_.take(call.domain, call.now)) {
    http::Response response =
        render_refusal({Code::rate_limited, {}, "The domain sends too many requests"}, realm);
    // Requests in an hour, as the self-hosted server counts them.
    response.headers.add("X-RateLimit-Limit", std::to_string(rate_limit_.per_second() * 3600));
    co_return response;
  }
  if (request.fault == http::Fault::body_too_large) {
    co_return render_refusal({Code::payload_too_large, {}, "The body may have 16 MiB"}, realm);
  }
  Answer answered = co_await answer(request, target, call);
  if (!answered) co_return render_refusal(answered.error(), realm);
  co_return std::move(*answered);
}

Task<VersionTwo::Answer> VersionTwo::answer(http::Request& request, const Target& target, const Call& call) {
  using http::Method;
  const bool get = request.method == Method::get || request.method == Method::head;
  const bool post = request.method == Method::post, put = request.method == Method::put;
  const std::string_view uuid = target.uuid;
  Answer answered = refuse(Code::not_found, {}, "There is no such resource");
  switch (target.resource) {
    case Resource::timeseries:
      if (get) co_return list_series(request, call);
      answered = co_await post_series(request, call);
      break;
    case Resource::series:
      if (get) co_return get_series(uuid, call);
      if (put) {
        answered = co_await put_series(request, uuid, call);
      } else {
        answered = co_await delete_series(uuid, call);
      }
      break;
    case Resource::data:
      if (get) co_return get_data(request, uuid, call);
      if (post) {
        answered = co_await post_data(request, uuid, call);
      } else {
        answered = co_await delete_data(request, uuid, call);
      }
      break;
    case Resource::things:
      if (get) co_return list_things(request, call);
      answered = co_await post_thing(request, call);
      break;
    case Resource::thing:
      if (get) co_return get_thing(uuid, call);
      answered = co_await change_thing(request, uuid, call);
      break;
    case Resource::thing_series: co_return get_thing_series(uuid, call);
    case Resource::none: break;
  }
  co_return answered;
}

Task<VersionTwo::Answer> VersionTwo::commit(archive::Archive::Edit edit, const Call& call) {
  const auto done = co_await house_.archive.change(std::move(edit), Door::energyview, call.caller->number);
  if (!done) co_return Answer{tl::unexpected(refusal_of(done.error()))};
  http::Response response;
  response.status = 204;
  co_return Answer{std::move(response)};
}

}  // namespace penstock::dialects::energyview::v2
