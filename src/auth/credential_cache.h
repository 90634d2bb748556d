#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "auth/authenticator.h"

namespace penstock::auth {

/// Right answers of the last five minutes, under a hash of the whole credentials that is keyed with a random
/// key: the secrets themselves are not kept, and nobody can aim at a collision.
///
/// Threads: any.
class CredentialCache {
 public:
  static constexpr std::int64_t kLifetime_s = 300;
  static constexpr std::size_t kEntriesMax = 10'000;

  using Key = std::array<std::uint64_t, 2>;

  CredentialCache();
  /// `what` keeps apart what could be spelled the same: a header, a password, a key.
  Key key(std::uint64_t what, std::string_view first, std::string_view second = {}) const;

  /// Null if not there or too old. `clock_s`: wall clock, for what expires by it.
  PrincipalPtr find(const Key& key, std::int64_t clock_s) const;
  /// Remembered for five minutes, and no longer than to `expires_s` of the wall clock; not at all if the
  /// cache was cleared since `generation` was taken: what was found then may not be so any more.
  void put(const Key& key, PrincipalPtr principal, std::int64_t expires_s, std::uint64_t generation);

  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  void clear();  ///< For every change of credentials, principals and keys; call it behind the change.

 private:
  struct Entry {
    PrincipalPtr principal;
    std::int64_t until_ns;  ///< Monotonic.
    std::int64_t expires_s;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return static_cast<std::size_t>(key[0]); }
  };

  std::array<unsigned char, 16> secret_;
  std::atomic<std::uint64_t> generation_{0};
  mutable std::mutex mutex_;  ///< Guards entries_.
  std::unordered_map<Key, Entry, Hash> entries_;
};

}  // namespace penstock::auth
