#include "base/task.h"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <new>

namespace penstock {
namespace {

thread_local Executor* current_executor = nullptr;

// A frame that is used after its end should be found, where somebody looks for that.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeepsFrames = false;
#elif defined(__has_feature)
constexpr bool kKeepsFrames = !__has_feature(address_sanitizer);
#else
constexpr bool kKeepsFrames = true;
#endif

/// Free frames of one thread, by size. A frame may be freed on another thread than it was made on; then it
/// stays there.
class FramePool {
 public:
  static constexpr std::size_t kStep = 64, kSizes = 64;  ///< Up to 4 KiB; larger ones are not kept.
  static constexpr std::uint32_t kKeptPerSize = 1024;

  ~FramePool() {
    is_gone_ = true;
    for (Free* head : heads_) {
      while (head != nullptr) ::operator delete(std::exchange(head, head->next));
    }
  }

  void* take(std::size_t bytes) {
    const std::size_t place = (bytes - 1) / kStep;
    if (place >= kSizes) return ::operator new(bytes);
    Free*& head = heads_[place];
    if (head == nullptr) return ::operator new((place + 1) * kStep);
    --counts_[place];
    return std::exchange(head, head->next);
  }

  void give(void* frame, std::size_t bytes) noexcept {
    const std::size_t place = (bytes - 1) / kStep;
    if (place >= kSizes || is_gone_ || counts_[place] == kKeptPerSize) return ::operator delete(frame);
    ++counts_[place];
    heads_[place] = ::new (frame) Free{heads_[place]};
  }

 private:
  struct Free {
    Free* next;
  };
  std::array<Free*, kSizes> heads_{};
  std::array<std::uint32_t, kSizes> counts_{};
  bool is_gone_ = false;  ///< The thread ends, and something else that ends with it frees a frame.
};

thread_local FramePool frame_pool;

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

void* allocate_frame(std::size_t bytes) {
  return kKeepsFrames ? frame_pool.take(bytes) : ::operator new(bytes);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  kKeepsFrames ? frame_pool.give(frame, bytes) : ::operator delete(frame);
}

void sync_loop(void (*start)(void*), bool (*done)(void*), void* task) {
  BlockingExecutor executor;
  Executor* const before = Executor::set_current(&executor);
  start(task);
  while (!done(task)) executor.run_one();
  Executor::set_current(before);
}

}  // namespace detail
}  // namespace penstock
