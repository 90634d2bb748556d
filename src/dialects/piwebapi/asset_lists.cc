#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

/// Lists of elements and attributes: *PI Web API Reference, "Element GetElements"*, *"Element
/// GetAttributes"*,
/// *"Element GetMultiple"* and their like.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttribute;
using catalog::AfElement;

constexpr int kDepthMax = 64;

bool fits_categories(const Call& call, const std::vector<std::string>& categories) {
  const std::string_view wanted = call.parameter_or("categoryName", "*");
  if (wanted == "*") return true;
  return std::any_of(categories.begin(), categories.end(),
                     [&](const std::string& category) { return glob_match(wanted, category); });
}

/// Elements have no type of their own here: they are AF's `Other`. Errors: invalid_argument.
Result<bool> wants_plain_elements(const Call& call) {
  static constexpr Choice kTypes[] = {{"None", 0},        {"Other", 1},   {"Node", 2},
                                      {"Measurement", 3}, {"Flow", 4},    {"Transfer", 5},
                                      {"Boundary", 6},    {"PIPoint", 7}, {"Any", 8}};
  TRY(const int type, choice_of(call, "elementType", 8, kTypes));
  return type <= 1 || type == 8;
}

/// An element with several parents is found once; the first way to it leads on.
void collect_elements(const Call& call, const catalog::Tables& tables, const Uuid& parent, bool deep,
                      int depth, std::set<Uuid>& seen, std::vector<const AfElement*>& rows) {
  for (const AfElement* element : tables.af_elements.children(parent)) {
    if (deep && !seen.insert(element->id).second) continue;
    if (fits_filter(call, "nameFilter", element->name) &&
        fits_filter(call, "descriptionFilter", element->description) &&
        fits_filter(call, "templateName", element->template_name) &&
        fits_categories(call, element->categories)) {
      rows.push_back(element);
    }
    if (deep && depth < kDepthMax) collect_elements(call, tables, element->id, deep, depth + 1, seen, rows);
  }
}

/// What the parameters of a list of attributes ask for.
struct AttributeFilter {
  bool deep = false, hidden = false, excluded = false;
  std::string_view type, element_template;
  std::vector<std::string_view> traits;

  static Result<AttributeFilter> of(const Call& call) {
    AttributeFilter made;
    TRY(made.deep, call.flag("searchFullHierarchy", false));
    TRY(made.hidden, call.flag("showHidden", false));
    TRY(made.excluded, call.flag("showExcluded", false));
    made.type = call.parameter_or("valueType", "");
    made.element_template = call.parameter_or("templateName", "*");
    made.traits = call.query.all("trait", http::Parameters::Case::insensitive);
    return made;
  }

  bool fits(const Call& call, const catalog::Tables& tables, const AfAttribute& row) const {
    if ((row.hidden && !hidden) || (row.excluded && !excluded)) return false;
    if (!fits_filter(call, "nameFilter", row.name) || !fits_categories(call, row.categories)) return false;
    if (!type.empty() && !iequals(type, row.type)) return false;
    if (!traits.empty() && std::none_of(traits.begin(), traits.end(),
                                        [&](std::string_view trait) { return iequals(trait, row.trait); })) {
      return false;
    }
    if (element_template == "*") return true;
    const AfElement* element = tables.af_elements.find(row.element);
    return element != nullptr && glob_match(element_template, element->template_name);
  }
};

void collect_attributes(const Call& call, const catalog::Tables& tables, const AttributeFilter& filter,
                        const Uuid& owner, int depth, std::vector<const AfAttribute*>& rows) {
  for (const AfAttribute* attribute : tables.af_attributes.children(owner)) {
    if (filter.fits(call, tables, *attribute)) rows.push_back(attribute);
    if (filter.deep && depth < kDepthMax) {
      collect_attributes(call, tables, filter, attribute->id, depth + 1, rows);
    }
  }
}

