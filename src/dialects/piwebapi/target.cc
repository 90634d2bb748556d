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

Result<Target> find_target(const Call& call, std::string_view webid) {
  TRY(const WebId id, parse_webid(webid));
  const auto reader = call.archive().catalog();
  if (id.kind == WebIdKind::attribute) {
    TRY(const catalog::AfAttribute* attribute, find_attribute(*reader, call.identity, id));
    return attribute_target(call, *reader, *attribute);
  }
  TRY(const Point* point, find_point(*reader, call.identity, id));
  if (!call.may_see(point->tag)) {
    return fail(ErrorCode::not_found, {}, "No point matches the given path or WebID.");
  }
  Target target;
  target.stream = stream_of(*reader, *point);
  target.rights_name = point->tag;
  return target;
}

}  // namespace penstock::dialects::piwebapi
