#include "app/dialects.h"
#include "base/text.h"
#include "catalog/buildingx.h"
#include "catalog/energyview.h"
#include "dialects/buildingx/demo.h"
#include "dialects/common/demo.h"
#include "dialects/energyview/demo.h"
#include "dialects/energyview/energyview.h"

namespace penstock::app {

namespace {

catalog::BxDataType data_type_of(const std::string& word) {
  using enum catalog::BxDataType;
  if (word == "boolean") return boolean;
  if (word == "string") return string;
  return word == "enum" ? enumeration : number;
}

Result<void> add_points(catalog::Editor& editor, const std::vector<BuildingXPoint>& points, Timestamp now) {
  for (const auto& point : points) {
    const auto partition = to_lower(point.partition);
    const auto id = to_lower(point.id);
    if (editor.tables().building_x.partitions.find(partition) == nullptr) {
      TRY_VOID(catalog::put_partition(editor, {partition, partition, ""}));
    }
    if (editor.tables().addresses.find(Door::building_x, catalog::BxPoint::address_of(partition, id)))
      continue;
    catalog::NewBxPoint made;
    made.partition = partition;
    made.id = id;
    made.name = point.name;
    made.unit = point.unit;
    made.data_type = data_type_of(point.data_type);
    for (const auto& state : point.states) {
      made.states.emplace_back(static_cast<std::int32_t>(made.states.size()), state);
    }
    if (auto added = catalog::add_bx_point(editor, made, now); !added) {
      auto error = std::move(added).error();
      error.where = point.where;
      return fail(std::move(error));
    }
  }
  return {};
}

/// Adds a domain, or gives a known one the configured time zone.
Result<void> add_domain(catalog::Editor& editor, const std::string& name, const std::string& timezone,
                        const std::string& where) {
  if (auto known_zone = dialects::energyview::check_timezone(timezone); !known_zone) {
    auto error = std::move(known_zone).error();
    error.where = where;
    return fail(std::move(error));
  }
  const auto* known = editor.tables().energyview.domains.find(name);
  if (known != nullptr && known->timezone == timezone) return {};
  catalog::EvDomain domain;
  domain.name = name;
  domain.timezone = timezone;
  if (auto put = catalog::put_domain(editor, domain); !put) {
    auto error = std::move(put).error();
    error.where = where;
    return fail(std::move(error));
  }
  return {};
}

Result<void> add_domains(catalog::Editor& editor, const ConfigurationFile& file) {
  for (const auto& domain : file.domains) {
    TRY_VOID(add_domain(editor, domain.name, domain.timezone, domain.where));
  }
  // A key opens its domain: without one in the catalog nobody could use it.
  for (const auto& credential : file.credentials) {
    const bool missing = editor.tables().energyview.domains.find(credential.id) == nullptr;
    if (credential.kind == auth::Credential::Kind::key && missing) {
      TRY_VOID(add_domain(editor, credential.id, "UTC", "the key login of " + credential.id));
    }
  }
  return {};
}

/// The rules of time zones are the machine's: an archive that moved may lack one.
Result<void> check_timezones(const archive::Archive& archive) {
  const auto tables = archive.catalog();
  for (const auto& [name, domain] : tables->energyview.domains.rows()) {
    if (dialects::energyview::check_timezone(domain.timezone)) continue;
    return fail(ErrorCode::invalid_argument, "the EnergyView domain " + name,
                "its time zone " + domain.timezone + " is not known on this machine");
  }
  return {};
}

}  // namespace

Result<void> seed_catalog(archive::Archive& archive, const dialects::House& house, const Settings& settings,
                          const ConfigurationFile& file) {
  const auto now = house.now();
  const bool demo = settings.flag("demo");
  if (demo)
    TRY_VOID(sync_wait(dialects::create_demo_catalog(archive, house.server_name, house.asset_database, now)));
  archive::Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
    if (demo) {
      TRY_VOID(dialects::buildingx::seed_demo(editor, now));
      TRY_VOID(dialects::energyview::seed_demo(editor, now));
    }
    TRY_VOID(add_points(editor, file.points, now));
    return add_domains(editor, file);
  };
  TRY_VOID(sync_wait(archive.change(std::move(edit), Door::internal, 0)));
  return check_timezones(archive);
}

}  // namespace penstock::app
