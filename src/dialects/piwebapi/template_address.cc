#include "dialects/piwebapi/address_parts.h"

/// Addresses of categories, templates and enumeration sets of asset databases. *PI Web API Reference, "Path
/// Syntax"*: `\\server\db\ElementTemplates[name]|attribute`.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttributeTemplate;
using catalog::AfCategory;
using catalog::AfCategoryKind;
using catalog::AfElementTemplate;
using catalog::AfEnumerationSet;

/// A part `Word[name]` behind the database: the database, and the name or the id in the brackets.
struct Named {
  const catalog::AfDatabase* database = nullptr;
  std::string_view name, rest;
};
std::optional<Named> take_named(const catalog::Tables& tables, const Identity& identity,
                                std::string_view path, std::string_view word) {
  Named found;
  found.database = take_database(tables, identity, path, found.rest);
  if (found.database == nullptr) return std::nullopt;
  const auto name = bracketed(take_part(found.rest), word);
  if (!name) return std::nullopt;
  found.name = *name;
  return found;
}

std::string_view word_of(AfCategoryKind kind) {
  return kind == AfCategoryKind::element ? "CategoriesElement" : "CategoriesAttribute";
}

const AfEnumerationSet* take_asset_set(const catalog::Tables& tables, const Identity& identity,
                                       std::string_view path, std::string_view& rest) {
  const auto named = take_named(tables, identity, path, "EnumerationSets");
  if (!named) return nullptr;
  rest = named->rest;
  if (const auto id = braced_id(named->name)) return tables.af_enumeration_sets.find(*id);
  return tables.af_enumeration_sets.find_name(named->database->id, named->name);
}

}  // namespace

Result<const AfCategory*> find_category_path(const catalog::Tables& tables, const Identity& identity,
                                             std::string_view path, AfCategoryKind kind) {
  const auto named = take_named(tables, identity, path, word_of(kind));
  if (!named || !named->rest.empty()) return not_found("category");
  const auto id = braced_id(named->name);
  const AfCategory* category = id ? tables.af_categories.find(*id)
                                  : tables.af_categories.find_name(named->database->id, kind, named->name);
  if (category == nullptr || category->kind != kind) return not_found("category");
  return category;
}

Result<const AfCategory*> find_category(const catalog::Tables& tables, const Identity& identity,
                                        const WebId& id, AfCategoryKind kind) {
  const bool of_elements = kind == AfCategoryKind::element;
  if (id.kind != (of_elements ? WebIdKind::element_category : WebIdKind::attribute_category)) {
    return wrong_kind(of_elements ? "an element category" : "an attribute category");
  }
  if (by_id(id) && on_server(id, identity.asset_server)) {
    const AfCategory* category = tables.af_categories.find(id.id);
    if (category != nullptr && category->kind == kind) return category;
  }
  if (by_path(id)) return find_category_path(tables, identity, id.path, kind);
  return not_found("category");
}

Result<const AfElementTemplate*> find_element_template_path(const catalog::Tables& tables,
                                                            const Identity& identity, std::string_view path) {
  const auto named = take_named(tables, identity, path, "ElementTemplates");
  if (!named || !named->rest.empty()) return not_found("element template");
  const auto id = braced_id(named->name);
  const AfElementTemplate* found =
      id ? tables.af_templates.find(*id) : tables.af_templates.find_name(named->database->id, named->name);
  if (found == nullptr) return not_found("element template");
  return found;
}

Result<const AfElementTemplate*> find_element_template(const catalog::Tables& tables,
                                                       const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::element_template) return wrong_kind("an element template");
  if (by_id(id) && on_server(id, identity.asset_server)) {
    if (const AfElementTemplate* found = tables.af_templates.find(id.id)) return found;
  }
  if (by_path(id)) return find_element_template_path(tables, identity, id.path);
  return not_found("element template");
}

