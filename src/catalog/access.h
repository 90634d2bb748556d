#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/table.h"

// Who may call, as administrators made it while the server ran. Principals of the configuration file have no
// rows. Rights are bits whose meaning belongs to whoever checks them; secrets are hashes.

namespace penstock::catalog {

class Editor;

/// Rights over points whose tag matches a pattern.
struct AccessGrant {
  std::string pattern;
  std::uint8_t rights = 0;
  bool operator==(const AccessGrant&) const = default;
};

/// Rights inside one Building X partition, by its id in lower case.
struct AccessPartition {
  std::string id;
  std::uint8_t rights = 0;
  bool operator==(const AccessPartition&) const = default;
};

/// Somebody who may call. Key: the name.
struct AccessPrincipal {
  static constexpr TableId kTable = TableId::access_principals;
  std::string name, description;
  std::uint32_t number = 0;  ///< Journalled with every batch of theirs; never given twice.
  std::vector<AccessGrant> grants;
  std::vector<AccessPartition> partitions;

  std::string key() const { return name; }
  void encode(ByteWriter& out) const;
  static std::optional<AccessPrincipal> decode(std::string_view key, ByteReader& in);
};

/// One secret of a login. Times are whole seconds since 1970.
struct AccessSecret {
  std::uint32_t number = 0;  ///< 1, 2, 3 … inside of its login, never given twice.
  std::string hash;          ///< argon2id text.
  std::int64_t created_s = 0;
  std::int64_t expires_s = 0;  ///< 0: it does not.
};

/// A way to log in, with the secrets that open it. Key: see key_of.
struct AccessLogin {
  static constexpr TableId kTable = TableId::access_logins;
  std::string principal;
  std::uint8_t kind = 0;  ///< The number of an auth::Credential::Kind: 0 password, 1 client, 2 key.
  std::string id;         ///< User name, client id, or EnergyView domain.
  std::vector<AccessSecret> secrets;
  std::uint32_t last_secret = 0;
  std::int64_t tokens_from_s = 0;  ///< Tokens that were issued before are refused.

  static std::string key_of(std::string_view principal, std::uint8_t kind, std::string_view id);
  std::string key() const { return key_of(principal, kind, id); }
  void encode(ByteWriter& out) const;
  static std::optional<AccessLogin> decode(std::string_view key, ByteReader& in);
};

/// The public half of a key that signs tokens, or did. The private half is no row: a copy of the catalog does
/// not let anybody mint. Key: the kid.
struct AccessKey {
  static constexpr TableId kTable = TableId::access_keys;
  std::string kid, public_pem;
  std::int64_t created_s = 0;
  std::int64_t retired_s = 0;  ///< 0: it signs.
  std::int64_t until_s = 0;    ///< Of a retired one: its last token ends here.

  std::string key() const { return kid; }
  void encode(ByteWriter& out) const;
  static std::optional<AccessKey> decode(std::string_view key, ByteReader& in);
};

struct AccessTables {
  Table<AccessPrincipal> principals;
  Table<AccessLogin> logins;
  Table<AccessKey> keys;

  /// The logins of a principal, by kind and id.
  std::vector<const AccessLogin*> logins_of(std::string_view principal) const;
  /// The login of that kind and id, whoever has it. Ids of keys are domains, which several may share.
  const AccessLogin* find_login(std::uint8_t kind, std::string_view id) const;

  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&& f) {
    f(TableId::access_principals, principals);
    f(TableId::access_logins, logins);
    f(TableId::access_keys, keys);
  }
};

/// Principals of the catalog are numbered from here; those below are the configuration's.
inline constexpr std::uint32_t kFirstMadePrincipal = 100'000;
/// Two secrets may overlap while a client changes from one to the other.
inline constexpr std::size_t kLiveSecretsMax = 2;
/// The kind of a login whose id several principals may share.
inline constexpr std::uint8_t kKeyLogin = 2;

/// Adds a principal; its number is chosen here. Errors: conflict (the name), invalid_argument.
Result<void> add_access_principal(Editor& editor, AccessPrincipal principal);
/// Changes a known one. Errors: not_found, invalid_argument.
Result<void> update_access_principal(Editor& editor, AccessPrincipal principal);
/// Takes the principal and its logins away. Errors: not_found.
Result<void> erase_access_principal(Editor& editor, std::string_view name);

/// Which login is meant.
struct LoginName {
  std::string principal;
  std::uint8_t kind = 0;
  std::string id;
};
/// Adds a login without a secret. Errors: not_found (the principal), conflict (the id of that kind is taken).
Result<void> add_access_login(Editor& editor, const LoginName& name);
/// Errors: not_found.
Result<void> erase_access_login(Editor& editor, const LoginName& name);

/// Adds a secret. The former ones end at `former_until_s` if they would live longer; 0 leaves them. Ended
/// ones go. Returns the number of the new one. Errors: not_found, conflict (kLiveSecretsMax others live on).
Result<std::uint32_t> add_access_secret(Editor& editor, const LoginName& name, const std::string& hash,
                                        std::int64_t former_until_s, std::int64_t now_s);
/// Errors: not_found.
Result<void> erase_access_secret(Editor& editor, const LoginName& name, std::uint32_t number);
/// Refuses the client's tokens that were issued before `from_s`. Errors: not_found.
Result<void> revoke_tokens(Editor& editor, const LoginName& name, std::int64_t from_s);

}  // namespace penstock::catalog
