#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// Reads of *PI Web API Reference, "ElementTemplate"* and *"AttributeTemplate"*.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttributeTemplate;
using catalog::AfElementTemplate;

http::Response one_template(const Call& call, const catalog::Tables& tables,
                            const Result<const AfElementTemplate*>& found) {
  if (!found) return error_response(found.error());
  return object_of(
      call, [&](http::JsonWriter& json) { write_element_template(json, call.naming, tables, **found); });
}

http::Response one_attribute_template(const Call& call, const catalog::Tables& tables,
                                      const Result<const AfAttributeTemplate*>& found) {
  if (!found) return error_response(found.error());
  return object_of(
      call, [&](http::JsonWriter& json) { write_attribute_template(json, call.naming, tables, **found); });
}

http::Response attribute_templates_below(const Call& call, const catalog::Tables& tables, const Uuid& owner) {
  const auto rows = tables.af_attribute_templates.children(owner);
  return list_of(call, rows, [&](http::JsonWriter& json, const AfAttributeTemplate& row) {
    write_attribute_template(json, call.naming, tables, row);
  });
}

http::Response missing_path() {
  return error_response(400, "The parameter 'path' is required.");
}

}  // namespace

/// *"AssetDatabase FindElementTemplates"*: `query` filters by name.
http::Response get_database_templates(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto database = find_database(*reader, call.identity, *id);
  if (!database) return error_response(database.error());
  auto rows = reader->af_templates.all((*database)->id);
  std::erase_if(rows, [&](const AfElementTemplate* row) {
    return !fits_filter(call, "query", row->name) || !fits_filter(call, "nameFilter", row->name);
  });
  return page_of(call, rows, [&](http::JsonWriter& json, const AfElementTemplate& row) {
    write_element_template(json, call.naming, *reader, row);
  });
}

http::Response get_element_template_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_template(call, *reader, find_element_template_path(*reader, call.identity, path));
}

http::Response get_element_template(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  return one_template(call, *reader, find_element_template(*reader, call.identity, *id));
}

http::Response get_template_attributes(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto owner = find_element_template(*reader, call.identity, *id);
  if (!owner) return error_response(owner.error());
  return attribute_templates_below(call, *reader, (*owner)->id);
}

http::Response get_attribute_template_by_path(Call& call) {
  const std::string_view path = call.parameter_or("path", "");
  if (path.empty()) return missing_path();
  const auto reader = call.archive().catalog();
  return one_attribute_template(call, *reader, find_attribute_template_path(*reader, call.identity, path));
}

http::Response get_attribute_template(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  return one_attribute_template(call, *reader, find_attribute_template(*reader, call.identity, *id));
}

http::Response get_attribute_template_attributes(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto owner = find_attribute_template(*reader, call.identity, *id);
  if (!owner) return error_response(owner.error());
  return attribute_templates_below(call, *reader, (*owner)->id);
}

}  // namespace penstock::dialects::piwebapi
