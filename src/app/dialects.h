#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/configuration.h"
#include "console/access.h"
#include "dialects/common/dialect.h"

namespace penstock::app {

/// Places in the list of doors.
enum DoorIndex : std::size_t { kPiWebApi, kOmf, kBuildingX, kEnergyView, kConsole, kDoorCount };

/// What we serve.
class Doors {
 public:
  using List = std::array<std::unique_ptr<dialects::Dialect>, kDoorCount>;
  explicit Doors(List list) : list_{std::move(list)} {}
  dialects::Dialect& at(std::size_t index) const { return *list_[index]; }

 private:
  List list_;
};

/// Whose rights callers without credentials have at the PI door; null where they have none.
/// Errors: invalid_argument (an unknown method, or Anonymous without a known principal).
Result<auth::PrincipalPtr> anonymous_principal(const Settings& settings,
                                               const std::vector<auth::Credential>& credentials);

/// Opens all doors as the settings say. `house` and `access` outlive them.
Doors open_doors(dialects::House& house, console::Access& access, const Settings& settings,
                 auth::PrincipalPtr anonymous);

/// The door that a path belongs to, or nothing. Paths are as in http::Request::path.
std::optional<DoorIndex> find_door(std::string_view path);

/// Makes in the catalog what is configured, and under --demo what the demo shows; what exists stays.
/// Runs on the calling thread. Errors: what Archive::change has, invalid_argument.
Result<void> seed_catalog(archive::Archive& archive, const dialects::House& house, const Settings& settings,
                          const ConfigurationFile& file);

}  // namespace penstock::app
