#include "catalog/access.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kPrincipalRow = 1, kLoginRow = 1, kKeyRow = 1;
constexpr std::size_t kNameBytesMax = 128, kDescriptionBytesMax = 4096, kGrantsMax = 1000;

/// Names stand in paths, logs and command lines.
bool is_access_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && is_valid_utf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == ':';
         });
}

Result<void> check_principal(const AccessPrincipal& principal) {
  if (!is_access_name(principal.name)) {
    return fail(ErrorCode::invalid_argument, "/name",
                "a name has 1 to 128 bytes, without slashes, colons and control characters");
  }
  if (principal.description.size() > kDescriptionBytesMax) {
    return fail(ErrorCode::invalid_argument, "/description", "a description has at most 4096 bytes");
  }
  if (principal.grants.size() > kGrantsMax || principal.partitions.size() > kGrantsMax) {
    return fail(ErrorCode::limit_exceeded, "/grants", "a principal has at most 1000 grants and partitions");
  }
  return {};
}

/// The part of a principal's login keys that they share.
std::string login_prefix(std::string_view principal) {
  return std::string{principal}.append(1, '\0');
}

Result<AccessLogin> get_login(Editor& editor, const LoginName& name) {
  const AccessLogin* login =
      editor.tables().access.logins.find(AccessLogin::key_of(name.principal, name.kind, name.id));
  if (login == nullptr) return fail(ErrorCode::not_found, {}, "there is no such login");
  return *login;
}

}  // namespace

void AccessPrincipal::encode(ByteWriter& out) const {
  out.u8(kPrincipalRow);
  out.text(description);
  out.varint(number);
  out.varint(grants.size());
  for (const AccessGrant& grant : grants) {
    out.text(grant.pattern);
    out.u8(grant.rights);
  }
  out.varint(partitions.size());
  for (const AccessPartition& partition : partitions) {
    out.text(partition.id);
    out.u8(partition.rights);
  }
}

std::optional<AccessPrincipal> AccessPrincipal::decode(std::string_view key, ByteReader& in) {
  if (in.u8() != kPrincipalRow) return std::nullopt;
  AccessPrincipal row;
  row.name = key;
  row.description = in.text();
  row.number = static_cast<std::uint32_t>(in.varint());
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    std::string pattern{in.text()};
    row.grants.push_back({std::move(pattern), in.u8()});
  }
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    std::string id{in.text()};
    row.partitions.push_back({std::move(id), in.u8()});
  }
  return row;
}

std::string AccessLogin::key_of(std::string_view principal, std::uint8_t kind, std::string_view id) {
  return login_prefix(principal).append(1, static_cast<char>('0' + kind)).append(id);
}

void AccessLogin::encode(ByteWriter& out) const {
  out.u8(kLoginRow);
  out.varint(last_secret);
  out.svarint(tokens_from_s);
  out.varint(secrets.size());
  for (const AccessSecret& secret : secrets) {
    out.varint(secret.number);
    out.text(secret.hash);
    out.svarint(secret.created_s);
    out.svarint(secret.expires_s);
  }
}

std::optional<AccessLogin> AccessLogin::decode(std::string_view key, ByteReader& in) {
  const std::size_t end = key.find('\0');
  if (end == std::string_view::npos || key.size() < end + 2 || in.u8() != kLoginRow) return std::nullopt;
  AccessLogin row;
  row.principal = key.substr(0, end);
  row.kind = static_cast<std::uint8_t>(key[end + 1] - '0');
  row.id = key.substr(end + 2);
  row.last_secret = static_cast<std::uint32_t>(in.varint());
  row.tokens_from_s = in.svarint();
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    AccessSecret secret;
    secret.number = static_cast<std::uint32_t>(in.varint());
    secret.hash = in.text();
    secret.created_s = in.svarint();
    secret.expires_s = in.svarint();
    row.secrets.push_back(std::move(secret));
  }
  if (row.kind > kKeyLogin) return std::nullopt;
  return row;
}

void AccessKey::encode(ByteWriter& out) const {
  out.u8(kKeyRow);
  out.text(public_pem);
  out.svarint(created_s);
  out.svarint(retired_s);
  out.svarint(until_s);
}

std::optional<AccessKey> AccessKey::decode(std::string_view key, ByteReader& in) {
  if (in.u8() != kKeyRow) return std::nullopt;
  AccessKey row;
  row.kid = key;
  row.public_pem = in.text();
  row.created_s = in.svarint();
  row.retired_s = in.svarint();
  row.until_s = in.svarint();
  return row;
}

std::vector<const AccessLogin*> AccessTables::logins_of(std::string_view principal) const {
  std::vector<const AccessLogin*> found;
  const std::string prefix = login_prefix(principal);
  for (auto at = logins.rows().lower_bound(prefix); at != logins.rows().end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    found.push_back(&at->second);
  }
  return found;
}

