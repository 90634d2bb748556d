#include "console/audit_export.h"
#include "console/audit_query.h"
#include "console/calls.h"

namespace penstock::console {
namespace {

/// The list's own address with another `before`.
std::string next_link(const http::Parameters& parameters, std::uint64_t before) {
  std::string link = "/penstock/v1/audit?";
  for (const auto& [name, value] : parameters.items()) {
    if (name == "before") continue;
    link.append(http::percent_encode(name)).append("=").append(http::percent_encode(value)).append("&");
  }
  return link + "before=" + std::to_string(before);
}

Error switched_off() {
  return {ErrorCode::not_found, {}, "the audit is switched off: nothing is known of batches"};
}

}  // namespace

Result<archive::AuditQuery> Calls::audit_query(const Call& call) const {
  if (!settings_.audit) return fail(switched_off());
  const auto tables = house_.archive.catalog();
  return parse_audit_query(call.request.parameters(), *tables, Names{access_, *tables},
                           house_.archive.receipts(), settings_);
}

/// Batches that match, newest first.
Task<Answer> Calls::list_audit(Call& call) {
  const http::Parameters parameters = call.request.parameters();
  auto query = audit_query(call);
  if (!query) co_return fail(query.error());
  const auto max = parse_list_max(parameters);
  if (!max) co_return fail(max.error());
  query->limit = *max + 1;
  Result<std::vector<archive::BatchRecord>> found;
  auto work = [&] { found = house_.archive.audit(*query); };
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
  for (const archive::BatchRecord& record : *found) {
    w.object_begin();
    append_record(w, record, names, house_.archive.receipts());
    w.object_end();
  }
  w.array_end();
  if (more) w.member("next", next_link(parameters, found->back().seq));
  w.object_end();
  co_return render_json(200, std::move(body));
}

/// One batch, with what it did to each point.
Task<Answer> Calls::get_audit(Call& call) {
  if (!settings_.audit) co_return fail(switched_off());
  const auto seq = parse_batch(call.part(0), house_.archive.receipts());
  if (!seq) co_return fail(seq.error());
  const auto record = house_.archive.batch(*seq);
  if (!record) co_return fail(record.error());
  if (!*record) co_return fail(ErrorCode::not_found, {}, "nothing is known of this batch, or no longer");
  const auto tables = house_.archive.catalog();
  const Names names{access_, *tables};
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_record(w, **record, names, house_.archive.receipts());
  append_record_points(w, **record, names);
  w.object_end();
  co_return render_json(200, std::move(body));
}

/// All batches that match, as NDJSON or CSV.
Task<Answer> Calls::export_audit(Call& call) {
  const std::string format{call.request.parameters().find("format").value_or("ndjson")};
  if (format != "ndjson" && format != "csv") {
    co_return fail(ErrorCode::invalid_argument, "format", "must be ndjson or csv");
  }
  auto query = audit_query(call);
  if (!query) co_return fail(query.error());
  const bool csv = format == "csv";
  auto source = std::make_shared<AuditExport>(house_.archive, access_, readers_, std::move(*query),
                                              csv ? ExportFormat::csv : ExportFormat::ndjson);
  auto begin = source->begin();
  const auto begun = co_await begin;
  if (!begun) co_return fail(begun.error());
  http::Response response =
      http::Response::make(200, csv ? "text/csv; charset=utf-8" : "application/x-ndjson", {});
  response.headers.add("Cache-Control", "no-store");
  response.source = std::move(source);
  co_return response;
}

/// Takes a batch back, as a batch of its own.
Task<Answer> Calls::undo_batch(Call& call) {
  const auto seq = parse_batch(call.part(0), house_.archive.receipts());
  if (!seq) co_return fail(seq.error());
  Result<WriteResult> done;
  auto work = [&] {
    done = sync_wait(house_.archive.undo(*seq, {call.caller->number, Door::penstock, call.now}));
  };
  auto run = readers_.run(work);
  const bool ran = co_await run;
  if (!ran) co_return fail(too_many());
  if (!done) co_return fail(done.error());
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("receipt", house_.archive.receipts().name(done->seq));
  w.member("undone", house_.archive.receipts().name(*seq));
  append_counts(w, done->counts());
  w.object_end();
  co_return render_json(200, std::move(body));
}

}  // namespace penstock::console
