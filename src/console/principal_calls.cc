#include <map>
#include <set>

#include "base/text.h"
#include "console/calls.h"

namespace penstock::console {
namespace {

using catalog::AccessGrant;
using catalog::AccessLogin;
using catalog::AccessPartition;
using catalog::AccessPrincipal;

constexpr std::string_view kKinds[] = {"password", "client", "key"};

/// Text behind the last slash names one of a list: "/grants/3/rights".
std::string at(std::string_view list, std::size_t i, std::string_view member) {
  return "/" + std::string{list} + "/" + std::to_string(i) + "/" + std::string{member};
}

Result<std::vector<AccessGrant>> parse_grants(const json::Value& list) {
  std::vector<AccessGrant> grants;
  if (!list.is_array()) return fail(ErrorCode::invalid_argument, "/grants", "grants are a list");
  for (const json::Value& item : list.array()) {
    const std::size_t i = grants.size();
    const json::Value* pattern = item.find("points");
    if (pattern == nullptr || !pattern->as_string() || pattern->as_string()->empty()) {
      return fail(ErrorCode::missing_argument, at("grants", i, "points"),
                  "a grant has points, a pattern such as *");
    }
    TRY(const std::uint8_t rights, parse_rights(item.find("rights"), at("grants", i, "rights")));
    grants.push_back({std::string{*pattern->as_string()}, rights});
  }
  return grants;
}

Result<std::vector<AccessPartition>> parse_partitions(const json::Value& list) {
  std::map<std::string, std::uint8_t> partitions;
  if (!list.is_array()) return fail(ErrorCode::invalid_argument, "/partitions", "partitions are a list");
  for (std::size_t i = 0; i < list.array().size(); ++i) {
    const json::Value& item = list.array()[i];
    const json::Value* id = item.find("id");
    if (id == nullptr || !id->as_string() || !Uuid::parse(*id->as_string())) {
      return fail(ErrorCode::missing_argument, at("partitions", i, "id"), "a partition has an id, a UUID");
    }
    TRY(const std::uint8_t rights,
        parse_partition_rights(item.find("rights"), at("partitions", i, "rights")));
    partitions[to_lower(*id->as_string())] |= rights;
  }
  std::vector<AccessPartition> made;
  for (const auto& [id, rights] : partitions) made.push_back({id, rights});
  return made;
}

/// What both POST and PATCH take. What is absent stays as it is in `to`.
Result<void> read_principal(Fields& fields, AccessPrincipal& to) {
  fields.text("description", to.description);
  if (const json::Value* list = fields.take("grants")) {
    TRY(to.grants, parse_grants(*list));
  }
  if (const json::Value* list = fields.take("partitions")) {
    TRY(to.partitions, parse_partitions(*list));
  }
  return fields.end();
}

void append_grant(http::JsonWriter& w, std::string_view pattern, std::uint8_t rights) {
  w.object_begin().member("points", pattern);
  append_rights(w, rights);
  w.object_end();
}

void append_partition(http::JsonWriter& w, std::string_view id, std::uint8_t rights) {
  w.object_begin().member("id", id);
  append_partition_rights(w, rights);
  w.object_end();
}

void append_login(http::JsonWriter& w, const AccessLogin& login) {
  w.object_begin().member("kind", kKinds[login.kind]).member("id", login.id);
  w.key("secrets").array_begin();
  for (const catalog::AccessSecret& secret : login.secrets) {
    w.object_begin().member("number", secret.number);
    append_seconds(w, "created", secret.created_s);
    append_seconds(w, "expires", secret.expires_s);
    w.object_end();
  }
  w.array_end();
  if (login.tokens_from_s != 0) append_seconds(w, "tokens_from", login.tokens_from_s);
  w.object_end();
}

void append_principal(http::JsonWriter& w, const AccessPrincipal& row, const catalog::AccessTables& access) {
  w.object_begin().member("name", row.name).member("origin", "catalog").member("number", row.number);
  w.member("description", row.description).key("grants").array_begin();
  for (const AccessGrant& grant : row.grants) append_grant(w, grant.pattern, grant.rights);
  w.array_end().key("partitions").array_begin();
  for (const AccessPartition& partition : row.partitions) append_partition(w, partition.id, partition.rights);
  w.array_end().key("logins").array_begin();
  for (const AccessLogin* login : access.logins_of(row.name)) append_login(w, *login);
  w.array_end().object_end();
}

/// A principal of the configuration file, or of the demo. Its secrets have no numbers: the file has them.
void append_configured(http::JsonWriter& w, const auth::Principal& principal,
                       const std::vector<auth::Credential>& all) {
  w.object_begin().member("name", principal.name).member("origin", "configuration");
  w.member("number", principal.number).member("description", "").key("grants").array_begin();
  for (const auth::Grant& grant : principal.grants) append_grant(w, grant.pattern, grant.rights);
  w.array_end().key("partitions").array_begin();
  for (const auto& [id, rights] : principal.partitions) {
    append_partition(w, id,
                     static_cast<std::uint8_t>((rights.read_points ? 1 : 0) | (rights.read_values ? 2 : 0) |
                                               (rights.write_values ? 4 : 0)));
  }
  w.array_end().key("logins").array_begin();
  for (const auth::Credential& credential : all) {
    if (credential.principal->name != principal.name) continue;
    w.object_begin().member("kind", kKinds[static_cast<std::size_t>(credential.kind)]);
    w.member("id", credential.id).object_end();
  }
  w.array_end().object_end();
}

std::string location_of(std::string_view name) {
  return "/penstock/v1/principals/" + http::percent_encode(name);
}

Result<catalog::LoginName> login_name(const Call& call) {
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
    if (call.part(1) == kKinds[kind])
      return catalog::LoginName{call.part(0), static_cast<std::uint8_t>(kind), call.part(2)};
  }
  return fail(ErrorCode::not_found, {}, "the kind of a login is password, client or key");
}

Error configured_error() {
  return {ErrorCode::conflict, {}, "the configuration file has this principal: change it there"};
}

/// A secret that nobody guesses: 256 bits.
std::string make_secret() {
  char bytes[32];
  random_bytes(bytes, sizeof bytes);
  return base64url_encode({bytes, sizeof bytes});
}

/// A new secret, or the hash of one that was made elsewhere.
struct NewSecret {
  std::string value, hash;
};

void append_new_secret(http::JsonWriter& w, std::uint32_t number, const NewSecret& secret) {
  w.key("secret").object_begin().member("number", number);
  if (!secret.value.empty()) w.member("value", secret.value);
  w.object_end();
}

}  // namespace

