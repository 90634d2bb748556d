#include "base/task.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace penstock {
namespace {

thread_local Executor* current_executor = nullptr;

/// Resumes what is posted on the one thread that waits.
class BlockingExecutor final : public Executor {
 public:
  void post(std::coroutine_handle<> handle) override {
    const std::lock_guard lock{mutex_};
    ready_.push_back(handle);
    wake_.notify_one();
  }
  void run_one() {
    std::coroutine_handle<> handle;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [&] { return !ready_.empty(); });
      handle = ready_.front();
      ready_.pop_front();
    }
    handle.resume();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::coroutine_handle<>> ready_;
};

}  // namespace

Executor* Executor::current() {
  return current_executor;
}

Executor* Executor::set_current(Executor* executor) {
  return std::exchange(current_executor, executor);
}

namespace detail {

void sync_loop(void (*start)(void*), bool (*done)(void*), void* task) {
  BlockingExecutor executor;
  Executor* const before = Executor::set_current(&executor);
  start(task);
  while (!done(task)) executor.run_one();
  Executor::set_current(before);
}

}  // namespace detail
}  // namespace penstock
