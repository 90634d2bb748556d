#include <algorithm>

#include "base/text.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/mapping.h"
#include "dialects/omf/type_assets.h"

namespace penstock::dialects::omf {
namespace {

using catalog::OmfClassification;
using catalog::OmfFormat;
using catalog::OmfType;

/// Who uses a type, by name; empty if nobody.
std::string user_of(const catalog::Tables& tables, const OmfType& type) {
  const std::string key = type.key();
  if (type.classification == OmfClassification::enumeration) {
    for (const auto& [other_key, other] : tables.omf.types.rows()) {
      for (const catalog::OmfProperty& property : other.properties) {
        if (!property.ref_type_id.empty() && OmfType::key_of(property.ref_type_id) == key) return other.id;
      }
    }
    return {};
  }
  if (type.classification == OmfClassification::static_type) {
    const auto& rows = tables.omf.instances.rows();
    const std::string prefix = catalog::OmfInstance::key_of(type.id, "");
    const auto at = rows.lower_bound(prefix);
    return at != rows.end() && at->first.starts_with(prefix) ? at->second.index : std::string{};
  }
  const catalog::OmfContainer* const container = tables.omf.containers.find_of_type(type.id);
  return container == nullptr ? std::string{} : container->id;
}

/// The digital set of a new enumeration, or the system set where it can't have one.
Result<SetId> make_digital_set(catalog::Editor& editor, const OmfType& type) {
  auto states = digital_states(type);
  if (!states) return kSystemSet;
  if (const DigitalSet* known = editor.tables().digital_sets.find_name(type.id)) {
    const bool same = std::equal(known->states.begin(), known->states.end(), states->begin(), states->end(),
                                 [](const DigitalState& a, const DigitalState& b) {
                                   return a.code == b.code && iequals(a.name, b.name);
                                 });
    return same ? known->id : kSystemSet;
  }
  DigitalSet set;
  set.name = type.id;
  set.description = type.description;
  set.states = std::move(*states);
  return editor.add_digital_set(std::move(set));
}

class TypeApplier {
 public:
  TypeApplier(catalog::Editor& editor, Version version, const Scene& scene, Report& report)
      : editor_{editor}, version_{version}, scene_{scene}, report_{report} {}

  Result<void> create(const TypeItem& item) {
    if (const OmfType* known = editor_.tables().omf.find_type(item.type.id)) {
      assert_same(item, *known);
      return {};
    }
    for (const catalog::OmfProperty& property : item.type.properties) {
      if (property.format != OmfFormat::enumeration) continue;
      const OmfType* target = editor_.tables().omf.find_type(property.ref_type_id);
      if (target == nullptr) {
        report_.add(item.index, events::type_not_found(
                                    property.ref_type_id, {},
                                    "A 'reftypeid' needs an enumeration type that was created before."));
        return {};
      }
      if (target->classification != OmfClassification::enumeration) {
        report_.add(item.index, events::invalid_definition(item.type.id, property.key,
                                                           "A 'reftypeid' names an enumeration type."));
        return {};
      }
    }
    OmfType type = item.type;
    if (catalog::Table<OmfType>::encode(type).size() > kItemBytesMax) {
      report_.add(item.index, events::invalid_definition(type.id, "", "The definition is too large."));
      return {};
    }
    if (auto problem = make_asset(editor_, get_database(editor_, scene_), type)) {
      report_.add(item.index, std::move(*problem));
      return {};
    }
    if (type.classification == OmfClassification::enumeration) {
      TRY(type.digital_set, make_digital_set(editor_, type));
    }
    editor_.put(type);
    report_.succeed(item.index, 201);
    return {};
  }

  void update(const TypeItem& item) {
    const OmfType* known = editor_.tables().omf.find_type(item.type.id);
    std::string reason, minor;
    if (known != nullptr && same_definition(*known, item.type, reason, minor)) {
      assert_same(item, *known);
      return;
    }
    report_.add(item.index,
                events::not_implemented("update of a type", "A changed type needs a new type ID."));
  }

  void remove(const TypeItem& item) {
    report_.succeed(item.index, 200);
    const OmfType* known = editor_.tables().omf.find_type(item.type.id);
    if (known == nullptr) return;
    std::string user = user_of(editor_.tables(), *known);
    if (user.empty()) user = asset_user(editor_.tables(), *known);
    if (!user.empty()) {
      report_.add(item.index, events::type_in_use(item.type.id, user));
      return;
    }
    const OmfType type = *known;
    const SetId set = type.digital_set;
    editor_.erase(type);
    erase_asset(editor_, type);
    if (set != kSystemSet && !is_used(set))
      editor_.erase(TableId::digital_sets, catalog::DigitalSetRow::key_of(set));
  }

 private:
  using TableId = catalog::TableId;

  void assert_same(const TypeItem& item, const OmfType& known) {
    std::string reason, minor;
    bool same = same_definition(known, item.type, reason, minor);
    // Versions are for information alone in OMF 1.2; before, a type with another version was another type.
    if (same && version_ != Version::v1_2 && known.version != item.type.version) {
      reason = "The version differs.";
      same = false;
    }
    if (!same) {
      report_.add(item.index, events::type_differs(item.type.id, reason));
      return;
    }
    OmfType type = known;  // Its template may have been deleted by hand.
    if (!make_asset(editor_, get_database(editor_, scene_), type) && type.asset != known.asset)
      editor_.put(type);
    report_.add(item.index, events::type_exists(item.type.id));
    if (!minor.empty()) report_.add(item.index, events::minor_difference("type", item.type.id, minor));
    report_.succeed(item.index, 200);
  }

  bool is_used(SetId set) const {
    bool has_points = false;
    editor_.tables().points.each([&](const Point& point) {
      has_points = point.type == PointType::digital && point.digital_set == set;
      return !has_points;
    });
    if (has_points) return true;
    for (const auto& [key, type] : editor_.tables().omf.types.rows()) {
      if (type.digital_set == set) return true;
    }
    return false;
  }

  catalog::Editor& editor_;
  Version version_;
  const Scene& scene_;
  Report& report_;
};

}  // namespace

Result<void> apply_types(catalog::Editor& editor, const std::vector<TypeItem>& items, Action action,
                         Version version, const Scene& scene, Report& report, Progress& at) {
  TypeApplier applier{editor, version, scene, report};
  for (std::size_t n = 0; at.item < items.size() && n < kEditItems && !is_full(editor); ++n, ++at.item) {
    const TypeItem& item = items[at.item];
    switch (action) {
      case Action::create: TRY_VOID(applier.create(item)); break;
      case Action::update: applier.update(item); break;
      case Action::remove: applier.remove(item); break;
    }
  }
  return {};
}

}  // namespace penstock::dialects::omf
