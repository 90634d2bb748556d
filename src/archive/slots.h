#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "archive/layer.h"
#include "model/point.h"

namespace penstock::archive {

/// What is in blocks of one point: ends and number of samples. Empty while count is 0.
struct Sealed {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::uint64_t count = 0;

  bool overlaps(std::int64_t from, std::int64_t to) const { return count > 0 && from <= last && first <= to; }
};

/// One point's place in the head.
///
/// View of a point = pending ▸ active ▸ frozen ▸ sealed; newer covers older.
struct Slot {
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Guarded by the stripe lock.
  std::unique_ptr<Layer> active;  ///< Durable, in memory; opened in generation `gen`.
  std::unique_ptr<Layer> frozen;  ///< Immutable: taken by the running flush, of generation `frozen_gen`.
  Sealed sealed;
  std::uint32_t gen = 0;
  std::uint32_t frozen_gen = 0;
  std::uint32_t sealed_gen = 0;  ///< Generation of the last flush that dropped this point into blocks.

  // For the leader alone.
  std::uint32_t pending = kNone;  ///< Newest pending operation of this group.

  /// Upper bound of all times, also pending ones. Changed by the leader alone; what others read is a hint.
  std::atomic<std::int64_t> newest{std::numeric_limits<std::int64_t>::min()};

  std::atomic<std::uint8_t> kind{0};  ///< Kind of the point's values.
  std::atomic<bool> exists{false};    ///< There is a point of this number.
  /// It has a state in CompressingPoints.
  std::atomic<bool> compresses{false};
};

/// All slots by point number. Slots are made once and never move.
///
/// Threads: `find` from any thread; `make` by the leader (or at start) alone.
class Slots {
 public:
  static constexpr std::size_t kChunk = 4096, kChunks = 1u << 19, kStripes = 256;

  Slots() : chunks_(std::make_unique<std::atomic<Slot*>[]>(kChunks)) {}
  ~Slots() {
    for (std::size_t i = 0; i < kChunks; ++i) delete[] chunks_[i].load(std::memory_order_relaxed);
  }
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  /// Null if no slot of that number was ever made.
  Slot* find(PointId id) const {
    const std::size_t number = to_number(id);
    if (number / kChunk >= kChunks) return nullptr;
    Slot* const chunk = chunks_[number / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : &chunk[number % kChunk];
  }
  Slot& make(PointId id) {
    std::atomic<Slot*>& chunk = chunks_[to_number(id) / kChunk];
    if (chunk.load(std::memory_order_relaxed) == nullptr)
      chunk.store(new Slot[kChunk], std::memory_order_release);
    return *find(id);
  }
  std::mutex& stripe(PointId id) const { return stripes_[to_number(id) % kStripes]; }

 private:
  std::unique_ptr<std::atomic<Slot*>[]> chunks_;
  mutable std::mutex stripes_[kStripes];
};

}  // namespace penstock::archive
