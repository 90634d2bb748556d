#pragma once

#include <cstdint>
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

/// One way to log in, as configured. Secrets are stored as argon2id strings, or given in clear in the demo
/// and hashed at start.
struct Credential {
  enum class Kind : std::uint8_t { password, client, key };
  Kind kind = Kind::password;
  std::string id;           ///< User name, client id, or EnergyView domain.
  std::string secret_hash;  ///< libsodium `crypto_pwhash_str` text.
  PrincipalPtr principal;
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

struct Token {
  std::string access_token;
  std::int64_t expires_in_s = 0;
};

/// A new RSA key, for settings that are to outlive the process: with another key all tokens become worthless.
std::string make_private_key_pem();

/// Errors: invalid_argument (private key not usable, lifetime).
Result<void> check_token_settings(const TokenSettings& settings);

/// Knows all credentials, checks them, and mints and checks our own tokens (RS256, RFC 8725).
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

  std::string jwks() const;  ///< The JWK set document.
  const TokenSettings& token_settings() const;
  const Principal* find_principal(std::uint32_t number) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::auth
