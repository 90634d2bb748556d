#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace penstock::dialects::piwebapi {

/// The query of `points/search`: terms `field:value` or `field:=value`, joined by blanks or AND; a bare word
/// filters by name. Values may be quoted and have wildcards. *PI Web API Reference, "Point Search"*.
class PointQuery {
 public:
  /// `or_descriptor`: bare words may also be found in the descriptor.
  /// Errors: invalid_argument (unknown field, an operator that is not offered, an open quote).
  static Result<PointQuery> parse(std::string_view text, bool or_descriptor);

  bool matches(const catalog::Tables& tables, const Point& point) const;

 private:
  enum class Field {
    any,
    name,
    descriptor,
    source,
    type,
    point_class,
    units,
    id,
    step,
    future,
    digital_set,
    compressing
  };
  struct Term {
    Field field;
    std::string value;
  };
  static Result<Field> field_of(std::string_view name);
  static bool fits(const Term& term, const catalog::Tables& tables, const Point& point);

  std::vector<Term> terms_;
};

}  // namespace penstock::dialects::piwebapi