const AccessLogin* AccessTables::find_login(std::uint8_t kind, std::string_view id) const {
  for (const auto& [key, login] : logins.rows()) {
    if (login.kind == kind && login.id == id) return &login;
  }
  return nullptr;
}

Result<void> add_access_principal(Editor& editor, AccessPrincipal principal) {
  TRY_VOID(check_principal(principal));
  if (editor.tables().access.principals.find(principal.name) != nullptr) {
    return fail(ErrorCode::conflict, "/name", "a principal named '" + principal.name + "' exists");
  }
  const std::uint64_t number = editor.next("access.principals");
  if (number > std::numeric_limits<std::uint32_t>::max() - kFirstMadePrincipal) {
    return fail(ErrorCode::limit_exceeded, {}, "no number is left for a principal");
  }
  principal.number = kFirstMadePrincipal - 1 + static_cast<std::uint32_t>(number);
  editor.put(principal);
  return {};
}

Result<void> update_access_principal(Editor& editor, AccessPrincipal principal) {
  TRY_VOID(check_principal(principal));
  const AccessPrincipal* known = editor.tables().access.principals.find(principal.name);
  if (known == nullptr) return fail(ErrorCode::not_found, {}, "there is no such principal");
  principal.number = known->number;
  editor.put(principal);
  return {};
}

Result<void> erase_access_principal(Editor& editor, std::string_view name) {
  if (editor.tables().access.principals.find(name) == nullptr) {
    return fail(ErrorCode::not_found, {}, "there is no such principal");
  }
  std::vector<std::string> keys;
  for (const AccessLogin* login : editor.tables().access.logins_of(name)) keys.push_back(login->key());
  for (std::string& key : keys) editor.erase(AccessLogin::kTable, std::move(key));
  editor.erase(AccessPrincipal::kTable, std::string{name});
  return {};
}

Result<void> add_access_login(Editor& editor, const LoginName& name) {
  const AccessTables& access = editor.tables().access;
  if (access.principals.find(name.principal) == nullptr) {
    return fail(ErrorCode::not_found, {}, "there is no such principal");
  }
  if (!is_access_name(name.id)) {
    return fail(ErrorCode::invalid_argument, "/id",
                "an id has 1 to 128 bytes, without slashes, colons and control characters");
  }
  const bool taken =
      name.kind == kKeyLogin
          ? access.logins.find(AccessLogin::key_of(name.principal, name.kind, name.id)) != nullptr
          : access.find_login(name.kind, name.id) != nullptr;
  if (taken) return fail(ErrorCode::conflict, "/id", "a login '" + name.id + "' exists");
  AccessLogin login;
  login.principal = name.principal;
  login.kind = name.kind;
  login.id = name.id;
  editor.put(login);
  return {};
}

Result<void> erase_access_login(Editor& editor, const LoginName& name) {
  TRY(const AccessLogin login, get_login(editor, name));
  editor.erase(login);
  return {};
}

Result<std::uint32_t> add_access_secret(Editor& editor, const LoginName& name, const std::string& hash,
                                        std::int64_t former_until_s, std::int64_t now_s) {
  TRY(AccessLogin login, get_login(editor, name));
  for (AccessSecret& secret : login.secrets) {
    if (former_until_s != 0 && (secret.expires_s == 0 || secret.expires_s > former_until_s)) {
      secret.expires_s = former_until_s;
    }
  }
  std::erase_if(login.secrets, [now_s](const AccessSecret& secret) {
    return secret.expires_s != 0 && secret.expires_s <= now_s;
  });
  if (login.secrets.size() >= kLiveSecretsMax) {
    return fail(ErrorCode::conflict, {}, "the login has two live secrets already: revoke one of them first");
  }
  const std::uint32_t number = ++login.last_secret;
  login.secrets.push_back({number, hash, now_s, 0});
  editor.put(login);
  return number;
}

Result<void> erase_access_secret(Editor& editor, const LoginName& name, std::uint32_t number) {
  TRY(AccessLogin login, get_login(editor, name));
  const std::size_t erased =
      std::erase_if(login.secrets, [number](const AccessSecret& secret) { return secret.number == number; });
  if (erased == 0) return fail(ErrorCode::not_found, {}, "the login has no such secret");
  editor.put(login);
  return {};
}

Result<void> revoke_tokens(Editor& editor, const LoginName& name, std::int64_t from_s) {
  TRY(AccessLogin login, get_login(editor, name));
  login.tokens_from_s = std::max(login.tokens_from_s, from_s);
  editor.put(login);
  return {};
}

}  // namespace penstock::catalog
