#include "console/access.h"

#include <algorithm>
#include <map>

namespace penstock::console {
namespace {

auth::PartitionRights partition_rights(std::uint8_t bits) {
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
}

std::shared_ptr<auth::Principal> principal_of(const catalog::AccessPrincipal& row) {
  auto made = std::make_shared<auth::Principal>();
  made->number = row.number;
  made->name = row.name;
  for (const catalog::AccessGrant& grant : row.grants) made->grants.push_back({grant.pattern, grant.rights});
  for (const catalog::AccessPartition& each : row.partitions) {
    made->partitions[each.id] = partition_rights(each.rights);
  }
  return made;
}

/// All credentials of the catalog: one for each secret.
void append_credentials(const catalog::AccessTables& access, std::vector<auth::Credential>& to) {
  for (const auto& [name, row] : access.principals.rows()) {
    const auto principal = principal_of(row);
    for (const catalog::AccessLogin* login : access.logins_of(name)) {
      auth::PrincipalPtr caller = principal;
      if (login->kind == catalog::kKeyLogin) {
        // A key opens its own domain, and its principal may have keys of several.
        auto of_domain = std::make_shared<auth::Principal>(*principal);
        of_domain->domain = login->id;
        caller = std::move(of_domain);
      }
      for (const catalog::AccessSecret& secret : login->secrets) {
        to.push_back({static_cast<auth::Credential::Kind>(login->kind), login->id, secret.hash, caller,
                      secret.expires_s, login->tokens_from_s});
      }
    }
  }
}

}  // namespace

Access::Access(archive::Archive& archive, auth::Authenticator& authenticator,
               std::vector<auth::Credential> configured, KeepKey keep_key)
    : archive_{archive},
      authenticator_{authenticator},
      configured_{std::move(configured)},
      keep_key_{std::move(keep_key)} {
  for (const auth::Credential& credential : configured_) names_.insert(credential.principal->name);
}

bool Access::is_configured_login(auth::Credential::Kind kind, std::string_view id) const {
  return std::any_of(configured_.begin(), configured_.end(), [&](const auth::Credential& credential) {
    return credential.kind == kind && credential.id == id;
  });
}

void Access::refresh_credentials() {
  const std::lock_guard lock{credentials_mutex_};
  auto all = configured_;
  {
    const auto tables = archive_.catalog();
    append_credentials(tables->access, all);
  }
  authenticator_.replace_credentials(std::move(all));
}

archive::Archive::Edit Access::adopt(auth::KeyName key, std::int64_t now_s) const {
  const std::int64_t until_s = now_s + authenticator_.token_settings().lifetime_s + 60;
  return [key = std::move(key), now_s, until_s](catalog::Editor& editor) -> Result<void> {
    std::vector<catalog::AccessKey> others;
    for (const auto& [kid, row] : editor.tables().access.keys.rows()) {
      if (kid != key.kid) others.push_back(row);
    }
    for (catalog::AccessKey& other : others) {
      if (other.retired_s == 0) {
        other.retired_s = now_s;
        other.until_s = until_s;
        editor.put(other);
      } else if (other.until_s <= now_s) {
        editor.erase(other);
      }
    }
    const catalog::AccessKey* known = editor.tables().access.keys.find(key.kid);
    if (known != nullptr && known->retired_s == 0) return {};
    editor.put(catalog::AccessKey{key.kid, key.public_pem, now_s, 0, 0});
    return {};
  };
}

Result<void> Access::start(const std::string& private_key_pem, std::int64_t now_s) {
  TRY(auto name, auth::name_of_key(private_key_pem));
  TRY_VOID(sync_wait(archive_.change(adopt(std::move(name), now_s), Door::internal, 0)));
  {
    const std::lock_guard lock{keys_mutex_};
    private_key_ = private_key_pem;
  }
  TRY_VOID(refresh_keys());
  refresh_credentials();
  return {};
}

Result<void> Access::refresh_keys() {
  const std::lock_guard lock{keys_mutex_};
  std::vector<auth::RetiredKey> retired;
  {
    const auto tables = archive_.catalog();
    for (const auto& [kid, row] : tables->access.keys.rows()) {
      if (row.retired_s != 0) retired.push_back({row.public_pem, row.until_s});
    }
  }
  return authenticator_.replace_keys(private_key_, retired);
}

Task<Result<std::string>> Access::rotate_key(std::uint32_t principal, std::int64_t now_s) {
  if (rotating_.exchange(true)) co_return fail(ErrorCode::conflict, {}, "another key is just being made");
  struct Done {
    std::atomic<bool>& rotating;
    ~Done() { rotating = false; }
  };
  const Done guard{rotating_};
  std::string pem;
  Result<void> kept;
  // The file comes first: whatever happens behind it, the next start finds a key that signs, and the row of
  // the former one still says how long its tokens live.
  std::function<void()> job = [&] {
    pem = auth::make_private_key_pem();
    kept = keep_key_(pem);
  };
  auto slow = authenticator_.do_slowly(std::move(job));
  const auto done = co_await slow;
  if (!done) co_return fail(done.error());
  if (!kept) co_return fail(kept.error());
  auto name = auth::name_of_key(pem);
  if (!name) co_return fail(name.error());
  const std::string kid = name->kid;
  const auto changed = co_await archive_.change(adopt(std::move(*name), now_s), Door::penstock, principal);
  if (!changed) co_return fail(changed.error());
  {
    const std::lock_guard lock{keys_mutex_};
    private_key_ = std::move(pem);
  }
  const auto refreshed = refresh_keys();
  if (!refreshed) co_return fail(refreshed.error());
  co_return kid;
}

Task<Result<void>> Access::revoke_key(std::string_view kid, std::uint32_t principal) {
  archive::Archive::Edit edit = [kid = std::string{kid}](catalog::Editor& editor) -> Result<void> {
    const catalog::AccessKey* row = editor.tables().access.keys.find(kid);
    if (row == nullptr) return fail(ErrorCode::not_found, {}, "there is no such key");
    if (row->retired_s == 0) {
      return fail(ErrorCode::conflict, {}, "this key signs: make another one first, then revoke this");
    }
    editor.erase(catalog::AccessKey::kTable, kid);
    return {};
  };
  const auto changed = co_await archive_.change(std::move(edit), Door::penstock, principal);
  if (!changed) co_return fail(changed.error());
  co_return refresh_keys();
}

}  // namespace penstock::console
