#include "dialects/common/demo.h"

#include <string>

#include "base/text.h"

namespace penstock::dialects {
namespace {

void put_server_ids(catalog::Editor& editor) {
  for (const std::string_view name : {kDataServerIdSetting, kAssetServerIdSetting}) {
    if (editor.tables().settings.find(name) != nullptr) continue;
    editor.put(catalog::SettingRow{std::string{name}, Uuid::random().to_string()});
  }
}

struct DemoPoint {
  const char* tag;
  PointType type;
  const char* descriptor;
  const char* units;
  double zero, span;
  const char* digital_set;
};

constexpr DemoPoint kDemoPoints[] = {
    {"SINUSOID", PointType::float32, "12 hour sine wave", "", 0, 100, ""},
    {"CDT158", PointType::float32, "Light naphtha end point", "DEG. C", 50, 200, ""},
    {"CDM158", PointType::digital, "Light naphtha end point control", "", 0, 4, "Modes"},
    {"BA:LEVEL.1", PointType::float32, "Batch level, unit 1", "%", 0, 100, ""},
    {"BA:TEMP.1", PointType::float32, "Batch temperature, unit 1", "DEG. C", 0, 200, ""},
    {"BA:ACTIVE.1", PointType::digital, "Batch active, unit 1", "", 0, 1, "BatchAct"},
    {"PLANT:BATCH.ID", PointType::string, "Name of the running batch", "", 0, 100, ""},
    {"PLANT:COUNT", PointType::int32, "Pieces counted", "pieces", 0, 100000, ""},
};

Result<SetId> ensure_set(catalog::Editor& editor, const char* name, const char* description,
                         std::initializer_list<const char*> states) {
  if (const DigitalSet* known = editor.tables().digital_sets.find_name(name)) return known->id;
  DigitalSet set;
  set.name = name;
  set.description = description;
  for (const char* state : states) {
    set.states.push_back({static_cast<std::int32_t>(set.states.size()), state, ""});
  }
  return editor.add_digital_set(std::move(set));
}

Result<void> ensure_points(catalog::Editor& editor, Timestamp now) {
  TRY_VOID(
      ensure_set(editor, "Modes", "Controller modes", {"Manual", "Auto", "Cascade", "Program", "Prog-Auto"}));
  TRY_VOID(ensure_set(editor, "BatchAct", "Batch activity", {"Inactive", "Active"}));
  for (const DemoPoint& demo : kDemoPoints) {
    if (editor.tables().points.find_tag(demo.tag) != nullptr) continue;
    Point point;
    point.tag = demo.tag;
    point.type = demo.type;
    point.descriptor = demo.descriptor;
    point.eng_units = demo.units;
    point.zero = demo.zero;
    point.span = demo.span;
    point.typical_value = demo.zero + demo.span / 2;
    point.step = !is_number(kind_of(demo.type));
    point.point_source = "Demo";
    point.created = point.changed = now;
    point.creator = point.changer = "penstock";
    if (*demo.digital_set != '\0') {
      point.digital_set = editor.tables().digital_sets.find_name(demo.digital_set)->id;
    }
    TRY_VOID(editor.add_point(std::move(point)));
  }
  return {};
}

/// The new attribute, or nothing if the element has one of that name already.
std::optional<catalog::AfAttribute> new_attribute(catalog::Editor& editor, const Uuid& element,
                                                  const char* name, const char* description,
                                                  const char* type) {
  if (editor.tables().af_attributes.find_child(element, name) != nullptr) return std::nullopt;
  catalog::AfAttribute attribute;
  attribute.id = Uuid::random();
  attribute.element = element;
  attribute.name = name;
  attribute.description = description;
  attribute.type = type;
  return attribute;
}

void ensure_assets(catalog::Editor& editor, std::string_view server_name, std::string_view database_name,
                   Timestamp now) {
  Uuid database_id;
  if (const catalog::AfDatabase* known = editor.tables().af_databases.find_name(database_name)) {
    database_id = known->id;
  } else {
    catalog::AfDatabase database;
    database.id = database_id = Uuid::random();
    database.name = database_name;
    database.description = "Assets of the demo";
    editor.put(database);
  }
  Uuid boiler_id;
  if (const catalog::AfElement* known = editor.tables().af_elements.find_child(database_id, "Boiler1")) {
    boiler_id = known->id;
  } else {
    catalog::AfElement boiler;
    boiler.id = boiler_id = Uuid::random();
    boiler.database = boiler.parent = database_id;
    boiler.name = "Boiler1";
    boiler.description = "Steam boiler of the demo plant";
    editor.put(boiler);
  }
  if (auto temperature =
          new_attribute(editor, boiler_id, "Temperature", "Temperature of the batch in unit 1", "Single")) {
    temperature->data_reference = "PI Point";
    temperature->config_string = "\\\\" + std::string{server_name} + "\\BA:TEMP.1";
    editor.put(*temperature);
  }
  if (auto manufacturer = new_attribute(editor, boiler_id, "Manufacturer", "Who built it", "String")) {
    manufacturer->value = Sample{now, std::string{"Example Works"}, {}};
    editor.put(*manufacturer);
  }
  if (auto capacity = new_attribute(editor, boiler_id, "Capacity", "Steam in tonnes per hour", "Double")) {
    capacity->value = Sample{now, 12.5, {}};
    editor.put(*capacity);
  }
}

}  // namespace

Task<Result<void>> ensure_server_ids(archive::Archive& archive) {
  {
    const auto reader = archive.catalog();
    if (reader->settings.find(kDataServerIdSetting) != nullptr &&
        reader->settings.find(kAssetServerIdSetting) != nullptr) {
      co_return Result<void>{};
    }
  }
  archive::Archive::Edit edit = [](catalog::Editor& editor) -> Result<void> {
    put_server_ids(editor);
    return {};
  };
  auto done = co_await archive.change(std::move(edit), Door::internal, 0);
  if (!done) co_return fail(done.error());
  co_return Result<void>{};
}

Task<Result<void>> create_demo_catalog(archive::Archive& archive, std::string_view server_name,
                                       std::string_view asset_database, Timestamp now) {
  archive::Archive::Edit edit = [server = std::string{server_name}, database = std::string{asset_database},
                                 now](catalog::Editor& editor) -> Result<void> {
    put_server_ids(editor);
    TRY_VOID(ensure_points(editor, now));
    ensure_assets(editor, server, database, now);
    return {};
  };
  auto done = co_await archive.change(std::move(edit), Door::internal, 0);
  if (!done) co_return fail(done.error());
  co_return Result<void>{};
}

}  // namespace penstock::dialects
