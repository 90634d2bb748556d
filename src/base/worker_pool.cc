#include "base/worker_pool.h"

#include "base/check.h"

namespace penstock {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_max) : queue_max_{queue_max} {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::Run::await_suspend(std::coroutine_handle<> handle) {
  executor = Executor::current();
  CHECK(executor != nullptr);
  waiter = handle;
  {
    const std::lock_guard lock{pool.mutex_};
    queue_was_full = pool.queue_.size() >= pool.queue_max_;
    if (queue_was_full) return false;
    pool.queue_.push_back(this);
    pool.wake_.notify_one();  // Inside: behind it the waiting may be over, and this object gone.
  }
  return true;
}

void WorkerPool::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Run* const run = queue_.front();
    queue_.pop_front();
    lock.unlock();
    run->call(run->context);
    Executor* const executor = run->executor;
    const auto waiter = run->waiter;
    executor->post(waiter);  // From here on `run` is gone.
    lock.lock();
  }
}

}  // namespace penstock
