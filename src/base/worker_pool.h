#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/task.h"

namespace penstock {

/// Threads for work that takes too long for a thread that serves connections.
///
/// Threads: any.
class WorkerPool {
 public:
  /// At most `queue_max` pieces of work wait for a thread.
  WorkerPool(std::size_t threads, std::size_t queue_max);
  ~WorkerPool();  ///< Waits for what is queued.
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// `co_await pool.run(work)` calls `work()` on a thread of the pool; the coroutine goes on on its own
  /// executor. False if the queue was full, and nothing was called. `work` outlives the awaiting.
  template <class F>
  auto run(F& work) {
    return Run{*this, [](void* context) { (*static_cast<F*>(context))(); }, &work};
  }

 private:
  struct Run {
    WorkerPool& pool;
    void (*call)(void*);
    void* context;
    Executor* executor = nullptr;
    std::coroutine_handle<> waiter = nullptr;
    bool queue_was_full = false;

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> handle);
    bool await_resume() const { return !queue_was_full; }
  };
  void work();

  const std::size_t queue_max_;
  std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable wake_;
  std::deque<Run*> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace penstock
