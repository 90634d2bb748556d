#include "base/log.h"
#include "base/text.h"
#include "console/calls.h"
#include "console/console.h"

namespace penstock::console {
namespace {

using enum http::Method;

constexpr std::size_t kBodyBytesMax = 1u << 20;

constexpr Calls::Route kRoutes[] = {
    {get, "principals", false, &Calls::list_principals},
    {post, "principals", false, &Calls::post_principal},
    {get, "principals/*", false, &Calls::get_principal},
    {patch, "principals/*", false, &Calls::patch_principal},
    {del, "principals/*", false, &Calls::delete_principal},
    {post, "principals/*/logins", false, &Calls::post_login},
    {del, "principals/*/logins/*/*", false, &Calls::delete_login},
    {post, "principals/*/logins/*/*/secrets", false, &Calls::post_secret},
    {del, "principals/*/logins/*/*/secrets/*", false, &Calls::delete_secret},
    {post, "principals/*/logins/*/*/revoke-tokens", false, &Calls::revoke_tokens},

    {get, "token-keys", false, &Calls::list_keys},
    {post, "token-keys", false, &Calls::post_key},
    {del, "token-keys/*", false, &Calls::delete_key},

    {get, "buildingx/partitions", false, &Calls::list_partitions},
    {post, "buildingx/partitions", false, &Calls::post_partition},
    {get, "buildingx/partitions/*", false, &Calls::get_partition},
    {patch, "buildingx/partitions/*", false, &Calls::patch_partition},
    {del, "buildingx/partitions/*", false, &Calls::delete_partition},
    {get, "buildingx/partitions/*/points", false, &Calls::list_bx_points},
    {post, "buildingx/partitions/*/points", false, &Calls::post_bx_point},
    {get, "buildingx/partitions/*/points/*", false, &Calls::get_bx_point},
    {patch, "buildingx/partitions/*/points/*", false, &Calls::patch_bx_point},
    {del, "buildingx/partitions/*/points/*", false, &Calls::delete_bx_point},
    {get, "buildingx/partitions/*/devices", false, &Calls::list_devices},
    {post, "buildingx/partitions/*/devices", false, &Calls::post_device},
    {get, "buildingx/partitions/*/devices/*", false, &Calls::get_device},
    {patch, "buildingx/partitions/*/devices/*", false, &Calls::patch_device},
    {del, "buildingx/partitions/*/devices/*", false, &Calls::delete_device},
    {get, "buildingx/partitions/*/locations", false, &Calls::list_locations},
    {post, "buildingx/partitions/*/locations", false, &Calls::post_location},
    {get, "buildingx/partitions/*/locations/*", false, &Calls::get_location},
    {patch, "buildingx/partitions/*/locations/*", false, &Calls::patch_location},
    {del, "buildingx/partitions/*/locations/*", false, &Calls::delete_location},
    {get, "energyview/domains", false, &Calls::list_domains},
    {post, "energyview/domains", false, &Calls::post_domain},
    {get, "energyview/domains/*", false, &Calls::get_domain},
    {patch, "energyview/domains/*", false, &Calls::patch_domain},
    {del, "energyview/domains/*", false, &Calls::delete_domain},

    {get, "points", true, &Calls::list_points},
    {get, "points/*", true, &Calls::get_point},
    {put, "points/*/addresses/*", false, &Calls::put_address},
    {del, "points/*/addresses/*", false, &Calls::delete_address},
    {post, "points/*/delete-range", true, &Calls::delete_range},
    {post, "delete-range", true, &Calls::delete_ranges},

    {get, "retention", false, &Calls::list_retention},
    {get, "retention/*", false, &Calls::get_retention},
    {put, "retention/*", false, &Calls::put_retention},
    {del, "retention/*", false, &Calls::delete_retention},
    {post, "retention-runs", false, &Calls::run_retention},

    {get, "receipts/*", true, &Calls::get_receipt},

    {get, "audit", false, &Calls::list_audit},
    {get, "audit/*", false, &Calls::get_audit},
    {get, "audit/export", false, &Calls::export_audit},
    {post, "audit/*/undo", false, &Calls::undo_batch},

    {get, "dead-letters", false, &Calls::list_letters},
    {get, "dead-letters/*", false, &Calls::get_letter},
    {post, "dead-letters/*/replay", false, &Calls::replay_letter},
    {del, "dead-letters/*", false, &Calls::drop_letter},

    {get, "buffer", false, &Calls::get_buffer},
    {put, "buffer", false, &Calls::put_buffer},
};

/// True if the segments are of this path; what stands at its stars goes to `parts`.
bool matches(std::string_view path, const std::vector<std::string>& segments,
             std::vector<std::string>& parts) {
  parts.clear();
  const auto words = split(path, '/');
  if (words.size() + 2 != segments.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "*") {
      parts.push_back(segments[i + 2]);
    } else if (words[i] != segments[i + 2]) {
      return false;
    }
  }
  return true;
}

class Console final : public dialects::Dialect {
 public:
  Console(dialects::House& house, Access& access, Settings settings)
      : house_{house}, calls_{house, access, std::move(settings)} {}

  std::string_view name() const override { return "penstock"; }
  http::BodyRule body_rule(const http::Request&) const override { return {kBodyBytesMax}; }

