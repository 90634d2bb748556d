#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/call.h"

namespace penstock::dialects::piwebapi {

/// What a WebID of a stream leads to: a point, straight or through an attribute, or a value kept by an
/// attribute.
struct Target {
  enum class Kind {
    point,
    fixed,          ///< An attribute without a data reference.
    missing_point,  ///< A PI Point reference that leads to no point.
    unsupported     ///< Any other data reference.
  };
  Kind kind = Kind::point;
  Stream stream;  ///< Of the point, or what the value of the attribute looks like.
  std::optional<catalog::AfAttribute> attribute;  ///< Where the WebID named one.
  bool read_only = false;
  std::string
      rights_name;    ///< What patterns of rights are matched with: the tag, or the AF path below the server.
  std::string units;  ///< Of the attribute.
};

/// Errors: invalid_argument (no WebID of a stream), not_found (also where the caller may not see it).
Result<Target> find_target(const Call& call, std::string_view webid);
Result<Target> find_target(const Call& call, const catalog::Tables& tables, std::string_view webid);
/// The same by path, of a point or (`…|Name`) of an attribute.
Result<Target> find_target_path(const Call& call, const catalog::Tables& tables, std::string_view path);
/// The same for an attribute that is known.
Target attribute_target(const Call& call, const catalog::Tables& tables,
                        const catalog::AfAttribute& attribute);

}  // namespace penstock::dialects::piwebapi
