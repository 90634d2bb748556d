#include "dialects/omf/parse_containers.h"

#include "base/text.h"
#include "dialects/omf/fields.h"

namespace penstock::dialects::omf {
namespace {

std::optional<bool> read_future(const json::Value& item) {
  const json::Value* const metadata = item.find("metadata", json::Case::insensitive);
  if (metadata == nullptr || metadata->find("future", json::Case::insensitive) == nullptr)
    return std::nullopt;
  return flag_field(*metadata, "future");
}

std::optional<ContainerItem> read_container(const json::Value& json, std::size_t index, Action action,
                                            Report& report) {
  ContainerItem item;
  item.index = index;
  auto id = id_field(json, "id", index, report);
  if (!id) return std::nullopt;
  item.id = std::move(*id);
  if (action == Action::remove) return item;
  auto type_id = id_field(json, "typeid", index, report);
  if (!type_id) return std::nullopt;
  item.type_id = std::move(*type_id);
  item.type_version = text_or_empty(json, "typeversion");
  item.name = text_field(json, "name");
  item.description = text_field(json, "description");
  item.data_source = text_field(json, "datasource");
  item.extrapolation = text_field(json, "extrapolation");
  item.tags = texts_field(json, "tags");
  std::erase(item.tags, std::string{});
  item.indexes = texts_field(json, "indexes");
  item.metadata = pairs_field(json, "metadata");
  item.future = read_future(json);

  const auto check = [&](std::string_view field, std::string_view value) {
    auto problem = check_name(field, value);
    if (problem) report.add(index, std::move(*problem));
    return !problem;
  };
  if (item.name && !check("name", *item.name)) return std::nullopt;
  if (item.data_source && !check("datasource", *item.data_source)) return std::nullopt;
  for (const std::string& tag : item.tags) {
    if (!check("tags", tag)) return std::nullopt;
  }
  if (const json::Value* const overrides = json.find("propertyoverrides", json::Case::insensitive)) {
    for (const json::Member& member : overrides->object()) {
      std::string problem;
      catalog::OmfHints hints = hints_field(member.value, problem);
      if (!problem.empty()) {
        report.add(index, events::invalid_definition(item.id, member.name, problem));
        return std::nullopt;
      }
      item.overrides.emplace_back(member.name, std::move(hints));
    }
  }
  return item;
}

}  // namespace

std::vector<ContainerItem> parse_containers(const json::Value& body, Action action, Report& report) {
  std::vector<ContainerItem> items;
  std::size_t index = 0;
  for (const json::Value& json : body.array()) {
    if (!json.is_object()) {
      report.add(index, events::invalid_definition("", "", "An item is an object."));
    } else if (auto item = read_container(json, index, action, report)) {
      items.push_back(std::move(*item));
    }
    ++index;
  }
  return items;
}

}  // namespace penstock::dialects::omf
