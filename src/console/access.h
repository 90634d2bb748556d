#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive.h"
#include "auth/authenticator.h"

namespace penstock::console {

/// Who may log in, and which keys sign tokens: the configuration's principals, which stay as they are, and
/// those of the catalog, which administrators change. Brings both to the authenticator.
///
/// Threads: any. What it is given outlives it.
class Access {
 public:
  /// `keep_key` writes the private key (PEM) that signs from the next start on; it may block.
  using KeepKey = std::function<Result<void>(const std::string& pem)>;
  Access(archive::Archive& archive, auth::Authenticator& authenticator,
         std::vector<auth::Credential> configured, KeepKey keep_key);

  /// Once, before anything is served: gives the key that signs a row, retires rows of others, and makes the
  /// authenticator know all. Errors: what Archive::change has, invalid_argument.
  Result<void> start(const std::string& private_key_pem, std::int64_t now_s);

  /// Behind every change of principals and logins.
  void refresh_credentials();

  /// A new key signs from now on. The former one signs no more, and its tokens live to their end. Returns the
  /// kid. Errors: conflict (another rotation runs), overloaded, store_unavailable (the key can't be kept),
  /// what Archive::change has.
  Task<Result<std::string>> rotate_key(std::uint32_t principal, std::int64_t now_s);
  /// Ends a retired key at once. Errors: not_found, conflict (it signs).
  Task<Result<void>> revoke_key(std::string_view kid, std::uint32_t principal);

  bool is_configured_principal(std::string_view name) const { return names_.contains(name); }
  bool is_configured_login(auth::Credential::Kind kind, std::string_view id) const;
  const std::vector<auth::Credential>& configured() const { return configured_; }
  auth::Authenticator& authenticator() const { return authenticator_; }

 private:
  Result<void> refresh_keys();
  /// The catalog's part of a change of keys: `kid` signs, whatever else did signs no more.
  archive::Archive::Edit adopt(auth::KeyName key, std::int64_t now_s) const;

  archive::Archive& archive_;
  auth::Authenticator& authenticator_;
  const std::vector<auth::Credential> configured_;
  const KeepKey keep_key_;
  std::set<std::string, std::less<>> names_;  // Constant after construction.

  std::mutex credentials_mutex_;  // So that of two refreshes the one with the newer rows comes last.
  std::mutex keys_mutex_;         // The same for keys; guards private_key_.
  std::string private_key_;
  std::atomic<bool> rotating_{false};  // File, row and memory change one rotation at a time.
};

}  // namespace penstock::console
