#pragma once

#include <string>

#include "dialects/piwebapi/call.h"
#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {

/// `startIndex` and `maxCount` of a list.
struct Page {
  std::size_t start = 0, count = 1000;

  /// Errors: invalid_argument (below zero, or more than the server returns in one call).
  static Result<Page> of(const Call& call);
  bool has(std::size_t index) const { return index >= start && index - start < count; }
};

/// `{"Links":{First, Previous, Next, Last},` for a list with `total` rows that match. Each link repeats the
/// other parameters of the call; those that lead nowhere are left out. *PI Web API Reference, "Pagination"*.
void write_page_links(http::JsonWriter& json, const Call& call, const Page& page, std::size_t total);

/// Does `name` fit the filter of that parameter (blank: everything)? *PI Web API Reference, "Query String"*.
bool fits_filter(const Call& call, std::string_view parameter, std::string_view name);

}  // namespace penstock::dialects::piwebapi