  Task<http::Response> handle(http::Request& request) override {
    const std::vector<std::string> segments = request.segments();
    const Calls::Route* route = nullptr;
    std::vector<std::string> parts;
    std::string allowed;
    if (segments.size() > 2 && segments[0] == "penstock" && segments[1] == "v1") {
      // The last one that matches answers: a word comes behind the star that it would fit.
      for (const Calls::Route& each : kRoutes) {
        std::vector<std::string> found;
        if (!matches(each.path, segments, found)) continue;
        const std::string method{http::to_string(each.method)};
        if (allowed.find(method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + method;
        const bool head = request.method == head_ && each.method == get;
        if (each.method != request.method && !head) continue;
        route = &each;
        parts = std::move(found);
      }
    }
    if (route == nullptr) co_return refuse(request, allowed);
    Call call{request, std::move(parts), nullptr, {}, house_.now()};
    auto task = run(*route, call);
    auto answer = co_await task;
    auto response = answer ? std::move(*answer) : render_error(answer.error());
    if (route->method != get && call.caller != nullptr) {
      log::info("administration", {{"by", call.caller->name},
                                   {"method", http::to_string(route->method)},
                                   {"path", request.path},
                                   {"status", response.status}});
    }
    co_return response;
  }

 private:
  static constexpr http::Method head_ = http::Method::head;

  static http::Response refuse(const http::Request& request, const std::string& allowed) {
    if (allowed.empty()) {
      return render_error({ErrorCode::not_found, request.path.substr(0, 256), "there is no such call"});
    }
    http::Response response =
        render_error({ErrorCode::invalid_argument, {}, "this path takes " + allowed + " and nothing else"});
    response.status = 405;
    response.headers.add("Allow", allowed);
    return response;
  }

  /// As at the PI door; what everybody may ask, an EnergyView key may, too. Its domain, which stands in the
  /// path at its own door, is a parameter here.
  Task<Result<auth::PrincipalPtr>> identify(const Calls::Route& route, const http::Request& request,
                                            std::string_view authorization, std::int64_t now_s) {
    constexpr std::string_view kScheme = "Key ";
    if (route.for_all && istarts_with(authorization, kScheme)) {
      const std::string domain{request.parameters().find("domain").value_or("")};
      auto by_key = house_.authenticator.from_key(domain, trim(authorization.substr(kScheme.size())));
      auto caller = co_await by_key;
      co_return caller;
    }
    auto by_header = house_.authenticator.from_header(authorization, now_s);
    auto caller = co_await by_header;
    co_return caller;
  }

  Task<Answer> run(const Calls::Route& route, Call& call) {
    const http::Request& request = call.request;
    if (request.fault == http::Fault::body_too_large) {
      co_return fail(ErrorCode::limit_exceeded, {}, "the body may have 1 MiB");
    }
    const std::string_view authorization = request.headers.get("Authorization");
    auto caller = co_await identify(route, request, authorization, call.now_s());
    if (!caller) {
      if (caller.error().code == ErrorCode::overloaded) co_return fail(caller.error());
      co_return fail(ErrorCode::unauthenticated, {}, "the call needs a login");
    }
    call.caller = std::move(*caller);
    if (!route.for_all && !call.caller->may_everything(auth::Right::admin)) {
      co_return fail(ErrorCode::forbidden, {}, "the call needs the right admin on all points");
    }
    if (!request.body.empty() && request.method != get) {
      // Also keeps foreign pages out: a browser sends this type across sites only after asking, and nobody
      // answers.
      const std::string_view type = request.headers.get("Content-Type");
      if (!iequals(trim(type.substr(0, type.find(';'))), "application/json")) {
        http::Response response =
            render_error({ErrorCode::invalid_argument, "Content-Type", "the body must be application/json"});
        response.status = 415;
        co_return response;
      }
      auto body = json::parse(request.body);
      if (!body) co_return fail(body.error());
      call.body = std::move(*body);
    }
    auto task = (calls_.*route.handler)(call);
    auto answer = co_await task;
    co_return answer;
  }

  dialects::House& house_;
  Calls calls_;
};

}  // namespace

std::span<const Calls::Route> Calls::routes() {
  return kRoutes;
}

Task<Result<void>> Calls::change(archive::Archive::Edit edit, const Call& call) {
  const auto done = co_await house_.archive.change(std::move(edit), Door::penstock, call.caller->number);
  if (!done) co_return fail(done.error());
  co_return Result<void>{};
}

Task<Result<void>> Calls::change_access(archive::Archive::Edit edit, const Call& call) {
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  access_.refresh_credentials();
  co_return Result<void>{};
}

Task<Answer> Calls::created(std::string location, Task<Answer> (Calls::*get_it)(Call&), Call& call) {
  auto task = (this->*get_it)(call);
  auto answer = co_await task;
  if (!answer) co_return fail(answer.error());
  co_return render_created(std::move(location), std::move(answer->body));
}

std::unique_ptr<dialects::Dialect> make_console(dialects::House& house, Access& access, Settings settings) {
  return std::make_unique<Console>(house, access, std::move(settings));
}

}  // namespace penstock::console
