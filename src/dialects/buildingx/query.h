#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  std::vector<std::string> includes;       ///< Relationships whose resources come along.

  bool wants(std::string_view attribute) const;
  bool including(std::string_view path) const;
};
/// `includable` are the relationship paths that can come along; another one is refused, as JSON:API asks.
tl::expected<ListQuery, Problem> parse_list_query(const http::Parameters& parameters,
                                                  std::span<const std::string_view> includable);
std::string make_list_cursor(std::string_view last_id);

/// The URL of a page of the same list: all parameters as they were but for the cursor.
std::string page_url(std::string url, const http::Parameters& parameters, std::string_view cursor);

}  // namespace penstock::dialects::buildingx
