#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/token.h"

namespace penstock::dialects {
namespace buildingx {
namespace {

PointFormat format_of(const catalog::Tables& tables, const Point& point, std::string_view address) {
  PointFormat format{point};
  if (point.type == PointType::digital) format.set = tables.digital_sets.find(point.digital_set);
  // Only the keys of an enum that is no digital set are not in the point itself.
  if (point.kind() == Kind::int64) format.extra = tables.building_x.points.find(address);
  return format;
}

http::Response render_unauthorized(bool token_sent) {
  http::Response response = render_problem(problem_of(Error{ErrorCode::unauthenticated, {}, {}}));
  response.headers.add("WWW-Authenticate", token_sent ? "Bearer error=\"invalid_token\"" : "Bearer");
  return response;
}

bool is_granted(const auth::PartitionRights& rights, Deed deed) {
  switch (deed) {
    case Deed::read_points: return rights.read_points;
    case Deed::read_values: return rights.read_values;
    case Deed::write_values: return rights.write_values;
  }
  return false;
}

}  // namespace

std::optional<Located> locate(const catalog::Tables& tables, std::string_view address) {
  const std::optional<PointId> id = tables.addresses.find(Door::building_x, address);
  if (!id) return std::nullopt;
  const Point* point = tables.points.find(*id);
  if (point == nullptr) return std::nullopt;
  return Located{*id, format_of(tables, *point, address)};
}

Problem not_found(std::string_view what, std::string_view id) {
  Problem problem;
  problem.kind = ProblemKind::not_found;
  problem.detail =
      "There is no " + std::string{what} + " " + std::string{id.substr(0, 64)} + " in this partition";
  return problem;
}

Problem missing_permission() {
  Problem problem;
  problem.kind = ProblemKind::forbidden;
  problem.detail = "Missing permission";
  return problem;
}

Task<http::Response> BuildingX::handle(http::Request& request) {
  std::vector<std::string> decoded;
  const Target target = find_target(request, decoded);
  const bool get = request.method == http::Method::get || request.method == http::Method::head;
  const bool post = request.method == http::Method::post;
  switch (target.resource) {
    case Resource::none: {
      Problem problem;
      problem.kind = ProblemKind::not_found;
      problem.detail = "There is no such route";
      co_return render_problem(std::move(problem));
    }
    case Resource::token:
      if (post) {
        http::Response response = co_await post_token(request);
        co_return response;
      }
      break;
    case Resource::jwks:
      if (get)
        co_return http::Response::make(200, "application/json",
                                       house_.authenticator.jwks(house_.clock_ns() / kNsPerSecond));
      break;
    case Resource::openid_configuration:
      if (get) {
        co_return render_openid_configuration(house_.authenticator.token_settings().issuer,
                                              base_url(request) + "/");
      }
      break;
    case Resource::points:
    case Resource::device_points:
      if (get) co_return get_points(request, target);
      break;
    case Resource::point:
      if (get) co_return get_point(request, target);
      if (request.method == http::Method::patch) {
        // Commanding a point is not offered; that is a missing right to its clients.
        const Authorized caller = authorize(request, target, Deed::read_points);
        co_return caller ? render_problem(missing_permission()) : caller.error();
      }
      break;
    case Resource::point_values:
      if (post) {
        http::Response response = co_await post_values(request, target);
        co_return response;
      }
      if (get) co_return get_values(request, target);
      break;
    case Resource::devices:
    case Resource::device:
    case Resource::device_devices:
      if (get) co_return get_devices(request, target);
      break;
    case Resource::locations:
    case Resource::location:
      if (get) co_return get_locations(request, target);
      break;
    case Resource::me:
    case Resource::my_customers:
    case Resource::my_user_groups:
    case Resource::customer_partitions:
      if (get) co_return get_account(request, target);
      break;
  }
  Problem problem;
  problem.kind = ProblemKind::method_not_allowed;
  problem.detail = "Allowed here: " + std::string{allowed_methods(target.resource)};
  http::Response response = render_problem(std::move(problem));
  response.headers.add("Allow", std::string{allowed_methods(target.resource)});
  co_return response;
}

Task<http::Response> BuildingX::post_token(http::Request& request) {
  if (request.fault == http::Fault::body_too_large) {
    co_return render_oauth_error(413, "invalid_request", "The body is too large");
  }
  const auto wanted = parse_token_request(request);
  if (!wanted) co_return wanted.error();
  const std::int64_t clock_ns = house_.clock_ns();
  // Who guesses at one client from one address waits; the client itself, from elsewhere, does not.
  const std::uint64_t who = std::hash<std::string>{}(wanted->client_id + '\n' + request.remote);
  if (const auto wait_s = token_failures_.look(who, clock_ns)) co_return render_too_many_attempts(*wait_s);
  const auto token = co_await house_.authenticator.mint(wanted->client_id, wanted->client_secret,
                                                        wanted->audience, clock_ns / kNsPerSecond);
  if (token) co_return render_token(token->access_token, token->expires_in_s);
  switch (token.error().code) {
    case ErrorCode::unauthenticated:
      token_failures_.take(who, clock_ns);
      co_return render_oauth_error(401, "access_denied", "Unauthorized");
    case ErrorCode::forbidden:
      co_return render_oauth_error(403, "access_denied", "Service not found: " + wanted->audience);
    case ErrorCode::overloaded: co_return render_too_many_attempts(1);
    case ErrorCode::store_unavailable:
      co_return render_oauth_error(503, "temporarily_unavailable", "Try again later");
    default: co_return render_oauth_error(500, "server_error", "The token could not be made");
  }
}

BuildingX::Authorized BuildingX::authenticate(const http::Request& request) {
  const std::string_view authorization = request.headers.get("Authorization");
  if (!istarts_with(authorization, "Bearer ")) return tl::unexpected(render_unauthorized(false));
  Result<auth::PrincipalPtr> caller =
      house_.authenticator.verify_token(trim(authorization.substr(7)), house_.clock_ns() / kNsPerSecond);
  if (!caller) return tl::unexpected(render_unauthorized(true));
  return std::move(*caller);
}

BuildingX::Authorized BuildingX::authorize(const http::Request& request, const Target& target, Deed deed) {
  Authorized caller = authenticate(request);
  if (!caller) return caller;
  const auto rights = (*caller)->partitions.find(to_lower(target.partition));
  if (rights == (*caller)->partitions.end() || !is_granted(rights->second, deed)) {
    return tl::unexpected(render_problem(missing_permission()));
  }
  if (deed != Deed::write_values) {
    if (auto refusal = refuse_accept(request)) return tl::unexpected(std::move(*refusal));
    if (auto refusal = refuse_rate(**caller)) return tl::unexpected(std::move(*refusal));
  }
  return caller;
}

std::optional<http::Response> BuildingX::refuse_rate(const auth::Principal& caller) {
  if (settings_.requests_per_second == 0) return std::nullopt;
  const auto wait_s = requests_.take(caller.number, house_.clock_ns());
  if (!wait_s) return std::nullopt;
  return render_rate_limited(*wait_s);
}

std::string BuildingX::base_url(const http::Request& request) const {
  if (!house_.public_base_url.empty()) {
    std::string_view base = house_.public_base_url;
    while (!base.empty() && base.back() == '/') base.remove_suffix(1);
    return std::string{base};
  }
  return std::string{request.tls ? "https://" : "http://"}.append(request.headers.get("Host"));
}

}  // namespace buildingx

std::unique_ptr<Dialect> make_buildingx(House& house, buildingx::Settings settings) {
  return std::make_unique<buildingx::BuildingX>(house, settings);
}

}  // namespace penstock::dialects
