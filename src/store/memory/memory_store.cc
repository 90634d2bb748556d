#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "store/store.h"

namespace penstock::store {
namespace {

using Map = std::map<std::string, std::string, std::less<>>;

void apply_to(Map& map, const Batch& batch) {
  batch.for_each(
      [&](std::string_view key, std::string_view value) { map.insert_or_assign(std::string{key}, value); },
      [&](std::string_view key) {
        if (const auto at = map.find(key); at != map.end()) map.erase(at);
      });
}

class MemoryCursor : public Cursor {
 public:
  MemoryCursor(const Map& map, std::string_view lower, std::string_view upper)
      : begin_{map.lower_bound(lower)}, end_{upper.empty() ? map.end() : map.lower_bound(upper)}, at_{end_} {
    // An empty range, also when the bounds are the wrong way round.
    if (!upper.empty() && upper <= lower) begin_ = at_ = end_;
    map_ = &map;
  }

  void seek(std::string_view key) override {
    at_ = begin_;
    if (begin_ == end_ || key <= begin_->first) return;
    at_ = map_->lower_bound(key);
    if (end_ != map_->end() && (at_ == map_->end() || at_->first >= end_->first)) at_ = end_;
  }
  void seek_before(std::string_view key) override {
    at_ = end_;
    if (begin_ == end_ || key < begin_->first) return;
    auto after = map_->upper_bound(key);
    if (end_ != map_->end() && (after == map_->end() || after->first > end_->first)) after = end_;
    at_ = std::prev(after);
  }
  void next() override {
    if (valid()) ++at_;
  }
  void prev() override {
    if (!valid()) return;
    at_ = at_ == begin_ ? end_ : std::prev(at_);
  }
  bool valid() const override { return at_ != end_; }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  Result<void> status() const override { return {}; }

 private:
  const Map* map_ = nullptr;
  Map::const_iterator begin_, end_, at_;
};

class MemorySnapshot : public Snapshot {
 public:
  explicit MemorySnapshot(std::shared_ptr<const Map> map) : map_{std::move(map)} {}

  Result<std::optional<std::string>> get(std::string_view key) const override {
    const auto at = map_->find(key);
    if (at == map_->end()) return std::nullopt;
    return at->second;
  }
  std::unique_ptr<Cursor> cursor(std::string_view lower, std::string_view upper) const override {
    return std::make_unique<MemoryCursor>(*map_, lower, upper);
  }

 private:
  const std::shared_ptr<const Map> map_;
};

class InMemory : public MemoryStore {
 public:
  Result<void> write(const Batch& batch) override {
    const std::lock_guard lock{mutex_};
    if (lent_) {
      current_ = std::make_shared<Map>(*current_);
      lent_ = false;
    }
    apply_to(*current_, batch);
    unflushed_.push_back(batch);
    return {};
  }
  Result<void> flush() override {
    const std::lock_guard lock{mutex_};
    for (const Batch& batch : unflushed_) apply_to(durable_, batch);
    unflushed_.clear();
    return {};
  }
  std::shared_ptr<const Snapshot> snapshot() const override {
    const std::lock_guard lock{mutex_};
    lent_ = true;
    return std::make_shared<MemorySnapshot>(current_);
  }
  Result<void> checkpoint(const std::string& directory) override {
    return fail(ErrorCode::unsupported, directory, "A store in memory has no files.");
  }
  Result<void> verify() const override { return {}; }
  std::uint64_t bytes_on_disk() const override {
    const std::lock_guard lock{mutex_};
    std::uint64_t bytes = 0;
    for (const auto& [key, value] : durable_) bytes += key.size() + value.size();
    return bytes;
  }
  void crash(std::size_t kept) override {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < unflushed_.size() && i < kept; ++i) apply_to(durable_, unflushed_[i]);
    unflushed_.clear();
    current_ = std::make_shared<Map>(durable_);
    lent_ = false;
  }
  std::size_t unflushed() const override {
    const std::lock_guard lock{mutex_};
    return unflushed_.size();
  }

 private:
  mutable std::mutex mutex_;  // Guards all below.
  std::shared_ptr<Map> current_ = std::make_shared<Map>();
  mutable bool lent_ = false;  ///< A snapshot has `current_`: copy before the next change.
  Map durable_;
  std::deque<Batch> unflushed_;
};

}  // namespace

std::unique_ptr<MemoryStore> open_memory() {
  return std::make_unique<InMemory>();
}

}  // namespace penstock::store
