#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/attribute_fields.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Element CreateAttribute"*, *"Attribute CreateAttribute"*, *"Attribute Update"* and
/// *"Attribute Delete"*. As in asset_changes.cc, all is decided inside the edit.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttribute;
using catalog::AfElement;
using catalog::Editor;

tl::unexpected<Error> gone(const char* what) {
  return fail(ErrorCode::not_found, {}, "The " + std::string{what} + " does not exist any more.");
}

Result<AfAttribute> attribute_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const AfAttribute* row, find_attribute(*reader, call.identity, id));
  return *row;
}

Result<void> check_attribute(const Call& call, const catalog::Tables& tables, const AfAttribute& row) {
  return check_may_write_path(call, call.naming.attribute_path(tables, row));
}

/// Makes an attribute of an element, or below another attribute.
Task<http::Response> create_attribute(Call& call, Uuid element, std::optional<Uuid> parent) {
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  const Uuid id = Uuid::random();
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfElement* owner = tables.af_elements.find(element);
    if (owner == nullptr) return gone("element");
    AfAttribute row;
    row.id = id;
    row.element = element;
    row.parent_attribute = parent;
    if (parent) {
      const AfAttribute* above = tables.af_attributes.find(*parent);
      if (above == nullptr) return gone("parent");
      TRY_VOID(check_attribute(call, tables, *above));
    } else {
      TRY_VOID(check_may_write_path(call, call.naming.element_path(tables, *owner)));
    }
    TRY_VOID(set_attribute_fields(row, *body, tables, owner->database));
    TRY_VOID(check_attribute(call, tables, row));
    return catalog::add_attribute(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  const AfAttribute* made = reader->af_attributes.find(id);
  if (made == nullptr) co_return error_response(404, "The attribute does not exist any more.");
  co_return created(call, "attributes/" + call.naming.attribute(*reader, *made));
}

}  // namespace

Task<http::Response> post_element_attribute(Call& call) {
  Uuid element;
  {
    const auto id = parse_webid(call.segments[1]);
    if (!id) co_return error_response(id.error());
    const auto reader = call.archive().catalog();
    const auto found = find_element(*reader, call.identity, *id);
    if (!found) co_return error_response(found.error());
    element = (*found)->id;
  }
  http::Response response = co_await create_attribute(call, element, std::nullopt);
  co_return std::move(response);
}

Task<http::Response> post_attribute_attribute(Call& call) {
  const auto parent = attribute_of_call(call);
  if (!parent) co_return error_response(parent.error());
  http::Response response = co_await create_attribute(call, parent->element, parent->id);
  co_return std::move(response);
}

Task<http::Response> patch_attribute(Call& call) {
  const auto found = attribute_of_call(call);
  if (!found) co_return error_response(found.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfAttribute* known = tables.af_attributes.find(found->id);
    if (known == nullptr) return gone("attribute");
    AfAttribute row = *known;
    TRY_VOID(check_attribute(call, tables, row));
    const catalog::AfDatabase* database = database_of(tables, row);
    TRY_VOID(set_attribute_fields(row, *body, tables, database != nullptr ? database->id : Uuid{}));
    TRY_VOID(check_attribute(call, tables, row));
    return catalog::update_attribute(editor, std::move(row));
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_attribute(Call& call) {
  const auto found = attribute_of_call(call);
  if (!found) co_return error_response(found.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfAttribute* known = editor.tables().af_attributes.find(found->id);
    if (known == nullptr) return gone("attribute");
    TRY_VOID(check_attribute(call, editor.tables(), *known));
    return catalog::erase_attribute(editor, found->id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
