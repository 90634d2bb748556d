#include <algorithm>
#include <map>
#include <optional>
#include <variant>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/mapping.h"

namespace penstock::dialects::omf {
namespace {

using catalog::AfAttribute;
using catalog::AfElement;
using catalog::OmfContainer;
using catalog::OmfInstance;
using catalog::OmfLink;
using catalog::OmfProperty;
using catalog::OmfType;

bool is_root(std::string_view index) {
  return iequals(index, "_ROOT") || iequals(index, "__ROOT");
}

OmfLink row_of(const LinkEnd& source, const LinkEnd& target) {
  OmfLink link;
  link.source_type = is_root(source.index) ? target.type_id : source.type_id;
  link.source_index = is_root(source.index) ? "_ROOT" : source.index;
  if (target.is_container()) {
    link.source_property = source.property;
    link.container = target.container_id;
    link.target_property = target.property;
  } else {
    link.target_type = target.type_id;
    link.target_index = target.index;
  }
  return link;
}

class LinkApplier {
 public:
  LinkApplier(catalog::Editor& editor, std::size_t index, const Scene& scene, Report& report)
      : editor_{editor},
        tables_{editor.tables()},
        index_{index},
        scene_{scene},
        report_{report},
        database_{get_database(editor, scene)} {}

  void put(const LinkEnd& source, const LinkEnd& target) {
    if (is_root(source.index)) return put_at_root(row_of(source, target), target);
    const AfElement* const from = find_element(source);
    if (from == nullptr) {
      report_.add(index_, events::link_source_missing(source.type_id, source.index,
                                                      tables_.omf.find_type(source.type_id) != nullptr));
      return;
    }
    if (target.is_container()) return put_container(source, target, *from);
    const AfElement* const to = find_element(target);
    if (to == nullptr) {
      report_.add(index_, events::link_target_missing(target.type_id, target.index));
      return;
    }
    put_child(row_of(source, target), *from, *to);
  }

  void remove(const LinkEnd& source, const LinkEnd& target) {
    report_.succeed(index_, 200);
    const OmfLink* const known = tables_.omf.links.find(row_of(source, target).key());
    if (known == nullptr) return;
    const OmfLink link = *known;
    const auto from = find_parent(source);
    const AfElement* const to = target.is_container() ? nullptr : find_element(target);
    if (from && to != nullptr && !catalog::remove_parent(editor_, to->id, *from)) {
      report_.add(index_, events::element_name_taken(to->name));
      return;
    }
    remove_link(editor_, link);
  }

 private:
  const AfElement* find_element(const LinkEnd& end) const {
    const OmfInstance* const instance = tables_.omf.find_instance(end.type_id, end.index);
    return instance == nullptr ? nullptr : tables_.af_elements.find(instance->element);
  }
  std::optional<Uuid> find_parent(const LinkEnd& source) const {
    if (is_root(source.index)) return database_;
    const AfElement* const element = find_element(source);
    return element == nullptr ? std::nullopt : std::optional{element->id};
  }

  /// Message streams of OMF 1.0 name the root as a source; here elements begin there.
  void put_at_root(const OmfLink& link, const LinkEnd& target) {
    if (target.is_container()) {
      report_.add(index_, events::not_supported("link", "A container can't be linked to the root."));
      return;
    }
    const AfElement* const to = find_element(target);
    if (to == nullptr) {
      report_.add(index_, events::link_target_missing(target.type_id, target.index));
      return;
    }
    const bool moves = !to->is_below(database_);
    if (!catalog::add_parent(editor_, to->id, database_)) {
      report_.add(index_, events::element_name_taken(to->name));
      return;
    }
    if (tables_.omf.links.find(link.key()) == nullptr) editor_.put(link);
    report_.add(index_, events::root_link());
    report_.succeed(index_, moves ? 201 : 200);
  }

  /// Was the element linked to the root, other than having begun there?
  bool is_linked_to_root(const OmfLink& link) const {
    for (const OmfLink& other : tables_.omf.links.of_target(link.target_type, link.target_index)) {
      if (is_root(other.source_index)) return true;
    }
    return false;
  }

  void put_child(const OmfLink& link, const AfElement& from, const AfElement& to) {
    const bool known = tables_.omf.links.find(link.key()) != nullptr;
    if (known && to.is_below(from.id)) {
      report_.succeed(index_, 200);
      return;
    }
    if (catalog::is_within(tables_, from.id, to.id)) {
      report_.add(index_, events::link_cycle(link.source_index, link.target_index));
      return;
    }
    if (depth_above(from.id) + depth_below(to.id) > catalog::kAssetDepthMax) {
      report_.add(index_, events::links_too_deep(to.name));
      return;
    }
    const Uuid element = to.id;
    const std::string name = to.name;
    const bool began_here = to.parent == database_ && !is_linked_to_root(link);
    if (!catalog::add_parent(editor_, element, from.id)) {
      report_.add(index_, events::element_name_taken(name));
      return;
    }
    // An element is at the root until it is linked.
    if (began_here) static_cast<void>(catalog::remove_parent(editor_, element, database_));
    editor_.put(link);
    report_.succeed(index_, 201);
  }

  using Depths = std::map<Uuid, int>;

