#include <algorithm>

#include "console/calls.h"

namespace penstock::console {
namespace {

void append_key(http::JsonWriter& w, const catalog::AccessKey& key) {
  w.object_begin().member("kid", key.kid).member("signs", key.retired_s == 0);
  append_seconds(w, "created", key.created_s);
  append_seconds(w, "retired", key.retired_s);
  append_seconds(w, "until", key.until_s);
  w.object_end();
}

}  // namespace

/// The key that signs comes first, then the newest.
Task<Answer> Calls::list_keys(Call& call) {
  std::string body;
  http::JsonWriter w{body};
  const auto tables = house_.archive.catalog();
  std::vector<const catalog::AccessKey*> keys;
  for (const auto& [kid, row] : tables->access.keys.rows()) {
    if (row.retired_s == 0 || row.until_s > call.now_s()) keys.push_back(&row);
  }
  std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) {
    if ((a->retired_s == 0) != (b->retired_s == 0)) return a->retired_s == 0;
    return a->retired_s > b->retired_s;
  });
  w.object_begin().key("items").array_begin();
  for (const catalog::AccessKey* key : keys) append_key(w, *key);
  w.array_end().object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::post_key(Call& call) {
  if (!call.body.is_null()) {
    const auto fields = Fields::of(call.body);
    if (!fields) co_return fail(fields.error());
    if (const auto end = fields->end(); !end) co_return fail(end.error());
  }
  auto task = access_.rotate_key(call.caller->number, call.now_s());
  const auto kid = co_await task;
  if (!kid) co_return fail(kid.error());
  std::string body;
  http::JsonWriter w{body};
  const auto tables = house_.archive.catalog();
  const catalog::AccessKey* row = tables->access.keys.find(*kid);
  if (row == nullptr) co_return fail(ErrorCode::internal);
  append_key(w, *row);
  co_return render_created("/penstock/v1/token-keys/" + *kid, std::move(body));
}

Task<Answer> Calls::delete_key(Call& call) {
  auto task = access_.revoke_key(call.part(0), call.caller->number);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
