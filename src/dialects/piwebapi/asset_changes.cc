#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/routes.h"

/// Making, changing and deleting what the asset tree consists of: *PI Web API Reference, "AssetServer
/// CreateAssetDatabase"*, *"AssetDatabase CreateElement"*, *"Element CreateAttribute"* and their like.
namespace penstock::dialects::piwebapi {
namespace {

/// Elements in elements; deeper ones are refused.
constexpr int kDepthMax = 60;

/// An AF path without its server: what patterns of rights are matched with.
std::string below_server(const Call& call, std::string_view path) {
  return std::string{path.substr(std::min(path.size(), call.naming.server_path().size() + 1))};
}

tl::unexpected<Error> taken(std::string_view what, const std::string& name) {
  return fail(ErrorCode::conflict, "Name",
              "The " + std::string{what} + " '" + name + "' already exists there.");
}
tl::unexpected<Error> gone(std::string_view what) {
  return fail(ErrorCode::not_found, {}, "The " + std::string{what} + " does not exist any more.");
}

Result<std::optional<std::vector<std::string>>> texts_field(const json::Value& object,
                                                            std::string_view name) {
  const json::Value* member = object.find(name, json::Case::insensitive);
  if (member == nullptr || member->is_null()) return std::nullopt;
  std::vector<std::string> texts;
  for (const json::Value& item : member->array()) {
    const auto text = item.as_string();
    if (text) texts.emplace_back(*text);
  }
  if (!member->is_array() || texts.size() != member->array().size()) {
    return fail(ErrorCode::invalid_argument, std::string{name},
                "The property " + std::string{name} + " must be an array of texts.");
  }
  return texts;
}

template <class Row>
Result<void> set_name_and_description(Row& row, const json::Value& body) {
  TRY(const auto name, text_field(body, "Name"));
  TRY(const auto description, text_field(body, "Description"));
  if (name) row.name = *name;
  if (description) row.description = *description;
  return check_object_name(row.name);
}

Result<void> set_element(catalog::AfElement& row, const json::Value& body) {
  TRY_VOID(set_name_and_description(row, body));
  TRY(auto categories, texts_field(body, "CategoryNames"));
  if (categories) row.categories = *std::move(categories);
  TRY(const auto template_name, text_field(body, "TemplateName"));
  if (template_name && *template_name != row.template_name) {
    return fail(ErrorCode::invalid_argument, "TemplateName",
                "The element template '" + template_name->substr(0, 80) + "' does not exist.");
  }
  return {};
}

/// *AF SDK Reference, "AFAttribute.Type"*: what a value may be.
bool is_attribute_type(std::string_view type) {
  for (const std::string_view known : {"Boolean", "Byte", "Int16", "Int32", "Int64", "Single", "Double",
                                       "String", "DateTime", "Guid", "<Anything>", "EnumerationValue"}) {
    if (iequals(type, known)) return true;
  }
  return false;
}

Result<void> set_attribute(catalog::AfAttribute& row, const json::Value& body) {
  TRY_VOID(set_name_and_description(row, body));
  struct TextMember {
    std::string_view name;
    std::string catalog::AfAttribute::*field;
  };
  for (const TextMember& member : {TextMember{"Type", &catalog::AfAttribute::type},
                                   TextMember{"TypeQualifier", &catalog::AfAttribute::type_qualifier},
                                   TextMember{"DefaultUnitsName", &catalog::AfAttribute::units},
                                   TextMember{"DataReferencePlugIn", &catalog::AfAttribute::data_reference},
                                   TextMember{"ConfigString", &catalog::AfAttribute::config_string}}) {
    TRY(auto text, text_field(body, member.name));
    if (text) row.*member.field = *std::move(text);
  }
  struct FlagMember {
    std::string_view name;
    bool catalog::AfAttribute::*field;
  };
  for (const FlagMember& member :
       {FlagMember{"IsConfigurationItem", &catalog::AfAttribute::configuration_item},
        FlagMember{"IsExcluded", &catalog::AfAttribute::excluded},
        FlagMember{"IsHidden", &catalog::AfAttribute::hidden},
        FlagMember{"IsManualDataEntry", &catalog::AfAttribute::manual_entry}}) {
    TRY(const auto flag, flag_field(body, member.name));
    if (flag) row.*member.field = *flag;
  }
  TRY(auto categories, texts_field(body, "CategoryNames"));
  if (categories) row.categories = *std::move(categories);
  if (iequals(row.data_reference, "None")) row.data_reference.clear();
  if (!is_attribute_type(row.type)) {
    return fail(ErrorCode::invalid_argument, "Type", "The property Type has an unknown value.");
  }
  if (!row.data_reference.empty() && !iequals(row.data_reference, "PI Point")) {
    return fail(ErrorCode::invalid_argument, "DataReferencePlugIn",
                "The data reference '" + row.data_reference.substr(0, 80) + "' is not offered.");
  }
  return {};
}

void erase_attributes(catalog::Editor& editor, const Uuid& owner, int depth = 0) {
  // The rows go while the index is walked: ids first.
  std::vector<Uuid> ids;
  for (const catalog::AfAttribute* child : editor.tables().af_attributes.children(owner)) {
    ids.push_back(child->id);
  }
  for (const Uuid& id : ids) {
    if (depth < kDepthMax * 2) erase_attributes(editor, id, depth + 1);
    const catalog::AfAttribute* row = editor.tables().af_attributes.find(id);
    if (row != nullptr) editor.erase(catalog::AfAttribute{*row});
  }
}

void erase_elements(catalog::Editor& editor, const Uuid& parent, int depth = 0) {
  std::vector<Uuid> ids;
  for (const catalog::AfElement* child : editor.tables().af_elements.children(parent))
    ids.push_back(child->id);
  for (const Uuid& id : ids) {
    if (depth < kDepthMax * 2) erase_elements(editor, id, depth + 1);
    erase_attributes(editor, id);
    const catalog::AfElement* row = editor.tables().af_elements.find(id);
    if (row != nullptr) editor.erase(catalog::AfElement{*row});
  }
}

// What a WebID of a path leads to, copied out of the tables, if the caller may write it.

Result<catalog::AfDatabase> writable_database(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const catalog::AfDatabase* row, find_database(*reader, call.identity, id));
  TRY_VOID(check_may_write(call, row->name));
  return *row;
}
Result<catalog::AfElement> writable_element(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const catalog::AfElement* row, find_element(*reader, call.identity, id));
  TRY_VOID(check_may_write(call, below_server(call, call.naming.element_path(*reader, *row))));
  return *row;
}
Result<catalog::AfAttribute> writable_attribute(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const catalog::AfAttribute* row, find_attribute(*reader, call.identity, id));
  TRY_VOID(check_may_write(call, below_server(call, call.naming.attribute_path(*reader, *row))));
  return *row;
}

