#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/asset_rules.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/body_fields.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/point_attributes.h"
#include "dialects/piwebapi/routes.h"

/// *PI Web API Reference, "Element CreateConfig"* and *"Attribute CreateConfig"*: the points that PI Point
/// references name are made where they are missing, as their config strings say.
namespace penstock::dialects::piwebapi {
namespace {

using catalog::AfAttribute;
using catalog::Editor;

/// One reference, and what became of it.
struct Step {
  Uuid attribute;
  std::string webid, name, path;
  int status = 200;
  std::string message;
};

/// *PI System Explorer, "PI Point data reference"*: the type of a point that is made for an attribute.
PointType point_type_for(std::string_view attribute_type) {
  struct Pair {
    std::string_view name;
    PointType type;
  };
  static constexpr Pair kPairs[] = {{"Single", PointType::float32},
                                    {"Int16", PointType::int32},
                                    {"Int32", PointType::int32},
                                    {"Byte", PointType::int32},
                                    {"Boolean", PointType::int32},
                                    {"String", PointType::string},
                                    {"Guid", PointType::string},
                                    {"DateTime", PointType::timestamp},
                                    {"EnumerationValue", PointType::digital}};
  for (const Pair& pair : kPairs) {
    if (iequals(pair.name, attribute_type)) return pair.type;
  }
  return PointType::float64;
}

/// One `key=value` of a config string. Keys that points do not have belong to the reference and pass.
Result<void> set_from_config(Point& point, std::string& set_name, std::string_view key,
                             std::string_view value) {
  if (iequals(key, "pointtype")) {
    const auto type = parse_point_type(value);
    if (!type) {
      return fail(ErrorCode::invalid_argument, "pointtype",
                  "The point type '" + std::string{value.substr(0, 40)} + "' does not exist.");
    }
    point.type = *type;
  } else if (iequals(key, "ptclassname") || iequals(key, "pointclass")) {
    point.point_class = iequals(value, "classic") ? "classic" : "base";
  } else if (iequals(key, "digitalset") || iequals(key, "digitalsetname")) {
    set_name = value;
  } else if (iequals(key, "future")) {
    point.future = iequals(value, "true") || value == "1";
  } else {
    TRY_VOID(set_point_attribute(point, key, json::Value{std::string{value}}));
  }
  return {};
}

/// The point that the reference of `attribute` names, as it would be made.
Result<Point> planned_point(const Call& call, const catalog::Tables& tables, const AfAttribute& attribute,
                            std::string_view path) {
  Point point;
  std::string_view tag;
  if (!strip_server(path, call.identity, call.identity.data_server, tag)) {
    return fail(ErrorCode::invalid_argument, "ConfigString",
                "The data server of '" + std::string{path.substr(0, 200)} + "' is not known.");
  }
  point.tag = std::string{tag};
  TRY_VOID(check_tag(point.tag));
  TRY_VOID(check_may_write(call, point.tag));
  point.type = point_type_for(attribute.type);
  point.compressing = call.settings.compressing_default;
  point.descriptor = attribute.description;
  point.eng_units = attribute.units;
  point.created = point.changed = call.now.floor_to(kNsPerTick);
  point.creator = point.changer = call.caller.name;
  std::string set_name = point.type == PointType::digital ? attribute.type_qualifier : std::string{};
  auto parts = split(attribute.config_string, ';');
  const auto rank = [](std::string_view part) {
    return attribute_rank(trim(part.substr(0, part.find('='))));
  };
  std::stable_sort(parts.begin() + (parts.empty() ? 0 : 1), parts.end(),
                   [&](std::string_view a, std::string_view b) { return rank(a) < rank(b); });
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos) continue;
    TRY_VOID(set_from_config(point, set_name, trim(parts[i].substr(0, equals)),
                             trim(parts[i].substr(equals + 1))));
  }
  if (point.type == PointType::digital && !set_name.empty()) {
    const DigitalSet* set = tables.digital_sets.find_name(set_name);
    if (set == nullptr) {
      return fail(ErrorCode::invalid_argument, "digitalset",
                  "The digital set '" + set_name + "' does not exist.");
    }
    point.digital_set = set->id;
  }
  return point;
}

