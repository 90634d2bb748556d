#include <optional>
#include <utility>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/data_plan.h"
#include "dialects/omf/fields.h"
#include "dialects/omf/mapping.h"
#include "dialects/omf/type_assets.h"

namespace penstock::dialects::omf {
namespace {

using catalog::AfAttribute;
using catalog::AfElement;
using catalog::OmfFormat;
using catalog::OmfInstance;
using catalog::OmfProperty;
using catalog::OmfType;

/// What one attribute of an instance is to hold; no value: its default.
struct Wanted {
  const OmfProperty* property = nullptr;
  std::string name;  ///< Of the attribute.
  std::optional<Value> value;
  bool sent = false;
};

/// One instance as sent, checked against its type.
struct Checked {
  std::string index, name;
  std::vector<Wanted> attributes;
};

Kind kind_of(OmfFormat format) {
  switch (format) {
    case OmfFormat::float32: return Kind::float32;
    case OmfFormat::float64:
    case OmfFormat::uint64: return Kind::float64;
    case OmfFormat::string: return Kind::text;
    case OmfFormat::boolean:
    case OmfFormat::int16:
    case OmfFormat::int32:
    case OmfFormat::int64:
    case OmfFormat::uint16:
    case OmfFormat::uint32:
    case OmfFormat::date_time:
    case OmfFormat::enumeration: return Kind::int64;
  }
  return Kind::text;
}

class StaticApplier {
 public:
  StaticApplier(catalog::Editor& editor, const StaticItem& item, const OmfType& type, const Scene& scene,
                Report& report)
      : editor_{editor},
        tables_{editor.tables()},
        item_{item},
        type_{type},
        scene_{scene},
        report_{report},
        database_{get_database(editor, scene)},
        properties_{type.properties} {
    // Of the keys of an item, those of the type come first.
    for (const OmfProperty& property : item.extra) {
      if (type.find(property.key) == nullptr) properties_.push_back(property);
    }
    names_ = attribute_names(properties_);
  }

  void put(const StaticInstance& sent, Action action) {
    const auto checked = check(sent);
    if (!checked) return;
    const OmfInstance* const known = tables_.omf.find_instance(type_.id, checked->index);
    const AfElement* const element = known == nullptr ? nullptr : tables_.af_elements.find(known->element);
    if (element == nullptr) return make(*checked);
    if (action == Action::create) return compare(*checked, *element);
    return replace(*checked, *element);
  }

  Result<void> remove(const StaticInstance& sent) {
    report_.succeed(item_.index, 200);
    const auto index = read_index(sent);
    if (!index) return {};
    const OmfInstance* const known = tables_.omf.find_instance(type_.id, *index);
    if (known == nullptr) return {};
    const OmfInstance instance = *known;
    std::vector<Uuid> children;
    for (const AfElement* child : tables_.af_elements.children(instance.element)) {
      const AfElement* const at_root = tables_.af_elements.find_child(database_, child->name);
      if (child->also_below.empty() && at_root != nullptr && at_root->id != instance.element) {
        report_.add(item_.index, events::element_name_taken(child->name));
        return {};
      }
      children.push_back(child->id);
    }
    remove_links(instance);
    for (const AfAttribute* attribute : tables_.af_attributes.children(instance.element)) {
      editor_.erase(AfAttribute{*attribute});
    }
    if (const AfElement* element = tables_.af_elements.find(instance.element))
      editor_.erase(AfElement{*element});
    // Its name at the root is free now.
    for (const Uuid& child : children) {
      if (!catalog::remove_parent(editor_, child, instance.element)) {
        return fail(ErrorCode::internal, {}, "the children of a deleted element have no place");
      }
    }
    editor_.erase(instance);
    return {};
  }

 private:
  const OmfProperty* find_property(std::string_view key) const {
    if (const OmfProperty* property = type_.find(key)) return property;
    for (const OmfProperty& property : item_.extra) {
      if (iequals(property.key, key)) return &property;
    }
    return nullptr;
  }

  static const json::Value* find_value(const StaticInstance& sent, const OmfProperty& property) {
    for (const auto& [key, value] : sent.values) {
      if (key == property.key) return &value;
    }
    for (const auto& [key, value] : sent.values) {
      if (iequals(key, property.key)) return &value;
    }
    return nullptr;
  }

  /// The text of an index or name; reported if there is none that can be one.
  std::optional<std::string> read_name(const StaticInstance& sent, const OmfProperty& property) {
    const json::Value* const value = find_value(sent, property);
    if (value == nullptr || value->is_null()) {
      report_.add(item_.index, events::missing_field(property.key));
      return std::nullopt;
    }
    const std::string text = value->as_string() ? std::string{*value->as_string()} : value->to_string();
    if (auto problem = check_name(property.key, text)) {
      report_.add(item_.index, std::move(*problem));
      return std::nullopt;
    }
    return text;
  }
  std::optional<std::string> read_index(const StaticInstance& sent) {
    return read_name(sent, *type_.index());
  }

