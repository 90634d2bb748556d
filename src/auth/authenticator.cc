#include "auth/authenticator.h"

#include <sodium.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "auth/credential_cache.h"
#include "auth/hash_pool.h"
#include "auth/jwt.h"
#include "base/check.h"
#include "base/clock.h"
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

Result<KeyName> name_of_key(std::string_view private_key_pem) {
  TRY(const auto key, SigningKey::from_pem(private_key_pem));
  return KeyName{key.kid(), key.public_half().pem()};
}

namespace {

/// Everyone who may log in, as one value that never changes.
struct Directory {
  explicit Directory(std::vector<Credential> all) : credentials{std::move(all)} {
    for (const Credential& credential : credentials) {
      CHECK(credential.principal != nullptr);
      by_name.emplace(name_of(credential.kind, credential.id), &credential);
      by_number.emplace(credential.principal->number, credential.principal);
    }
  }

  std::vector<Credential> credentials;
  std::unordered_multimap<std::string, const Credential*> by_name;
  std::unordered_map<std::uint32_t, PrincipalPtr> by_number;
};

/// The key that signs, and all whose signatures count: itself first.
struct KeyRing {
  KeyRing(SigningKey key, std::vector<TrustedKey> retired) : signing{std::move(key)} {
    trusted.push_back({signing.public_half(), kNeverExpires});
    for (TrustedKey& each : retired) trusted.push_back(std::move(each));
  }

  SigningKey signing;
  std::vector<TrustedKey> trusted;
};

/// A value that is replaced as a whole. Who took it keeps it.
template <class T>
class Replaceable {
 public:
  explicit Replaceable(std::shared_ptr<const T> value) : value_{std::move(value)} {}
  std::shared_ptr<const T> take() const {
    const std::lock_guard lock{mutex_};
    return value_;
  }
  void replace(std::shared_ptr<const T> value) {
    const std::lock_guard lock{mutex_};
    value_.swap(value);
  }

 private:
  mutable std::mutex mutex_;  // Guards value_.
  std::shared_ptr<const T> value_;
};

SigningKey make_key(const TokenSettings& settings) {
  if (settings.private_key_pem.empty()) return SigningKey::generate();
  auto key = SigningKey::from_pem(settings.private_key_pem);
  CHECK(key.has_value());  // check_token_settings has seen it.
  return *std::move(key);
}

std::int64_t expiry_of(const Credential& credential) {
  return credential.expires_s == 0 ? kNeverExpires : credential.expires_s;
}

}  // namespace

struct Authenticator::Impl {
  Impl(std::vector<Credential> credentials, TokenSettings settings_)
      : settings{std::move(settings_)},
        directory{std::make_shared<const Directory>(std::move(credentials))},
        keys{std::make_shared<const KeyRing>(make_key(settings), std::vector<TrustedKey>{})} {
    audiences = settings.audiences;
    audiences.push_back(settings.default_audience);
  }

  Result<PrincipalPtr> verify(std::string_view jwt, std::int64_t clock_s,
                              std::int64_t& refused_from_s) const {
    const auto ring = keys.take();
    TRY(const auto claims, verify_jwt(ring->trusted, jwt, settings.issuer, audiences, clock_s));
    const auto known = directory.take();
    const auto at = known->by_name.find(name_of(Credential::Kind::client, claims.client_id));
    if (at == known->by_name.end() || claims.subject != claims.client_id + "@clients") {
      return fail(ErrorCode::unauthenticated, {}, "The client of the token is not known any more.");
    }
    if (claims.issued_s < at->second->tokens_from_s) {
      return fail(ErrorCode::unauthenticated, {}, "The tokens of this client were revoked.");
    }
    refused_from_s = claims.refused_from_s;
    return at->second->principal;
  }

  /// The credential that the secret opens. `known` keeps it alive.
  Task<Result<const Credential*>> match(std::shared_ptr<const Directory> known, Credential::Kind kind,
                                        std::string_view id, std::string_view secret, std::int64_t clock_s) {
    if (secret.size() > kSecretBytesMax) {
      failures.add();
      co_return fail(ErrorCode::unauthenticated, {}, "The secret is too long.");
    }
    HashPool::Check check{pool, {}, secret};
    const auto [first, last] = known->by_name.equal_range(name_of(kind, id));
    for (auto at = first; at != last; ++at) {
      if (expiry_of(*at->second) > clock_s) check.candidates.push_back(at->second);
    }
    co_await check;
    if (check.queue_was_full) {
      co_return fail(ErrorCode::overloaded, {}, "Too many attempts to log in at a time.");
    }
    if (check.matched == nullptr) {
      failures.add();
      co_return fail(ErrorCode::unauthenticated, {}, "The name or the secret is wrong.");
    }
    co_return check.matched;
  }

  Task<Result<PrincipalPtr>> log_in(Credential::Kind kind, std::string_view id, std::string_view secret,
                                    std::int64_t clock_s) {
    const auto cache_key = cache.key(static_cast<std::uint64_t>(kind), id, secret);
    if (auto known = cache.find(cache_key, clock_s)) co_return known;
    const std::uint64_t generation = cache.generation();
    const auto known = directory.take();
    auto task = match(known, kind, id, secret, clock_s);
    const auto matched = co_await task;
    if (!matched) co_return fail(matched.error());
    cache.put(cache_key, (*matched)->principal, expiry_of(**matched), generation);
    co_return (*matched)->principal;
  }

