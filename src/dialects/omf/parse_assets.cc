#include "dialects/omf/parse_assets.h"

#include "base/text.h"
#include "dialects/omf/fields.h"
#include "dialects/omf/parse_types.h"

namespace penstock::dialects::omf {
namespace {

class AssetReader {
 public:
  AssetReader(const AssetJson& item, Report& report)
      : json_{item.json}, index_{item.index}, report_{report} {}

  std::optional<AssetItem> read() {
    const auto type_id = text_field(json_, "typeid");
    const json::Value* const values = json_.find("values", json::Case::insensitive);
    const json::Value* const properties = json_.find("properties", json::Case::insensitive);
    if (!type_id) {
      report_.add(index_,
                  properties != nullptr && values != nullptr
                      ? events::not_supported("typeless data", "Values without a type are not supported.")
                      : events::missing_field("containerid"));
      return std::nullopt;
    }
    if (values == nullptr || !values->is_array()) {
      report_.add(index_, events::missing_field("values"));
      return std::nullopt;
    }
    if (iequals(*type_id, kLinkType)) return read_links(*values);
    StaticItem item;
    item.index = index_;
    item.type_id = *type_id;
    item.type_version = text_or_empty(json_, "typeversion");
    if (properties != nullptr) {
      for (const json::Member& member : properties->object()) {
        auto property = parse_property(*type_id, member, index_, report_);
        if (!property) return std::nullopt;
        item.extra.push_back(std::move(*property));
      }
    }
    for (const json::Value& value : values->array()) {
      if (!value.is_object()) {
        report_.add(index_, events::value_not_parsed("values", value.to_string(), "object"));
        continue;
      }
      StaticInstance instance;
      for (const json::Member& member : value.object())
        instance.values.emplace_back(member.name, member.value);
      item.instances.push_back(std::move(instance));
    }
    return item;
  }

 private:
  std::optional<AssetItem> read_links(const json::Value& values) {
    LinkItem item;
    item.index = index_;
    for (const json::Value& value : values.array()) {
      const json::Value* const source = value.find("source", json::Case::insensitive);
      const json::Value* const target = value.find("target", json::Case::insensitive);
      if (source == nullptr || !source->is_object() || target == nullptr || !target->is_object()) {
        report_.add(index_,
                    events::missing_field(source == nullptr || !source->is_object() ? "source" : "target"));
        continue;
      }
      const LinkEnd from = read_end(*source), to = read_end(*target);
      if (from.is_container()) {
        report_.add(index_, events::not_supported("link", "A container can't be the source of a link."));
      } else if (from.index.empty() && to.index.empty() && !to.is_container() && !from.type_id.empty()) {
        report_.add(index_, events::not_supported("link", "Types can't be linked with types."));
      } else if (from.type_id.empty() && !is_root(from.index)) {
        report_.add(index_, events::missing_field("source.typeid"));
      } else if (from.index.empty()) {
        report_.add(index_, events::missing_field("source.index"));
      } else if (!to.is_container() && to.type_id.empty()) {
        report_.add(index_, events::missing_field("target.typeid"));
      } else if (!to.is_container() && to.index.empty()) {
        report_.add(index_, events::missing_field("target.index"));
      } else {
        item.links.emplace_back(from, to);
      }
    }
    return item;
  }

  static bool is_root(std::string_view index) { return iequals(index, "_ROOT") || iequals(index, "__ROOT"); }

  static LinkEnd read_end(const json::Value& json) {
    return {text_or_empty(json, "typeid"), text_or_empty(json, "index"), text_or_empty(json, "containerid"),
            text_or_empty(json, "property")};
  }

  const json::Value& json_;
  std::size_t index_;
  Report& report_;
};

}  // namespace

std::vector<AssetItem> parse_assets(const std::vector<AssetJson>& items, Report& report) {
  std::vector<AssetItem> parsed;
  for (const AssetJson& item : items) {
    if (auto asset = AssetReader{item, report}.read()) parsed.push_back(std::move(*asset));
  }
  return parsed;
}

}  // namespace penstock::dialects::omf
