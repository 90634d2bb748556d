#include "dialects/buildingx/query.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "dialects/buildingx/parse.h"
#include "dialects/common/query_text.h"

namespace penstock::dialects::buildingx {
namespace {

constexpr std::size_t kValuesLimitMax = 10'000, kListLimitMax = 100;
constexpr std::string_view kFrom = "filter[timestamp][from]", kTo = "filter[timestamp][to]",
                           kCursor = "page[cursor]", kLimit = "page[limit]", kSize = "page[size]";

tl::unexpected<Problem> bad(std::string_view parameter, std::string detail) {
  Problem problem;
  problem.kind = ProblemKind::invalid_parameter;
  problem.parameter = parameter;
  problem.detail = std::move(detail);
  return tl::unexpected(std::move(problem));
}

/// A value is shown at the begin of its millisecond; with both bounds moved up, [from, to) over the shown
/// times is the same range of stored times.
Timestamp up_to_millisecond(Timestamp time) {
  const Timestamp down = time.floor_to(kNsPerMillisecond);
  return down == time || down > Timestamp::max().plus_ns(-kNsPerMillisecond)
             ? time
             : down.plus_ns(kNsPerMillisecond);
}

tl::expected<Timestamp, Problem> parse_time(std::string_view parameter, std::string_view text) {
  const Result<Timestamp> time = parse_rfc3339(with_plus(text));
  if (!time) return bad(parameter, time.error().detail);
  return up_to_millisecond(*time);
}

tl::expected<std::size_t, Problem> parse_limit(std::string_view parameter, std::string_view text,
                                               std::size_t limit_max) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > limit_max) {
    return bad(parameter, "It must be a whole number from 1 to " + std::to_string(limit_max));
  }
  return limit;
}

struct Cursor {
  std::int64_t start_ns = 0, to_ns = 0;
};

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto plain = base64url_decode(text);
  if (!plain) return std::nullopt;
  const std::size_t colon = plain->find(':');
  if (colon == std::string::npos) return std::nullopt;
  Cursor cursor;
  const char* const begin = plain->data();
  const char* const end = begin + plain->size();
  const auto first = std::from_chars(begin, begin + colon, cursor.start_ns);
  const auto second = std::from_chars(begin + colon + 1, end, cursor.to_ns);
  if (first.ec != std::errc{} || first.ptr != begin + colon || second.ec != std::errc{} ||
      second.ptr != end) {
    return std::nullopt;
  }
  return cursor;
}

}  // namespace

tl::expected<bool, Problem> parse_overwrite(const http::Request& request) {
  if (request.query.empty()) return false;
  const http::Parameters parameters = request.parameters();
  const auto text = parameters.find("overwrite");
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return bad("overwrite", "It must be true or false");
}

tl::expected<ValuesQuery, Problem> parse_values_query(const http::Parameters& parameters, Timestamp now) {
  ValuesQuery query;
  query.to = up_to_millisecond(now);
  const auto cursor_text = parameters.find(kCursor);
  if (const auto from = parameters.find(kFrom)) {
    TRY(query.from, parse_time(kFrom, *from));
  } else {
    return bad(kFrom, "The begin of the time range is required");
  }
  if (const auto to = parameters.find(kTo)) {
    TRY(query.to, parse_time(kTo, *to));
    query.to_given = true;
  }
  if (cursor_text) {
    const auto cursor = parse_cursor(*cursor_text);
    if (!cursor || cursor->start_ns < query.from.unix_ns())
      return bad(kCursor, "It is no cursor of this list");
    query.start = Timestamp::from_unix_ns(cursor->start_ns);
    // Without an end the first page fixed it, so that following the pages comes to an end.
    if (!query.to_given) query.to = Timestamp::from_unix_ns(cursor->to_ns);
  }
  // Without a given end a begin that lies ahead of now just has no values.
  if (query.to_given && query.from > query.to) return bad(kFrom, "The time range ends before it begins");
  for (const std::string_view name : {kLimit, kSize}) {
    if (const auto text = parameters.find(name)) {
      TRY(query.limit, parse_limit(name, *text, kValuesLimitMax));
    }
  }
  return query;
}

std::string make_cursor(Timestamp start, Timestamp to) {
  return base64url_encode(std::to_string(start.unix_ns()) + ":" + std::to_string(to.unix_ns()));
}

bool ListQuery::wants(std::string_view attribute) const {
  if (!only_fields) return true;
  for (const std::string_view field : split(*only_fields, ',')) {
    if (trim(field) == attribute) return true;
  }
  return false;
}

bool ListQuery::including(std::string_view path) const {
  return std::find(includes.begin(), includes.end(), path) != includes.end();
}

tl::expected<ListQuery, Problem> parse_list_query(const http::Parameters& parameters,
                                                  std::span<const std::string_view> includable) {
  ListQuery query;
  for (const std::string_view name : {kLimit, kSize}) {
    if (const auto text = parameters.find(name)) {
      TRY(query.limit, parse_limit(name, *text, kListLimitMax));
    }
  }
  if (const auto text = parameters.find(kCursor)) {
    const auto after = base64url_decode(*text);
    if (!after || after->empty()) return bad(kCursor, "It is no cursor of this list");
    query.after = *after;
  }
  if (const auto field = parameters.find("field[Point]")) {
    for (const std::string_view name : split(*field, ',')) {
      if (trim(name) == "pointValue") query.with_point_value = true;
    }
  }
  if (const auto fields = parameters.find("fields[Point]")) {
    query.only_fields = std::string{*fields};
    query.with_point_value = query.with_point_value || query.wants("pointValue");
  }
  if (const auto include = parameters.find("include"); include && !include->empty()) {
    for (const std::string_view part : split(*include, ',')) {
      const std::string_view path = trim(part);
      if (std::find(includable.begin(), includable.end(), path) == includable.end()) {
        return bad("include", "'" + std::string{path.substr(0, 64)} + "' can't be included here");
      }
      query.includes.emplace_back(path);
    }
  }
  return query;
}

std::string make_list_cursor(std::string_view last_id) {
  return base64url_encode(last_id);
}

std::string page_url(std::string url, const http::Parameters& parameters, std::string_view cursor) {
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url.append(1, separator);
    // Brackets stay readable, as in the vendor's samples.
    for (const char c : name) {
      url += c == '[' || c == ']' ? std::string(1, c) : http::percent_encode({&c, 1});
    }
    url.append("=").append(http::percent_encode(value));
    separator = '&';
  };
  for (const auto& [name, value] : parameters.items()) {
    if (name != kCursor) add(name, value);
  }
  if (!cursor.empty()) add(kCursor, cursor);
  return url;
}

}  // namespace penstock::dialects::buildingx
