#include "base/text.h"
#include "console/audit_query.h"
#include "console/calls.h"
#include "model/point.h"

namespace penstock::console {
namespace {

std::string id_text(const archive::LetterId& id) {
  return std::to_string(id.seq) + "-" + std::to_string(to_number(id.point));
}

/// "4711-12": batch and point.
Result<archive::LetterId> parse_letter_id(std::string_view text) {
  const auto parts = split(text, '-');
  const auto seq = parts.size() == 2 ? parse_number(parts[0]) : std::nullopt;
  const auto point = parts.size() == 2 ? parse_number(parts[1]) : std::nullopt;
  if (!seq || !point || *point > UINT32_MAX) {
    return fail(ErrorCode::not_found, {}, "there is no such dead letter");
  }
  return archive::LetterId{*seq, PointId{static_cast<std::uint32_t>(*point)}};
}

void append_head(http::JsonWriter& w, const archive::LetterHead& letter, const Names& names,
                 const archive::ReceiptNames& receipts) {
  w.member("id", id_text(letter.id)).member("receipt", receipts.name(letter.id.seq));
  w.member("point", to_number(letter.id.point)).member("tag", names.tag(letter.id.point));
  append_time(w, "received", letter.received);
  append_time(w, "set_aside", letter.set_aside);
  append_principal(w, letter.principal, names);
  w.member("door", word_of(letter.door)).member("mode", word_of(letter.mode));
  w.member("reason", word_of(letter.reason)).member("samples", letter.samples);
}

void append_sample(http::JsonWriter& w, const Run& run, std::size_t i) {
  const Quality quality = run.quality(i);
  w.object_begin();
  append_time(w, "time", run.time(i));
  w.key("value");
  if (quality.state != 0) {
    w.null();
  } else if (run.kind == Kind::float32) {
    w.value(static_cast<float>(run.numbers[i]));
  } else if (run.kind == Kind::float64) {
    w.value(run.numbers[i]);
  } else if (run.kind == Kind::text) {
    w.value(run.texts[i]);
  } else {
    w.value(run.integers[i]);
  }
  if (quality.state != 0) {
    const DigitalState* state = system_set().find(static_cast<std::int32_t>(quality.state));
    w.member("state", state == nullptr ? std::to_string(quality.state) : state->name);
  }
  if (quality.has(Quality::kQuestionable)) w.member("questionable", true);
  if (quality.grade != 0) w.member("grade", quality.grade);
  w.object_end();
}

std::string render_written(const WriteResult& result, const archive::ReceiptNames& receipts) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("receipt", receipts.name(result.seq));
  append_counts(w, result.counts());
  w.object_end();
  return body;
}

}  // namespace

/// Oldest first.
Task<Answer> Calls::list_letters(Call& call) {
  const http::Parameters parameters = call.request.parameters();
  archive::LetterId after;
  if (const auto text = parameters.find("after")) {
    const auto id = parse_letter_id(*text);
    if (!id) co_return fail(ErrorCode::invalid_argument, "after", "must be the id of a dead letter");
    after = *id;
  }
  const auto max = parse_list_max(parameters);
  if (!max) co_return fail(max.error());
  Result<std::vector<archive::LetterHead>> found;
  auto work = [&] { found = house_.archive.letters(after, *max + 1); };
  auto run = readers_.run(work);
  const bool ran = co_await run;
  if (!ran) co_return fail(too_many());
  if (!found) co_return fail(found.error());
  const bool more = found->size() > *max;
  if (more) found->resize(*max);
  const auto tables = house_.archive.catalog();
  const Names names{access_, *tables};
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("items").array_begin();
  for (const archive::LetterHead& letter : *found) {
    w.object_begin();
    append_head(w, letter, names, house_.archive.receipts());
    w.object_end();
  }
  w.array_end();
  if (more) {
    w.member("next",
             "/penstock/v1/dead-letters?max=" + std::to_string(*max) + "&after=" + id_text(found->back().id));
  }
  w.object_end();
  co_return render_json(200, std::move(body));
}

Result<std::string> Calls::render_letter(const archive::LetterId& id) const {
  TRY(const archive::Letter letter, house_.archive.letter(id));
  const auto tables = house_.archive.catalog();
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_head(w, letter, Names{access_, *tables}, house_.archive.receipts());
  w.key("values").array_begin();
  for (std::size_t i = 0; i < letter.run.size(); ++i) append_sample(w, letter.run, i);
  w.array_end().object_end();
  return body;
}

/// One of them with its samples, as they were sent.
Task<Answer> Calls::get_letter(Call& call) {
  const auto id = parse_letter_id(call.part(0));
  if (!id) co_return fail(id.error());
  Result<std::string> body;
  auto work = [&] { body = render_letter(*id); };
  auto run = readers_.run(work);
  const bool ran = co_await run;
  if (!ran) co_return fail(too_many());
  if (!body) co_return fail(body.error());
  co_return render_json(200, std::move(*body));
}

/// Writes it again. What is refused once more stays a dead letter; the counts tell.
Task<Answer> Calls::replay_letter(Call& call) {
  const auto id = parse_letter_id(call.part(0));
  if (!id) co_return fail(id.error());
  auto replay = house_.archive.replay_letter(*id, {call.caller->number, Door::penstock, call.now});
  const auto done = co_await replay;
  if (!done) co_return fail(done.error());
  co_return render_json(200, render_written(*done, house_.archive.receipts()));
}

/// Forgets it for good.
Task<Answer> Calls::drop_letter(Call& call) {
  const auto id = parse_letter_id(call.part(0));
  if (!id) co_return fail(id.error());
  auto drop = house_.archive.drop_letter(*id, {call.caller->number, Door::penstock, call.now});
  const auto done = co_await drop;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
