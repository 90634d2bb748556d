#include "app/commands.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>

#include "app/configuration.h"
#include "app/serve.h"
#include "cli/admin_command.h"
#include "cli/backfill_command.h"

namespace penstock::app {

namespace {

/// The options that `serve` and `config` share: one per setting.
struct SettingFlags {
  std::string config_file;
  std::map<std::string, std::string, std::less<>> values;  // By setting name; only what was given.
};

void add_setting_flags(CLI::App& command, SettingFlags& flags) {
  command
      .add_option("--config", flags.config_file, "TOML file with settings and principals [PENSTOCK_CONFIG].")
      ->type_name("FILE");
  for (const auto& setting : all_settings()) {
    std::string help{setting.help};
    if (!setting.choices.empty()) help += " One of " + std::string{setting.choices} + ".";
    if (!setting.initial.empty()) help += " Default " + std::string{setting.initial};
    if (!setting.demo.empty()) help += ", in the demo " + std::string{setting.demo};
    help += " [" + setting.variable() + "]";
    const std::string name{setting.name};
    if (setting.type == SettingType::boolean) {
      // `--demo` alone means true; `--demo=false` can take back what a file says.
      command.add_flag_function(
          setting.flag(),
          [&flags, name](std::int64_t count) { flags.values[name] = count > 0 ? "true" : "false"; }, help);
    } else {
      command.add_option_function<std::string>(
          setting.flag(), [&flags, name](const std::string& value) { flags.values[name] = value; }, help);
    }
  }
}

struct Loaded {
  Settings settings;
  ConfigurationFile file;
};

Result<Loaded> load(const SettingFlags& flags) {
  Loaded loaded;
  std::string path = flags.config_file;
  if (const char* variable = std::getenv("PENSTOCK_CONFIG"); path.empty() && variable != nullptr)
    path = variable;
  if (!path.empty()) {
    TRY(loaded.file, load_configuration(path));
  }
  const auto variables = read_variables([](const char* name) { return std::getenv(name); });
  GivenValues given;
  for (const auto& [name, value] : flags.values)
    given.emplace(name, Given{value, find_setting(name)->flag()});
  // The demo changes defaults, so it is settled first.
  TRY(const auto first, Settings::merge(false, loaded.file.values, variables, given));
  TRY(loaded.settings, Settings::merge(first.flag("demo"), loaded.file.values, variables, given));
  return loaded;
}

int complain(const Error& error) {
  std::cerr << "penstock: " << (error.where.empty() ? "" : error.where + ": ") << error.detail << std::endl;
  return kUsage;
}

int run_serve(const SettingFlags& flags) {
  const auto loaded = load(flags);
  if (!loaded) return complain(loaded.error());
  return serve(loaded->settings, loaded->file);
}

int run_config(const SettingFlags& flags) {
  const auto loaded = load(flags);
  if (!loaded) return complain(loaded.error());
  auto credentials = loaded->file.credentials;
  if (loaded->settings.flag("demo")) {
    const auto more = demo_credentials();
    credentials.insert(credentials.end(), more.begin(), more.end());
  }
  std::cout << render_configuration(loaded->settings, credentials);
  return kDone;
}

int run_hash_secret() {
  std::string secret;
  if (::isatty(STDIN_FILENO) != 0) {
    const char* typed = ::getpass("Secret: ");
    if (typed != nullptr) secret = typed;
  } else {
    std::getline(std::cin, secret);
    if (secret.ends_with('\r')) secret.pop_back();
  }
  if (secret.empty()) {
    std::cerr << "penstock: no secret was given; it is read from standard input" << std::endl;
    return kUsage;
  }
  std::cout << auth::hash_secret(secret) << std::endl;
  return kDone;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Penstock, a time-series historian that speaks its clients' own write APIs.", "penstock"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "penstock 0.1.0");
  int code = kDone;

  SettingFlags serve_flags;
  auto* serve_command = app.add_subcommand("serve", "Serve until SIGTERM.");
  add_setting_flags(*serve_command, serve_flags);
  serve_command->callback([&] { code = run_serve(serve_flags); });

  SettingFlags config_flags;
  auto* config_command =
      app.add_subcommand("config", "Print the settings in force and where each comes from.");
  add_setting_flags(*config_command, config_flags);
  config_command->callback([&] { code = run_config(config_flags); });

  auto* hash_command = app.add_subcommand(
      "hash-secret", "Read a secret from standard input, print what a configuration file holds.");
  hash_command->callback([&] { code = run_hash_secret(); });

  cli::add_backfill(app, code);
  cli::add_administration(app, code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int parsed = app.exit(error);
    return parsed == 0 ? kDone : kUsage;
  }
  return code;
}

}  // namespace penstock::app
