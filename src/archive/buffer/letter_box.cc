#include "archive/buffer/letter_box.h"

#include "base/bytes.h"

namespace penstock::archive {
namespace {

std::string key_of(const LetterId& id) {
  std::string key = "x";
  append_be64(key, id.seq);
  append_be64(key, to_number(id.point));
  return key;
}

std::int64_t size_of(const std::optional<std::string>& bytes) {
  return bytes ? static_cast<std::int64_t>(bytes->size()) : 0;
}

/// The id that a key of the store names, if it is one of a letter.
std::optional<LetterId> id_of(std::string_view key) {
  if (key.size() != 17) return std::nullopt;
  return LetterId{read_be64(key.data() + 1), PointId{static_cast<std::uint32_t>(read_be64(key.data() + 9))}};
}

}  // namespace

std::int64_t LetterBox::change(const LetterId& id, std::optional<std::string> bytes) {
  const std::lock_guard lock{mutex_};
  if (bytes) {
    ++count_;
  } else if (count_ > 0) {
    --count_;
  }
  Change& change = changes_[id];
  const std::int64_t before = size_of(change.bytes);
  change = {std::move(bytes), false};
  return size_of(change.bytes) - before;
}

Result<void> LetterBox::count(const store::Snapshot& snapshot) {
  const std::lock_guard lock{mutex_};
  count_ = 0;
  for (const auto& [id, change] : changes_) count_ += change.bytes ? 1 : 0;
  const auto cursor = snapshot.cursor("x", "y");
  for (cursor->seek("x"); cursor->valid(); cursor->next()) {
    const auto id = id_of(cursor->key());
    if (id && !changes_.contains(*id)) ++count_;
  }
  return cursor->status();
}

std::uint64_t LetterBox::size() const {
  const std::lock_guard lock{mutex_};
  return count_;
}

Result<std::optional<std::string>> LetterBox::find(const LetterId& id, const Stored& stored) const {
  std::shared_ptr<const store::Snapshot> snapshot;
  {
    const std::lock_guard lock{mutex_};
    const auto at = changes_.find(id);
    if (at != changes_.end()) return at->second.bytes;
    // Under the lock: what `flushed` took away is in what is stored now.
    snapshot = stored();
  }
  return snapshot->get(key_of(id));
}

Result<std::vector<std::string>> LetterBox::list(const LetterId& after, std::size_t limit,
                                                 const Stored& stored) const {
  std::vector<std::pair<LetterId, std::optional<std::string>>> changes;
  std::shared_ptr<const store::Snapshot> snapshot;
  {
    const std::lock_guard lock{mutex_};
    std::size_t letters = 0;
    for (auto at = changes_.upper_bound(after); at != changes_.end() && letters < limit; ++at) {
      changes.emplace_back(at->first, at->second.bytes);
      letters += at->second.bytes ? 1 : 0;
    }
    snapshot = stored();
  }
  std::vector<std::string> found;
  auto change = changes.begin();
  const auto take_change = [&] {
    if (change->second) found.push_back(std::move(*change->second));
    ++change;
  };
  const auto cursor = snapshot->cursor("x", "y");
  for (cursor->seek(key_of(after)); cursor->valid() && found.size() < limit; cursor->next()) {
    const auto id = id_of(cursor->key());
    if (!id || *id <= after) continue;
    while (change != changes.end() && change->first < *id && found.size() < limit) take_change();
    if (found.size() == limit) break;
    if (change != changes.end() && change->first == *id) {
      take_change();  // Newer than what is stored.
    } else {
      found.emplace_back(cursor->value());
    }
  }
  TRY_VOID(cursor->status());
  while (change != changes.end() && found.size() < limit) take_change();
  return found;
}

bool LetterBox::claim(const LetterId& id) {
  const std::lock_guard lock{mutex_};
  return claimed_.insert(id).second;
}

void LetterBox::release(const LetterId& id) {
  const std::lock_guard lock{mutex_};
  claimed_.erase(id);
}

Result<void> LetterBox::flush(store::Batch& batch, const std::function<Result<void>(store::Batch&)>& write) {
  constexpr std::size_t kBatchBytes = 4u << 20;
  std::optional<LetterId> last;
  while (true) {
    {
      // Held for a batch at a time: the leader adds letters meanwhile.
      const std::lock_guard lock{mutex_};
      auto at = last ? changes_.upper_bound(*last) : changes_.begin();
      for (; at != changes_.end() && batch.bytes() < kBatchBytes; ++at) {
        if (at->second.bytes) {
          batch.put(key_of(at->first), *at->second.bytes);
        } else {
          batch.erase(key_of(at->first));
        }
        at->second.in_flush = true;
        last = at->first;
      }
      if (at == changes_.end()) return {};
    }
    TRY_VOID(write(batch));
  }
}

std::int64_t LetterBox::flushed() {
  const std::lock_guard lock{mutex_};
  std::int64_t freed = 0;
  std::erase_if(changes_, [&](const auto& each) {
    if (each.second.in_flush) freed += size_of(each.second.bytes);
    return each.second.in_flush;
  });
  return freed;
}

Result<Letter> letter_of(std::string_view bytes) {
  TRY(journal::SetAside kept, journal::parse_set_aside(bytes));
  Letter letter;
  letter.id = {kept.seq, kept.point};
  letter.received = kept.received;
  letter.set_aside = kept.set_aside;
  letter.principal = kept.principal;
  letter.door = kept.door;
  letter.mode = kept.mode;
  letter.reason = kept.reason;
  letter.bypass_compression = kept.bypass_compression;
  letter.samples = static_cast<std::uint32_t>(kept.run.size());
  letter.run = std::move(kept.run);
  return letter;
}

}  // namespace penstock::archive
