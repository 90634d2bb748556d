#include <algorithm>
#include <numeric>

#include "console/calls.h"
#include "console/ledger_words.h"

namespace penstock::console {
namespace {

constexpr std::int64_t kNsPerDay = 86'400 * kNsPerSecond, kDaysMax = 100'000;

/// What is known of a batch that was queued: once it is decided, the words of its decision.
struct Known {
  archive::BatchRecord record;
  bool decided = true;
  std::optional<archive::BatchRecord> decision;  ///< Of a queued batch.

  /// When it was decided: what waits for long is told about as long afterwards.
  Timestamp since() const { return decision ? decision->received : record.received; }
  const archive::BatchRecord& outcome() const {
    const auto& own = record.by_outcome;
    const auto sum = std::accumulate(std::begin(own), std::end(own), std::uint64_t{0});
    return decision && sum < record.sent ? *decision : record;
  }
};

Result<Known> known_of(const archive::Archive& archive, archive::BatchRecord record) {
  Known known;
  known.record = std::move(record);
  known.decided = known.record.state != archive::BatchState::queued;
  if (known.record.origin != archive::BatchOrigin::queued || known.record.other == 0) return known;
  TRY(known.decision, archive.batch(known.record.other));
  known.decided = known.decided || known.decision.has_value();
  return known;
}

std::string render_receipt(const Known& known, const Names& names, const archive::ReceiptNames& receipts) {
  const archive::BatchRecord& record = known.record;
  const archive::BatchRecord& outcome = known.outcome();
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("receipt", receipts.name(record.seq));
  w.member("state", word_of(known.decided ? outcome.state : archive::BatchState::queued));
  append_time(w, "received", record.received);
  if (known.decision) {
    append_time(w, "decided", known.decision->received);
    w.member("decision", receipts.name(known.decision->seq));
  } else if (known.decided) {
    append_time(w, "decided", record.received);
  }
  w.member("door", word_of(record.door)).member("mode", word_of(record.mode)).member("sent", record.sent);
  if (known.decided) {
    w.key("counts").object_begin();
    append_counts(w, outcome.counts());
    w.member("identical", outcome.by_outcome[static_cast<std::size_t>(Outcome::identical)]).object_end();
  }
  append_set_aside(w, outcome.set_aside.empty() ? record.set_aside : outcome.set_aside, names);
  w.object_end();
  return body;
}

}  // namespace

/// What became of a batch: to whoever sent it, and to administrators.
Task<Answer> Calls::get_receipt(Call& call) {
  const Error unknown{
      ErrorCode::not_found,
      {},
      "there is no such receipt, or it is older than " + std::to_string(settings_.receipt_days) + " days"};
  const auto seq = house_.archive.receipts().seq(call.part(0));
  if (!seq) co_return fail(unknown);
  if (!settings_.audit) {
    co_return fail(ErrorCode::not_found, {}, "the audit is switched off: nothing is known of batches");
  }
  auto record = house_.archive.batch(*seq);
  if (!record) co_return fail(record.error());
  if (!*record) co_return fail(unknown);
  const auto known = known_of(house_.archive, std::move(**record));
  if (!known) co_return fail(known.error());
  const std::int64_t kept_ns = std::min(settings_.receipt_days, kDaysMax) * kNsPerDay;
  if (known->decided && call.now.unix_ns() - known->since().unix_ns() > kept_ns) co_return fail(unknown);
  if (known->record.principal != call.caller->number && !call.caller->may_everything(auth::Right::admin)) {
    co_return fail(ErrorCode::forbidden, {}, "the receipt is for whoever sent the batch");
  }
  const auto tables = house_.archive.catalog();
  co_return render_json(200, render_receipt(*known, Names{access_, *tables}, house_.archive.receipts()));
}

}  // namespace penstock::console
