#include "auth/authenticator.h"

#include <sodium.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

#include "auth/credential_cache.h"
#include "auth/hash_pool.h"
#include "auth/jwt.h"
#include "base/check.h"
#include "base/metrics.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

/// What a cache key is of; never the number of a Credential::Kind.
constexpr std::uint64_t kWholeHeader = 100, kBareToken = 101;
constexpr std::int64_t kNeverExpires = std::numeric_limits<std::int64_t>::max();
/// Longer ones are wrong without a hash.
constexpr std::size_t kSecretBytesMax = 4096;

std::string name_of(Credential::Kind kind, std::string_view id) {
  std::string name(1, static_cast<char>('0' + static_cast<int>(kind)));
  name.append(id);
  return name;
}

/// The scheme and what follows it.
std::pair<std::string_view, std::string_view> split_scheme(std::string_view authorization) {
  authorization = trim(authorization);
  const auto blank = authorization.find(' ');
  if (blank == std::string_view::npos) return {authorization, {}};
  return {authorization.substr(0, blank), trim(authorization.substr(blank + 1))};
}

}  // namespace

bool Principal::may(Right right, std::string_view tag) const {
  for (const Grant& grant : grants) {
    if ((grant.rights & static_cast<std::uint8_t>(right)) == 0) continue;
    if (grant.pattern == "*" || glob_match(grant.pattern, tag)) return true;
  }
  return false;
}

bool Principal::may_everything(Right right) const {
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return grant.pattern == "*" && (grant.rights & static_cast<std::uint8_t>(right)) != 0;
  });
}

std::string hash_secret(std::string_view secret) {
  CHECK(sodium_init() >= 0);
  char hash[crypto_pwhash_STRBYTES];
  CHECK(crypto_pwhash_str(hash, secret.data(), secret.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0);
  return hash;
}

std::string make_private_key_pem() {
  return SigningKey::generate().pem();
}

Result<void> check_token_settings(const TokenSettings& settings) {
  if (settings.lifetime_s <= 0) {
    return fail(ErrorCode::invalid_argument, "lifetime_s", "A token must live for at least a second.");
  }
  if (!settings.private_key_pem.empty()) TRY_VOID(SigningKey::from_pem(settings.private_key_pem));
  return {};
}

struct Authenticator::Impl {
  Impl(std::vector<Credential> credentials_, TokenSettings settings_)
      : credentials{std::move(credentials_)}, settings{std::move(settings_)}, key{make_key(settings)} {
    audiences = settings.audiences;
    audiences.push_back(settings.default_audience);
    for (const Credential& credential : credentials) {
      CHECK(credential.principal != nullptr);
      by_name.emplace(name_of(credential.kind, credential.id), &credential);
      by_number.emplace(credential.principal->number, credential.principal.get());
    }
  }

  static SigningKey make_key(const TokenSettings& settings) {
    if (settings.private_key_pem.empty()) return SigningKey::generate();
    auto key = SigningKey::from_pem(settings.private_key_pem);
    CHECK(key.has_value());  // check_token_settings has seen it.
    return *std::move(key);
  }

  Result<PrincipalPtr> verify(std::string_view jwt, std::int64_t clock_s, std::int64_t& expires_s) const {
    TRY(const auto claims, verify_jwt(key, jwt, settings.issuer, audiences, clock_s));
    const auto at = by_name.find(name_of(Credential::Kind::client, claims.client_id));
    if (at == by_name.end() || claims.subject != claims.client_id + "@clients") {
      return fail(ErrorCode::unauthenticated, {}, "The client of the token is not known any more.");
    }
    expires_s = claims.expires_s;
    return at->second->principal;
  }

  const std::vector<Credential> credentials;
  const TokenSettings settings;
  std::vector<std::string> audiences;
  std::unordered_multimap<std::string, const Credential*> by_name;
  std::unordered_map<std::uint32_t, const Principal*> by_number;
  const SigningKey key;
  CredentialCache cache;
  HashPool pool;
  metrics::Counter& failures =
      metrics::counter("penstock_auth_failures_total", "Requests with wrong or unknown credentials.");
};

Authenticator::Authenticator(std::vector<Credential> credentials, TokenSettings settings)
    : impl_{std::make_unique<Impl>(std::move(credentials), std::move(settings))} {}

Authenticator::~Authenticator() = default;

Task<Result<PrincipalPtr>> Authenticator::from_header(std::string_view authorization, std::int64_t clock_s) {
  const auto cache_key = impl_->cache.key(kWholeHeader, authorization);
  if (auto known = impl_->cache.find(cache_key, clock_s)) co_return known;
  const auto [scheme, rest] = split_scheme(authorization);
  if (iequals(scheme, "Basic")) {
    const auto decoded = base64_decode(rest);
    const auto colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos) {
      impl_->failures.add();
      co_return fail(ErrorCode::unauthenticated, "Authorization", "Basic credentials are not readable.");
    }
    const std::string_view user = std::string_view{*decoded}.substr(0, colon);
    const std::string_view password = std::string_view{*decoded}.substr(colon + 1);
    auto task = from_password(Credential::Kind::password, user, password);
    auto principal = co_await task;
    if (principal) impl_->cache.put(cache_key, *principal, kNeverExpires);
    co_return principal;
  }
  if (iequals(scheme, "Bearer")) {
    std::int64_t expires_s = 0;
    auto principal = impl_->verify(rest, clock_s, expires_s);
    if (principal) {
      impl_->cache.put(cache_key, *principal, expires_s + kClockSkew_s);
    } else {
      impl_->failures.add();
    }
    co_return principal;
  }
  co_return fail(ErrorCode::unauthenticated, "Authorization",
                 authorization.empty() ? "No credentials." : "An unknown kind of credentials.");
}

