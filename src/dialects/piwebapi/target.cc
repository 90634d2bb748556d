#include "dialects/piwebapi/target.h"

#include "dialects/piwebapi/render.h"

namespace penstock::dialects::piwebapi {

Target attribute_target(const Call& call, const catalog::Tables& tables,
                        const catalog::AfAttribute& attribute) {
  Target target;
  target.attribute = attribute;
  target.units = attribute.units;
  // `\\SERVER\Demo\Boiler1|Capacity` without the server.
  std::string path = call.naming.attribute_path(tables, attribute);
  target.rights_name = path.substr(std::min(path.size(), call.naming.server_path().size() + 1));
  if (attribute.data_reference.empty() || iequals(attribute.data_reference, "None")) {
    target.kind = Target::Kind::fixed;
    target.stream = attribute_stream(tables, attribute);
    return target;
  }
  if (!iequals(attribute.data_reference, "PI Point")) {
    target.kind = Target::Kind::unsupported;
    return target;
  }
  const PointReference reference = point_reference(tables, call.naming, attribute);
  target.read_only = reference.read_only;
  const auto point = find_point_path(tables, call.identity, reference.path);
  if (!point || !call.may_see((*point)->tag)) {
    target.kind = Target::Kind::missing_point;
    target.stream.tag = reference.path;
    return target;
  }
  target.stream = stream_of(tables, **point);
  target.rights_name = (*point)->tag;
  return target;
}

namespace {

Result<Target> point_target(const Call& call, const catalog::Tables& tables,
                            const Result<const Point*>& point) {
  if (!point) return fail(point.error());
  if (!call.may_see((*point)->tag)) {
    return fail(ErrorCode::not_found, {}, "No point matches the given path or WebID.");
  }
  Target target;
  target.stream = stream_of(tables, **point);
  target.rights_name = (*point)->tag;
  return target;
}

}  // namespace

Result<Target> find_target(const Call& call, const catalog::Tables& tables, std::string_view webid) {
  TRY(const WebId id, parse_webid(webid));
  if (id.kind == WebIdKind::attribute) {
    TRY(const catalog::AfAttribute* attribute, find_attribute(tables, call.identity, id));
    return attribute_target(call, tables, *attribute);
  }
  return point_target(call, tables, find_point(tables, call.identity, id));
}

Result<Target> find_target(const Call& call, std::string_view webid) {
  const auto reader = call.archive().catalog();
  return find_target(call, *reader, webid);
}

Result<Target> find_target_path(const Call& call, const catalog::Tables& tables, std::string_view path) {
  if (path.find('|') != std::string_view::npos) {
    TRY(const catalog::AfAttribute* attribute, find_attribute_path(tables, call.identity, path));
    return attribute_target(call, tables, *attribute);
  }
  return point_target(call, tables, find_point_path(tables, call.identity, path));
}

}  // namespace penstock::dialects::piwebapi
