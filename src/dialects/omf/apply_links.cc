#include <algorithm>
#include <optional>
#include <variant>

#include "base/text.h"
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
  link.source_type = source.type_id;
  link.source_index = source.index;
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
    if (is_root(source.index)) return put_at_root(target);
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
    const AfElement* const from = find_element(source);
    const AfElement* const to = target.is_container() ? nullptr : find_element(target);
    if (from != nullptr && to != nullptr && to->parent == from->id && !move(*to, next_parent(link, from->id)))
      return;
    remove_link(editor_, link);
  }

 private:
  const AfElement* find_element(const LinkEnd& end) const {
    const OmfInstance* const instance = tables_.omf.find_instance(end.type_id, end.index);
    return instance == nullptr ? nullptr : tables_.af_elements.find(instance->element);
  }

  /// Message streams of OMF 1.0 name the root as a source; here elements begin there.
  void put_at_root(const LinkEnd& target) {
    if (target.is_container()) {
      report_.add(index_, events::not_supported("link", "A container can't be linked to the root."));
      return;
    }
    const AfElement* const to = find_element(target);
    if (to == nullptr) {
      report_.add(index_, events::link_target_missing(target.type_id, target.index));
      return;
    }
    const bool moves = to->parent != database_;
    if (moves && !move(*to, database_)) return;
    report_.add(index_, events::root_link());
    report_.succeed(index_, moves ? 201 : 200);
  }

  /// False if a sibling of that name is there already, which is reported.
  bool move(const AfElement& element, const Uuid& parent) {
    const AfElement* const sibling = tables_.af_elements.find_child(parent, element.name);
    if (sibling != nullptr && sibling->id != element.id) {
      report_.add(index_, events::element_name_taken(element.name));
      return false;
    }
    AfElement moved = element;
    moved.parent = parent;
    editor_.put(moved);
    return true;
  }

  /// Where an element goes when its link is taken away: below another linked source, or to the root.
  Uuid next_parent(const OmfLink& gone, const Uuid& old_parent) const {
    const std::string target = OmfInstance::key_of(gone.target_type, gone.target_index);
    for (const auto& [key, link] : tables_.omf.links.rows()) {
      if (!link.container.empty() || OmfInstance::key_of(link.target_type, link.target_index) != target)
        continue;
      const OmfInstance* const source = tables_.omf.find_instance(link.source_type, link.source_index);
      if (source != nullptr && source->element != old_parent) return source->element;
    }
    return database_;
  }

  void put_child(const OmfLink& link, const AfElement& from, const AfElement& to) {
    if (tables_.omf.links.find(link.key()) != nullptr) {
      report_.succeed(index_, 200);
      return;
    }
    for (const AfElement* at = &from; at != nullptr; at = tables_.af_elements.find(at->parent)) {
      if (at->id == to.id) {
        report_.add(index_, events::link_cycle(link.source_index, link.target_index));
        return;
      }
    }
    if (to.parent == database_) {
      if (!move(to, from.id)) return;
    } else if (to.parent != from.id) {
      // An element is shown at one place. The link is kept: it takes over when the first one is removed.
      report_.add(index_, events::undefined_by_specification("a second parent of an element"));
    }
    editor_.put(link);
    report_.succeed(index_, 201);
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
