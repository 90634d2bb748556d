#pragma once

#include <string>

#include <tl/expected.hpp>

#include "http/message.h"

namespace penstock::dialects::buildingx {

/// A client credentials request (*Building X Developer's Guide, "Authorization"*; *RFC 6749, 4.4*).
struct TokenRequest {
  std::string client_id, client_secret, audience;  ///< Audience empty: the default one.
};

/// Reads the four members from JSON or from a form, the client also from Basic authentication; unknown
/// members are passed over. On failure the OAuth error that answers the request. Pure.
tl::expected<TokenRequest, http::Response> parse_token_request(const http::Request& request);

http::Response render_token(std::string_view access_token, std::int64_t expires_in_s);

/// The discovery document. `base_url` ends with a slash.
http::Response render_openid_configuration(std::string_view issuer, std::string_view base_url);

}  // namespace penstock::dialects::buildingx
