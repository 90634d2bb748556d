#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/point.h"
#include "model/time.h"
#include "model/write.h"

namespace penstock::archive {

/// What made a batch. Numbers are part of the stored format.
enum class BatchOrigin : std::uint8_t {
  write = 0,     ///< A command of a client, or a catalog change.
  queued = 1,    ///< A command of a client that was journalled before it was decided.
  resolved = 2,  ///< The decision of a queued one.
  undo = 3,
  replay = 4,  ///< A dead letter written again.
  drop = 5,    ///< A dead letter forgotten.
  retention = 6
};

enum class BatchState : std::uint8_t {
  applied = 0,
  queued = 1,
  set_aside = 2  ///< Decided, but samples of at least one point are dead letters now.
};

/// What a batch did to one point.
struct Touch {
  PointId point{};
  std::int64_t first = 0, last = 0;  ///< Unix nanoseconds, both ends in.
  std::uint32_t samples = 0;         ///< Put there, or replaced.
  bool append = false;               ///< The point had nothing in [first, last] or later.
  bool operator==(const Touch&) const = default;
};

/// Samples of one point that were set aside.
struct SetAside {
  PointId point{};
  std::uint32_t samples = 0;
  RejectReason reason = RejectReason::none;
  bool operator==(const SetAside&) const = default;
};

/// One line of the ledger: who wrote what when, and what became of it.
struct BatchRecord {
  std::uint64_t seq = 0;
  Timestamp received = Timestamp::from_unix_ns(0);
  std::uint32_t principal = 0;
  Door door = Door::internal;
  UpdateMode mode = UpdateMode::replace;
  BatchOrigin origin = BatchOrigin::write;
  BatchState state = BatchState::applied;
  std::uint64_t other =
      0;  ///< resolved, undo, replay, drop: the batch that it is about. Queued: its decision.
  std::uint32_t sent = 0;            ///< Samples; 0 for a catalog change.
  std::uint32_t by_outcome[6] = {};  ///< By Outcome. Sums to `sent` once decided.
  std::vector<Touch> touches;        ///< In the order decided; a point may come twice.
  std::vector<SetAside> set_aside;

  WriteCounts counts() const;
};

/// Which records to list. All that is given must hold.
struct AuditQuery {
  std::optional<PointId> point;
  std::optional<std::uint32_t> principal;
  std::optional<Door> door;
  Timestamp from = Timestamp::min(), to = Timestamp::max();  ///< When received, both ends in.
  std::uint64_t before_seq = UINT64_MAX;                     ///< Older than this one: for the next page.
  std::uint64_t after_seq = 0;                               ///< Newer than this one.
  std::size_t limit = 100;
  bool catalog = false;  ///< Also batches without samples.
};

}  // namespace penstock::archive
