#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/flat_json.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

constexpr std::int64_t kNow = 1'770'000'000;
const std::string kIssuer = "https://hist01/";
const std::vector<std::string> kAudiences = {"https://horizon.siemens.com", "other"};

const SigningKey& our_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

std::string header_text(const std::string& alg = "RS256", const std::string& kid = our_key().kid()) {
  return R"({"alg":")" + alg + R"(","typ":"JWT","kid":")" + kid + R"("})";
}

std::string payload_text(std::int64_t issued = kNow, std::int64_t expires = kNow + 60) {
  return R"({"iss":"https://hist01/","sub":"c@clients","aud":"https://horizon.siemens.com","azp":"c","iat":)" +
         std::to_string(issued) + R"(,"exp":)" + std::to_string(expires) + "}";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

/// Really signed with `key`, whatever it says.
std::string signed_token(const std::string& header, const std::string& payload,
                         const SigningKey& key = our_key()) {
  const std::string input = base64url_encode(header) + "." + base64url_encode(payload);
  return input + "." + base64url_encode(key.sign(input));
}

std::string hmac_token(const std::string& header, const std::string& secret) {
  const std::string input = base64url_encode(header) + "." + base64url_encode(payload_text());
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &size);
  return input + "." + base64url_encode({reinterpret_cast<char*>(mac), size});
}

Result<Claims> verify(std::string_view token, std::int64_t now = kNow) {
  const TrustedKey trusted[] = {{our_key().public_half(), kNow + 1'000'000}};
  return verify_jwt(trusted, token, kIssuer, kAudiences, now);
}

TEST(Jwt, WhatWeMintWeTake) {
  const Claims claims{kIssuer, "c\"ä@clients", "other", "c\"ä", kNow, kNow + 86400};
  const std::string token = mint_jwt(our_key(), claims);
  const auto back = verify(token);
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(back->subject, claims.subject);
  EXPECT_EQ(back->client_id, claims.client_id);
  EXPECT_EQ(back->audience, claims.audience);
  EXPECT_EQ(back->expires_s, claims.expires_s);
  const auto payload = FlatJson::parse(*base64url_decode(split(token, '.')[1]));
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->text("gty"), "client-credentials");
}