http::Response page_of_elements(const Call& call, const catalog::Tables& tables,
                                const std::vector<const AfElement*>& rows) {
  return page_of(call, rows, [&](http::JsonWriter& json, const AfElement& element) {
    write_element(json, call.naming, tables, element);
  });
}

http::Response page_of_attributes(const Call& call, const catalog::Tables& tables,
                                  const std::vector<const AfAttribute*>& rows) {
  return page_of(call, rows, [&](http::JsonWriter& json, const AfAttribute& attribute) {
    write_attribute(json, call, tables, attribute);
  });
}

http::Response elements_below(const Call& call, const catalog::Tables& tables, const Uuid& parent) {
  const auto deep = call.flag("searchFullHierarchy", false);
  if (!deep) return error_response(deep.error());
  const auto plain = wants_plain_elements(call);
  if (!plain) return error_response(plain.error());
  std::vector<const AfElement*> rows;
  std::set<Uuid> seen;
  if (*plain) collect_elements(call, tables, parent, *deep, 0, seen, rows);
  if (*deep) sort_by_name(rows);
  return page_of_elements(call, tables, rows);
}

http::Response attributes_below(const Call& call, const catalog::Tables& tables, const Uuid& owner) {
  const auto filter = AttributeFilter::of(call);
  if (!filter) return error_response(filter.error());
  std::vector<const AfAttribute*> rows;
  collect_attributes(call, tables, *filter, owner, 0, rows);
  if (filter->deep) sort_by_name(rows);
  return page_of_attributes(call, tables, rows);
}

}  // namespace

http::Response get_database_elements(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto database = find_database(*reader, call.identity, *id);
  if (!database) return error_response(database.error());
  return elements_below(call, *reader, (*database)->id);
}

http::Response get_element_elements(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto element = find_element(*reader, call.identity, *id);
  if (!element) return error_response(element.error());
  return elements_below(call, *reader, (*element)->id);
}

http::Response get_element_attributes(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto element = find_element(*reader, call.identity, *id);
  if (!element) return error_response(element.error());
  return attributes_below(call, *reader, (*element)->id);
}

http::Response get_attribute_attributes(Call& call) {
  const auto id = parse_webid(call.segments[1]);
  if (!id) return error_response(id.error());
  const auto reader = call.archive().catalog();
  const auto attribute = find_attribute(*reader, call.identity, *id);
  if (!attribute) return error_response(attribute.error());
  return attributes_below(call, *reader, (*attribute)->id);
}

http::Response get_elements_multiple(Call& call) {
  if (const auto parallel = call.flag("asParallel", false); !parallel) {
    return error_response(parallel.error());
  }
  const auto reader = call.archive().catalog();
  const auto by_webid = [&](std::string_view text) -> Result<const AfElement*> {
    TRY(const WebId id, parse_webid(text));
    return find_element(*reader, call.identity, id);
  };
  const auto by_name = [&](std::string_view path) { return find_element_path(*reader, call.identity, path); };
  return multiple_of(call, by_webid, by_name, [&](http::JsonWriter& json, const AfElement& element) {
    write_element(json, call.naming, *reader, element);
  });
}

http::Response get_attributes_multiple(Call& call) {
  if (const auto parallel = call.flag("asParallel", false); !parallel) {
    return error_response(parallel.error());
  }
  const auto reader = call.archive().catalog();
  const auto by_webid = [&](std::string_view text) -> Result<const AfAttribute*> {
    TRY(const WebId id, parse_webid(text));
    return find_attribute(*reader, call.identity, id);
  };
  const auto by_name = [&](std::string_view path) {
    return find_attribute_path(*reader, call.identity, path);
  };
  return multiple_of(call, by_webid, by_name, [&](http::JsonWriter& json, const AfAttribute& attribute) {
    write_attribute(json, call, *reader, attribute);
  });
}

}  // namespace penstock::dialects::piwebapi
