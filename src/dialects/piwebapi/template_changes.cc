#include "base/text.h"
#include "catalog/template_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/attribute_fields.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "AssetDatabase CreateElementTemplate"*, *"ElementTemplate CreateAttributeTemplate"*
/// and their like. As in asset_changes.cc, all is decided inside the edit.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttributeTemplate;
using catalog::AfElementTemplate;
using catalog::Editor;

tl::unexpected<Error> gone(const char* what) {
  return fail(ErrorCode::not_found, {}, "The " + std::string{what} + " does not exist any more.");
}

Result<void> set_template(AfElementTemplate& row, const json::Value& body, const catalog::Tables& tables) {
  TRY_VOID(set_name_and_description(row, body));
  TRY(auto categories, texts_field(body, "CategoryNames"));
  if (categories) row.categories = *std::move(categories);
  TRY(const auto extensible, flag_field(body, "AllowElementToExtend"));
  if (extensible) row.extensible = *extensible;
  TRY(auto pattern, text_field(body, "NamingPattern"));
  if (pattern) row.naming_pattern = *std::move(pattern);
  TRY(auto extended, extended_field(body));
  if (extended) row.extended = *std::move(extended);
  TRY(const auto instances, text_field(body, "InstanceType"));
  if (instances && !instances->empty() && !iequals(*instances, "Element")) {
    return fail(ErrorCode::invalid_argument, "InstanceType",
                "Templates of '" + instances->substr(0, 80) + "' are not offered.");
  }
  TRY(const auto base_name, text_field(body, "BaseTemplate"));
  if (!base_name) return {};
  row.base.reset();
  if (base_name->empty()) return {};
  const AfElementTemplate* base = tables.af_templates.find_name(row.database, *base_name);
  if (base == nullptr) {
    return fail(ErrorCode::invalid_argument, "BaseTemplate",
                "The element template '" + base_name->substr(0, 80) + "' does not exist.");
  }
  row.base = base->id;
  return {};
}

Result<void> check_template(const Call& call, const catalog::Tables& tables, const AfElementTemplate& row) {
  return check_may_write_path(call, call.naming.element_template_path(tables, row));
}
Result<void> check_attribute_template(const Call& call, const catalog::Tables& tables,
                                      const AfAttributeTemplate& row) {
  return check_may_write_path(call, call.naming.attribute_template_path(tables, row));
}

Result<Uuid> template_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const AfElementTemplate* row, find_element_template(*reader, call.identity, id));
  return row->id;
}
Result<AfAttributeTemplate> attribute_template_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const AfAttributeTemplate* row, find_attribute_template(*reader, call.identity, id));
  return *row;
}

/// Makes an attribute template of an element template, or below another attribute template.
Task<http::Response> create_attribute_template(Call& call, Uuid owner, std::optional<Uuid> parent) {
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const Uuid id = Uuid::random();
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfElementTemplate* element_template = tables.af_templates.find(owner);
    if (element_template == nullptr) return gone("element template");
    TRY_VOID(check_template(call, tables, *element_template));
    AfAttributeTemplate row;
    row.id = id;
    row.element_template = owner;
    row.parent = parent;
    const Uuid database = element_template->database;
    TRY_VOID(set_attribute_fields(row, *body, tables, database));
    TRY_VOID(set_default_value(row, *body, tables, database, call.now));
    TRY_VOID(check_attribute_template(call, tables, row));
    return catalog::add_attribute_template(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  const AfAttributeTemplate* made = reader->af_attribute_templates.find(id);
  if (made == nullptr) co_return error_response(404, "The attribute template does not exist any more.");
  co_return created(call, "attributetemplates/" + call.naming.attribute_template(*reader, *made));
}

}  // namespace

Task<http::Response> post_element_template(Call& call) {
  const auto database = database_in_path(call);
  if (!database) co_return error_response(database.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const Uuid id = Uuid::random();
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const catalog::AfDatabase* owner = tables.af_databases.find(*database);
    if (owner == nullptr) return gone("asset database");
    TRY_VOID(check_may_write(call, owner->name));
    AfElementTemplate row;
    row.id = id;
    row.database = *database;
    TRY_VOID(set_template(row, *body, tables));
    TRY_VOID(check_template(call, tables, row));
    return catalog::add_element_template(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  const AfElementTemplate* made = reader->af_templates.find(id);
  if (made == nullptr) co_return error_response(404, "The element template does not exist any more.");
  co_return created(call, "elementtemplates/" + call.naming.element_template(*reader, *made));
}

Task<http::Response> patch_element_template(Call& call) {
  const auto id = template_of_call(call);
  if (!id) co_return error_response(id.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfElementTemplate* known = tables.af_templates.find(*id);
    if (known == nullptr) return gone("element template");
    AfElementTemplate row = *known;
    TRY_VOID(check_template(call, tables, row));
    TRY_VOID(set_template(row, *body, tables));
    TRY_VOID(check_template(call, tables, row));
    return catalog::update_element_template(editor, row);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_element_template(Call& call) {
  const auto id = template_of_call(call);
  if (!id) co_return error_response(id.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfElementTemplate* known = editor.tables().af_templates.find(*id);
    if (known == nullptr) return gone("element template");
    TRY_VOID(check_template(call, editor.tables(), *known));
    return catalog::erase_element_template(editor, *id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_template_attribute(Call& call) {
  const auto owner = template_of_call(call);
  if (!owner) co_return error_response(owner.error());
  http::Response response = co_await create_attribute_template(call, *owner, std::nullopt);
  co_return std::move(response);
}

Task<http::Response> post_attribute_template_attribute(Call& call) {
  const auto parent = attribute_template_of_call(call);
  if (!parent) co_return error_response(parent.error());
  http::Response response = co_await create_attribute_template(call, parent->element_template, parent->id);
  co_return std::move(response);
}

Task<http::Response> patch_attribute_template(Call& call) {
  const auto found = attribute_template_of_call(call);
  if (!found) co_return error_response(found.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfAttributeTemplate* known = tables.af_attribute_templates.find(found->id);
    const AfElementTemplate* owner =
        known != nullptr ? tables.af_templates.find(known->element_template) : nullptr;
    if (owner == nullptr) return gone("attribute template");
    AfAttributeTemplate row = *known;
    TRY_VOID(check_attribute_template(call, tables, row));
    TRY_VOID(set_attribute_fields(row, *body, tables, owner->database));
    if (row.type != known->type) row.value.reset();  // A default of another type would not read back.
    TRY_VOID(set_default_value(row, *body, tables, owner->database, call.now));
    TRY_VOID(check_attribute_template(call, tables, row));
    return catalog::update_attribute_template(editor, row);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_attribute_template(Call& call) {
  const auto found = attribute_template_of_call(call);
  if (!found) co_return error_response(found.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfAttributeTemplate* known = editor.tables().af_attribute_templates.find(found->id);
    if (known == nullptr) return gone("attribute template");
    TRY_VOID(check_attribute_template(call, editor.tables(), *known));
    return catalog::erase_attribute_template(editor, found->id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
