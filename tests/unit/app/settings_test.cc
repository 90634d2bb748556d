#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace penstock::app {
namespace {

TEST(Settings, EveryNameHasOneFlagAndOneVariable) {
  std::set<std::string> flags, variables;
  for (const auto& setting : all_settings()) {
    SCOPED_TRACE(setting.name);
    EXPECT_TRUE(flags.insert(setting.flag()).second);
    EXPECT_TRUE(variables.insert(setting.variable()).second);
    EXPECT_FALSE(setting.help.empty());
    EXPECT_EQ(find_setting(setting.name), &setting);
  }
  EXPECT_EQ(find_setting("omf.create_mode")->flag(), "--omf.create-mode");
  EXPECT_EQ(find_setting("omf.create_mode")->variable(), "PENSTOCK_OMF_CREATE_MODE");
  EXPECT_EQ(find_setting("nonsense"), nullptr);
}

TEST(Settings, DefaultsAreAllowedValues) {
  EXPECT_TRUE(Settings::merge(false, {}, {}, {}).has_value());
  EXPECT_TRUE(Settings::merge(true, {}, {}, {}).has_value());
}

TEST(Settings, ALaterPlaceWins) {
  const GivenValues file = {{"listen", {"127.0.0.1:1", "a.toml:1"}}, {"data", {"from-file", "a.toml:2"}}};
  const GivenValues variables = {{"listen", {"127.0.0.1:2", "PENSTOCK_LISTEN"}}};
  const GivenValues flags = {{"listen", {"127.0.0.1:3", "--listen"}}};
  struct Case {
    const char* name;
    bool demo;
    const GivenValues& variables;
    const GivenValues& flags;
    const char* listen;
    Origin origin;
  };
  const GivenValues none;
  const Case cases[] = {
      {"a file wins over the default", false, none, none, "127.0.0.1:1", Origin::file},
      {"a file wins over the demo", true, none, none, "127.0.0.1:1", Origin::file},
      {"a variable wins over a file", false, variables, none, "127.0.0.1:2", Origin::variable},
      {"a flag wins over all", false, variables, flags, "127.0.0.1:3", Origin::flag},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto settings = Settings::merge(c.demo, file, c.variables, c.flags);
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->text("listen"), c.listen);
    EXPECT_EQ(settings->origin("listen"), c.origin);
    EXPECT_EQ(settings->text("data"), "from-file");
  }
}

TEST(Settings, TheDemoHasDefaultsOfItsOwn) {
  const auto plain = Settings::merge(false, {}, {}, {});
  const auto demo = Settings::merge(true, {}, {}, {});
  EXPECT_EQ(plain->text("energyview.auto_create"), "none");
  EXPECT_EQ(demo->text("energyview.auto_create"), "nodes");
  EXPECT_EQ(demo->origin("energyview.auto_create"), Origin::demo);
  EXPECT_EQ(plain->text("listen_tls"), "off");
  EXPECT_EQ(demo->text("listen_tls"), "127.0.0.1:8443");
}

TEST(Settings, WrongValuesAreRefusedWithTheirPlace) {
  struct Case {
    const char* setting;
    const char* value;
    bool good;
  };
  const Case cases[] = {
      {"io_threads", "4", true},
      {"io_threads", "four", false},
      {"io_threads", "-1", false},
      {"io_threads", "", false},
      {"audit.retention_days", "0", true},
      {"audit.retention_days", "36500", true},
      {"audit.retention_days", "36501", false},
      {"receipts.retention_days", "1000000000", false},
      {"retention.interval_minutes", "9223372036854775807", false},
      {"demo", "yes", true},
      {"demo", "TRUE", true},
      {"demo", "perhaps", false},
      {"csrf_defense", "strict", true},
      {"csrf_defense", "Strict", false},
      {"omf.create_mode", "no_replace", true},
      {"omf.create_mode", "insert", false},
      {"data", "anything", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.setting} + " = " + c.value);
    const auto settings = Settings::merge(false, {{c.setting, {c.value, "a.toml:7"}}}, {}, {});
    EXPECT_EQ(settings.has_value(), c.good);
    if (settings) continue;
    EXPECT_EQ(settings.error().where, "a.toml:7");
    EXPECT_THAT(settings.error().detail, testing::HasSubstr(c.setting));
  }
}

TEST(Settings, ListsAreSplitAtCommas) {
  const auto settings = Settings::merge(false, {{"buildingx.audience", {"a, b,,c", ""}}}, {}, {});
  EXPECT_THAT(settings->list("buildingx.audience"), testing::ElementsAre("a", "b", "c"));
}

TEST(Settings, VariablesAreReadByName) {
  const auto values = read_variables([](const char* name) -> const char* {
    return std::string_view{name} == "PENSTOCK_LISTEN_TLS" ? "[::1]:1" : nullptr;
  });
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values.at("listen_tls").value, "[::1]:1");
  EXPECT_EQ(values.at("listen_tls").where, "PENSTOCK_LISTEN_TLS");
}

}  // namespace
}  // namespace penstock::app
