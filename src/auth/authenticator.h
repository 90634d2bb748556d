#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace penstock::auth {

enum class Right : std::uint8_t { read = 1, write = 2, admin = 4 };
constexpr std::uint8_t operator|(Right a, Right b) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// Rights over points whose PI tag matches a pattern (`*`, `?`, no regard to case).
struct Grant {
  std::string pattern;
  std::uint8_t rights = 0;  ///< Bits of Right.
};

/// Rights of a Building X client inside one partition.
struct PartitionRights {
  bool read_points = false, read_values = false, write_values = false;
};

/// Who calls.
struct Principal {
  std::uint32_t number = 0;  ///< Stable; journalled with every batch.
  std::string name;
  std::vector<Grant> grants;
  std::map<std::string, PartitionRights, std::less<>> partitions;  ///< By lower-case partition id.
  std::string domain;  ///< EnergyView domain of a key; empty otherwise.

  bool may(Right right, std::string_view tag) const;
  bool may_everything(Right right) const;  ///< Some grant with the pattern `*` gives it.
};
using PrincipalPtr = std::shared_ptr<const Principal>;

/// One way to log in. A login with two live secrets is two of these. Secrets are kept as argon2id strings.
struct Credential {
  enum class Kind : std::uint8_t { password, client, key };
  Kind kind = Kind::password;
  std::string id;           ///< User name, client id, or EnergyView domain.
  std::string secret_hash;  ///< libsodium `crypto_pwhash_str` text.
  PrincipalPtr principal;
  std::int64_t expires_s = 0;      ///< The secret is wrong from then on (seconds since 1970); 0: never.
  std::int64_t tokens_from_s = 0;  ///< Of a client: its tokens that were issued before are refused.
};

/// argon2id, for configuration files: `penstock hash-secret`.
std::string hash_secret(std::string_view secret);

struct TokenSettings {
  std::string issuer = "http://127.0.0.1:8080/";
  std::string default_audience = "https://horizon.siemens.com";
  std::vector<std::string> audiences;  ///< Further ones; the default is always known.
  std::int64_t lifetime_s = 86400;
  std::string private_key_pem;  ///< RSA, PKCS 8. Empty: one is made.
};

/// A key that signs no more; tokens that it signed stay good to their own end, and not beyond `until_s`.
struct RetiredKey {
  std::string public_pem;
  std::int64_t until_s = 0;
};

/// What a key is known by, and its public half (PEM).
struct KeyName {
  std::string kid, public_pem;
};
/// Errors: invalid_argument (no private RSA key of at least 2048 bits).
Result<KeyName> name_of_key(std::string_view private_key_pem);

struct Token {
  std::string access_token;
  std::int64_t expires_in_s = 0;
};

/// A new RSA key, for settings that are to outlive the process: with another key all tokens become worthless.
std::string make_private_key_pem();

/// Errors: invalid_argument (private key not usable, lifetime).
Result<void> check_token_settings(const TokenSettings& settings);

/// Knows all credentials, checks them, and mints and checks our own tokens (RS256, RFC 8725). Credentials and
/// keys can be replaced while it serves; what was remembered of the former ones is forgotten with them.
///
/// Threads: any. A slow hash runs on a pool of two; a right answer is remembered for five minutes under a
/// keyed hash, so that the next request costs a look-up. A wrong one is answered a fifth of a second late.
/// The tasks need a current Executor, and end with `overloaded` when too many wait for a hash.
class Authenticator {
 public:
  /// The settings must have passed check_token_settings.
  Authenticator(std::vector<Credential> credentials, TokenSettings settings);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// Who sent this very Authorization header before, or null: then `from_header` finds out.
  PrincipalPtr known(std::string_view authorization, std::int64_t clock_s) const;
  /// `Basic`, and `Bearer` of ours, from the value of an Authorization header. `clock_s` is the wall clock.
  /// Errors: unauthenticated, overloaded.
  Task<Result<PrincipalPtr>> from_header(std::string_view authorization, std::int64_t clock_s);
  /// EnergyView's `Key <secret>` for one domain. Errors: unauthenticated, overloaded.
  Task<Result<PrincipalPtr>> from_key(std::string_view domain, std::string_view secret);
  /// EnergyView v2 and others: user or domain with password or key. Errors: unauthenticated,
  /// overloaded.
  Task<Result<PrincipalPtr>> from_password(Credential::Kind kind, std::string_view id,
                                           std::string_view secret);

  /// Client credentials → token. Empty audience: the default.
  /// Errors: unauthenticated (client or secret), forbidden (audience not known to us), overloaded.
  Task<Result<Token>> mint(std::string_view client_id, std::string_view secret, std::string_view audience,
                           std::int64_t clock_s);
  /// Errors: unauthenticated, with a `detail` that says why (for logs, not for answers).
  Result<PrincipalPtr> verify_token(std::string_view jwt, std::int64_t clock_s) const;

  /// Another list of credentials, from the next request on. A token whose client is not in it is worthless.
  void replace_credentials(std::vector<Credential> credentials);
  /// Another key that signs, and keys that only verify. Tokens of other keys are worthless from now on.
  /// Errors: invalid_argument (a key that can't be read); then nothing changed.
  Result<void> replace_keys(std::string_view private_key_pem, const std::vector<RetiredKey>& retired);
  /// Does slow work (a new hash, a new key) on the pool, away from the I/O threads. Errors: overloaded.
  Task<Result<void>> do_slowly(std::function<void()> job);

  std::string jwks(std::int64_t clock_s) const;  ///< The JWK set document: the signing key first.
  const TokenSettings& token_settings() const;
  PrincipalPtr find_principal(std::uint32_t number) const;  ///< Null if there is none.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::auth
