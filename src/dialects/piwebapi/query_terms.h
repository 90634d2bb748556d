#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::dialects::piwebapi {

/// A term of a search query: `field:value`, `field:=value`, or a bare word, which has no field.
struct QueryTerm {
  std::string field;  ///< Letters in lower case.
  std::string value;  ///< Without quotes; may have wildcards.
};

/// The terms of a query, which are joined by blanks or AND. Values may be quoted.
/// Errors: invalid_argument (an operator that is not offered, an open quote).
Result<std::vector<QueryTerm>> parse_query_terms(std::string_view text);

/// Errors: invalid_argument, always.
tl::unexpected<Error> bad_query(std::string why);
tl::unexpected<Error> unknown_query_field(std::string_view field);

}  // namespace penstock::dialects::piwebapi