Task<Result<PrincipalPtr>> Authenticator::from_key(std::string_view domain, std::string_view secret) {
  return from_password(Credential::Kind::key, domain, secret);
}

Task<Result<PrincipalPtr>> Authenticator::from_password(Credential::Kind kind, std::string_view id,
                                                        std::string_view secret) {
  const auto cache_key = impl_->cache.key(static_cast<std::uint64_t>(kind), id, secret);
  if (auto known = impl_->cache.find(cache_key, 0)) co_return known;
  if (secret.size() > kSecretBytesMax) {
    impl_->failures.add();
    co_return fail(ErrorCode::unauthenticated, {}, "The secret is too long.");
  }
  HashPool::Check check{impl_->pool, {}, secret};
  const auto [first, last] = impl_->by_name.equal_range(name_of(kind, id));
  for (auto at = first; at != last; ++at) check.candidates.push_back(at->second);
  co_await check;
  if (check.queue_was_full) {
    co_return fail(ErrorCode::overloaded, {}, "Too many attempts to log in at a time.");
  }
  if (check.matched == nullptr) {
    impl_->failures.add();
    co_return fail(ErrorCode::unauthenticated, {}, "The name or the secret is wrong.");
  }
  impl_->cache.put(cache_key, check.matched->principal, kNeverExpires);
  co_return check.matched->principal;
}

Task<Result<Token>> Authenticator::mint(std::string_view client_id, std::string_view secret,
                                        std::string_view audience, std::int64_t clock_s) {
  auto task = from_password(Credential::Kind::client, client_id, secret);
  const auto principal = co_await task;
  if (!principal) co_return fail(principal.error());
  if (audience.empty()) audience = impl_->settings.default_audience;
  if (std::find(impl_->audiences.begin(), impl_->audiences.end(), audience) == impl_->audiences.end()) {
    co_return fail(ErrorCode::forbidden, "audience", "The audience is not known.");
  }
  Claims claims;
  claims.issuer = impl_->settings.issuer;
  claims.subject = std::string{client_id} + "@clients";
  claims.audience = audience;
  claims.client_id = client_id;
  claims.issued_s = clock_s;
  claims.expires_s = clock_s + impl_->settings.lifetime_s;
  co_return Token{mint_jwt(impl_->key, claims), impl_->settings.lifetime_s};
}

Result<PrincipalPtr> Authenticator::verify_token(std::string_view jwt, std::int64_t clock_s) const {
  // An RSA signature costs more than the rest of a small request. Credentials and keys never change while the
  // process lives, so what was right stays right until the token expires.
  const auto cache_key = impl_->cache.key(kBareToken, jwt);
  if (auto known = impl_->cache.find(cache_key, clock_s)) return known;
  std::int64_t expires_s = 0;
  auto principal = impl_->verify(jwt, clock_s, expires_s);
  if (principal) impl_->cache.put(cache_key, *principal, expires_s + kClockSkew_s);
  return principal;
}

std::string Authenticator::jwks() const {
  return R"({"keys":[)" + impl_->key.jwk() + "]}";
}

const TokenSettings& Authenticator::token_settings() const {
  return impl_->settings;
}

const Principal* Authenticator::find_principal(std::uint32_t number) const {
  const auto at = impl_->by_number.find(number);
  return at == impl_->by_number.end() ? nullptr : at->second;
}

}  // namespace penstock::auth