Result<const AfAttributeTemplate*> find_attribute_template_path(const catalog::Tables& tables,
                                                                const Identity& identity,
                                                                std::string_view path) {
  const auto parts = split(path, '|');
  const auto owner = find_element_template_path(tables, identity, parts[0]);
  const AfAttributeTemplate* found = nullptr;
  Uuid above = owner ? (*owner)->id : Uuid{};
  for (std::size_t i = 1; owner && i < parts.size(); ++i) {
    const auto id = braced_id(parts[i]);
    found = id ? tables.af_attribute_templates.find(*id)
               : tables.af_attribute_templates.find_child(above, parts[i]);
    if (found == nullptr) break;
    above = found->id;
  }
  if (found == nullptr) return not_found("attribute template");
  return found;
}

Result<const AfAttributeTemplate*> find_attribute_template(const catalog::Tables& tables,
                                                           const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::attribute_template) return wrong_kind("an attribute template");
  if (by_id(id) && on_server(id, identity.asset_server)) {
    if (const AfAttributeTemplate* found = tables.af_attribute_templates.find(id.id)) return found;
  }
  if (by_path(id)) return find_attribute_template_path(tables, identity, id.path);
  return not_found("attribute template");
}

Result<FoundSet> find_any_set_path(const catalog::Tables& tables, const Identity& identity,
                                   std::string_view path) {
  if (const auto digital = find_set_path(tables, identity, path)) return FoundSet{*digital, nullptr};
  std::string_view rest;
  const AfEnumerationSet* asset = take_asset_set(tables, identity, path, rest);
  if (asset == nullptr || !rest.empty()) return not_found("enumeration set");
  return FoundSet{nullptr, asset};
}

Result<FoundSet> find_any_set(const catalog::Tables& tables, const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::enumeration_set || id.owner != WebIdOwner::asset_server) {
    TRY(const DigitalSet* digital, find_set(tables, identity, id));
    return FoundSet{digital, nullptr};
  }
  if (by_id(id) && on_server(id, identity.asset_server)) {
    if (const AfEnumerationSet* asset = tables.af_enumeration_sets.find(id.id)) {
      return FoundSet{nullptr, asset};
    }
  }
  if (by_path(id)) {
    std::string_view rest;
    const AfEnumerationSet* asset = take_asset_set(tables, identity, id.path, rest);
    if (asset != nullptr && rest.empty()) return FoundSet{nullptr, asset};
  }
  return not_found("enumeration set");
}

Result<FoundValue> find_asset_value_path(const catalog::Tables& tables, const Identity& identity,
                                         std::string_view path) {
  std::string_view name;
  const AfEnumerationSet* set = take_asset_set(tables, identity, path, name);
  const auto id = braced_id(name);
  const catalog::AfEnumerationValue* value = nullptr;
  if (set != nullptr && !name.empty()) value = id ? set->find(*id) : set->find(name);
  if (value == nullptr) return not_found("enumeration value");
  return FoundValue{set, value};
}

Result<FoundValue> find_asset_value(const catalog::Tables& tables, const Identity& identity,
                                    const WebId& id) {
  if (id.kind != WebIdKind::enumeration_value) return wrong_kind("an enumeration value");
  if (by_id(id) && on_server(id, identity.asset_server)) {
    const AfEnumerationSet* set = tables.af_enumeration_sets.find(id.parent);
    const catalog::AfEnumerationValue* value = set != nullptr ? set->find(id.id) : nullptr;
    if (value != nullptr) return FoundValue{set, value};
  }
  if (by_path(id)) return find_asset_value_path(tables, identity, id.path);
  return not_found("enumeration value");
}

std::optional<FoundSet> find_qualifier(const catalog::Tables& tables, const Uuid& database,
                                       std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (const AfEnumerationSet* asset = tables.af_enumeration_sets.find_name(database, name)) {
    return FoundSet{nullptr, asset};
  }
  if (const DigitalSet* digital = tables.digital_sets.find_name(name)) return FoundSet{digital, nullptr};
  return std::nullopt;
}

std::optional<DigitalSet> states_of(const catalog::Tables& tables, const Uuid& database,
                                    std::string_view name) {
  const auto found = find_qualifier(tables, database, name);
  if (!found) return std::nullopt;
  return found->asset != nullptr ? found->asset->as_states() : *found->digital;
}

}  // namespace penstock::dialects::piwebapi
