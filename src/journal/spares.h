#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "journal/file.h"

namespace penstock::journal {

/// Segments ready for use: of the full size, written and on disk, so that a group's sync has only data to
/// write. A thread of its own makes one when it is wanted; segments that were cut come back.
///
/// Threads: any method from any thread.
class Spares {
 public:
  struct Options {
    std::string directory;
    std::size_t segment_bytes = 0;
    bool direct = true;
    std::uint64_t next_file = 1;  ///< For names.
  };
  explicit Spares(Options options);
  ~Spares();  ///< Waits for the segment in the making.
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;

  bool any() const { return count_.load(std::memory_order_acquire) > 0; }
  std::size_t count() const { return count_.load(std::memory_order_acquire); }
  /// Begins to make one if there is none. Not again within a second of a failure.
  void want();
  /// `want`, then waits for at most `wait_ms`. True if there is one.
  bool wait(std::int64_t wait_ms);
  std::optional<File> take();
  /// A file of the full size that is not needed any more. Beyond two in stock it is deleted.
  void give(const std::string& path);

 private:
  enum class Maker { idle, asked, busy };

  void ask(std::unique_lock<std::mutex>& lock);
  void run();
  Result<File> make(std::uint64_t number) const;

  const Options options_;
  std::atomic<std::size_t> count_{0};

  std::mutex mutex_;  // Guards all below.
  std::condition_variable changed_;
  std::deque<File> ready_;
  Maker maker_ = Maker::idle;
  std::int64_t not_before_ns_ = 0;  ///< After a failure, on the steady clock.
  std::uint64_t next_file_;
  bool stop_ = false;

  std::thread thread_;
};

}  // namespace penstock::journal
