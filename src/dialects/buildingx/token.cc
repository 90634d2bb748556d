#include "dialects/buildingx/token.h"

#include <optional>

#include "base/text.h"
#include "dialects/buildingx/errors.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

tl::unexpected<http::Response> refuse(int status, std::string_view error, std::string_view description) {
  return tl::unexpected(render_oauth_error(status, error, description));
}

struct Members {
  std::optional<std::string> client_id, client_secret, audience, grant_type;

  std::optional<std::string>* slot(std::string_view name) {
    if (name == "client_id") return &client_id;
    if (name == "client_secret") return &client_secret;
    if (name == "audience") return &audience;
    if (name == "grant_type") return &grant_type;
    return nullptr;
  }
};

tl::expected<Members, http::Response> members_of_json(const http::Body& body) {
  const auto document = json::parse(body);
  if (!document || !document->is_object()) {
    return refuse(400, "invalid_request", "The body is not a JSON object");
  }
  Members members;
  for (const json::Member& member : document->object()) {
    std::optional<std::string>* const slot = members.slot(member.name);
    if (slot == nullptr) continue;
    const auto text = member.value.as_string();
    if (!text) return refuse(400, "invalid_request", member.name + " must be a string");
    *slot = std::string{*text};
  }
  return members;
}

Members members_of_form(std::string_view body) {
  Members members;
  const http::Parameters form = http::Parameters::parse(body);
  for (const auto& [name, value] : form.items()) {
    if (auto* const slot = members.slot(name)) slot->emplace(value);
  }
  return members;
}

/// RFC 6749, 2.3.1: id and secret are form-encoded inside of Basic; clients that send them plain work too, as
/// plain text without `%` and `+` decodes to itself.
bool take_basic_client(std::string_view authorization, Members& members) {
  const auto plain = base64_decode(trim(authorization.substr(6)));
  if (!plain) return false;
  const std::size_t colon = plain->find(':');
  if (colon == std::string::npos) return false;
  members.client_id = http::percent_decode(std::string_view{*plain}.substr(0, colon), false);
  members.client_secret = http::percent_decode(std::string_view{*plain}.substr(colon + 1), false);
  return true;
}

}  // namespace

tl::expected<TokenRequest, http::Response> parse_token_request(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  const std::string_view essence = trim(type.substr(0, type.find(';')));
  Members members;
  if (iequals(essence, "application/x-www-form-urlencoded")) {
    members = members_of_form(request.body.view());
  } else if (iequals(essence, "application/json") || essence.empty()) {
    TRY(members, members_of_json(request.body));
  } else {
    return refuse(400, "invalid_request", "The body must be JSON or a form");
  }
  const std::string_view authorization = request.headers.get("Authorization");
  if (istarts_with(authorization, "Basic ")) {
    if (!take_basic_client(authorization, members)) {
      return refuse(400, "invalid_request", "The Authorization header is broken");
    }
  }
  if (!members.grant_type) return refuse(400, "invalid_request", "grant_type is missing");
  if (*members.grant_type != "client_credentials") {
    return refuse(400, "unsupported_grant_type", "grant_type must be client_credentials");
  }
  if (!members.client_id) return refuse(400, "invalid_request", "client_id is missing");
  if (!members.client_secret) return refuse(400, "invalid_request", "client_secret is missing");
  return TokenRequest{std::move(*members.client_id), std::move(*members.client_secret),
                      std::move(members.audience).value_or(std::string{})};
}

http::Response render_token(std::string_view access_token, std::int64_t expires_in_s) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("access_token", access_token).member("token_type", "Bearer");
  w.member("expires_in", expires_in_s).object_end();
  http::Response response = http::Response::make(200, "application/json", std::move(body));
  response.headers.add("Cache-Control", "no-store");
  return response;
}

http::Response render_openid_configuration(std::string_view issuer, std::string_view base_url) {
  const auto url = [&](std::string_view path) { return std::string{base_url}.append(path); };
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  w.member("issuer", issuer);
  w.member("token_endpoint", url("oauth/token")).member("jwks_uri", url(".well-known/jwks.json"));
  w.key("grant_types_supported").array_begin().value("client_credentials").array_end();
  w.key("response_types_supported").array_begin().array_end();
  w.key("token_endpoint_auth_methods_supported").array_begin();
  w.value("client_secret_post").value("client_secret_basic").array_end();
  w.key("subject_types_supported").array_begin().value("public").array_end();
  w.key("id_token_signing_alg_values_supported").array_begin().value("RS256").array_end();
  w.object_end();
  return http::Response::make(200, "application/json", std::move(body));
}

}  // namespace penstock::dialects::buildingx
