#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "auth/authenticator.h"
#include "base/result.h"

namespace penstock::app {

/// A Building X point that the configuration makes: nothing in that vendor's API can.
struct BuildingXPoint {
  std::string partition;  ///< UUID.
  std::string id;         ///< UUID.
  std::string name;
  std::string data_type = "number";  ///< number, boolean, string, enum.
  std::string unit;
  std::vector<std::string> states;  ///< Labels of an enum, keys 0…n.
  std::string where;                ///< "penstock.toml:12"
};

/// An EnergyView domain that the configuration makes.
struct EnergyViewDomain {
  std::string name;
  std::string timezone = "UTC";
  std::string where;
};

/// What a TOML file says.
struct ConfigurationFile {
  GivenValues values;
  std::vector<auth::Credential> credentials;  ///< Principals numbered from kFirstPrincipal, in file order.
  std::vector<BuildingXPoint> points;
  std::vector<EnergyViewDomain> domains;
};

/// Numbers below are the demo's.
constexpr std::uint32_t kFirstPrincipal = 100;

/// Reads the text of a configuration file; `name` is used in messages.
/// Errors: invalid_argument with `where` = "name:line": not TOML, an unknown key, a wrong type, a secret in
/// clear.
Result<ConfigurationFile> parse_configuration(std::string_view text, const std::string& name);

/// Reads a file. Errors: not_found, and those of parse_configuration.
Result<ConfigurationFile> load_configuration(const std::string& path);

/// The demo's logins (docs/operations.md lists them), with secrets hashed now.
std::vector<auth::Credential> demo_credentials();

/// `penstock config`: one line per setting with its value and origin, then principals with secrets masked.
std::string render_configuration(const Settings& settings, const std::vector<auth::Credential>& credentials);

}  // namespace penstock::app
