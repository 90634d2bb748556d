#include "dialects/piwebapi/paging.h"

#include "base/text.h"
#include "dialects/piwebapi/object_lists.h"
#include "dialects/piwebapi/reads.h"

namespace penstock::dialects::piwebapi {

Result<Page> Page::of(const Call& call) {
  TRY(const std::int64_t start, call.number("startIndex", 0, 0));
  TRY(const std::int64_t count, call.number("maxCount", 1000, 1));
  const auto most = static_cast<std::int64_t>(call.settings.max_returned_items);
  if (count > most) {
    return fail(ErrorCode::invalid_argument, "maxCount",
                "Parameter (maxCount) is greater than the maximum allowed (" + std::to_string(most) + ").");
  }
  return Page{static_cast<std::size_t>(start), static_cast<std::size_t>(count)};
}

void write_page_links(http::JsonWriter& json, const Call& call, const Page& page, std::size_t total) {
  const auto link = [&](std::size_t start) {
    std::string url = call.naming.base;
    for (const std::string& segment : call.segments) url += "/" + segment;
    url += "?";
    for (const auto& [name, value] : call.query.items()) {
      if (iequals(name, "startIndex") || iequals(name, "maxCount")) continue;
      url += http::percent_encode(name) + "=" + http::percent_encode(value) + "&";
    }
    return url + "startIndex=" + std::to_string(start) + "&maxCount=" + std::to_string(page.count);
  };
  json.key("Links").object_begin();
  json.member("First", link(0));
  if (page.start > 0) json.member("Previous", link(page.start > page.count ? page.start - page.count : 0));
  if (page.start + page.count < total) json.member("Next", link(page.start + page.count));
  json.member("Last", link(total == 0 ? 0 : (total - 1) / page.count * page.count));
  json.object_end();
}

bool fits_filter(const Call& call, std::string_view parameter, std::string_view name) {
  const std::string_view filter = call.parameter_or(parameter, "*");
  return filter == "*" || glob_match(filter, name);
}

Result<bool> sorted_backwards(const Call& call) {
  const std::string_view field = trim(call.parameter_or("sortField", "Name"));
  if (!iequals(field, "Name")) {
    return fail(ErrorCode::invalid_argument, "sortField", "Parameter (sortField) has an unknown value.");
  }
  return is_descending(call);
}

Result<Include> include_mode(const Call& call) {
  static constexpr Choice kModes[] = {{"All", 0}, {"ItemsWithExceptions", 1}, {"ItemsWithoutExceptions", 2}};
  TRY(const int mode, choice_of(call, "includeMode", 0, kModes));
  return mode == 0 ? Include::all : mode == 1 ? Include::failed : Include::found;
}

Result<Identifiers> identifiers_of(const Call& call) {
  Identifiers found{call.query.all("webId", http::Parameters::Case::insensitive),
                    call.query.all("path", http::Parameters::Case::insensitive)};
  if (found.webids.empty() && found.paths.empty()) {
    return fail(ErrorCode::invalid_argument, "webId", "A webId or a path is required.");
  }
  if (found.webids.size() + found.paths.size() > call.settings.max_returned_items) {
    return fail(ErrorCode::invalid_argument, "webId",
                "More objects were asked for than the server returns in one call.");
  }
  return found;
}

}  // namespace penstock::dialects::piwebapi
