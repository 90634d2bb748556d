#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "base/when_all.h"

namespace penstock {
namespace {

template <class F>
Task<bool> in_pool(WorkerPool& pool, F work) {
  auto run = pool.run(work);
  const bool ran = co_await run;
  co_return ran;
}

TEST(WorkerPool, RunsElsewhereAndComesBack) {
  WorkerPool pool{2, 100};
  const auto here = std::this_thread::get_id();
  std::thread::id there, back;
  const auto both = [&]() -> Task<bool> {
    const bool ran = co_await in_pool(pool, [&] { there = std::this_thread::get_id(); });
    back = std::this_thread::get_id();
    co_return ran;
  };
  EXPECT_TRUE(sync_wait(both()));
  EXPECT_NE(there, here);
  EXPECT_EQ(back, here);
}

TEST(WorkerPool, WorksOnSeveralThingsAtATime) {
  WorkerPool pool{2, 100};
  std::latch both{2};
  std::vector<Task<bool>> tasks;
  for (int i = 0; i < 2; ++i) tasks.push_back(in_pool(pool, [&] { both.arrive_and_wait(); }));
  EXPECT_EQ(sync_wait(when_all(std::move(tasks))), (std::vector{true, true}));
}

TEST(WorkerPool, AFullQueueRefuses) {
  WorkerPool pool{1, 1};
  std::latch begun{1}, enough{1};
  std::atomic<int> ran{0};
  std::vector<Task<bool>> tasks;
  tasks.push_back(in_pool(pool, [&] {
    begun.count_down();
    enough.wait();
    ++ran;
  }));
  // Begins when the first one is on its thread, so that the queue is empty then.
  const auto later = [&]() -> Task<bool> {
    begun.wait();
    co_return co_await in_pool(pool, [&] { ++ran; });
  };
  const auto refused = [&]() -> Task<bool> {
    const bool taken = co_await in_pool(pool, [&] { ++ran; });
    enough.count_down();
    co_return taken;
  };
  tasks.push_back(later());
  tasks.push_back(refused());
  EXPECT_EQ(sync_wait(when_all(std::move(tasks))), (std::vector{true, true, false}));
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace penstock
