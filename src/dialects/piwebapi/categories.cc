#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "ElementCategory"* and *"AttributeCategory"*, and the lists of them below databases
/// and below what carries them. The two kinds differ in their names alone.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfCategory;
using catalog::AfCategoryKind;
using catalog::Editor;

AfCategoryKind kind_of(std::string_view segment) {
  return istarts_with(segment, "element") ? AfCategoryKind::element : AfCategoryKind::attribute;
}

Result<const AfCategory*> category_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  return find_category(tables, call.identity, id, kind_of(call.segments[0]));
}

http::Response one_category(const Call& call, const catalog::Tables& tables,
                            const Result<const AfCategory*>& category) {
  if (!category) return error_response(category.error());
  return object_of(call,
                   [&](http::JsonWriter& json) { write_category(json, call.naming, tables, **category); });
}

http::Response categories_by_name(const Call& call, const catalog::Tables& tables, const Uuid& database,
                                  AfCategoryKind kind, const std::vector<std::string>& names) {
  std::vector<const AfCategory*> rows;
  for (const std::string& name : names) {
    const AfCategory* row = tables.af_categories.find_name(database, kind, name);
    if (row != nullptr) rows.push_back(row);
  }
  return list_of(call, rows, [&](http::JsonWriter& json, const AfCategory& row) {
    write_category(json, call.naming, tables, row);
  });
}

Uuid id_of(const catalog::AfDatabase* database) {
  return database != nullptr ? database->id : Uuid{};
}

Result<void> check_category(const Call& call, const catalog::Tables& tables, const AfCategory& row) {
  return check_may_write_path(call, call.naming.category_path(tables, row));
}

}  // namespace

http::Response get_database_categories(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto database = find_database(*reader, call.identity, *id);
  if (!database) return error_response(database.error());
  const auto rows = reader->af_categories.all((*database)->id, kind_of(call.segments[2]));
  return list_of(call, rows, [&](http::JsonWriter& json, const AfCategory& row) {
    write_category(json, call.naming, *reader, row);
  });
}

http::Response get_category_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return error_response(400, "The parameter 'path' is required.");
  const auto reader = call.archive().catalog();
  return one_category(call, *reader,
                      find_category_path(*reader, call.identity, path, kind_of(call.segments[0])));
}

http::Response get_category(Call& call) {
  const auto reader = call.archive().catalog();
  return one_category(call, *reader, category_of(call, *reader));
}

/// `{elements|attributes|elementtemplates|attributetemplates}/{webId}/categories`
http::Response get_object_categories(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const std::string_view of = call.segments[0];
  if (iequals(of, "elements")) {
    const auto row = find_element(*reader, call.identity, *id);
    if (!row) return error_response(row.error());
    return categories_by_name(call, *reader, (*row)->database, AfCategoryKind::element, (*row)->categories);
  }
  if (iequals(of, "elementtemplates")) {
    const auto row = find_element_template(*reader, call.identity, *id);
    if (!row) return error_response(row.error());
    return categories_by_name(call, *reader, (*row)->database, AfCategoryKind::element, (*row)->categories);
  }
  if (iequals(of, "attributes")) {
    const auto row = find_attribute(*reader, call.identity, *id);
    if (!row) return error_response(row.error());
    return categories_by_name(call, *reader, id_of(database_of(*reader, **row)), AfCategoryKind::attribute,
                              (*row)->categories);
  }
  const auto row = find_attribute_template(*reader, call.identity, *id);
  if (!row) return error_response(row.error());
  return categories_by_name(call, *reader, id_of(database_of(*reader, **row)), AfCategoryKind::attribute,
                            (*row)->categories);
}

Task<http::Response> post_category(Call& call) {
  AfCategory row;
  row.id = Uuid::random();
  row.kind = kind_of(call.segments[2]);
  const auto database = database_in_path(call);
  if (!database) co_return error_response(database.error());
  row.database = *database;
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  if (const auto set = set_name_and_description(row, *body); !set) co_return error_response(set.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const catalog::AfDatabase* owner = editor.tables().af_databases.find(row.database);
    if (owner == nullptr)
      return fail(ErrorCode::not_found, {}, "The asset database does not exist any more.");
    TRY_VOID(check_may_write(call, owner->name));
    TRY_VOID(check_category(call, editor.tables(), row));
    return catalog::add_category(editor, row);
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  const auto reader = call.archive().catalog();
  const bool of_elements = row.kind == AfCategoryKind::element;
  co_return created(call, (of_elements ? "elementcategories/" : "attributecategories/") +
                              call.naming.category(*reader, row));
}

namespace {

/// Finds the category of the call; its id, free of the catalog's lock.
Result<Uuid> category_id(const Call& call) {
  const auto reader = call.archive().catalog();
  TRY(const AfCategory* row, category_of(call, *reader));
  return row->id;
}

tl::unexpected<Error> gone() {
  return fail(ErrorCode::not_found, {}, "The category does not exist any more.");
}

}  // namespace

Task<http::Response> patch_category(Call& call) {
  const auto id = category_id(call);
  if (!id) co_return error_response(id.error());
  const auto body = parse_object(call);
  if (!body) co_return error_response(body.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfCategory* known = editor.tables().af_categories.find(*id);
    if (known == nullptr) return gone();
    AfCategory row = *known;
    TRY_VOID(check_category(call, editor.tables(), row));
    TRY_VOID(set_name_and_description(row, *body));
    TRY_VOID(check_category(call, editor.tables(), row));
    return catalog::update_category(editor, row);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

Task<http::Response> delete_category(Call& call) {
  const auto id = category_id(call);
  if (!id) co_return error_response(id.error());
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    const AfCategory* known = editor.tables().af_categories.find(*id);
    if (known == nullptr) return gone();
    TRY_VOID(check_category(call, editor.tables(), *known));
    return catalog::erase_category(editor, *id);
  };
  http::Response response = co_await changed(call, std::move(edit));
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
