#include "dialects/piwebapi/door.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "dialects/common/demo.h"
#include "dialects/piwebapi/routes.h"
#include "http/inflate.h"

namespace penstock::dialects::piwebapi {
namespace {

bool changes(http::Method method) {
  return method == http::Method::post || method == http::Method::put || method == http::Method::patch ||
         method == http::Method::del;
}

/// *PI Web API Reference*: JSON alone. Some clients send no type at all.
bool is_json_type(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  return type.empty() || iequals(type, "application/json") || iequals(type, "text/json") ||
         (istarts_with(type, "application/") && type.size() > 5 &&
          iequals(type.substr(type.size() - 5), "+json"));
}

/// The body as JSON text: checks its type and undoes gzip. Errors as statuses.
std::optional<http::Response> unwrap_body(http::Request& request, std::size_t bytes_max) {
  if (request.fault == http::Fault::body_too_large || request.body.size() > bytes_max) {
    return error_response(
        413, "The request body is larger than the maximum of " + std::to_string(bytes_max) + " bytes.");
  }
  if (request.body.empty()) return std::nullopt;
  if (!is_json_type(request.headers.get("Content-Type"))) {
    return error_response(415, "The media type '" +
                                   std::string{request.headers.get("Content-Type").substr(0, 80)} +
                                   "' is not supported. Send application/json.");
  }
  const std::string_view coding = request.headers.get("Content-Encoding");
  if (coding.empty() || iequals(coding, "identity")) return std::nullopt;
  if (!iequals(coding, "gzip") && !iequals(coding, "x-gzip")) {
    return error_response(
        415, "The content encoding '" + std::string{coding.substr(0, 80)} + "' is not supported.");
  }
  auto plain = http::gunzip(request.body.view(), bytes_max);
  if (!plain) {
    if (plain.error().code == ErrorCode::limit_exceeded) {
      return error_response(
          413, "The request body is larger than the maximum of " + std::to_string(bytes_max) + " bytes.");
    }
    return error_response(400, "The request body is not valid gzip.");
  }
  request.body = *std::move(plain);
  return std::nullopt;
}

/// Long reads that wait for a thread. One more is refused.
constexpr std::size_t kReadersQueueMax = 1'024;

bool uses(std::string_view authorization, std::string_view scheme) {
  return istarts_with(authorization, scheme) && authorization.size() > scheme.size() &&
         authorization[scheme.size()] == ' ';
}

/// *PI Web API, "Authentication methods"*: where a client learns who issues bearer tokens, before it has one.
bool asks_for_discovery(const http::Request& request) {
  if (request.method != http::Method::get && request.method != http::Method::head) return false;
  const auto segments = request.segments();
  return segments.size() == 3 && iequals(segments[1], ".well-known") &&
         iequals(segments[2], "openid-configuration");
}

/// All doors share one issuer, whose document stands at the root.
http::Response discovery_elsewhere(std::string base) {
  http::Response response = empty_response(307);
  base.resize(base.rfind('/'));
  response.headers.add("Location", base + "/.well-known/openid-configuration");
  return response;
}

void add_cache_headers(http::Response& response) {
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("Pragma", "no-cache");
  response.headers.add("Expires", "-1");
}

}  // namespace

Result<std::int64_t> Call::number(std::string_view name, std::int64_t otherwise, std::int64_t least) const {
  const auto text = parameter(name);
  if (!text || trim(*text).empty()) return otherwise;
  const std::string_view digits = trim(*text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < least) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "Parameter (" + std::string{name} + ") has the invalid value '" +
                    std::string{digits.substr(0, 40)} + "'.");
  }
  return value;
}

Result<bool> Call::flag(std::string_view name, bool otherwise) const {
  const std::string_view text = trim(parameter_or(name, ""));
  if (text.empty()) return otherwise;
  if (iequals(text, "true")) return true;
  if (iequals(text, "false")) return false;
  return fail(ErrorCode::invalid_argument, std::string{name},
              "Parameter (" + std::string{name} + ") must be true or false.");
}

http::Response answer(const Call& call, std::string body) {
  const SelectedFields fields = call.selected_fields();
  if (!fields.everything()) body = fields.apply(body);
  return json_response(200, std::move(body));
}

