#pragma once

#include <string>

#include "base/task.h"

namespace penstock::http {

/// A body made piece by piece while it is sent, for answers that should not lie in memory as a whole.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// The next piece; an empty one ends the body. Called on the connection's thread, one call at a time, and
  /// not until the client has taken the piece before. Dropped without further calls if the client goes away.
  virtual Task<std::string> next() = 0;
};

}  // namespace penstock::http
