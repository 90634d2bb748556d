#include "app/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::app {
namespace {

using testing::HasSubstr;

constexpr const char* kHash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaA";

TEST(Configuration, SettingsMayStandFlatOrInTables) {
  const auto file = parse_configuration(
      "data = \"d\"\nio_threads = 3\nbuildingx.audience = [\"a\", \"b\"]\n[omf]\ncreate_mode = "
      "\"no_replace\"\n",
      "x.toml");
  ASSERT_TRUE(file.has_value()) << file.error().detail;
  EXPECT_EQ(file->values.at("data").value, "d");
  EXPECT_EQ(file->values.at("io_threads").value, "3");
  EXPECT_EQ(file->values.at("buildingx.audience").value, "a,b");
  EXPECT_EQ(file->values.at("omf.create_mode").value, "no_replace");
  EXPECT_EQ(file->values.at("omf.create_mode").where, "x.toml:5");
}

TEST(Configuration, NamesOfTheVendorsProductAreTaken) {
  const auto file = parse_configuration(
      "EnableCSRFDefense = true\n[piwebapi]\nMaxReturnedItemsPerCall = 7\ncorsorigins = [\"https://a\"]\n"
      "AuthenticationMethods = [\"Basic\", \"Anonymous\"]\n",
      "x.toml");
  ASSERT_TRUE(file.has_value()) << file.error().detail;
  EXPECT_EQ(file->values.at("csrf_defense").value, "strict");
  EXPECT_EQ(file->values.at("piwebapi.max_returned_items").value, "7");
  EXPECT_EQ(file->values.at("piwebapi.cors_origins").value, "https://a");
  EXPECT_EQ(file->values.at("piwebapi.authentication_methods").value, "Basic,Anonymous");
  EXPECT_FALSE(parse_configuration("[piwebapi]\nmax_write_items = 1\nMaxWriteItems = 2\n", "x.toml"));
  EXPECT_FALSE(parse_configuration("[omf]\nMaxWriteItems = 2\n", "x.toml"));
}

TEST(Configuration, MistakesAreRefusedWithTheirLine) {
  struct Case {
    const char* name;
    std::string text;
    const char* where;
    const char* detail;
  };
  const std::string head = "[[principals]]\nname = \"a\"\n";
  const Case cases[] = {
      {"an unknown key", "data = \"d\"\nlissten = \"x\"\n", "x.toml:2", "unknown key 'lissten'"},
      {"an unknown key in a table", "[omf]\n\ncreate = \"x\"\n", "x.toml:3", "unknown key 'omf.create'"},
      {"an unknown table", "[nonsense]\na = 1\n", "x.toml:2", "unknown key 'nonsense.a'"},
      {"not TOML", "data = \n", "x.toml:1", ""},
      {"a wrong type", "data = 2026-01-01\n", "x.toml:1", "type"},
      {"a secret in clear", head + "logins = [{ kind = \"password\", id = \"a\", secret = \"plain\" }]\n",
       "x.toml:3", "hash-secret"},
      {"an unknown kind of login",
       head + "logins = [{ kind = \"card\", id = \"a\", secret = \"" + kHash + "\" }]\n", "x.toml:3", "kind"},
      {"an unknown right", head + "grants = [{ points = \"*\", rights = [\"own\"] }]\n", "x.toml:3", "own"},
      {"a grant without rights", head + "grants = [{ points = \"*\" }]\n", "x.toml:3", "rights"},
      {"a principal without a name", "[[principals]]\ngrants = []\n", "x.toml:1", "name"},
      {"a name twice", head + head, "x.toml:3", "two principals"},
      {"an unknown key in a principal", head + "password = \"x\"\n", "x.toml:3", "password"},
      {"a point that is none", "[[buildingx.points]]\npartition = \"a\"\nid = \"b\"\n", "x.toml:1", "UUID"},
      {"an unknown data type",
       "[[buildingx.points]]\npartition = \"5a6b1d0e-0000-4000-8000-000000000002\"\nid = "
       "\"5a6b1d0e-0000-4000-8000-0000000000b1\"\ndata_type = \"float\"\n",
       "x.toml:1", "float"},
      {"a domain without a name", "[[energyview.domains]]\ntimezone = \"UTC\"\n", "x.toml:1", "name"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto file = parse_configuration(c.text, "x.toml");
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().where, c.where);
    EXPECT_THAT(file.error().detail, HasSubstr(c.detail));
  }
}

TEST(Configuration, PrincipalsCarryGrantsPartitionsAndLogins) {
  const auto file = parse_configuration(std::string{R"(
[[principals]]
name = "loader"
grants = [{ points = "EV.*", rights = ["read", "write"] }, { points = "*", rights = ["read"] }]
partitions = [{ id = "5A6B1D0E-0000-4000-8000-000000000001", rights = ["points.read", "pointvalues.write"] }]
logins = [
  { kind = "password", id = "loader", secret = ")"} +
                                            kHash + R"(" },
  { kind = "key", id = "north", secret = ")" +
                                            kHash + R"(" },
]
[[principals]]
name = "other"
)",
                                        "x.toml");
  ASSERT_TRUE(file.has_value()) << file.error().where << file.error().detail;
  ASSERT_EQ(file->credentials.size(), 2u);
  const auto& principal = *file->credentials[0].principal;
  EXPECT_EQ(file->credentials[0].kind, auth::Credential::Kind::password);
  EXPECT_EQ(file->credentials[1].id, "north");
  EXPECT_EQ(principal.number, kFirstPrincipal);
  EXPECT_EQ(principal.domain, "north");
  ASSERT_EQ(principal.grants.size(), 2u);
  EXPECT_EQ(principal.grants[0].rights, auth::Right::read | auth::Right::write);
  const auto& rights = principal.partitions.at("5a6b1d0e-0000-4000-8000-000000000001");
  EXPECT_TRUE(rights.read_points);
  EXPECT_FALSE(rights.read_values);
  EXPECT_TRUE(rights.write_values);
}

