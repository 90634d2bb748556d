#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "archive/archive.h"

namespace penstock::app {

/// The demo's point SINUSOID writes itself: a sine between 0 and 100 with a period of an hour, a sample every
/// ten seconds. Begins with the hour before the start where that is empty, so that there is something to see.
///
/// Owns one thread; the destructor ends it. The archive outlives it.
class Sinusoid {
 public:
  explicit Sinusoid(archive::Archive& archive);
  ~Sinusoid();
  Sinusoid(const Sinusoid&) = delete;
  Sinusoid& operator=(const Sinusoid&) = delete;

  /// The value at an instant.
  static double value_at(Timestamp time);

 private:
  void run();
  void write(Timestamp first, Timestamp last);

  archive::Archive& archive_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace penstock::app