/// Makes the point of one reference, if it is missing. A refusal is the step's, not the edit's.
void configure(const Call& call, Editor& editor, Step& step) {
  const catalog::Tables& tables = editor.tables();
  const auto refuse = [&](const Error& error) {
    step.status = status_of(error.code);
    step.message = error.detail;
  };
  const AfAttribute* attribute = tables.af_attributes.find(step.attribute);
  if (attribute == nullptr) {
    return refuse({ErrorCode::not_found, {}, "The attribute does not exist any more."});
  }
  const Result<void> may = check_may_write_path(call, step.path);
  if (!may) return refuse(may.error());
  const PointReference reference = point_reference(tables, call.naming, *attribute);
  if (find_point_path(tables, call.identity, reference.path)) {
    step.status = 200;
    step.message = "The point of the reference exists.";
    return;
  }
  Result<Point> point = planned_point(call, tables, *attribute, reference.path);
  if (!point) return refuse(point.error());
  const std::string tag = point->tag;
  const Result<PointId> made = editor.add_point(*std::move(point));
  if (!made) return refuse(made.error());
  step.status = 201;
  step.message = "The point '" + tag + "' was created.";
}

void collect(const Call& call, const catalog::Tables& tables, const Uuid& owner, int depth,
             std::vector<Step>& steps) {
  for (const AfAttribute* row : tables.af_attributes.children(owner)) {
    if (row->data_reference == "PI Point") {
      Step step;
      step.attribute = row->id;
      step.webid = call.naming.attribute(tables, *row);
      step.name = row->name;
      step.path = call.naming.attribute_path(tables, *row);
      steps.push_back(std::move(step));
    }
    if (depth < catalog::kAssetDepthMax) collect(call, tables, row->id, depth + 1, steps);
  }
}

/// An element with several parents is taken once.
void collect_element(const Call& call, const catalog::Tables& tables, const Uuid& element, bool deep,
                     int depth, std::set<Uuid>& seen, std::vector<Step>& steps) {
  if (!seen.insert(element).second) return;
  collect(call, tables, element, 0, steps);
  if (!deep || depth >= catalog::kAssetDepthMax) return;
  for (const catalog::AfElement* child : tables.af_elements.children(element)) {
    collect_element(call, tables, child->id, deep, depth + 1, seen, steps);
  }
}

/// `includeChildElements` of the query; a client of the vendor's own sends it in the body.
Result<bool> include_children(const Call& call) {
  if (call.parameter("includeChildElements")) return call.flag("includeChildElements", false);
  if (trim(call.request.body.view()).empty()) return false;
  TRY(const json::Value body, parse_document(call.request.body));
  TRY(const auto flag, flag_field(body, "includeChildElements"));
  return flag.value_or(false);
}

http::Response render_steps(const Call& call, const std::vector<Step>& steps) {
  std::string body;
  http::JsonWriter json{body};
  bool failed = false;
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const Step& step : steps) {
    json.object_begin();
    json.member("WebId", step.webid).member("Name", step.name).member("Path", step.path);
    json.member("Substatus", step.status).member("Message", step.message);
    if (step.status >= 400) {
      failed = true;
      json.key("Errors").array_begin().value(step.message).array_end();
    }
    json.object_end();
  }
  json.array_end().object_end();
  http::Response response = answer(call, std::move(body));
  if (failed) response.status = 207;
  return response;
}

}  // namespace

Task<http::Response> post_element_config(Call& call) {
  const auto deep = include_children(call);
  if (!deep) co_return error_response(deep.error());
  std::vector<Step> steps;
  {
    const auto id = parse_webid(call.segments[1]);
    if (!id) co_return error_response(id.error());
    const auto reader = call.archive().catalog();
    const auto element = find_element(*reader, call.identity, *id);
    if (!element) co_return error_response(element.error());
    const Result<void> may = check_may_write_path(call, call.naming.element_path(*reader, **element));
    if (!may) co_return error_response(may.error());
    std::set<Uuid> seen;
    collect_element(call, *reader, (*element)->id, *deep, 0, seen, steps);
  }
  if (steps.size() > catalog::kFollowersMax) {
    co_return error_response(400, "The element has too many data references for one call.");
  }
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    for (Step& step : steps) configure(call, editor, step);
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  co_return render_steps(call, steps);
}

Task<http::Response> post_attribute_config(Call& call) {
  Step step;
  {
    const auto id = parse_webid(call.segments[1]);
    if (!id) co_return error_response(id.error());
    const auto reader = call.archive().catalog();
    const auto found = find_attribute(*reader, call.identity, *id);
    if (!found) co_return error_response(found.error());
    const AfAttribute& row = **found;
    if (row.data_reference.empty()) {
      co_return error_response(409, "The attribute has no data reference.");
    }
    step.attribute = row.id;
    step.webid = call.naming.attribute(*reader, row);
    step.path = call.naming.attribute_path(*reader, row);
  }
  archive::Archive::Edit edit = [&](Editor& editor) -> Result<void> {
    configure(call, editor, step);
    return {};
  };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  if (step.status >= 400) co_return error_response(step.status, step.message);
  co_return created(call, "attributes/" + step.webid);
}

}  // namespace penstock::dialects::piwebapi
