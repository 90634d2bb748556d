#include "auth/credential_cache.h"

#include <sodium.h>

#include <cstring>

#include "base/clock.h"
#include "base/text.h"

namespace penstock::auth {

CredentialCache::CredentialCache() {
  static_assert(sizeof(secret_) == crypto_shorthash_siphashx24_KEYBYTES);
  static_assert(sizeof(Key) == crypto_shorthash_siphashx24_BYTES);
  random_bytes(secret_.data(), secret_.size());
}

CredentialCache::Key CredentialCache::key(std::uint64_t what, std::string_view first,
                                          std::string_view second) const {
  // Lengths in front, so that no two different pairs are the same bytes.
  const std::uint64_t head[2] = {what, first.size()};
  const std::size_t size = sizeof head + first.size() + second.size();
  char small[512];
  std::string large;
  char* at = small;
  if (size > sizeof small) {
    large.resize(size);
    at = large.data();
  }
  std::memcpy(at, head, sizeof head);
  if (!first.empty()) std::memcpy(at + sizeof head, first.data(), first.size());
  if (!second.empty()) std::memcpy(at + sizeof head + first.size(), second.data(), second.size());
  Key key;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(key.data()),
                              reinterpret_cast<unsigned char*>(at), size, secret_.data());
  sodium_memzero(at, size);
  return key;
}

PrincipalPtr CredentialCache::find(const Key& key, std::int64_t clock_s) const {
  const std::int64_t now_ns = steady_clock_ns();
  const std::lock_guard lock{mutex_};
  const auto at = entries_.find(key);
  if (at == entries_.end() || at->second.until_ns <= now_ns || at->second.expires_s <= clock_s)
    return nullptr;
  return at->second.principal;
}

void CredentialCache::clear() {
  const std::lock_guard lock{mutex_};
  generation_.fetch_add(1, std::memory_order_acq_rel);
  entries_.clear();
}

void CredentialCache::put(const Key& key, PrincipalPtr principal, std::int64_t expires_s,
                          std::uint64_t generation) {
  const std::int64_t now_ns = steady_clock_ns();
  const std::lock_guard lock{mutex_};
  if (generation_.load(std::memory_order_relaxed) != generation) return;
  if (entries_.size() >= kEntriesMax) {
    std::erase_if(entries_, [&](const auto& item) { return item.second.until_ns <= now_ns; });
    if (entries_.size() >= kEntriesMax) entries_.erase(entries_.begin());
  }
  entries_[key] = {std::move(principal), now_ns + kLifetime_s * 1'000'000'000, expires_s};
}

}  // namespace penstock::auth
