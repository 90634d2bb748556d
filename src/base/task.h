#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"

namespace penstock {

namespace detail {

/// Memory of coroutine frames, kept per thread for the next frame of its size: a request makes a dozen of
/// them.
void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

/// The base of a promise whose frames come from there.
struct RecycledFrame {
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
};

}  // namespace detail

/// A coroutine that begins when it is awaited and hands one value to who awaits it.
///
/// Ownership: a Task owns its frame; destroying it before it ran to the end destroys the frame. Arguments
/// taken by reference must outlive the awaiting. An exception inside ends the process: adapters catch those
/// of libraries.
///
/// A caution for g++ 12: name the arguments of a call that is awaited (no braced temporaries inside
/// `co_await`).
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::RecycledFrame {
    std::optional<T> value;
    std::coroutine_handle<> waiter;

    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          const auto next = self.promise().waiter;
          return next ? next : std::noop_coroutine();
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
    void unhandled_exception() noexcept { std::terminate(); }
  };

  Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, {})} {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().waiter = waiter;
    return handle_;
  }
  T await_resume() {
    CHECK(handle_.promise().value.has_value());
    return std::move(*handle_.promise().value);
  }

  /// For the loops that own a task: run until its first suspension, ask, take. Not for use inside a
  /// coroutine.
  void start() { handle_.resume(); }
  bool done() const { return handle_.done(); }
  T take() { return await_resume(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_{handle} {}

  std::coroutine_handle<promise_type> handle_;
};

/// Where a suspended coroutine goes on. Each thread that runs coroutines has one.
///
/// Threads: `post` may be called from any thread; the rest by the owner alone.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Resumes `handle` on this executor's thread, soon. Never inline.
  virtual void post(std::coroutine_handle<> handle) = 0;

  /// True where the thread's loop leads the sequencer itself after each round (an I/O thread): then a write
  /// only queues, so that all writes of a round share one group. False: the write leads at once.
  virtual bool gathers_writes() const { return false; }

  /// The executor of the running thread, or null.
  static Executor* current();
  /// Sets it, and returns the one before.
  static Executor* set_current(Executor* executor);
};

namespace detail {
struct SyncState;
void sync_loop(void (*start)(void*), bool (*done)(void*), void* task);
}  // namespace detail

/// Runs a task to its end on the calling thread, which blocks. For tests, tools and background threads.
template <class T>
T sync_wait(Task<T> task) {
  detail::sync_loop([](void* t) { static_cast<Task<T>*>(t)->start(); },
                    [](void* t) { return static_cast<Task<T>*>(t)->done(); }, &task);
  return task.take();
}

}  // namespace penstock