  /// How many elements there are from the top down to this one, and from this one down, along the longest
  /// way.
  int depth_above(const Uuid& element) const {
    Depths known;
    return depth_above(element, known);
  }
  int depth_above(const Uuid& element, Depths& known) const {
    const AfElement* const row = tables_.af_elements.find(element);
    if (row == nullptr) return 0;
    if (const auto at = known.find(element); at != known.end()) return at->second;
    int depth = depth_above(row->parent, known);
    for (const Uuid& place : row->also_below) depth = std::max(depth, depth_above(place, known));
    return known[element] = depth + 1;
  }
  int depth_below(const Uuid& element) const {
    Depths known;
    return depth_below(element, known);
  }
  int depth_below(const Uuid& element, Depths& known) const {
    if (const auto at = known.find(element); at != known.end()) return at->second;
    int depth = 0;
    for (const AfElement* child : tables_.af_elements.children(element))
      depth = std::max(depth, depth_below(child->id, known));
    return known[element] = depth + 1;
  }

  void put_container(const LinkEnd& source, const LinkEnd& target, const AfElement& from) {
    const OmfContainer* const container = tables_.omf.containers.find_id(target.container_id);
    const OmfType* const type = container == nullptr ? nullptr : tables_.omf.find_type(container->type_id);
    if (type == nullptr) {
      report_.add(index_, events::container_not_found(target.container_id));
      return;
    }
    if (!target.property.empty()) {
      const OmfProperty* const property = type->find(target.property);
      if (property == nullptr || !property->is_value()) {
        report_.add(index_, events::invalid_definition(
                                target.container_id, "target.property",
                                "The type of the container has no such property with values."));
        return;
      }
    }
    OmfLink link = row_of(source, target);
    const OmfLink* const known = tables_.omf.links.find(link.key());
    if (known != nullptr) link = *known;
    auto attributes = new_attributes(link, *container, *type, from);
    if (!attributes) return;
    const bool made = known == nullptr || !attributes->empty();
    std::erase_if(link.attributes, [&](const Uuid& id) { return tables_.af_attributes.find(id) == nullptr; });
    for (const AfAttribute& attribute : *attributes) {
      editor_.put(attribute);
      link.attributes.push_back(attribute.id);
    }
    if (made) editor_.put(link);
    report_.succeed(index_, made ? 201 : 200);
  }

  /// The attributes that the element lacks; nothing if a name is taken, which is reported.
  std::optional<std::vector<AfAttribute>> new_attributes(const OmfLink& link, const OmfContainer& container,
                                                         const OmfType& type, const AfElement& from) {
    std::vector<AfAttribute> made;
    const OmfProperty* const only = link.target_property.empty() ? nullptr : type.find(link.target_property);
    for (const OmfProperty& property : type.properties) {
      if (!property.is_value() || (only != nullptr && only != &property)) continue;
      const catalog::OmfStream* const stream = container.find_stream(property.key);
      const Point* const point = stream == nullptr ? nullptr : tables_.points.find(stream->point);
      if (point == nullptr) {
        report_.add(index_, events::points_deleted(container.id));
        return std::nullopt;
      }
      AfAttribute attribute;
      attribute.name = attribute_name(container, type, property, link.source_property, link.target_property);
      const AfAttribute* const taken = tables_.af_attributes.find_child(from.id, attribute.name);
      const bool own = taken != nullptr && std::find(link.attributes.begin(), link.attributes.end(),
                                                     taken->id) != link.attributes.end();
      if (own) continue;
      if (taken != nullptr) {
        report_.add(index_, events::link_name_taken(attribute.name));
        return std::nullopt;
      }
      attribute.id = Uuid::random();
      attribute.element = from.id;
      attribute.description = attribute_description(container, property);
      attribute.type = attribute_type(point->type);
      attribute.type_qualifier = property.ref_type_id;
      attribute.units = point->eng_units;
      attribute.data_reference = "PI Point";
      attribute.config_string = "\\\\" + scene_.server_name + "\\" + point->tag;
      made.push_back(std::move(attribute));
    }
    return made;
  }

  catalog::Editor& editor_;
  const catalog::Tables& tables_;
  std::size_t index_;
  const Scene& scene_;
  Report& report_;
  Uuid database_;
};

}  // namespace

Result<void> apply_links(catalog::Editor& editor, const LinkItem& item, Action action, const Scene& scene,
                         Report& report, std::size_t& part) {
  report.succeed(item.index, 200);
  LinkApplier applier{editor, item.index, scene, report};
  for (; part < item.links.size() && !is_full(editor); ++part) {
    const auto& [source, target] = item.links[part];
    if (action == Action::remove) {
      applier.remove(source, target);
    } else {
      applier.put(source, target);
    }
  }
  return {};
}

Result<void> apply_assets(catalog::Editor& editor, const std::vector<AssetItem>& items, Action action,
                          const Scene& scene, Report& report, Progress& at) {
  for (std::size_t n = 0; at.item < items.size() && n < kEditItems && !is_full(editor); ++n) {
    std::size_t parts = 0;
    if (const auto* instances = std::get_if<StaticItem>(&items[at.item])) {
      parts = instances->instances.size();
      TRY_VOID(apply_static(editor, *instances, action, scene, report, at.part));
    } else {
      const auto& links = std::get<LinkItem>(items[at.item]);
      parts = links.links.size();
      TRY_VOID(apply_links(editor, links, action, scene, report, at.part));
    }
    if (at.part < parts) break;
    ++at.item;
    at.part = 0;
  }
  return {};
}

}  // namespace penstock::dialects::omf
