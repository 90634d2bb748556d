#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/routes.h"

/// Making, changing and deleting databases and elements: *PI Web API Reference, "AssetServer
/// CreateAssetDatabase"*, *"AssetDatabase CreateElement"*, *"Element CreateElement"* and their like.
///
/// What a WebID leads to is looked up before the body is read; who may do what, and what it does to the rest
/// of the tree, is decided inside the edit, on the rows as they are at its place in the order of everything.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfDatabase;
using catalog::AfElement;
using catalog::Editor;

Result<void> set_database(AfDatabase& row, const json::Value& body) {
  TRY_VOID(set_name_and_description(row, body));
  TRY(auto extended, extended_field(body));
  if (extended) row.extended = *std::move(extended);
  return {};
}

Result<void> set_element(AfElement& row, const json::Value& body) {
  TRY_VOID(set_name_and_description(row, body));
  TRY(auto categories, texts_field(body, "CategoryNames"));
  if (categories) row.categories = *std::move(categories);
  TRY(auto template_name, text_field(body, "TemplateName"));
  if (template_name) row.template_name = *std::move(template_name);
  TRY(auto extended, extended_field(body));
  if (extended) row.extended = *std::move(extended);
  return {};
}

Result<Uuid> database_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const AfDatabase* row, find_database(*reader, call.identity, id));
  return row->id;
}
Result<AfElement> element_of_call(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  const auto reader = call.archive().catalog();
  TRY(const AfElement* row, find_element(*reader, call.identity, id));
  return *row;
}

tl::unexpected<Error> gone(const char* what) {
  return fail(ErrorCode::not_found, {}, "The " + std::string{what} + " does not exist any more.");
}

Result<void> check_element(const Call& call, const catalog::Tables& tables, const AfElement& row) {
  return check_may_write_path(call, call.naming.element_path(tables, row));
}

/// Makes an element below `parent`, a database or an element of it.
Task<http::Response> create_element(Call& call, Uuid database, Uuid parent) {
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  AfElement row;
  row.id = Uuid::random();
  row.database = database;
  row.parent = parent;
  if (const auto set = set_element(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&call, &row](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    // Whoever makes an element changes its owner, and writes something of that name.
    if (const AfElement* owner = tables.af_elements.find(row.parent)) {
      TRY_VOID(check_element(call, tables, *owner));
    } else if (const AfDatabase* top = tables.af_databases.find(row.parent)) {
      TRY_VOID(check_may_write(call, top->name));
    }
    TRY_VOID(check_element(call, tables, row));
    return catalog::add_element(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  co_return created(call, "elements/" + call.naming.element(*reader, row));
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
  AfDatabase row;
  row.id = Uuid::random();
  if (const auto set = set_database(row, *body); !set) co_return error_response(set.error());
  if (const auto may = check_may_write(call, row.name); !may) co_return error_response(may.error());
  archive::Archive::Edit edit = [&row](Editor& editor) { return catalog::add_database(editor, row); };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  co_return created(call, "assetdatabases/" + call.naming.database(row));
}

Task<http::Response> patch_database(Call& call) {
  const auto id = database_of_call(call);
  if (!id) co_return error_response(id.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfDatabase* known = editor.tables().af_databases.find(*id);
    if (known == nullptr) return gone("asset database");
    AfDatabase row = *known;
    TRY_VOID(check_may_write(call, row.name));
    TRY_VOID(set_database(row, *body));
    TRY_VOID(check_may_write(call, row.name));
    return catalog::update_database(editor, row);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_database(Call& call) {
  const auto id = database_of_call(call);
  if (!id) co_return error_response(id.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfDatabase* known = editor.tables().af_databases.find(*id);
    if (known == nullptr) return gone("asset database");
    TRY_VOID(check_may_write(call, known->name));
    return catalog::erase_database(editor, *id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> post_database_element(Call& call) {
  const auto database = database_of_call(call);
  if (!database) co_return error_response(database.error());
  http::Response response = co_await create_element(call, *database, *database);
  co_return std::move(response);
}

Task<http::Response> post_element_element(Call& call) {
  const auto parent = element_of_call(call);
  if (!parent) co_return error_response(parent.error());
  http::Response response = co_await create_element(call, parent->database, parent->id);
  co_return std::move(response);
}

Task<http::Response> patch_element(Call& call) {
  const auto found = element_of_call(call);
  if (!found) co_return error_response(found.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::Tables& tables = editor.tables();
    const AfElement* known = tables.af_elements.find(found->id);
    if (known == nullptr) return gone("element");
    AfElement row = *known;
    TRY_VOID(check_element(call, tables, row));
    TRY_VOID(set_element(row, *body));
    TRY_VOID(check_element(call, tables, row));
    return catalog::update_element(editor, row);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_element(Call& call) {
  const auto found = element_of_call(call);
  if (!found) co_return error_response(found.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfElement* known = editor.tables().af_elements.find(found->id);
    if (known == nullptr) return gone("element");
    TRY_VOID(check_element(call, editor.tables(), *known));
    return catalog::erase_element(editor, found->id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
