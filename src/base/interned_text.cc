#include "base/interned_text.h"

#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <new>
#include <ostream>
#include <unordered_set>

#include "base/check.h"
#include "base/text_hash.h"

namespace penstock {
namespace {

/// One text of the pool, its bytes right behind.
struct Shared {
  std::atomic<std::uint32_t> users;
  std::uint32_t size;

  std::string_view view() const { return {reinterpret_cast<const char*>(this + 1), size}; }
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return hash_text(text); }
  std::size_t operator()(const Shared* text) const { return hash_text(text->view()); }
};
struct Same {
  using is_transparent = void;
  static std::string_view view(std::string_view text) { return text; }
  static std::string_view view(const Shared* text) { return text->view(); }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return view(a) == view(b);
  }
};

/// A part of the pool with a lock of its own, so that threads seldom meet.
struct Shard {
  std::mutex mutex;
  std::unordered_set<Shared*, Hash, Same> texts;
};
constexpr std::size_t kShards = 64;

/// Never destroyed: texts in static objects may outlive everything else.
std::array<Shard, kShards>& shards() {
  static auto* const all = new std::array<Shard, kShards>;
  return *all;
}
Shard& shard_of(std::string_view text) {
  return shards()[hash_text(text) >> 58];
}

Shared* shared_of(std::uint64_t bits) {
  return reinterpret_cast<Shared*>(bits);
}

}  // namespace

std::uint64_t InternedText::share(std::string_view text) {
  CHECK(text.size() <= std::numeric_limits<std::uint32_t>::max());
  Shard& shard = shard_of(text);
  const std::lock_guard lock{shard.mutex};
  if (const auto at = shard.texts.find(text); at != shard.texts.end()) {
    (*at)->users.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<std::uint64_t>(*at);
  }
  auto* const room = static_cast<char*>(::operator new(sizeof(Shared) + text.size()));
  auto* const made = new (room) Shared{{1}, static_cast<std::uint32_t>(text.size())};
  std::memcpy(room + sizeof(Shared), text.data(), text.size());
  shard.texts.insert(made);
  return reinterpret_cast<std::uint64_t>(made);
}

void InternedText::hold() const {
  shared_of(bits_)->users.fetch_add(1, std::memory_order_relaxed);
}

void InternedText::let_go() {
  Shared* const text = shared_of(bits_);
  std::uint32_t users = text->users.load(std::memory_order_relaxed);
  while (users > 1) {
    if (text->users.compare_exchange_weak(users, users - 1, std::memory_order_release,
                                          std::memory_order_relaxed)) {
      return;
    }
  }
  // Perhaps the last user. That is decided under the lock, since the pool may just be giving the text out
  // again.
  Shard& shard = shard_of(text->view());
  const std::lock_guard lock{shard.mutex};
  if (text->users.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  shard.texts.erase(text);
  text->~Shared();
  ::operator delete(text);
}

std::string_view InternedText::shared_view() const {
  return shared_of(bits_)->view();
}

std::size_t InternedText::shared_count() {
  std::size_t count = 0;
  for (Shard& shard : shards()) {
    const std::lock_guard lock{shard.mutex};
    count += shard.texts.size();
  }
  return count;
}

std::ostream& operator<<(std::ostream& out, const InternedText& text) {
  return out << text.view();
}

}  // namespace penstock
