#include "dialects/piwebapi/address.h"

#include "dialects/piwebapi/address_parts.h"

namespace penstock::dialects::piwebapi {

bool same_name(std::string_view a, std::string_view b) {
  return iequals(a, b) || to_upper_invariant(a) == to_upper_invariant(b);
}

tl::unexpected<Error> not_found(std::string_view what) {
  return fail(ErrorCode::not_found, {}, "No " + std::string{what} + " matches the given path or WebID.");
}

tl::unexpected<Error> wrong_kind(std::string_view what) {
  return fail(ErrorCode::invalid_argument, "webId", "The WebID does not name " + std::string{what} + ".");
}

std::optional<Uuid> braced_id(std::string_view part) {
  if (const std::size_t semicolon = part.rfind(';'); semicolon != std::string_view::npos) {
    part.remove_prefix(semicolon + 1);
  }
  if (part.size() != 38 || part.front() != '{' || part.back() != '}') return std::nullopt;
  return Uuid::parse(part.substr(1, 36));
}

std::optional<std::string_view> bracketed(std::string_view part, std::string_view word) {
  if (part.size() < word.size() + 2 || !iequals(part.substr(0, word.size()), word) ||
      part[word.size()] != '[' || part.back() != ']') {
    return std::nullopt;
  }
  return part.substr(word.size() + 1, part.size() - word.size() - 2);
}

std::string_view take_part(std::string_view& path) {
  while (!path.empty() && path.front() == '\\') path.remove_prefix(1);
  const std::size_t end = path.find('\\');
  const std::string_view part = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
  while (!path.empty() && path.front() == '\\') path.remove_prefix(1);
  return part;
}

bool by_id(const WebId& id) {
  return id.form != WebIdForm::path_only;
}
bool by_path(const WebId& id) {
  return id.form == WebIdForm::full || id.form == WebIdForm::path_only;
}
bool on_server(const WebId& id, const Uuid& server) {
  return id.form == WebIdForm::local_id_only || id.form == WebIdForm::default_id_only || id.server == server;
}

const catalog::AfDatabase* take_database(const catalog::Tables& tables, const Identity& identity,
                                         std::string_view path, std::string_view& rest) {
  if (!strip_server(path, identity, identity.asset_server, rest) || rest.empty()) return nullptr;
  const std::string_view part = take_part(rest);
  if (const auto id = braced_id(part)) return tables.af_databases.find(*id);
  if (const auto name = bracketed(part, "Databases")) return tables.af_databases.find_name(*name);
  return tables.af_databases.find_name(part);
}

namespace {

/// `EnumerationSets[Modes]`, optionally with `\Running` behind it.
const DigitalSet* take_set(const catalog::Tables& tables, const Identity& identity, std::string_view path,
                           std::string_view& rest) {
  if (!strip_server(path, identity, identity.data_server, rest)) return nullptr;
  const auto name = bracketed(take_part(rest), "EnumerationSets");
  return name ? tables.digital_sets.find_name(*name) : nullptr;
}

const catalog::AfElement* walk_elements(const catalog::Tables& tables, const catalog::AfDatabase& database,
                                        std::string_view rest) {
  const catalog::AfElement* element = nullptr;
  Uuid parent = database.id;
  while (!rest.empty()) {
    const std::string_view part = take_part(rest);
    if (const auto id = braced_id(part)) {
      element = tables.af_elements.find(*id);
    } else {
      element = tables.af_elements.find_child(parent, part);
    }
    if (element == nullptr) return nullptr;
    parent = element->id;
  }
  return element;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; at + from.size() <= text.size();) {
    if (iequals(std::string_view{text}.substr(at, from.size()), from)) {
      text.replace(at, from.size(), to);
      at += to.size();
    } else {
      ++at;
    }
  }
}

}  // namespace

bool strip_server(std::string_view path, const Identity& identity, const Uuid& server,
                  std::string_view& rest) {
  rest = path;
  const std::string_view part = take_part(rest);
  if (const auto id = braced_id(part)) return *id == server;
  if (const auto name = bracketed(part, "PIServer")) return same_name(*name, identity.server_name);
  if (const auto name = bracketed(part, "PISystem")) return same_name(*name, identity.server_name);
  return same_name(part, identity.server_name);
}

