#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/credential_cache.h"
#include "auth/hash_pool.h"
#include "base/clock.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

constexpr std::int64_t kNow = 1'770'000'000;

PrincipalPtr principal(std::uint32_t number, std::string name) {
  Principal made;
  made.number = number;
  made.name = std::move(name);
  made.grants = {{"*", Right::read | Right::write}};
  return std::make_shared<const Principal>(std::move(made));
}

class AuthenticatorTest : public ::testing::Test {
 protected:
  static Authenticator& house() {
    static Authenticator authenticator{
        {
            {Credential::Kind::password, "demo", hash_secret("demo:secret"), principal(1, "demo")},
            {Credential::Kind::client, "demo-client", hash_secret("client-secret"),
             principal(2, "demo-client")},
            {Credential::Kind::key, "demo", hash_secret("key-one"), principal(3, "key one")},
            {Credential::Kind::key, "demo", hash_secret("key-two"), principal(4, "key two")},
        },
        {}};
    return authenticator;
  }
  static Result<PrincipalPtr> header(const std::string& value, std::int64_t now = kNow) {
    return sync_wait(house().from_header(value, now));
  }
  static std::string basic(std::string_view user_and_password) {
    return "Basic " + base64_encode(user_and_password);
  }
};

TEST_F(AuthenticatorTest, BasicCredentialsAreKnownAndThenRemembered) {
  const auto first = header(basic("demo:demo:secret"));
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ((*first)->number, 1u);
  const std::int64_t begin = steady_clock_ns();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(header(basic("demo:demo:secret")));
    EXPECT_TRUE(header("basic  " + base64_encode("demo:demo:secret")));
  }
  // Two hundred hashes would take seconds.
  EXPECT_LT(steady_clock_ns() - begin, 1'000'000'000);
}

TEST_F(AuthenticatorTest, WrongCredentialsAreRefused) {
  const std::string kWrong[] = {
      "",
      "Basic",
      "Basic ???",
      basic("demo"),
      basic("demo:wrong"),
      basic("demo:"),
      basic("nobody:demo:secret"),
      basic("demo-client:client-secret"),  // Right, but of another kind.
      basic(std::string_view{"demo:demo:secret\0", 17}),
      "Digest username=demo",
      "Bearer",
      "Bearer x.y.z",
      "Key key-one",
  };
  for (const std::string& value : kWrong) {
    SCOPED_TRACE(value);
    const auto result = header(value);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unauthenticated);
  }
}

TEST_F(AuthenticatorTest, WrongSecretIsAnsweredLate) {
  const std::int64_t begin = steady_clock_ns();
  EXPECT_FALSE(header(basic("demo:guess")));
  EXPECT_GE(steady_clock_ns() - begin, HashPool::kWrongAnswerDelay_ms * 1'000'000);
}

TEST_F(AuthenticatorTest, ADomainMayHaveSeveralKeys) {
  const auto one = sync_wait(house().from_key("demo", "key-one"));
  const auto two = sync_wait(house().from_key("demo", "key-two"));
  ASSERT_TRUE(one && two);
  EXPECT_EQ((*one)->number, 3u);
  EXPECT_EQ((*two)->number, 4u);
  EXPECT_FALSE(sync_wait(house().from_key("other", "key-one")));
  EXPECT_FALSE(sync_wait(house().from_key("demok", "ey-one")));
}

TEST_F(AuthenticatorTest, ClientGetsATokenThatWorksUntilItExpires) {
  const auto token = sync_wait(house().mint("demo-client", "client-secret", "", kNow));
  ASSERT_TRUE(token) << token.error().detail;
  EXPECT_EQ(token->expires_in_s, 86400);
  const std::string bearer = "Bearer " + token->access_token;
  for (int i = 0; i < 3; ++i) {
    const auto caller = header(bearer);
    ASSERT_TRUE(caller);
    EXPECT_EQ((*caller)->number, 2u);
  }
  EXPECT_TRUE(header(bearer, kNow + 86400 + 59));
  EXPECT_FALSE(header(bearer, kNow + 86400 + 60)) << "also when it is remembered";
  EXPECT_TRUE(house().verify_token(token->access_token, kNow));
}

TEST_F(AuthenticatorTest, TokenNeedsTheRightClientAndAudience) {
  const auto audience = sync_wait(house().mint("demo-client", "client-secret", "https://elsewhere", kNow));
  ASSERT_FALSE(audience);
  EXPECT_EQ(audience.error().code, ErrorCode::forbidden);
  const auto secret = sync_wait(house().mint("demo-client", "wrong", "https://elsewhere", kNow));
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::unauthenticated);
}

TEST_F(AuthenticatorTest, AnotherHousesTokenIsRefused) {
  Authenticator other{{{Credential::Kind::client, "demo-client", hash_secret("s"), principal(2, "x")}}, {}};
  const auto token = sync_wait(other.mint("demo-client", "s", "", kNow));
  ASSERT_TRUE(token);
  EXPECT_TRUE(other.verify_token(token->access_token, kNow));
  EXPECT_FALSE(header("Bearer " + token->access_token));
}