Task<Answer> Calls::list_principals(Call&) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("items").array_begin();
  std::set<std::string_view> seen;
  for (const auth::Credential& credential : access_.configured()) {
    if (seen.insert(credential.principal->name).second) {
      append_configured(w, *credential.principal, access_.configured());
    }
  }
  const auto tables = house_.archive.catalog();
  for (const auto& [name, row] : tables->access.principals.rows()) append_principal(w, row, tables->access);
  w.array_end().object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_principal(Call& call) {
  std::string body;
  http::JsonWriter w{body};
  for (const auth::Credential& credential : access_.configured()) {
    if (credential.principal->name != call.part(0)) continue;
    append_configured(w, *credential.principal, access_.configured());
    co_return render_json(200, std::move(body));
  }
  const auto tables = house_.archive.catalog();
  const AccessPrincipal* row = tables->access.principals.find(call.part(0));
  if (row == nullptr) co_return fail(ErrorCode::not_found, {}, "there is no such principal");
  append_principal(w, *row, tables->access);
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::post_principal(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  AccessPrincipal principal;
  fields->text("name", principal.name);
  if (const auto read = read_principal(*fields, principal); !read) co_return fail(read.error());
  if (access_.is_configured_principal(principal.name)) {
    co_return fail(ErrorCode::conflict, "/name", "the configuration file has a principal of this name");
  }
  archive::Archive::Edit edit = [principal](catalog::Editor& editor) {
    return catalog::add_access_principal(editor, principal);
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  call.parts = {principal.name};
  auto shown = created(location_of(principal.name), &Calls::get_principal, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_principal(Call& call) {
  if (access_.is_configured_principal(call.part(0))) co_return fail(configured_error());
  // Read once to see what is wrong with it, and again inside of the edit, over the row as it is then.
  AccessPrincipal unused;
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  if (const auto read = read_principal(*fields, unused); !read) co_return fail(read.error());
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) -> Result<void> {
    const AccessPrincipal* known = editor.tables().access.principals.find(call.part(0));
    if (known == nullptr) return fail(ErrorCode::not_found, {}, "there is no such principal");
    AccessPrincipal changed = *known;
    TRY(auto again, Fields::of(call.body));
    TRY_VOID(read_principal(again, changed));
    return catalog::update_access_principal(editor, std::move(changed));
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_principal(call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::delete_principal(Call& call) {
  if (access_.is_configured_principal(call.part(0))) co_return fail(configured_error());
  archive::Archive::Edit edit = [name = call.part(0)](catalog::Editor& editor) {
    return catalog::erase_access_principal(editor, name);
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

Task<Answer> Calls::post_login(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  std::string kind, id;
  NewSecret secret;
  fields->text("kind", kind).text("id", id).text("secret_hash", secret.hash);
  if (const auto end = fields->end(); !end) co_return fail(end.error());
  call.parts = {call.part(0), kind, id};
  const auto name = login_name(call);
  if (!name) co_return fail(ErrorCode::invalid_argument, "/kind", name.error().detail);
  if (access_.is_configured_principal(call.part(0))) co_return fail(configured_error());
  if (name->kind != catalog::kKeyLogin &&
      access_.is_configured_login(static_cast<auth::Credential::Kind>(name->kind), id)) {
    co_return fail(ErrorCode::conflict, "/id", "the configuration file has a login of this id");
  }
  if (!secret.hash.empty() && !secret.hash.starts_with("$argon2id$")) {
    co_return fail(ErrorCode::invalid_argument, "/secret_hash",
                   "must be what `penstock hash-secret` prints; it begins with $argon2id$");
  }
  if (secret.hash.empty()) {
    secret.value = make_secret();
    auto slow = access_.authenticator().do_slowly([&] { secret.hash = auth::hash_secret(secret.value); });
    const auto hashed = co_await slow;
    if (!hashed) co_return fail(hashed.error());
  }
  archive::Archive::Edit edit = [name = *name, hash = secret.hash,
                                 now_s = call.now_s()](catalog::Editor& editor) -> Result<void> {
    TRY_VOID(catalog::add_access_login(editor, name));
    TRY_VOID(catalog::add_access_secret(editor, name, hash, 0, now_s));
    return {};
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("kind", kind).member("id", id);
  append_new_secret(w, 1, secret);
  w.object_end();
  co_return render_created(location_of(call.part(0)), std::move(body));
}

Task<Answer> Calls::delete_login(Call& call) {
  const auto name = login_name(call);
  if (!name) co_return fail(name.error());
  archive::Archive::Edit edit = [name = *name](catalog::Editor& editor) {
    return catalog::erase_access_login(editor, name);
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

Task<Answer> Calls::post_secret(Call& call) {
  const auto name = login_name(call);
  if (!name) co_return fail(name.error());
  constexpr std::int64_t kKeep = -1;
  std::int64_t overlap_s = kKeep;
  if (!call.body.is_null()) {
    auto fields = Fields::of(call.body);
    if (!fields) co_return fail(fields.error());
    fields->seconds("overlap_seconds", overlap_s);
    if (const auto end = fields->end(); !end) co_return fail(end.error());
  }
  NewSecret secret;
  secret.value = make_secret();
  auto slow = access_.authenticator().do_slowly([&] { secret.hash = auth::hash_secret(secret.value); });
  const auto hashed = co_await slow;
  if (!hashed) co_return fail(hashed.error());
  std::uint32_t number = 0;
  const std::int64_t former_until_s = overlap_s == kKeep ? 0 : call.now_s() + overlap_s;
  archive::Archive::Edit edit = [&number, name = *name, hash = secret.hash, former_until_s,
                                 now_s = call.now_s()](catalog::Editor& editor) -> Result<void> {
    TRY(number, catalog::add_access_secret(editor, name, hash, former_until_s, now_s));
    return {};
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("kind", call.part(1)).member("id", call.part(2));
  append_new_secret(w, number, secret);
  w.object_end();
  co_return render_json(201, std::move(body));
}

Task<Answer> Calls::delete_secret(Call& call) {
  const auto name = login_name(call);
  if (!name) co_return fail(name.error());
  std::uint32_t number = 0;
  for (const char c : call.part(3).substr(0, 9)) {
    if (c < '0' || c > '9') co_return fail(ErrorCode::not_found, {}, "the login has no such secret");
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  archive::Archive::Edit edit = [name = *name, number](catalog::Editor& editor) {
    return catalog::erase_access_secret(editor, name, number);
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

Task<Answer> Calls::revoke_tokens(Call& call) {
  const auto name = login_name(call);
  if (!name) co_return fail(name.error());
  // Times of tokens are whole seconds: those of the running one are ended, too.
  archive::Archive::Edit edit = [name = *name, from_s = call.now_s() + 1](catalog::Editor& editor) {
    return catalog::revoke_tokens(editor, name, from_s);
  };
  auto task = change_access(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
