#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct evp_pkey_st;

namespace penstock::auth {

/// The public half of an RSA key of at least 2048 bits: checks what the private half signed. Threads: any.
class PublicKey {
 public:
  /// Errors: invalid_argument (not PEM, not RSA, too short).
  static Result<PublicKey> from_pem(std::string_view pem);

  std::string pem() const;                         ///< SubjectPublicKeyInfo.
  const std::string& kid() const { return kid_; }  ///< The JWK thumbprint (RFC 7638).
  std::string jwk() const;                         ///< As a JSON object.
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string modulus_, exponent_, kid_;  // Base64url.
};

/// An RSA key pair of at least 2048 bits that signs our tokens. Threads: any.
class SigningKey {
 public:
  static SigningKey generate();
  /// Errors: invalid_argument (not PEM, not RSA, too short).
  static Result<SigningKey> from_pem(std::string_view pem);

  std::string pem() const;  ///< PKCS 8, unencrypted.
  const PublicKey& public_half() const { return public_half_; }
  const std::string& kid() const { return public_half_.kid(); }

  std::string sign(std::string_view bytes) const;  ///< RS256, raw bytes.

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_half_;
};

/// A key whose signatures count, up to a time of its own.
struct TrustedKey {
  PublicKey key;
  std::int64_t until_s;  ///< Tokens of this key are refused from then on, whatever they say.
};

/// What a token says. Times are whole seconds since 1970.
struct Claims {
  std::string issuer, subject, audience, client_id;
  std::int64_t issued_s = 0, expires_s = 0;
  std::int64_t refused_from_s = 0;  ///< Of a checked token: its own end with the skew, or that of its key.
};

/// Differences between the clocks of who mints and who checks.
inline constexpr std::int64_t kClockSkew_s = 60;

/// `{"alg":"RS256","typ":"JWT","kid":…}` and the claims, signed.
std::string mint_jwt(const SigningKey& key, const Claims& claims);

/// Checks a token as RFC 8725 asks: the header may only agree that it is RS256 and name one of `keys`;
/// signature first, then iss, aud, exp, nbf, iat. Errors: unauthenticated, with a `detail` for the log.
Result<Claims> verify_jwt(std::span<const TrustedKey> keys, std::string_view jwt, std::string_view issuer,
                          const std::vector<std::string>& audiences, std::int64_t clock_s);

}  // namespace penstock::auth
