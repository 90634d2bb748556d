#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <vector>

#include "base/task.h"

namespace penstock {
namespace detail {

/// Counts the tasks of one when_all, and the one who waits for them.
struct Joiner {
  std::atomic<std::size_t> left{0};
  std::coroutine_handle<> waiter;
};

/// A coroutine that runs at once and frees itself at its end.
struct Runner {
  struct promise_type : RecycledFrame {
    Runner get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

template <class T>
Runner run_joined(Task<T>& task, std::optional<T>& result, Joiner& joiner) {
  result.emplace(co_await task);
  // Nothing of the caller's may be touched behind this: the waiter may end and take it along.
  if (joiner.left.fetch_sub(1) == 1) joiner.waiter.resume();
}

template <class T>
struct JoinAll {
  std::vector<Task<T>>& tasks;
  std::vector<std::optional<T>>& results;
  Joiner& joiner;

  bool await_ready() const noexcept { return tasks.empty(); }
  bool await_suspend(std::coroutine_handle<> waiter) {
    joiner.waiter = waiter;
    joiner.left = tasks.size() + 1;  // One for this loop, so that nobody resumes the waiter inside of it.
    for (std::size_t i = 0; i < tasks.size(); ++i) run_joined(tasks[i], results[i], joiner);
    return joiner.left.fetch_sub(1) != 1;
  }
  void await_resume() const noexcept {}
};

}  // namespace detail

/// Runs all tasks side by side: each until it first waits, then the next. Ends when all have; their results
/// are in the order of the tasks.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> results(tasks.size());
  detail::Joiner joiner;
  detail::JoinAll<T> all{tasks, results, joiner};
  co_await all;
  std::vector<T> values;
  values.reserve(results.size());
  for (std::optional<T>& result : results) values.push_back(std::move(*result));
  co_return std::move(values);
}

}  // namespace penstock
