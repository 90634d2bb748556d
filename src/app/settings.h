#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::app {

enum class SettingType : std::uint8_t {
  text,
  integer,  ///< Not negative.
  boolean,  ///< true, false, yes, no, on, off, 1, 0.
  choice,   ///< One of the words in Setting::choices.
  list      ///< Texts; on the command line and in variables separated by commas.
};

/// One thing that can be set, under the same name everywhere: TOML key `omf.create_mode`, variable
/// `PENSTOCK_OMF_CREATE_MODE`, flag `--omf.create-mode`.
struct Setting {
  std::string_view name;
  SettingType type = SettingType::text;
  std::string_view initial;  ///< The default, as text.
  std::string_view demo;     ///< The default under --demo where it differs; empty: as `initial`.
  std::string_view choices;  ///< "a|b", for SettingType::choice.
  std::string_view help;
  std::string_view product = {};  ///< What the vendor's product calls it; taken in the file, too.
  std::int64_t most = std::numeric_limits<std::int64_t>::max();  ///< Of an integer.

  std::string variable() const;  ///< "PENSTOCK_OMF_CREATE_MODE"
  std::string flag() const;      ///< "--omf.create-mode"
};

/// All of them, in the order in which they are printed.
std::span<const Setting> all_settings();
/// By TOML name, or nothing.
const Setting* find_setting(std::string_view name);

/// By the name of the vendor's product, in any letter case, or nothing.
const Setting* find_product_setting(std::string_view name);

/// Where an effective value came from; a later one wins.
enum class Origin : std::uint8_t { initial, demo, file, variable, flag };
std::string_view to_string(Origin origin);

/// Values as found in one place, by setting name. `where` says the place to a person: "penstock.toml:12".
struct Given {
  std::string value;
  std::string where;
};
using GivenValues = std::map<std::string, Given, std::less<>>;

/// What is in force, and why.
class Settings {
 public:
  struct Effective {
    const Setting* setting = nullptr;
    std::string value;
    Origin origin = Origin::initial;
    std::string where;  ///< Empty for defaults.
  };

  /// Merges defaults (those of the demo if `demo`) with what the three places gave, and checks each value.
  /// Errors: invalid_argument, with `where` and a sentence that names the allowed values.
  static Result<Settings> merge(bool demo, const GivenValues& file, const GivenValues& variables,
                                const GivenValues& flags);

  const std::string& text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  Origin origin(std::string_view name) const { return get(name).origin; }
  const std::vector<Effective>& all() const { return values_; }

 private:
  const Effective& get(std::string_view name) const;  ///< A name that is not in the table is our own bug.
  std::vector<Effective> values_;
};

/// The settings that the process environment gives. `read` is std::getenv but for tests.
GivenValues read_variables(const std::function<const char*(const char*)>& read);

std::optional<bool> parse_bool(std::string_view text);

}  // namespace penstock::app