Task<http::Response> changed(Call& call, archive::Archive::Edit edit) {
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  co_return done ? empty_response(204) : error_response(done.error());
}

int depth_of(const catalog::Tables& tables, const Uuid& element) {
  int depth = 0;
  const catalog::AfElement* row = tables.af_elements.find(element);
  for (; row != nullptr && depth <= kDepthMax; ++depth) row = tables.af_elements.find(row->parent);
  return depth;
}

/// Makes an element below `parent`, a database or an element of it.
Task<http::Response> create_element(Call& call, Uuid database, Uuid parent) {
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  catalog::AfElement row;
  row.id = Uuid::random();
  row.database = database;
  row.parent = parent;
  if (const auto set = set_element(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const bool at_top = row.parent == row.database;
    if (tables.af_databases.find(row.database) == nullptr) return gone("database");
    if (!at_top && tables.af_elements.find(row.parent) == nullptr) return gone("parent");
    if (!at_top && depth_of(tables, row.parent) >= kDepthMax) {
      return fail(ErrorCode::invalid_argument, {}, "The elements are nested too deep.");
    }
    if (tables.af_elements.find_child(row.parent, row.name) != nullptr) return taken("element", row.name);
    editor.put(row);
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  co_return created(call, "elements/" + call.naming.element(*reader, row));
}

/// Makes an attribute of an element, or below another attribute.
Task<http::Response> create_attribute(Call& call, Uuid element, std::optional<Uuid> parent) {
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  catalog::AfAttribute row;
  row.id = Uuid::random();
  row.element = element;
  row.parent_attribute = parent;
  if (const auto set = set_attribute(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    if (tables.af_elements.find(row.element) == nullptr) return gone("element");
    int depth = 0;
    for (auto up = row.parent_attribute; up; ++depth) {
      const catalog::AfAttribute* above = tables.af_attributes.find(*up);
      if (above == nullptr) return gone("parent");
      if (depth > kDepthMax) {
        return fail(ErrorCode::invalid_argument, {}, "The attributes are nested too deep.");
      }
      up = above->parent_attribute;
    }
    const Uuid owner = row.parent_attribute.value_or(row.element);
    if (tables.af_attributes.find_child(owner, row.name) != nullptr) return taken("attribute", row.name);
    editor.put(row);
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  co_return created(call, "attributes/" + call.naming.attribute(*reader, row));
}

}  // namespace

Task<http::Response> post_database(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) co_return error_response(id.error());
  if (const auto known = check_server(call.identity, *id, WebIdKind::asset_server); !known) {
    co_return error_response(known.error());
  }
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  catalog::AfDatabase row;
  row.id = Uuid::random();
  if (const auto set = set_name_and_description(row, *body); !set) co_return error_response(set.error());
  if (const auto may = check_may_write(call, row.name); !may) co_return error_response(may.error());
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().af_databases.find_name(row.name) != nullptr) return taken("database", row.name);
    editor.put(row);
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  co_return created(call, "assetdatabases/" + call.naming.database(row));
}

Task<http::Response> patch_database(Call& call) {
  const auto known = writable_database(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  catalog::AfDatabase row = *known;
  if (const auto set = set_name_and_description(row, *body); !set) co_return error_response(set.error());
  if (const auto may = check_may_write(call, row.name); !may) co_return error_response(may.error());
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().af_databases.find(row.id) == nullptr) return gone("database");
    const catalog::AfDatabase* other = editor.tables().af_databases.find_name(row.name);
    if (other != nullptr && other->id != row.id) return taken("database", row.name);
    editor.put(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_database(Call& call) {
  const auto known = writable_database(call);
  if (!known) co_return error_response(known.error());
  const catalog::AfDatabase row = *known;
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().af_databases.find(row.id) == nullptr) return gone("database");
    erase_elements(editor, row.id);
    editor.erase(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_database_element(Call& call) {
  const auto database = writable_database(call);
  if (!database) co_return error_response(database.error());
  http::Response response = co_await create_element(call, database->id, database->id);
  co_return std::move(response);
}

Task<http::Response> post_element_element(Call& call) {
  const auto parent = writable_element(call);
  if (!parent) co_return error_response(parent.error());
  http::Response response = co_await create_element(call, parent->database, parent->id);
  co_return std::move(response);
}

Task<http::Response> patch_element(Call& call) {
  const auto known = writable_element(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  catalog::AfElement row = *known;
  if (const auto set = set_element(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().af_elements.find(row.id) == nullptr) return gone("element");
    const catalog::AfElement* other = editor.tables().af_elements.find_child(row.parent, row.name);
    if (other != nullptr && other->id != row.id) return taken("element", row.name);
    editor.put(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_element(Call& call) {
  const auto known = writable_element(call);
  if (!known) co_return error_response(known.error());
  const catalog::AfElement row = *known;
  archive::Archive::Edit edit = [&row](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().af_elements.find(row.id) == nullptr) return gone("element");
    erase_elements(editor, row.id);
    erase_attributes(editor, row.id);
    editor.erase(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_element_attribute(Call& call) {
  const auto element = writable_element(call);
  if (!element) co_return error_response(element.error());
  http::Response response = co_await create_attribute(call, element->id, std::nullopt);
  co_return std::move(response);
}

Task<http::Response> post_attribute_attribute(Call& call) {
  const auto parent = writable_attribute(call);
  if (!parent) co_return error_response(parent.error());
  http::Response response = co_await create_attribute(call, parent->element, parent->id);
  co_return std::move(response);
}

Task<http::Response> patch_attribute(Call& call) {
  const auto known = writable_attribute(call);
  if (!known) co_return error_response(known.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const Uuid id = known->id;
  const json::Value& document = *body;
  // On the row as it is then: its value may be written meanwhile.
  archive::Archive::Edit edit = [id, &document](catalog::Editor& editor) -> Result<void> {
    const catalog::AfAttribute* now = editor.tables().af_attributes.find(id);
    if (now == nullptr) return gone("attribute");
    catalog::AfAttribute row = *now;
    const std::string type = row.type;
    TRY_VOID(set_attribute(row, document));
    if (!iequals(type, row.type)) row.value.reset();  // A value of another type would not read back.
    const Uuid owner = row.parent_attribute.value_or(row.element);
    const catalog::AfAttribute* other = editor.tables().af_attributes.find_child(owner, row.name);
    if (other != nullptr && other->id != row.id) return taken("attribute", row.name);
    editor.put(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_attribute(Call& call) {
  const auto known = writable_attribute(call);
  if (!known) co_return error_response(known.error());
  const Uuid id = known->id;
  archive::Archive::Edit edit = [id](catalog::Editor& editor) -> Result<void> {
    const catalog::AfAttribute* now = editor.tables().af_attributes.find(id);
    if (now == nullptr) return gone("attribute");
    const catalog::AfAttribute row = *now;
    erase_attributes(editor, id);
    editor.erase(row);
    return {};
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