TEST_F(AuthenticatorTest, TooManyGuessesAtATimeAreTurnedAway) {
  std::atomic<int> refused{0}, overloaded{0};
  std::vector<std::thread> threads;
  const int guesses = static_cast<int>(HashPool::kQueueMax) + HashPool::kThreads + 20;
  for (int i = 0; i < guesses; ++i) {
    threads.emplace_back([&, i] {
      const auto result = sync_wait(house().from_key("nobody", std::to_string(i)));
      if (result) return;
      ++(result.error().code == ErrorCode::overloaded ? overloaded : refused);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused + overloaded, guesses);
  EXPECT_GT(overloaded, 0);
  EXPECT_GE(refused, static_cast<int>(HashPool::kQueueMax));
}

TEST_F(AuthenticatorTest, KeySetShowsThePublicHalfAlone) {
  const std::string jwks = house().jwks(kNow);
  for (const char* member : {"\"kty\":\"RSA\"", "\"use\":\"sig\"", "\"alg\":\"RS256\"", "\"kid\":\"",
                             "\"n\":\"", "\"e\":\"AQAB\""}) {
    EXPECT_NE(jwks.find(member), std::string::npos) << member;
  }
  EXPECT_EQ(jwks.find("\"d\""), std::string::npos);
  EXPECT_EQ(jwks.find("\"p\""), std::string::npos);
}

TEST_F(AuthenticatorTest, PrincipalsAreFoundByNumber) {
  ASSERT_NE(house().find_principal(4), nullptr);
  EXPECT_EQ(house().find_principal(4)->name, "key two");
  EXPECT_EQ(house().find_principal(99), nullptr);
}

/// One that may be changed, with a client whose token is taken and remembered.
struct Changing {
  Changing() {
    const auto minted = sync_wait(house.mint("c", "one", "", kNow));
    EXPECT_TRUE(minted);
    token = minted->access_token;
    EXPECT_TRUE(takes(token));
    EXPECT_TRUE(takes(token));
  }
  bool takes(const std::string& jwt, std::int64_t now = kNow) {
    const bool bare = house.verify_token(jwt, now).has_value();
    EXPECT_EQ(sync_wait(house.from_header("Bearer " + jwt, now)).has_value(), bare);
    return bare;
  }
  static Credential client(const std::string& secret) {
    return {Credential::Kind::client, "c", hash_secret(secret), principal(7, "c")};
  }

  Authenticator house{{client("one")}, {}};
  std::string token;
};

TEST(ReplacedCredentials, EndWhatWasRemembered) {
  Changing it;
  it.house.replace_credentials({});
  EXPECT_FALSE(it.takes(it.token)) << "the client is gone";
  EXPECT_FALSE(sync_wait(it.house.mint("c", "one", "", kNow)));
  EXPECT_EQ(it.house.find_principal(7), nullptr);
  it.house.replace_credentials({Changing::client("two")});
  EXPECT_TRUE(it.takes(it.token)) << "a secret that rotates ends no token";
  EXPECT_FALSE(sync_wait(it.house.mint("c", "one", "", kNow)));
  EXPECT_TRUE(sync_wait(it.house.mint("c", "two", "", kNow)));
}

TEST(ReplacedCredentials, TwoSecretsOverlapUpToTheEndOfTheFirst) {
  Changing it;
  Credential former = Changing::client("one");
  former.expires_s = kNow + 10;
  it.house.replace_credentials({former, Changing::client("two")});
  EXPECT_TRUE(sync_wait(it.house.mint("c", "two", "", kNow)));
  EXPECT_TRUE(sync_wait(it.house.mint("c", "one", "", kNow + 9)));
  EXPECT_FALSE(sync_wait(it.house.mint("c", "one", "", kNow + 10))) << "also when it is remembered";
}

TEST(ReplacedCredentials, RevokedTokensAreRefusedAndNewOnesAreNot) {
  Changing it;
  Credential revoking = Changing::client("one");
  revoking.tokens_from_s = kNow + 1;
  it.house.replace_credentials({revoking});
  EXPECT_FALSE(it.takes(it.token));
  const auto fresh = sync_wait(it.house.mint("c", "one", "", kNow));
  ASSERT_TRUE(fresh);
  EXPECT_TRUE(it.takes(fresh->access_token)) << "of the same second, but behind the revoking";
}

TEST(ReplacedKeys, TokensOfARetiredKeyLiveOn) {
  const std::string first = make_private_key_pem(), second = make_private_key_pem();
  Changing it;
  ASSERT_TRUE(it.house.replace_keys(first, {}));
  EXPECT_FALSE(it.takes(it.token)) << "its key is not known any more";
  const std::string old_token = sync_wait(it.house.mint("c", "one", "", kNow))->access_token;
  EXPECT_TRUE(it.takes(old_token));

  const auto name = name_of_key(first);
  ASSERT_TRUE(name);
  ASSERT_TRUE(it.house.replace_keys(second, {{name->public_pem, kNow + 1000}}));
  EXPECT_TRUE(it.takes(old_token));
  const std::string new_token = sync_wait(it.house.mint("c", "one", "", kNow))->access_token;
  EXPECT_TRUE(it.takes(new_token));
  EXPECT_NE(split(old_token, '.')[0], split(new_token, '.')[0]);
  EXPECT_FALSE(it.takes(old_token, kNow + 1000));
  EXPECT_TRUE(it.takes(new_token, kNow + 1000));

  // The key set shows both while both count, the one that signs first.
  const std::string now = it.house.jwks(kNow), later = it.house.jwks(kNow + 1000);
  EXPECT_LT(now.find(name_of_key(second)->kid), now.find(name->kid));
  EXPECT_NE(now.find(name->kid), std::string::npos);
  EXPECT_EQ(later.find(name->kid), std::string::npos);

  EXPECT_FALSE(it.house.replace_keys("nonsense", {}));
  EXPECT_FALSE(it.house.replace_keys(first, {{"nonsense", 0}}));
  EXPECT_TRUE(it.takes(new_token)) << "what can't be read changes nothing";
}

TEST(ClearedCache, DropsWhatWasFoundBeforeTheChange) {
  CredentialCache cache;
  const auto someone = principal(1, "x");
  const auto before = cache.generation();
  cache.clear();
  cache.put(cache.key(1, "a"), someone, kNow + 10, before);
  EXPECT_EQ(cache.find(cache.key(1, "a"), kNow), nullptr) << "found under the former credentials";
  cache.put(cache.key(1, "a"), someone, kNow + 10, cache.generation());
  EXPECT_EQ(cache.find(cache.key(1, "a"), kNow), someone);
}

TEST(TokenSettings, BadOnesAreRefused) {
  TokenSettings settings;
  EXPECT_TRUE(check_token_settings(settings));
  settings.private_key_pem = "nonsense";
  EXPECT_FALSE(check_token_settings(settings));
  settings.private_key_pem = make_private_key_pem();
  EXPECT_TRUE(check_token_settings(settings));
  settings.lifetime_s = 0;
  EXPECT_FALSE(check_token_settings(settings));
}

struct RightCase {
  const char* name;
  Right right;
  const char* tag;
  bool may;
};
const RightCase kRightCases[] = {
    {"reads what its pattern names", Right::read, "BA:LEVEL.1", true},
    {"whatever the case", Right::read, "ba:level.1", true},
    {"writes only what another grant names", Right::write, "BA:LEVEL.1", false},
    {"writes that", Right::write, "PLANT:COUNT", true},
    {"grants do not add up to more", Right::admin, "PLANT:COUNT", false},
    {"nothing outside of the patterns", Right::read, "SINUSOID", false},
};

TEST(PrincipalRights, FollowThePatterns) {
  Principal caller;
  caller.grants = {{"BA:*", static_cast<std::uint8_t>(Right::read)},
                   {"PLANT:?OUNT", Right::read | Right::write}};
  for (const auto& c : kRightCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(caller.may(c.right, c.tag), c.may);
  }
  EXPECT_FALSE(caller.may_everything(Right::read));
  caller.grants.push_back({"*", static_cast<std::uint8_t>(Right::read)});
  EXPECT_TRUE(caller.may_everything(Right::read));
  EXPECT_FALSE(caller.may_everything(Right::write));
}

TEST(CredentialCache, KeepsApartWhatCouldBeSpelledTheSame) {
  CredentialCache cache;
  EXPECT_NE(cache.key(1, "ab", "c"), cache.key(1, "a", "bc"));
  EXPECT_NE(cache.key(1, "a", "b"), cache.key(2, "a", "b"));
  EXPECT_EQ(cache.key(1, "a", "b"), cache.key(1, "a", "b"));
  EXPECT_NE(cache.key(1, "a", "b"), CredentialCache{}.key(1, "a", "b"));
  EXPECT_NE(cache.key(1, std::string(1000, 'a')), cache.key(1, std::string(1000, 'b')));
}

TEST(CredentialCache, StaysBoundedAndForgetsWhatExpires) {
  CredentialCache cache;
  const PrincipalPtr someone = principal(1, "someone");
  cache.put(cache.key(1, "short"), someone, kNow, 0);
  EXPECT_EQ(cache.find(cache.key(1, "short"), kNow - 1), someone);
  EXPECT_EQ(cache.find(cache.key(1, "short"), kNow), nullptr);
  std::size_t found = 0;
  for (std::size_t i = 0; i < 2 * CredentialCache::kEntriesMax; ++i) {
    cache.put(cache.key(2, std::to_string(i)), someone, kNow, 0);
  }
  for (std::size_t i = 0; i < 2 * CredentialCache::kEntriesMax; ++i) {
    found += cache.find(cache.key(2, std::to_string(i)), 0) != nullptr;
  }
  EXPECT_GT(found, 0u);
  EXPECT_LE(found, CredentialCache::kEntriesMax);
}

}  // namespace
}  // namespace penstock::auth
