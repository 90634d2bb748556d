#include "auth/jwt.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <algorithm>
#include <limits>

#include "auth/flat_json.h"
#include "base/check.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

constexpr int kKeyBits = 2048;
constexpr std::size_t kTokenBytesMax = 8192;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string number_parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return base64url_encode(bytes);
}

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::unauthenticated, {}, std::move(why));
}

/// One part of a token: base64url without padding, as the RFC has it.
std::optional<std::string> decode_part(std::string_view part) {
  if (part.find('=') != std::string_view::npos) return std::nullopt;
  return base64url_decode(part);
}

using Bio = std::unique_ptr<BIO, FreeBio>;

Result<void> check_strength(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= kKeyBits) return {};
  return fail(ErrorCode::invalid_argument, "key", "Tokens need an RSA key of at least 2048 bits.");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key)
    : key_{std::move(key)},
      modulus_{number_parameter(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
      exponent_{number_parameter(key_.get(), OSSL_PKEY_PARAM_RSA_E)} {
  const std::string canonical = R"({"e":")" + exponent_ + R"(","kty":"RSA","n":")" + modulus_ + R"("})";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(as_bytes(canonical), canonical.size(), hash);
  kid_ = base64url_encode({reinterpret_cast<const char*>(hash), sizeof hash});
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  CHECK(bio != nullptr);
  std::shared_ptr<EVP_PKEY> key{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  if (key == nullptr) return fail(ErrorCode::invalid_argument, "key", "Not a public key in PEM form.");
  TRY_VOID(check_strength(key.get()));
  return PublicKey{std::move(key)};
}

std::string PublicKey::pem() const {
  const Bio bio{BIO_new(BIO_s_mem())};
  CHECK(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return text_of(bio.get());
}

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key)
    : key_{key}, public_half_{PublicKey{std::move(key)}} {}

SigningKey SigningKey::generate() {
  EVP_PKEY* const key = EVP_RSA_gen(kKeyBits);
  CHECK(key != nullptr);
  return SigningKey{std::shared_ptr<EVP_PKEY>{key, EVP_PKEY_free}};
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  CHECK(bio != nullptr);
  // An encrypted key would ask for its password on the terminal: give none.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* const raw = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr);
  if (raw == nullptr)
    return fail(ErrorCode::invalid_argument, "private_key", "Not a private key in PEM form.");
  std::shared_ptr<EVP_PKEY> key{raw, EVP_PKEY_free};
  TRY_VOID(check_strength(raw));
  return SigningKey{std::move(key)};
}

std::string SigningKey::pem() const {
  const Bio bio{BIO_new(BIO_s_mem())};
  CHECK(bio != nullptr);
  CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

std::string PublicKey::jwk() const {
  return R"({"kty":"RSA","use":"sig","alg":"RS256","kid":")" + kid_ + R"(","n":")" + modulus_ + R"(","e":")" +
         exponent_ + R"("})";
}

std::string SigningKey::sign(std::string_view bytes) const {
  const Digest context{EVP_MD_CTX_new()};
  CHECK(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  std::size_t size = 0;
  CHECK(EVP_DigestSign(context.get(), nullptr, &size, as_bytes(bytes), bytes.size()) == 1);
  std::string signature(size, '\0');
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       as_bytes(bytes), bytes.size()) == 1);
  signature.resize(size);
  return signature;
}

bool PublicKey::verify(std::string_view bytes, std::string_view signature) const {
  const Digest context{EVP_MD_CTX_new()};
  CHECK(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  return EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(), as_bytes(bytes),
                          bytes.size()) == 1;
}

std::string mint_jwt(const SigningKey& key, const Claims& claims) {
  const std::string header = R"({"alg":"RS256","typ":"JWT","kid":")" + key.kid() + R"("})";
  const std::string payload =
      "{\"iss\":" + json_quoted(claims.issuer) + ",\"sub\":" + json_quoted(claims.subject) +
      ",\"aud\":" + json_quoted(claims.audience) + ",\"azp\":" + json_quoted(claims.client_id) +
      ",\"iat\":" + std::to_string(claims.issued_s) + ",\"exp\":" + std::to_string(claims.expires_s) +
      ",\"gty\":\"client-credentials\"}";
  std::string token = base64url_encode(header) + "." + base64url_encode(payload);
  const std::string signature = key.sign(token);
  return token + "." + base64url_encode(signature);
}

Result<Claims> verify_jwt(std::span<const TrustedKey> keys, std::string_view jwt, std::string_view issuer,
                          const std::vector<std::string>& audiences, std::int64_t clock_s) {
  if (jwt.size() > kTokenBytesMax) return refused("The token is too long.");
  const auto parts = split(jwt, '.');
  if (parts.size() != 3) return refused("A token has three parts.");
  const auto header_text = decode_part(parts[0]), payload_text = decode_part(parts[1]);
  const auto signature = decode_part(parts[2]);
  if (!header_text || !payload_text || !signature) return refused("The token is not base64url.");

  const auto header = FlatJson::parse(*header_text);
  if (!header) return refused("The header is not readable.");
  // The key has one algorithm. What the token claims can only agree with it.
  if (header->text("alg") != "RS256") return refused("The algorithm is not RS256.");
  if (header->text("typ") != "JWT") return refused("The type is not JWT.");
  const auto trusted = std::find_if(keys.begin(), keys.end(), [&](const TrustedKey& each) {
    return header->text("kid") == each.key.kid();
  });
  if (trusted == keys.end()) return refused("The key id is not ours.");
  if (trusted->until_s <= clock_s) return refused("The key is not in use any more.");
  if (header->has("crit")) return refused("The header asks for an extension.");
  if (!trusted->key.verify(jwt.substr(0, parts[0].size() + 1 + parts[1].size()), *signature)) {
    return refused("The signature is wrong.");
  }

  const auto payload = FlatJson::parse(*payload_text);
  if (!payload) return refused("The claims are not readable.");
  if (payload->text("iss") != issuer) return refused("The issuer is not us.");
  Claims claims;
  for (const std::string& audience : payload->texts("aud")) {
    if (std::find(audiences.begin(), audiences.end(), audience) != audiences.end())
      claims.audience = audience;
  }
  if (claims.audience.empty()) return refused("The audience is not us.");
  const auto expires = payload->number("exp"), issued = payload->number("iat"),
             not_before = payload->number("nbf");
  if (!expires || *expires <= clock_s - kClockSkew_s) return refused("The token has expired.");
  if (!issued || *issued > clock_s + kClockSkew_s) return refused("The token was issued in the future.");
  if (payload->has("nbf") && (!not_before || *not_before > clock_s + kClockSkew_s)) {
    return refused("The token is not valid yet.");
  }
  const auto subject = payload->text("sub"), client_id = payload->text("azp");
  if (!subject || !client_id) return refused("The token names no client.");
  claims.issuer = issuer;
  claims.subject = *subject;
  claims.client_id = *client_id;
  claims.issued_s = *issued;
  claims.expires_s = *expires;
  const bool endless = *expires > std::numeric_limits<std::int64_t>::max() - kClockSkew_s;
  claims.refused_from_s = std::min(endless ? *expires : *expires + kClockSkew_s, trusted->until_s);
  return claims;
}

}  // namespace penstock::auth
