#include "console/calls.h"
#include "dialects/common/zone.h"

namespace penstock::console {
namespace {

using catalog::EvDomain;

std::string domain_location(std::string_view name) {
  return "/penstock/v1/energyview/domains/" + http::percent_encode(name);
}

/// What POST and PATCH share. Errors: invalid_argument (a time zone that this machine does not know).
Result<void> read_domain(Fields& fields, EvDomain& to) {
  TRY_VOID(fields.text("timezone", to.timezone).end());
  if (to.timezone.empty()) to.timezone = "UTC";
  if (dialects::Zone::find(to.timezone)) return {};
  return fail(ErrorCode::invalid_argument, "/timezone", "there is no time zone '" + to.timezone + "' here");
}

void append_domain(http::JsonWriter& w, const catalog::Tables& tables, const EvDomain& row) {
  w.object_begin().member("name", row.name).member("timezone", row.timezone);
  w.member("nodes", tables.energyview.nodes.of(row.name).size()).object_end();
}

Result<const EvDomain*> find_domain(const catalog::Tables& tables, const Call& call) {
  const EvDomain* const row = tables.energyview.domains.find(call.part(0));
  if (row == nullptr) return fail(ErrorCode::not_found, {}, "there is no such domain");
  return row;
}

}  // namespace

Task<Answer> Calls::list_domains(Call&) {
  std::string body;
  http::JsonWriter w{body};
  const auto tables = house_.archive.catalog();
  w.object_begin().key("items").array_begin();
  for (const auto& [name, row] : tables->energyview.domains.rows()) append_domain(w, *tables, row);
  w.array_end().object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_domain(Call& call) {
  const auto tables = house_.archive.catalog();
  const auto row = find_domain(*tables, call);
  if (!row) co_return fail(row.error());
  std::string body;
  http::JsonWriter w{body};
  append_domain(w, *tables, **row);
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::post_domain(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  EvDomain domain;
  fields->text("name", domain.name);
  if (const auto read = read_domain(*fields, domain); !read) co_return fail(read.error());
  if (!catalog::is_ev_domain(domain.name)) {
    co_return fail(ErrorCode::invalid_argument, "/name", "'" + domain.name + "' can't name a domain");
  }
  archive::Archive::Edit edit = [domain](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().energyview.domains.find(domain.name) != nullptr) {
      return fail(ErrorCode::conflict, "/name", "the domain exists");
    }
    return catalog::put_domain(editor, domain);
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  call.parts = {domain.name};
  auto shown = created(domain_location(domain.name), &Calls::get_domain, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_domain(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) -> Result<void> {
    TRY(const EvDomain* const known, find_domain(editor.tables(), call));
    EvDomain changed = *known;
    TRY(auto fields, Fields::of(call.body));
    TRY_VOID(read_domain(fields, changed));
    return catalog::put_domain(editor, changed);
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_domain(call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::delete_domain(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) {
    return catalog::erase_domain(editor, call.part(0));
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
