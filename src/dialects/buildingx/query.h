#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "dialects/buildingx/errors.h"
#include "http/message.h"
#include "model/time.h"

namespace penstock::dialects::buildingx {

/// `overwrite` of *"Add point values"*: `true` or `false`, lower case.
tl::expected<bool, Problem> parse_overwrite(const http::Request& request);

/// *Building Operations API, "Get point values"*.
struct ValuesQuery {
  Timestamp from = Timestamp::min();  ///< Inclusive.
  Timestamp to = Timestamp::max();    ///< Exclusive.
  bool to_given = false;
  std::optional<Timestamp> start;  ///< Where a page begins, from the cursor; never before `from`.
  std::size_t limit = 1000;
};
tl::expected<ValuesQuery, Problem> parse_values_query(const http::Parameters& parameters, Timestamp now);

/// The cursor of the page that begins at `start` of the same query. Opaque to clients.
std::string make_cursor(Timestamp start, Timestamp to);

/// *"Page size"* and cursor of a list of resources, and which members are asked for.
struct ListQuery {
  std::size_t limit = 20;
  std::string after;                       ///< Resume behind this id; empty: from the first.
  bool with_point_value = false;           ///< `field[Point]=pointValue`: the last value comes along.
  std::optional<std::string> only_fields;  ///< `fields[Point]=a,b`: a JSON:API sparse fieldset.

  bool wants(std::string_view attribute) const;
};
tl::expected<ListQuery, Problem> parse_list_query(const http::Parameters& parameters);
std::string make_list_cursor(std::string_view last_id);

}  // namespace penstock::dialects::buildingx
