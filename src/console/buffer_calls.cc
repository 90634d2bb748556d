#include "console/calls.h"
#include "console/ledger_words.h"

namespace penstock::console {

Task<Answer> Calls::get_buffer(Call&) {
  const archive::Stats stats = house_.archive.stats();
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("enabled", settings_.buffer).member("away", stats.away);
  w.member("queued_batches", stats.queued_batches).member("queued_samples", stats.queued_samples);
  if (stats.queued_since_ns == 0) {
    w.key("queued_since").null();
  } else {
    append_time(w, "queued_since", Timestamp::from_unix_ns(stats.queued_since_ns));
  }
  w.member("journal_bytes", stats.journal_bytes).member("journal_bytes_max", settings_.buffer_bytes_max);
  w.member("dead_letters", stats.letters).object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::put_buffer(Call& call) {
  // A server that people use has no such switch.
  if (!settings_.fault_switches) co_return fail(ErrorCode::not_found, {}, "there is no such call");
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  bool away = house_.archive.stats().away;
  if (const auto read = fields->flag("away", away).end(); !read) co_return fail(read.error());
  house_.archive.set_away(away);
  auto shown = get_buffer(call);
  auto answer = co_await shown;
  co_return answer;
}

}  // namespace penstock::console