  std::optional<Checked> check(const StaticInstance& sent) {
    Checked checked;
    auto index = read_index(sent);
    if (!index) return std::nullopt;
    checked.index = checked.name = std::move(*index);
    for (const OmfProperty& property : type_.properties) {
      if (!property.is_name || property.is_index) continue;
      auto name = read_name(sent, property);
      if (!name) return std::nullopt;
      checked.name = std::move(*name);
    }
    for (const auto& [key, value] : sent.values) {
      if (find_property(key) == nullptr) {
        report_.add(item_.index, events::unknown_property(type_.id, type_.version, key));
      }
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < properties_.size(); ++i) {
      const OmfProperty& property = properties_[i];
      Wanted wanted;
      wanted.property = &property;
      wanted.name = names_[i];
      if (!read_value(sent, property, wanted)) return std::nullopt;
      const auto* text = wanted.value ? std::get_if<std::string>(&*wanted.value) : nullptr;
      bytes += wanted.name.size() + property.description.size() + (text == nullptr ? 0 : text->size());
      checked.attributes.push_back(std::move(wanted));
    }
    if (bytes > kItemBytesMax) {
      report_.add(item_.index,
                  events::invalid_definition(type_.id, checked.index, "The instance is too large."));
      return std::nullopt;
    }
    return checked;
  }

  bool read_value(const StaticInstance& sent, const OmfProperty& property, Wanted& wanted) {
    const json::Value* const json = find_value(sent, property);
    if (json == nullptr) return true;
    wanted.sent = true;
    if (json->is_null()) {
      if (property.format == OmfFormat::string) {
        if (!property.nullable) wanted.value = std::string{};
        return true;
      }
      report_.add(item_.index, events::value_not_parsed(property.key, "null", "value"));
      return false;
    }
    Scalar scalar;
    const std::string text = json->as_string() ? std::string{*json->as_string()} : json->to_string();
    scalar.text = text;
    scalar.flag = json->as_bool().value_or(false);
    scalar.kind = json->is_string()   ? Scalar::Kind::string
                  : json->is_number() ? Scalar::Kind::number
                  : json->is_bool()   ? Scalar::Kind::boolean
                                      : Scalar::Kind::compound;
    Column column;
    column.property = &property;
    column.kind = kind_of(property.format);
    if (!property.ref_type_id.empty()) column.enumeration = tables_.omf.find_type(property.ref_type_id);
    DataRules rules;
    rules.now = scene_.now;
    const Cell cell = decode_value(column, scalar, rules, report_, item_.index);
    if (cell.state == Cell::State::system) {
      report_.add(item_.index, events::value_not_parsed(property.key, text, "number"));
      return false;
    }
    if (cell.state != Cell::State::value) return false;
    if (property.format == OmfFormat::date_time) {
      wanted.value = format_trimmed(Timestamp::from_unix_ns(cell.integer));
    } else if (column.kind == Kind::text) {
      wanted.value = std::string{cell.text};
    } else if (column.kind == Kind::int64) {
      wanted.value = cell.integer;
    } else {
      wanted.value = cell.number;
    }
    return true;
  }

  void make(const Checked& checked) {
    if (tables_.af_elements.find_child(database_, checked.name) != nullptr) {
      report_.add(item_.index, events::element_name_taken(checked.name));
      return;
    }
    AfElement element;
    element.id = Uuid::random();
    element.database = element.parent = database_;
    element.name = checked.name;
    element.description = type_.description;
    if (const auto* made_from = tables_.af_templates.find(type_.asset))
      element.template_name = made_from->name;
    element.categories = type_.tags;
    element.extended = {
        {"OmfClassification", "static"}, {"OmfTypeId", type_.id}, {"OmfIndex", checked.index}};
    editor_.put(element);
    for (const Wanted& wanted : checked.attributes) put_attribute(element.id, wanted);
    put_hidden(element.id, checked.index);
    editor_.put(OmfInstance{type_.id, checked.index, element.id});
    report_.succeed(item_.index, 201);
  }

  void put_attribute(const Uuid& element, const Wanted& wanted) {
    const OmfProperty& property = *wanted.property;
    AfAttribute attribute;
    const AfAttribute* const known = tables_.af_attributes.find_child(element, wanted.name);
    if (known != nullptr) {
      attribute = *known;
      if (attribute.value ? wanted.value == attribute.value->value : !wanted.value) return;
    } else {
      const auto* made_from = tables_.af_attribute_templates.find_child(type_.asset, wanted.name);
      catalog::AfAttributeFields& fields = attribute;
      fields = attribute_fields(property, wanted.name);
      if (made_from != nullptr) fields = *made_from;
      if (made_from != nullptr) attribute.from_template = made_from->id;
      attribute.id = Uuid::random();
      attribute.element = element;
    }
    attribute.value.reset();
    if (wanted.value) attribute.value = Sample{scene_.now, *wanted.value, Quality{}};
    editor_.put(attribute);
  }

