#pragma once

#include <cstdint>

#include "model/time.h"
#include "model/write.h"

namespace penstock::archive {

/// On whose behalf the archive acts.
struct Actor {
  std::uint32_t principal = 0;
  Door door = Door::penstock;
  Timestamp now = Timestamp::from_unix_ns(0);
};

/// What retention erases of one point: all up to and with `last`.
struct Expiry {
  PointId point{};
  Timestamp last = Timestamp::from_unix_ns(0);
  std::uint64_t samples = 0;  ///< How many there are, for the record.
};

}  // namespace penstock::archive
