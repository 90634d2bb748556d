#include "catalog/access.h"

#include "house.h"

namespace penstock::catalog {
namespace {

constexpr std::int64_t kNow = 1'770'000'000;

template <class Row>
Row there_and_back(const Row& row) {
  const std::string bytes = Table<Row>::encode(row);
  ByteReader in{bytes};
  auto back = Row::decode(row.key(), in);
  EXPECT_TRUE(back && in.at_end());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader cut{std::string_view{bytes}.substr(0, size)};
    EXPECT_FALSE(Row::decode(row.key(), cut) && cut.ok()) << "cut at " << size;
  }
  return back.value_or(Row{});
}

TEST(AccessRows, ComeBackAsTheyWere) {
  const AccessPrincipal principal{"lö", "what for", 100'007, {{"BX.*", 3}, {"*", 1}}, {{"p", 7}}};
  const AccessPrincipal back = there_and_back(principal);
  EXPECT_EQ(back.name, principal.name);
  EXPECT_EQ(back.description, principal.description);
  EXPECT_EQ(back.number, principal.number);
  EXPECT_EQ(back.grants, principal.grants);
  EXPECT_EQ(back.partitions, principal.partitions);

  const AccessLogin login{"lö", 1,       "client", {{1, "hash", kNow, 0}, {4, "other", kNow, kNow + 5}},
                          4,    kNow - 1};
  const AccessLogin again = there_and_back(login);
  EXPECT_EQ(again.principal + "/" + again.id, "lö/client");
  EXPECT_EQ(again.kind, 1);
  ASSERT_EQ(again.secrets.size(), 2u);
  EXPECT_EQ(again.secrets[1].hash, "other");
  EXPECT_EQ(again.secrets[1].expires_s, kNow + 5);
  EXPECT_EQ(again.last_secret, 4u);
  EXPECT_EQ(again.tokens_from_s, kNow - 1);

  const AccessKey key = there_and_back(AccessKey{"kid", "pem", kNow, kNow + 1, kNow + 2});
  EXPECT_EQ(key.public_pem + key.kid, "pemkid");
  EXPECT_EQ(key.until_s, kNow + 2);
}

/// A house with the principal `p` and its client `c`.
class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    EXPECT_EQ(add("p"), "");
    EXPECT_EQ(house_.edit([](Editor& editor) { return add_access_login(editor, {"p", 1, "c"}); }), "");
  }
  std::string add(const std::string& name) {
    return house_.edit([&](Editor& editor) {
      AccessPrincipal made;
      made.name = name;
      return add_access_principal(editor, made);
    });
  }
  std::string add_login(const LoginName& name) {
    return house_.edit([&](Editor& editor) { return add_access_login(editor, name); });
  }
  std::string add_secret(std::int64_t former_until_s, std::int64_t now_s) {
    return house_.edit([&](Editor& editor) -> Result<void> {
      TRY_VOID(add_access_secret(editor, {"p", 1, "c"}, "hash", former_until_s, now_s));
      return {};
    });
  }
  /// "1 2@1770000005": numbers of the secrets, with their ends.
  std::string secrets() const {
    std::string line;
    for (const AccessSecret& secret : house_.tables.access.find_login(1, "c")->secrets) {
      if (!line.empty()) line += ' ';
      line += std::to_string(secret.number);
      if (secret.expires_s != 0) line += "@+" + std::to_string(secret.expires_s - kNow);
    }
    return line;
  }

  House house_;
};

TEST_F(AccessTest, NumbersAreNeverGivenTwice) {
  EXPECT_EQ(house_.tables.access.principals.find("p")->number, kFirstMadePrincipal);
  EXPECT_EQ(house_.edit([](Editor& editor) { return erase_access_principal(editor, "p"); }), "");
  EXPECT_EQ(house_.tables.access.logins.size(), 0u) << "logins go with their principal";
  EXPECT_EQ(add("p"), "");
  EXPECT_EQ(house_.tables.access.principals.find("p")->number, kFirstMadePrincipal + 1);
}

TEST_F(AccessTest, NamesAndIdsAreTakenOnce) {
  EXPECT_EQ(add("p").substr(0, 8), "conflict");
  for (const char* name : {"", "a/b", "a:b", "a\nb"})
    EXPECT_EQ(add(name).substr(0, 16), "invalid_argument") << name;
  EXPECT_EQ(add("q"), "");
  EXPECT_EQ(add_login({"q", 1, "c"}).substr(0, 8), "conflict") << "of another principal";
  EXPECT_EQ(add_login({"q", 0, "c"}), "") << "of another kind";
  EXPECT_EQ(add_login({"p", kKeyLogin, "domain"}), "");
  EXPECT_EQ(add_login({"q", kKeyLogin, "domain"}), "") << "a domain has many keys";
  EXPECT_EQ(add_login({"q", kKeyLogin, "domain"}).substr(0, 8), "conflict");
  EXPECT_EQ(add_login({"nobody", 1, "d"}).substr(0, 9), "not_found");
  EXPECT_EQ(house_.tables.access.logins_of("q").size(), 2u);
  EXPECT_EQ(house_.tables.access.logins_of("p").size(), 2u);
}

TEST_F(AccessTest, SecretsOverlapTwoAtATime) {
  EXPECT_EQ(add_secret(0, kNow), "");
  EXPECT_EQ(add_secret(0, kNow), "");
  EXPECT_EQ(secrets(), "1 2");
  EXPECT_EQ(add_secret(0, kNow).substr(0, 8), "conflict");
  EXPECT_EQ(add_secret(kNow + 60, kNow).substr(0, 8), "conflict") << "both would live on";
  EXPECT_EQ(secrets(), "1 2") << "a refused edit leaves no trace";
  EXPECT_EQ(add_secret(kNow, kNow), "") << "no overlap";
  EXPECT_EQ(secrets(), "3");
  EXPECT_EQ(add_secret(kNow + 60, kNow), "");
  EXPECT_EQ(secrets(), "3@+60 4");
  EXPECT_EQ(add_secret(0, kNow + 60), "") << "what has ended makes room";
  EXPECT_EQ(secrets(), "4 5");
  const auto erase = [this](std::uint32_t number) {
    return house_.edit([&](Editor& editor) { return erase_access_secret(editor, {"p", 1, "c"}, number); });
  };
  EXPECT_EQ(erase(4), "");
  EXPECT_EQ(erase(4).substr(0, 9), "not_found");
  EXPECT_EQ(secrets(), "5");
}

TEST_F(AccessTest, RevokingTokensNeverGoesBack) {
  const auto revoke = [this](std::int64_t from_s) {
    return house_.edit([&](Editor& editor) { return revoke_tokens(editor, {"p", 1, "c"}, from_s); });
  };
  EXPECT_EQ(revoke(kNow), "");
  EXPECT_EQ(revoke(kNow - 10), "");
  EXPECT_EQ(house_.tables.access.find_login(1, "c")->tokens_from_s, kNow);
}

}  // namespace
}  // namespace penstock::catalog