  const TokenSettings settings;
  std::vector<std::string> audiences;
  Replaceable<Directory> directory;
  Replaceable<KeyRing> keys;
  CredentialCache cache;
  HashPool pool;
  metrics::Counter& failures =
      metrics::counter("penstock_auth_failures_total", "Requests with wrong or unknown credentials.");
};

Authenticator::Authenticator(std::vector<Credential> credentials, TokenSettings settings)
    : impl_{std::make_unique<Impl>(std::move(credentials), std::move(settings))} {}

Authenticator::~Authenticator() = default;

PrincipalPtr Authenticator::known(std::string_view authorization, std::int64_t clock_s) const {
  return impl_->cache.find(impl_->cache.key(kWholeHeader, authorization), clock_s);
}

Task<Result<PrincipalPtr>> Authenticator::from_header(std::string_view authorization, std::int64_t clock_s) {
  const auto cache_key = impl_->cache.key(kWholeHeader, authorization);
  if (auto known = impl_->cache.find(cache_key, clock_s)) co_return known;
  const std::uint64_t generation = impl_->cache.generation();
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
    const auto known = impl_->directory.take();
    auto task = impl_->match(known, Credential::Kind::password, user, password, clock_s);
    const auto matched = co_await task;
    if (!matched) co_return fail(matched.error());
    impl_->cache.put(cache_key, (*matched)->principal, expiry_of(**matched), generation);
    co_return (*matched)->principal;
  }
  if (iequals(scheme, "Bearer")) {
    std::int64_t refused_from_s = 0;
    auto principal = impl_->verify(rest, clock_s, refused_from_s);
    if (principal) {
      impl_->cache.put(cache_key, *principal, refused_from_s, generation);
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
  return impl_->log_in(kind, id, secret, wall_clock_ns() / 1'000'000'000);
}

Task<Result<Token>> Authenticator::mint(std::string_view client_id, std::string_view secret,
                                        std::string_view audience, std::int64_t clock_s) {
  auto task = impl_->log_in(Credential::Kind::client, client_id, secret, clock_s);
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
  // Tokens are revoked up to the end of the running second: one of the same second is issued at its end.
  const auto known = impl_->directory.take();
  const auto at = known->by_name.find(name_of(Credential::Kind::client, client_id));
  if (at != known->by_name.end() && at->second->tokens_from_s <= clock_s + 1) {
    claims.issued_s = std::max(clock_s, at->second->tokens_from_s);
  }
  claims.expires_s = clock_s + impl_->settings.lifetime_s;
  co_return Token{mint_jwt(impl_->keys.take()->signing, claims), impl_->settings.lifetime_s};
}

Result<PrincipalPtr> Authenticator::verify_token(std::string_view jwt, std::int64_t clock_s) const {
  // An RSA signature costs more than the rest of a small request. What was right stays right until the token
  // expires, or until credentials or keys are replaced, which clears the cache.
  const auto cache_key = impl_->cache.key(kBareToken, jwt);
  if (auto known = impl_->cache.find(cache_key, clock_s)) return known;
  const std::uint64_t generation = impl_->cache.generation();
  std::int64_t refused_from_s = 0;
  auto principal = impl_->verify(jwt, clock_s, refused_from_s);
  if (principal) impl_->cache.put(cache_key, *principal, refused_from_s, generation);
  return principal;
}

void Authenticator::replace_credentials(std::vector<Credential> credentials) {
  impl_->directory.replace(std::make_shared<const Directory>(std::move(credentials)));
  impl_->cache.clear();
}

Result<void> Authenticator::replace_keys(std::string_view private_key_pem,
                                         const std::vector<RetiredKey>& retired) {
  TRY(auto signing, SigningKey::from_pem(private_key_pem));
  std::vector<TrustedKey> trusted;
  for (const RetiredKey& each : retired) {
    TRY(auto key, PublicKey::from_pem(each.public_pem));
    trusted.push_back({std::move(key), each.until_s});
  }
  impl_->keys.replace(std::make_shared<const KeyRing>(std::move(signing), std::move(trusted)));
  impl_->cache.clear();
  return {};
}

Task<Result<void>> Authenticator::do_slowly(std::function<void()> job) {
  HashPool::Check check{impl_->pool, {}, {}, std::move(job)};
  co_await check;
  if (check.queue_was_full) co_return fail(ErrorCode::overloaded, {}, "Too much slow work at a time.");
  co_return Result<void>{};
}

std::string Authenticator::jwks(std::int64_t clock_s) const {
  std::string keys;
  for (const TrustedKey& each : impl_->keys.take()->trusted) {
    if (each.until_s > clock_s) keys += (keys.empty() ? "" : ",") + each.key.jwk();
  }
  return R"({"keys":[)" + keys + "]}";
}

const TokenSettings& Authenticator::token_settings() const {
  return impl_->settings;
}

PrincipalPtr Authenticator::find_principal(std::uint32_t number) const {
  const auto known = impl_->directory.take();
  const auto at = known->by_number.find(number);
  return at == known->by_number.end() ? nullptr : at->second;
}

}  // namespace penstock::auth