Result<const Point*> find_point_path(const catalog::Tables& tables, const Identity& identity,
                                     std::string_view path) {
  std::string_view tag;
  if (!strip_server(path, identity, identity.data_server, tag) || tag.empty()) return not_found("point");
  const Point* point = tables.points.find_tag(tag);
  if (point == nullptr) {
    // AF writes a point's id behind its name: `\\server\tag?17`.
    const std::size_t mark = tag.rfind('?');
    if (mark != std::string_view::npos) point = tables.points.find_tag(tag.substr(0, mark));
  }
  if (point == nullptr) return not_found("point");
  return point;
}

Result<const Point*> find_point(const catalog::Tables& tables, const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::point) return wrong_kind("a point");
  if (by_id(id) && id.point > 0 && on_server(id, identity.data_server)) {
    if (const Point* point = tables.points.find(static_cast<PointId>(id.point))) return point;
  }
  // The full form goes on to its path, so that it survives a point that was made anew.
  if (by_path(id)) return find_point_path(tables, identity, id.path);
  return not_found("point");
}

Result<const DigitalSet*> find_set_path(const catalog::Tables& tables, const Identity& identity,
                                        std::string_view path) {
  std::string_view rest;
  const DigitalSet* set = take_set(tables, identity, path, rest);
  if (set == nullptr || !rest.empty()) return not_found("enumeration set");
  return set;
}

Result<const DigitalSet*> find_set(const catalog::Tables& tables, const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::enumeration_set) return wrong_kind("an enumeration set");
  if (by_id(id) && id.owner == WebIdOwner::data_server && on_server(id, identity.data_server)) {
    if (const auto number = id_number(id.id)) {
      if (const DigitalSet* set = tables.digital_sets.find(static_cast<SetId>(*number))) return set;
    }
  }
  if (by_path(id)) return find_set_path(tables, identity, id.path);
  return not_found("enumeration set");
}

Result<FoundState> find_state_path(const catalog::Tables& tables, const Identity& identity,
                                   std::string_view path) {
  std::string_view name;
  const DigitalSet* set = take_set(tables, identity, path, name);
  const DigitalState* state = set != nullptr && !name.empty() ? set->find(name) : nullptr;
  if (state == nullptr) return not_found("enumeration value");
  return FoundState{set, state};
}

Result<FoundState> find_state(const catalog::Tables& tables, const Identity& identity, const WebId& id) {
  if (id.kind != WebIdKind::enumeration_value) return wrong_kind("an enumeration value");
  if (by_id(id) && id.owner == WebIdOwner::data_server && on_server(id, identity.data_server)) {
    const auto set_number = id_number(id.parent);
    const auto code = id_number(id.id);
    const DigitalSet* set = set_number ? tables.digital_sets.find(static_cast<SetId>(*set_number)) : nullptr;
    const DigitalState* state =
        set != nullptr && code ? set->find(static_cast<std::int32_t>(*code)) : nullptr;
    if (state != nullptr) return FoundState{set, state};
  }
  if (by_path(id)) return find_state_path(tables, identity, id.path);
  return not_found("enumeration value");
}

Result<void> check_server(const Identity& identity, const WebId& id, WebIdKind kind) {
  const bool data = kind == WebIdKind::data_server;
  if (id.kind != kind) return wrong_kind(data ? "a data server" : "an asset server");
  const Uuid& server = data ? identity.data_server : identity.asset_server;
  if (by_id(id) && on_server(id, server)) return {};
  std::string_view rest;
  if (by_path(id) && strip_server(id.path, identity, server, rest) && rest.empty()) return {};
  return not_found(data ? "data server" : "asset server");
}

Result<const catalog::AfDatabase*> find_database_path(const catalog::Tables& tables, const Identity& identity,
                                                      std::string_view path) {
  std::string_view rest;
  const catalog::AfDatabase* database = take_database(tables, identity, path, rest);
  if (database == nullptr || !rest.empty()) return not_found("asset database");
  return database;
}