  /// The attributes of the template that no property stands for.
  void put_hidden(const Uuid& element, const std::string& index) {
    for (const auto* made_from : tables_.af_attribute_templates.children(type_.asset)) {
      if (tables_.af_attributes.find_child(element, made_from->name) != nullptr) continue;
      AfAttribute attribute;
      static_cast<catalog::AfAttributeFields&>(attribute) = *made_from;
      attribute.id = Uuid::random();
      attribute.element = element;
      attribute.from_template = made_from->id;
      if (made_from->name == kIdAttribute) attribute.value = Sample{scene_.now, index, Quality{}};
      editor_.put(attribute);
    }
  }

  /// Create asserts: equal is fine, different a conflict.
  void compare(const Checked& checked, const AfElement& element) {
    const OmfProperty* different = nullptr;
    for (const Wanted& wanted : checked.attributes) {
      if (!wanted.sent) continue;
      const AfAttribute* const known = tables_.af_attributes.find_child(element.id, wanted.name);
      if (known == nullptr ||
          (known->value ? wanted.value != known->value->value : wanted.value.has_value())) {
        different = wanted.property;
        break;
      }
    }
    if (different != nullptr) {
      report_.add(item_.index, events::instance_differs(type_.id, checked.index, different->key));
      return;
    }
    report_.add(item_.index, events::instance_exists(type_.id, checked.index));
    report_.succeed(item_.index, 200);
  }

  void replace(const Checked& checked, const AfElement& known) {
    std::vector<Uuid> places{known.parent};
    places.insert(places.end(), known.also_below.begin(), known.also_below.end());
    for (const Uuid& place : places) {
      const AfElement* const other = tables_.af_elements.find_child(place, checked.name);
      if (other == nullptr || other->id == known.id) continue;
      report_.add(item_.index, events::element_name_taken(checked.name));
      return;
    }
    const Uuid element = known.id;
    if (known.name != checked.name) {
      AfElement renamed = known;
      renamed.name = checked.name;
      editor_.put(renamed);
    }
    for (const Wanted& wanted : checked.attributes) put_attribute(element, wanted);
    put_hidden(element, checked.index);
    report_.succeed(item_.index, 200);
  }

  void remove_links(const OmfInstance& instance) {
    for (const auto& link : tables_.omf.links.of_source(instance.type_id, instance.index))
      remove_link(editor_, link);
    for (const auto& link : tables_.omf.links.of_target(instance.type_id, instance.index))
      remove_link(editor_, link);
  }

  catalog::Editor& editor_;
  const catalog::Tables& tables_;
  const StaticItem& item_;
  const OmfType& type_;
  const Scene& scene_;
  Report& report_;
  Uuid database_;
  std::vector<OmfProperty> properties_;  ///< Of the type, then of this item alone.
  std::vector<std::string> names_;       ///< Of their attributes.
};

/// "Example OMF request and response": a missing type is said with the version that was assumed, and that the
/// item could not be stored, in this order.
void report_missing_type(const StaticItem& item, Report& report) {
  report.keep_order(item.index);
  if (item.type_version.empty()) report.add(item.index, events::version_omitted(item.type_id));
  report.add(item.index,
             events::type_not_found(item.type_id, item.type_version,
                                    "Static data can only be kept for a type that was created before."));
  report.add(item.index, events::not_completely_stored());
}

}  // namespace

Uuid get_database(catalog::Editor& editor, const Scene& scene) {
  if (const auto* known = editor.tables().af_databases.find_name(scene.asset_database)) return known->id;
  catalog::AfDatabase database;
  database.id = Uuid::random();
  database.name = scene.asset_database;
  editor.put(database);
  return database.id;
}

void remove_link(catalog::Editor& editor, const catalog::OmfLink& link) {
  for (const Uuid& id : link.attributes) {
    if (const AfAttribute* attribute = editor.tables().af_attributes.find(id))
      editor.erase(AfAttribute{*attribute});
  }
  editor.erase(link);
}

Result<void> apply_static(catalog::Editor& editor, const StaticItem& item, Action action, const Scene& scene,
                          Report& report, std::size_t& part) {
  const std::size_t first = std::exchange(part, item.instances.size());
  const OmfType* const type = editor.tables().omf.find_type(item.type_id);
  if (type == nullptr) {
    if (action == Action::remove) {
      report.succeed(item.index, 200);
    } else {
      report_missing_type(item, report);
    }
    return {};
  }
  if (type->classification != catalog::OmfClassification::static_type) {
    report.add(item.index, events::invalid_definition(item.type_id, "typeid", "The type is not static."));
    return {};
  }
  report.succeed(item.index, 200);
  OmfType known = *type;
  if (action != Action::remove && editor.tables().af_templates.find(known.asset) == nullptr) {
    // Deleted by hand, or the type is older than templates.
    if (!make_asset(editor, get_database(editor, scene), known)) editor.put(known);
  }
  StaticApplier applier{editor, item, known, scene, report};
  for (part = first; part < item.instances.size() && !is_full(editor); ++part) {
    const StaticInstance& instance = item.instances[part];
    if (action == Action::remove) {
      TRY_VOID(applier.remove(instance));
    } else {
      applier.put(instance, action);
    }
  }
  return {};
}

}  // namespace penstock::dialects::omf