PiWebApi::PiWebApi(House& house, Settings settings)
    : house_{house},
      settings_{std::move(settings)},
      rate_limit_{settings_.rate_limit_max_requests, settings_.rate_limit_duration_s * kNsPerSecond},
      readers_{std::max(2u, std::thread::hardware_concurrency()), kReadersQueueMax} {
  if (const auto form = parse_webid_form(settings_.web_id_type)) webid_form_ = *form;
  const auto made = sync_wait(ensure_server_ids(house_.archive));
  if (!made) log::error("the PI servers have no ids yet", {{"reason", made.error().detail}});
}

const Identity* PiWebApi::identity() {
  if (const Identity* known = identity_known_.load(std::memory_order_acquire)) return known;
  const std::lock_guard lock{mutex_};
  if (!identity_) {
    const auto reader = house_.archive.catalog();
    const auto* data = reader->settings.find(kDataServerIdSetting);
    const auto* assets = reader->settings.find(kAssetServerIdSetting);
    const auto data_id = data != nullptr ? Uuid::parse(data->value) : std::nullopt;
    const auto assets_id = assets != nullptr ? Uuid::parse(assets->value) : std::nullopt;
    if (!data_id || !assets_id) return nullptr;
    identity_ = Identity{house_.server_name, *data_id, *assets_id};
  }
  identity_known_.store(&*identity_, std::memory_order_release);
  return &*identity_;
}

http::BodyRule PiWebApi::body_rule(const http::Request& head) const {
  (void)head;
  return {settings_.max_request_body};
}

std::string PiWebApi::base_url(const http::Request& request) const {
  std::string base = house_.public_base_url;
  if (base.empty()) {
    std::string_view host = request.headers.get("Host");
    bool tls = request.tls;
    if (settings_.trust_forwarded) {
      // Behind several proxies each adds its own; the first is what the client asked for.
      const auto first = [&](std::string_view name) {
        return trim(split(request.headers.get(name), ',')[0]);
      };
      if (const auto forwarded = first("X-Forwarded-Host"); !forwarded.empty()) host = forwarded;
      if (const auto proto = first("X-Forwarded-Proto"); !proto.empty()) tls = iequals(proto, "https");
    }
    base = tls ? "https://" : "http://";
    base += host.empty() ? std::string_view{"localhost"} : host;
  }
  while (!base.empty() && base.back() == '/') base.pop_back();
  return base + "/piwebapi";
}

/// *PI Web API, "Authentication methods"*: Anonymous overrides the others.
bool PiWebApi::takes(std::string_view authorization) const {
  return (settings_.basic && uses(authorization, "Basic")) ||
         (settings_.bearer && uses(authorization, "Bearer"));
}

auth::PrincipalPtr PiWebApi::known_caller(const http::Request& request, Timestamp now) const {
  if (settings_.anonymous && settings_.anonymous_as) return settings_.anonymous_as;
  const std::string_view authorization = request.headers.get("Authorization");
  if (!takes(authorization)) return nullptr;
  return house_.authenticator.known(authorization, now.unix_ns() / kNsPerSecond);
}

Task<Result<auth::PrincipalPtr>> PiWebApi::identify(const http::Request& request, Timestamp now) {
  const std::string_view authorization = request.headers.get("Authorization");
  if (!takes(authorization)) co_return fail(ErrorCode::unauthenticated);
  auto caller = co_await house_.authenticator.from_header(authorization, now.unix_ns() / kNsPerSecond);
  co_return std::move(caller);
}

http::Response PiWebApi::unauthenticated() const {
  http::Response refused = error_response(401, "Authorization has been denied for this request.");
  if (settings_.basic) refused.headers.add("WWW-Authenticate", "Basic realm=\"PI Web API\"");
  if (settings_.bearer) refused.headers.add("WWW-Authenticate", "Bearer realm=\"PI Web API\"");
  return refused;
}

bool PiWebApi::csrf_header_missing(const http::Request& request) const {
  if (!changes(request.method) || house_.csrf_defense == CsrfDefense::off) return false;
  if (request.headers.has("X-Requested-With")) return false;
  if (house_.csrf_defense == CsrfDefense::strict) return true;
  for (const auto& [name, value] : request.headers.fields()) {
    if (iequals(name, "Origin") || iequals(name, "Referer") || iequals(name, "Cookie") ||
        istarts_with(name, "Sec-Fetch-")) {
      return true;
    }
  }
  return false;
}