TEST(Jwt, ForgedAndForeignTokensAreRefused) {
  const SigningKey stranger = SigningKey::generate();
  const std::string good = signed_token(header_text(), payload_text());
  ASSERT_TRUE(verify(good));
  const std::string unsigned_part = good.substr(0, good.rfind('.'));
  std::string flipped = good;
  flipped[good.rfind('.') + 10] = flipped[good.rfind('.') + 10] == 'A' ? 'B' : 'A';
  const struct {
    const char* name;
    std::string token;
  } kCases[] = {
      {"empty", ""},
      {"no signature", unsigned_part},
      {"an empty signature", unsigned_part + "."},
      {"four parts", good + ".x"},
      {"cut short", good.substr(0, good.size() - 1)},
      {"cut in the claims", good.substr(0, good.find('.') + 20)},
      {"one character of the signature changed", flipped},
      {"padding behind a part", good + "="},
      {"blanks", " " + good},
      {"alg none", base64url_encode(header_text("none")) + "." + base64url_encode(payload_text()) + "."},
      {"alg None, signed all the same", signed_token(header_text("None"), payload_text())},
      {"alg in lower case", signed_token(header_text("rs256"), payload_text())},
      {"RS512 in the header", signed_token(header_text("RS512"), payload_text())},
      {"HS256 with our public key as secret",
       hmac_token(header_text("HS256"), our_key().public_half().jwk())},
      {"HS256 with our key id as secret", hmac_token(header_text("HS256"), our_key().kid())},
      {"RS256 in words, HMAC in fact", hmac_token(header_text(), our_key().public_half().jwk())},
      {"a stranger's key under its own id",
       signed_token(header_text("RS256", stranger.kid()), payload_text(), stranger)},
      {"a stranger's key under our id", signed_token(header_text(), payload_text(), stranger)},
      {"a key id that is a path", signed_token(header_text("RS256", "../../dev/null"), payload_text())},
      {"an empty key id", signed_token(header_text("RS256", ""), payload_text())},
      {"no key id", signed_token(R"({"alg":"RS256","typ":"JWT"})", payload_text())},
      {"a key of its own",
       signed_token(R"({"alg":"RS256","typ":"JWT","jwk":{"kty":"RSA"},"kid":")" + our_key().kid() + R"("})",
                    payload_text())},
      {"two algorithms", signed_token(R"({"alg":"none",)" + header_text().substr(1), payload_text())},
      {"an extension it calls critical",
       signed_token(R"({"crit":["b64"],)" + header_text().substr(1), payload_text())},
      {"another type", signed_token(replaced(header_text(), "JWT", "at+jwt"), payload_text())},
      {"another issuer", signed_token(header_text(), replaced(payload_text(), "hist01", "hist02"))},
      {"another audience", signed_token(header_text(), replaced(payload_text(), "horizon", "evil"))},
      {"no audience", signed_token(header_text(), replaced(payload_text(), "\"aud\"", "\"bud\""))},
      {"expired", signed_token(header_text(), payload_text(kNow - 600, kNow - 60))},
      {"from the future", signed_token(header_text(), payload_text(kNow + 61, kNow + 600))},
      {"not valid yet", signed_token(header_text(), R"({"nbf":)" + std::to_string(kNow + 61) + "," +
                                                        payload_text().substr(1))},
      {"a lifetime in words",
       signed_token(header_text(), replaced(payload_text(), "\"exp\":", "\"exp\":\"9\",\"x\":"))},
      {"no lifetime", signed_token(header_text(), replaced(payload_text(), "\"exp\"", "\"pex\""))},
      {"no client", signed_token(header_text(), replaced(payload_text(), "\"azp\"", "\"apz\""))},
      {"two issuers", signed_token(header_text(), R"({"iss":"x",)" + payload_text().substr(1))},
      {"claims that are no object", signed_token(header_text(), "[]")},
      {"claims that are not JSON", signed_token(header_text(), payload_text() + "}")},
      {"far too long", good + std::string(10'000, 'A')},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const auto result = verify(c.token);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unauthenticated);
    EXPECT_FALSE(result.error().detail.empty());
  }
}

TEST(Jwt, AMinuteOfClockSkewIsForgiven) {
  EXPECT_TRUE(verify(signed_token(header_text(), payload_text(kNow - 600, kNow - 59))));
  EXPECT_TRUE(verify(signed_token(header_text(), payload_text(kNow + 60, kNow + 600))));
}

TEST(Jwt, AudienceMayBeAList) {
  EXPECT_TRUE(verify(signed_token(
      header_text(), replaced(payload_text(), "\"https://horizon.siemens.com\"", R"(["x","other"])"))));
}

TEST(Jwt, ARetiredKeyCountsUpToItsEnd) {
  const SigningKey former = SigningKey::generate();
  const TrustedKey both[] = {{our_key().public_half(), kNow + 100}, {former.public_half(), kNow + 30}};
  const std::string token = signed_token(header_text("RS256", former.kid()), payload_text(), former);
  EXPECT_TRUE(verify_jwt(both, token, kIssuer, kAudiences, kNow + 29));
  EXPECT_FALSE(verify_jwt(both, token, kIssuer, kAudiences, kNow + 30)) << "whatever the token says";
  EXPECT_FALSE(verify_jwt(std::span{both, 1}, token, kIssuer, kAudiences, kNow));
  // The kid of one key with the signature of the other.
  const std::string swapped = signed_token(header_text("RS256", our_key().kid()), payload_text(), former);
  EXPECT_FALSE(verify_jwt(both, swapped, kIssuer, kAudiences, kNow));
}

TEST(PublicKeyPem, KeepsItsIdentityAndCannotSign) {
  const auto again = PublicKey::from_pem(our_key().public_half().pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kid(), our_key().kid());
  EXPECT_TRUE(again->verify("text", our_key().sign("text")));
  EXPECT_FALSE(again->verify("other", our_key().sign("text")));
  EXPECT_FALSE(SigningKey::from_pem(our_key().public_half().pem()));
  EXPECT_FALSE(PublicKey::from_pem(our_key().pem()));
  EXPECT_FALSE(PublicKey::from_pem("nonsense"));
}

TEST(SigningKeyPem, KeepsItsIdentity) {
  const auto again = SigningKey::from_pem(our_key().pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kid(), our_key().kid());
  EXPECT_EQ(again->public_half().jwk(), our_key().public_half().jwk());
  EXPECT_TRUE(again->public_half().verify("x", our_key().sign("x")));
  EXPECT_FALSE(again->public_half().verify("y", our_key().sign("x")));
}

TEST(SigningKeyPem, WhatIsNoStrongRsaKeyIsRefused) {
  EXPECT_FALSE(SigningKey::from_pem(""));
  EXPECT_FALSE(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
}

struct FlatCase {
  const char* name;
  const char* json;
  bool good;
};
const FlatCase kFlatCases[] = {
    {"empty", "{}", true},
    {"all kinds", R"( { "a" : "x" , "b":-1,"c":true,"d":null,"e":["x","y"],"f":[]} )", true},
    {"nothing", "", false},
    {"no end", "{\"a\":1", false},
    {"a comma at the end", "{\"a\":1,}", false},
    {"an object inside", "{\"a\":{}}", false},
    {"a fraction", "{\"a\":1.5}", false},
    {"an exponent", "{\"a\":1e5}", false},
    {"a number beyond 64 bits", "{\"a\":99999999999999999999}", false},
    {"a number in a list", "{\"a\":[1]}", false},
    {"a name twice", "{\"a\":1,\"\\u0061\":2}", false},
    {"a raw line break", "{\"a\":\"\n\"}", false},
    {"a broken escape", "{\"a\":\"\\u00\"}", false},
    {"bytes behind", "{} x", false},
    {"not UTF-8", "{\"a\":\"\xff\"}", false},
};

TEST(FlatJson, TakesWhatTokensHaveAndNothingElse) {
  for (const auto& c : kFlatCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(FlatJson::parse(c.json).has_value(), c.good);
  }
}

}  // namespace
}  // namespace penstock::auth
