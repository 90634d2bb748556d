#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/piwebapi/paging.h"

/// Lists of objects, as all pages of *PI Web API Reference* that return one have them.
namespace penstock::dialects::piwebapi {

/// Are rows wanted backwards? They come by name, which is the one field to sort by. Errors: invalid_argument.
Result<bool> sorted_backwards(const Call& call);

/// Sorts rows by name, with no regard to case.
template <class Row>
void sort_by_name(std::vector<const Row*>& rows) {
  std::vector<std::pair<std::string, const Row*>> keyed;
  keyed.reserve(rows.size());
  for (const Row* row : rows) keyed.emplace_back(to_upper_invariant(row->name), row);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second;
}

/// A page of `rows`, which stand in order of name: `write(json, row)` appends one.
template <class Row, class Write>
http::Response page_of(const Call& call, const std::vector<const Row*>& rows, const Write& write) {
  const auto page = Page::of(call);
  if (!page) return error_response(page.error());
  const auto backwards = sorted_backwards(call);
  if (!backwards) return error_response(backwards.error());
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  write_page_links(json, call, *page, rows.size());
  json.key("Items").array_begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (page->has(i)) write(json, *rows[*backwards ? rows.size() - 1 - i : i]);
  }
  json.array_end().object_end();
  return answer(call, std::move(body));
}

/// All of `rows`, of lists that are not paged.
template <class Row, class Write>
http::Response list_of(const Call& call, const std::vector<const Row*>& rows, const Write& write) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const Row* row : rows) write(json, *row);
  json.array_end().object_end();
  return answer(call, std::move(body));
}

/// One object. `write(json)` appends it.
template <class Write>
http::Response object_of(const Call& call, const Write& write) {
  std::string body;
  http::JsonWriter json{body};
  write(json);
  return answer(call, std::move(body));
}

/// Which answers `includeMode` of a call for several objects wants.
enum class Include { all, failed, found };

/// Errors: invalid_argument.
Result<Include> include_mode(const Call& call);
/// The identifiers of the call. Errors: invalid_argument (none, or too many).
struct Identifiers {
  std::vector<std::string_view> webids, paths;
};
Result<Identifiers> identifiers_of(const Call& call);

/// Several objects by `webId` and `path`, each with its own error: *"Point GetMultiple"* and its like.
/// `by_id(webid)` and `by_path(path)` give a Result; `write(json, object)` appends one.
template <class ById, class ByPath, class Write>
http::Response multiple_of(const Call& call, const ById& by_id, const ByPath& by_path, const Write& write) {
  const auto include = include_mode(call);
  if (!include) return error_response(include.error());
  const auto identifiers = identifiers_of(call);
  if (!identifiers) return error_response(identifiers.error());
  std::string body;
  http::JsonWriter json{body};
  bool failed = false;
  const auto add = [&](std::string_view identifier, const char* type, const auto& object) {
    failed = failed || !object;
    if (*include != Include::all && (*include == Include::failed) == object.has_value()) return;
    json.object_begin().member("Identifier", identifier).member("IdentifierType", type);
    if (object) {
      json.key("Object");
      write(json, **object);
    } else {
      json.key("Exception").object_begin().key("Errors").array_begin();
      json.value(object.error().detail).array_end().object_end();
    }
    json.object_end();
  };
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const std::string_view webid : identifiers->webids) add(webid, "WebId", by_id(webid));
  for (const std::string_view path : identifiers->paths) add(path, "Path", by_path(path));
  json.array_end().object_end();
  http::Response response = answer(call, std::move(body));
  if (failed) response.status = 207;
  return response;
}

}  // namespace penstock::dialects::piwebapi
