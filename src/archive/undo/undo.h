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

}  // namespace penstock::archive
