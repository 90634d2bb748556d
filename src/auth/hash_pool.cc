#include "auth/hash_pool.h"

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

bool matches(const std::string& hash, std::string_view secret) {
  return crypto_pwhash_str_verify(hash.c_str(), secret.data(), secret.size()) == 0;
}

}  // namespace

HashPool::HashPool() {
  CHECK(sodium_init() >= 0);
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
}

HashPool::~HashPool() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool HashPool::Check::await_suspend(std::coroutine_handle<> handle) {
  executor = Executor::current();
  CHECK(executor != nullptr);
  waiter = handle;
  {
    const std::lock_guard lock{pool.mutex_};
    queue_was_full = pool.queue_.size() >= kQueueMax;
    if (queue_was_full) return false;
    pool.queue_.push_back(this);
  }
  pool.wake_.notify_one();
  return true;
}

void HashPool::work(Check& check) {
  if (check.job) return check.job();
  for (const Credential* candidate : check.candidates) {
    if (check.matched == nullptr && matches(candidate->secret_hash, check.secret)) check.matched = candidate;
  }
  if (!check.candidates.empty()) return;
  // An unknown name takes as long as a wrong secret: the time must not tell which names there are.
  std::call_once(decoy_made_, [this] { decoy_ = hash_secret(Uuid::random().to_string()); });
  static_cast<void>(matches(decoy_, check.secret));
}

void HashPool::run() {
  // On Linux this is the priority of the thread alone; if it is refused, the usual one does.
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10));
  std::unique_lock lock{mutex_};
  for (;;) {
    const std::int64_t now_ns = steady_clock_ns();
    if (!late_.empty() && (stopping_ || late_.front().due_ns <= now_ns)) {
      const Late late = late_.front();
      late_.pop_front();
      lock.unlock();
      late.executor->post(late.waiter);
      lock.lock();
    } else if (!queue_.empty()) {
      Check* const check = queue_.front();
      queue_.pop_front();
      lock.unlock();
      work(*check);
      const Late later{steady_clock_ns() + kWrongAnswerDelay_ms * 1'000'000, check->executor, check->waiter};
      const bool right = check->matched != nullptr || check->job != nullptr;
      if (right) later.executor->post(later.waiter);  // From here on `check` is gone.
      lock.lock();
      if (!right) late_.push_back(later);
    } else if (stopping_) {
      return;
    } else if (late_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, std::chrono::nanoseconds{late_.front().due_ns - now_ns});
    }
  }
}

}  // namespace penstock::auth