TEST(Configuration, PointsAndDomainsAreRead) {
  const auto file = parse_configuration(R"(
[[buildingx.points]]
partition = "5a6b1d0e-0000-4000-8000-000000000002"
id = "5a6b1d0e-0000-4000-8000-0000000000b1"
name = "Mode"
data_type = "enum"
states = ["Off", "On"]
[[energyview.domains]]
name = "north"
timezone = "Europe/Stockholm"
)",
                                        "x.toml");
  ASSERT_TRUE(file.has_value()) << file.error().where << file.error().detail;
  ASSERT_EQ(file->points.size(), 1u);
  EXPECT_THAT(file->points[0].states, testing::ElementsAre("Off", "On"));
  ASSERT_EQ(file->domains.size(), 1u);
  EXPECT_EQ(file->domains[0].timezone, "Europe/Stockholm");
}

TEST(Configuration, PrintedSettingsNameTheirOriginAndNoSecret) {
  const auto settings =
      Settings::merge(false, {{"data", {"d", "x.toml:1"}}}, {}, {{"listen", {"off", "--listen"}}});
  auto principal = std::make_shared<auth::Principal>();
  principal->name = "loader";
  principal->grants = {{"EV.*", 3}};
  const auto text =
      render_configuration(*settings, {{auth::Credential::Kind::client, "c1", kHash, principal}});
  EXPECT_THAT(text, HasSubstr("data = \"d\" "));
  EXPECT_THAT(text, HasSubstr("# file x.toml:1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("listen = \"off\" +# flag\n"));
  EXPECT_THAT(text, testing::ContainsRegex("io_threads = 0 +# default\n"));
  EXPECT_THAT(text, HasSubstr("client c1 / (secret) is loader: rw on EV.*"));
  EXPECT_THAT(text, testing::Not(HasSubstr("argon2")));
}

}  // namespace
}  // namespace penstock::app