Task<http::Response> PiWebApi::handle(http::Request& request) {
  http::Response response = co_await admit(request);
  add_cache_headers(response);
  add_cors_headers(settings_.cors, request, response);
  if (!settings_.x_frame_options.empty()) response.headers.set("X-Frame-Options", settings_.x_frame_options);
  for (const auto& [name, value] : settings_.custom_headers) response.headers.set(name, value);
  co_return std::move(response);
}

Task<http::Response> PiWebApi::admit(http::Request& request) {
  const Timestamp now = house_.now();
  if (!rate_limit_.admits(request.remote, coarse_clock_ns())) {
    http::Response refused = error_response(429, "Rate limit was reached");
    refused.headers.add("Retry-After", std::to_string(settings_.rate_limit_duration_s));
    co_return std::move(refused);
  }
  if (auto preflight = answer_preflight(settings_.cors, request)) co_return *std::move(preflight);
  if (asks_for_discovery(request)) co_return discovery_elsewhere(base_url(request));
  // Mostly the caller is known from the request before: that takes no coroutine.
  Result<auth::PrincipalPtr> caller = known_caller(request, now);
  if (*caller == nullptr) caller = co_await identify(request, now);
  if (!caller && caller.error().code == ErrorCode::overloaded) co_return error_response(caller.error());
  if (!caller) co_return unauthenticated();
  if (csrf_header_missing(request)) {
    co_return error_response(
        403, "The X-Requested-With header is missing. It is required of requests that change data.");
  }
  const auth::PrincipalPtr principal = *caller;
  http::Response response = co_await dispatch(request, *principal, now, false);
  co_return std::move(response);
}

Task<http::Response> PiWebApi::dispatch(http::Request& request, const auth::Principal& caller, Timestamp now,
                                        bool in_batch) {
  const Identity* known = identity();
  if (known == nullptr) co_return error_response(503, "The server has no identity yet. Try again later.");
  std::vector<std::string> segments = request.segments();
  if (segments.empty() || !iequals(segments[0], "piwebapi")) {
    co_return error_response(404, "The requested resource was not found.");
  }
  segments.erase(segments.begin());
  std::string allow;
  const Route* route = find_route(request.method, segments, allow);
  if (route == nullptr && allow.empty()) {
    co_return error_response(404, "No HTTP resource was found that matches the request URI '" +
                                      request.path.substr(0, 256) + "'.");
  }
  if (route == nullptr) {
    http::Response refused = error_response(405, "The requested resource does not support http method '" +
                                                     request.method_text.substr(0, 40) + "'.");
    refused.headers.add("Allow", allow);
    co_return std::move(refused);
  }
  if (in_batch && !route->in_batch) {
    co_return error_response(400, "The resource is not allowed inside of a batch.");
  }
  if (route->access == Access::write && settings_.disable_writes) {
    co_return error_response(403, "Writes are disabled on this server.");
  }
  if (route->access == Access::admin && !caller.may_everything(auth::Right::admin)) {
    co_return error_response(403, "The resource is reserved for administrators.");
  }
  if (auto refused = unwrap_body(request, settings_.max_request_body)) co_return *std::move(refused);
  http::Parameters query = request.parameters();
  WebIdForm form = webid_form_;
  if (const auto asked = query.find("webIdType", http::Parameters::Case::insensitive);
      asked && !asked->empty()) {
    const auto wanted = parse_webid_form(*asked);
    if (!wanted) co_return error_response(400, "Parameter (webIdType) has an unknown value.");
    form = *wanted;
  }
  Call call{*this,
            house_,
            settings_,
            *known,
            request,
            std::move(query),
            std::move(segments),
            caller,
            now,
            Naming{*known, base_url(request), form},
            in_batch,
            coarse_clock_ns() + settings_.server_read_timeout_s * kNsPerSecond};
  http::Response response = co_await route->handler(call);
  co_return std::move(response);
}

std::optional<PointId> point_of_webid(std::string_view webid, const catalog::Tables& tables) {
  const auto id = parse_webid(webid);
  if (!id || id->kind != WebIdKind::point) return std::nullopt;
  if (id->point > 0) return static_cast<PointId>(id->point);
  const std::size_t slash = id->path.find('\\');
  if (slash == std::string::npos) return std::nullopt;
  const Point* point = tables.points.find_tag(std::string_view{id->path}.substr(slash + 1));
  return point == nullptr ? std::nullopt : std::optional{point->id};
}

std::unique_ptr<Dialect> make_piwebapi(House& house, Settings settings) {
  return std::make_unique<PiWebApi>(house, std::move(settings));
}

}  // namespace penstock::dialects::piwebapi
