#include "dialects/omf/omf.h"

#include <utility>

#include "base/text.h"
#include "dialects/omf/answer.h"
#include "dialects/omf/headers.h"
#include "dialects/omf/render.h"
#include "dialects/omf/routes.h"
#include "http/inflate.h"

namespace penstock::dialects::omf {
namespace {

/// `/piwebapi/omf`, any letter case, with or without a slash at the end.
bool is_endpoint(const http::Request& request) {
  const auto segments = request.segments();
  return segments.size() == 2 && iequals(segments[0], "piwebapi") && iequals(segments[1], "omf");
}

bool looks_like_a_browser(const http::Headers& headers) {
  for (const auto& [name, value] : headers.fields()) {
    if (iequals(name, "Origin") || iequals(name, "Referer") || iequals(name, "Cookie") ||
        istarts_with(name, "Sec-Fetch-")) {
      return true;
    }
  }
  return false;
}

/// "Other security settings", EnableCSRFDefense: any value of X-Requested-With will do.
bool is_refused_by_csrf(const http::Headers& headers, CsrfDefense defense) {
  if (!trim(headers.get("X-Requested-With")).empty()) return false;
  switch (defense) {
    case CsrfDefense::off: return false;
    case CsrfDefense::strict: return true;
    case CsrfDefense::browser: return looks_like_a_browser(headers);
  }
  return true;
}

bool may_write_anything(const auth::Principal& caller) {
  for (const auth::Grant& grant : caller.grants) {
    if ((grant.rights & static_cast<std::uint8_t>(auth::Right::write)) != 0) return true;
  }
  return false;
}

/// Inflates once, and once more if a proxy and the producer both compressed.
/// Errors: invalid_argument, limit_exceeded.
Result<http::Body> inflate(const http::Request& request, std::size_t bytes_max) {
  static constexpr std::string_view kGzip = "\x1f\x8b";
  TRY(auto body, http::gunzip(request.body.view(), bytes_max));
  if (request.headers.has("Content-Encoding") && body.view().starts_with(kGzip)) {
    return http::gunzip(body.view(), bytes_max);
  }
  return body;
}

class OmfDialect final : public Dialect {
 public:
  OmfDialect(House& house, Settings settings) : house_{house}, settings_{settings} {}

  std::string_view name() const override { return "omf"; }

  http::BodyRule body_rule(const http::Request&) const override {
    http::BodyRule rule;
    rule.bytes_max = settings_.max_request_bytes;
    return rule;
  }

  Task<http::Response> handle(http::Request& request) override {
    if (!is_endpoint(request)) co_return render_not_found();
    const Timestamp now = house_.now();
    const std::string_view authorization = request.headers.get("Authorization");
    const std::int64_t now_s = now.unix_ns() / kNsPerSecond;
    // Mostly the caller is known from the message before: that takes no coroutine.
    Result<auth::PrincipalPtr> caller = house_.authenticator.known(authorization, now_s);
    if (*caller == nullptr) {
      auto login = house_.authenticator.from_header(authorization, now_s);
      caller = co_await login;
    }
    if (!caller && is_retryable(caller.error().code)) co_return render_unavailable(settings_.retry_after_s);
    if (!caller) co_return render_unauthenticated();
    if (request.method != http::Method::post) co_return render_wrong_method();
    if (!may_write_anything(**caller)) co_return refuse(events::no_permission({}));
    if (is_refused_by_csrf(request.headers, house_.csrf_defense)) co_return render_csrf_refusal();
    if (request.fault == http::Fault::body_too_large || request.body.size() > settings_.max_request_bytes) {
      co_return render_too_large(settings_.max_request_bytes);
    }

    Report faults;
    const MessageHeaders headers = parse_headers(request.headers, faults);
    if (!faults.request().events.empty())
      co_return answer_report(faults, 400, settings_.event_shape, headers.exceptions, nullptr);
    if (headers.gzip) {
      auto inflated = inflate(request, settings_.max_inflated_bytes);
      if (!inflated && inflated.error().code == ErrorCode::limit_exceeded) {
        co_return render_too_large(settings_.max_inflated_bytes);
      }
      if (!inflated) co_return refuse(events::not_inflatable(inflated.error().detail));
      request.body = std::move(*inflated);
    }

    const Call call{house_.archive,
                    house_.server_name,
                    house_.asset_database,
                    settings_,
                    **caller,
                    headers,
                    request.body,
                    now};
    auto answer = handler(headers.type)(call);
    co_return co_await answer;
  }

 private:
  using Handler = Task<http::Response> (*)(const Call&);
  static Handler handler(MessageType type) {
    switch (type) {
      case MessageType::type: return post_types;
      case MessageType::container: return post_containers;
      case MessageType::data: break;
    }
    return post_data;
  }

  http::Response refuse(Event event) const {
    Report report;
    report.add_for_request(std::move(event));
    return answer_report(report, 400, settings_.event_shape, settings_.verbose, nullptr);
  }

  House& house_;
  const Settings settings_;
};

}  // namespace

std::unique_ptr<Dialect> make_omf(House& house, Settings settings) {
  return std::make_unique<OmfDialect>(house, settings);
}

}  // namespace penstock::dialects::omf
