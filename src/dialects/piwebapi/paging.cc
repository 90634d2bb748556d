#include "dialects/piwebapi/paging.h"

#include "base/text.h"

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

}  // namespace penstock::dialects::piwebapi
