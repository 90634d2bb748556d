#pragma once

#include <compare>
#include <cstdint>

#include "model/time.h"
#include "model/value.h"
#include "model/write.h"

namespace penstock::archive {

/// Names a dead letter: the batch whose samples it has, and the point they were for.
struct LetterId {
  std::uint64_t seq = 0;
  PointId point{};
  auto operator<=>(const LetterId&) const = default;
};

/// A dead letter: samples of one point that were acknowledged and that the archive refuses for good.
struct LetterHead {
  LetterId id;
  Timestamp received = Timestamp::from_unix_ns(0), set_aside = Timestamp::from_unix_ns(0);
  std::uint32_t principal = 0;
  Door door = Door::internal;
  UpdateMode mode = UpdateMode::replace;
  RejectReason reason = RejectReason::none;
  std::uint32_t samples = 0;
};

struct Letter : LetterHead {
  bool bypass_compression = false;
  Run run;  ///< As sent.
};

}  // namespace penstock::archive
