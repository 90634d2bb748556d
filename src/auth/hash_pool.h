#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "auth/authenticator.h"

namespace penstock::auth {

/// Two threads for slow hashes, at a low priority so that they do not hold up the doors. What is right is
/// answered at once; what is wrong a little later, which makes guessing slow. A full queue refuses.
/// Other slow work can be done here, too: a new secret's hash, a new key.
class HashPool {
 public:
  static constexpr int kThreads = 2;
  static constexpr std::size_t kQueueMax = 32;
  static constexpr std::int64_t kWrongAnswerDelay_ms = 200;

  HashPool();
  ~HashPool();  ///< Waits for what is queued.
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  /// Awaited by a coroutine, which goes on on its own executor. No candidates: takes as long as if there were
  /// one.
  struct Check {
    HashPool& pool;
    std::vector<const Credential*> candidates;
    std::string_view secret;  ///< Borrowed until the end of the awaiting.

    std::function<void()> job = {};  ///< Done instead of comparing.

    const Credential* matched = nullptr;
    bool queue_was_full = false;

    Executor* executor = nullptr;
    std::coroutine_handle<> waiter = nullptr;

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> handle);
    void await_resume() const {}
  };

 private:
  struct Late {
    std::int64_t due_ns;
    Executor* executor;
    std::coroutine_handle<> waiter;
  };
  void run();
  void work(Check& check);

  std::once_flag decoy_made_;
  std::string decoy_;  ///< The hash of nothing that anybody knows.

  std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable wake_;
  std::deque<Check*> queue_;
  std::deque<Late> late_;  ///< In the order of due_ns.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace penstock::auth