Result<const catalog::AfDatabase*> find_database(const catalog::Tables& tables, const Identity& identity,
                                                 const WebId& id) {
  if (id.kind != WebIdKind::database) return wrong_kind("an asset database");
  if (by_id(id) && on_server(id, identity.asset_server)) {
    if (const catalog::AfDatabase* database = tables.af_databases.find(id.id)) return database;
  }
  if (by_path(id)) return find_database_path(tables, identity, id.path);
  return not_found("asset database");
}

Result<const catalog::AfElement*> find_element_path(const catalog::Tables& tables, const Identity& identity,
                                                    std::string_view path) {
  std::string_view rest;
  const catalog::AfDatabase* database = take_database(tables, identity, path, rest);
  const catalog::AfElement* element = database != nullptr ? walk_elements(tables, *database, rest) : nullptr;
  if (element == nullptr) return not_found("element");
  return element;
}

Result<const catalog::AfElement*> find_element(const catalog::Tables& tables, const Identity& identity,
                                               const WebId& id) {
  if (id.kind != WebIdKind::element) return wrong_kind("an element");
  if (by_id(id) && on_server(id, identity.asset_server)) {
    if (const catalog::AfElement* element = tables.af_elements.find(id.id)) return element;
  }
  if (by_path(id)) return find_element_path(tables, identity, id.path);
  return not_found("element");
}

Result<const catalog::AfAttribute*> find_attribute_path(const catalog::Tables& tables,
                                                        const Identity& identity, std::string_view path) {
  const auto parts = split(path, '|');
  if (parts.size() < 2) return not_found("attribute");
  const auto element = find_element_path(tables, identity, parts[0]);
  if (!element) return not_found("attribute");
  Uuid owner = (*element)->id;
  const catalog::AfAttribute* attribute = nullptr;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (const auto id = braced_id(parts[i])) {
      attribute = tables.af_attributes.find(*id);
    } else {
      attribute = tables.af_attributes.find_child(owner, parts[i]);
    }
    if (attribute == nullptr) return not_found("attribute");
    owner = attribute->id;
  }
  return attribute;
}

Result<const catalog::AfAttribute*> find_attribute(const catalog::Tables& tables, const Identity& identity,
                                                   const WebId& id) {
  if (id.kind != WebIdKind::attribute) return wrong_kind("an attribute");
  if (by_id(id) && id.owner == WebIdOwner::element && on_server(id, identity.asset_server)) {
    if (const catalog::AfAttribute* attribute = tables.af_attributes.find(id.id)) return attribute;
  }
  if (by_path(id)) return find_attribute_path(tables, identity, id.path);
  return not_found("attribute");
}

PointReference point_reference(const catalog::Tables& tables, const Naming& naming,
                               const catalog::AfAttribute& attribute) {
  PointReference reference;
  const auto parts = split(attribute.config_string, ';');
  reference.path = std::string{trim(parts[0])};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos) continue;
    if (iequals(trim(parts[i].substr(0, equals)), "ReadOnly")) {
      reference.read_only = iequals(trim(parts[i].substr(equals + 1)), "true");
    }
  }
  // *PI System Explorer, "Name substitution parameters"*.
  const catalog::AfElement* element = tables.af_elements.find(attribute.element);
  if (element != nullptr) {
    if (const catalog::AfElement* above = tables.af_elements.find(element->parent)) {
      replace_all(reference.path, "%..\\Element%", above->name);
    }
    replace_all(reference.path, "%Element%", element->name);
    if (const catalog::AfDatabase* database = tables.af_databases.find(element->database)) {
      replace_all(reference.path, "%Database%", database->name);
    }
  }
  replace_all(reference.path, "%Attribute%", attribute.name);
  replace_all(reference.path, "%Server%", naming.identity.server_name);
  return reference;
}

Stream stream_of(const catalog::Tables& tables, const Point& point) {
  Stream stream;
  stream.point = point.id;
  stream.tag = point.tag;
  stream.type = point.type;
  stream.step = point.step;
  stream.future = point.future;
  stream.zero = point.zero;
  stream.span = point.span;
  stream.created = point.created;
  if (point.type == PointType::digital) {
    const DigitalSet* set = tables.digital_sets.find(point.digital_set);
    stream.set = set != nullptr ? *set : system_set();
  }
  return stream;
}

}  // namespace penstock::dialects::piwebapi
