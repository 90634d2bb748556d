#include "base/task.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace penstock {
namespace {

Task<int> seven() {
  co_return 7;
}

Task<int> sum(int n) {
  int total = 0;
  for (int i = 0; i < n; ++i) {
    auto task = seven();
    total += co_await task;
  }
  co_return total;
}

struct Hop {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    std::thread{[executor = Executor::current(), handle] { executor->post(handle); }}.detach();
  }
  void await_resume() const {}
};

Task<std::thread::id> thread_behind_a_hop() {
  Hop hop;
  co_await hop;
  co_return std::this_thread::get_id();
}

Task<std::unique_ptr<std::string>> move_only(bool& destroyed) {
  struct Guard {
    bool& flag;
    ~Guard() { flag = true; }
  } guard{destroyed};
  Hop hop;
  co_await hop;
  co_return std::make_unique<std::string>("moved");
}

TEST(Task, AwaitsOthersWithoutGrowingTheStack) {
  EXPECT_EQ(sync_wait(sum(1'000)), 7'000);
}

Task<std::string> large_frame(int depth) {
  char room[3000];
  std::snprintf(room, sizeof room, "%d", depth);
  if (depth > 0) {
    auto inner = large_frame(depth - 1);
    const std::string text = co_await inner;
    co_return std::string{room} + text;
  }
  co_return std::string{room};
}

TEST(Task, FramesAreRecycledAlsoBetweenThreads) {
  for (int round = 0; round < 100; ++round) EXPECT_EQ(sync_wait(large_frame(9)), "9876543210");
  // Made here, ended there: frames of many sizes, and more than are kept.
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 3000; ++i) tasks.push_back(sum(i % 3));
  std::thread{[moved = std::move(tasks)]() mutable { moved.clear(); }}.join();
  EXPECT_EQ(sync_wait(sum(1'000)), 7'000);
}

TEST(Task, GoesOnOnItsOwnThreadAfterAnotherPostedIt) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sync_wait(thread_behind_a_hop()), std::this_thread::get_id());
}

TEST(Task, HandsOverWhatCanOnlyMove) {
  bool destroyed = false;
  EXPECT_EQ(*sync_wait(move_only(destroyed)), "moved");
  EXPECT_TRUE(destroyed);
}

TEST(Task, DoesNothingUntilItIsAwaited) {
  bool destroyed = false;
  {
    const auto task = move_only(destroyed);
    EXPECT_FALSE(task.done());
  }
  EXPECT_FALSE(destroyed) << "its body never began";
}

TEST(Task, DestroyedHalfWayItFreesWhatItHolds) {
  struct Nowhere final : Executor {
    void post(std::coroutine_handle<>) override {}
  } nowhere;
  Executor* const before = Executor::set_current(&nowhere);
  bool destroyed = false;
  struct Never {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
  };
  const auto holds = [](bool& flag) -> Task<int> {
    struct Guard {
      bool& flag;
      ~Guard() { flag = true; }
    } guard{flag};
    Never never;
    co_await never;
    co_return 0;
  };
  {
    auto task = holds(destroyed);
    task.start();
    EXPECT_FALSE(destroyed);
  }
  EXPECT_TRUE(destroyed);
  Executor::set_current(before);
}

TEST(Executor, CurrentIsRestoredBehindSyncWait) {
  EXPECT_EQ(Executor::current(), nullptr);
  EXPECT_EQ(sync_wait(seven()), 7);
  EXPECT_EQ(Executor::current(), nullptr);
}

}  // namespace
}  // namespace penstock
