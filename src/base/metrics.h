#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::metrics {

/// A number that only grows. Adding is one relaxed atomic. Lives for the whole process.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// The counter of that name and labels, made on first use; the same object ever after. Keep the reference:
/// the look-up takes a lock. `help` of the first call stays.
Counter& counter(std::string_view name, std::string_view help, Labels labels = {});

/// A value read when /metrics is asked for. The function must be safe from any thread and outlive the process
/// or be taken out again with `remove`.
void gauge(std::string_view name, std::string_view help, std::function<double()> read);
/// A counter that somebody else keeps, read as a gauge is.
void counter(std::string_view name, std::string_view help, Labels labels,
             std::function<std::uint64_t()> read);
/// Takes a gauge, or read counters of all labels, out again.
void remove(std::string_view name);

/// Everything in Prometheus' text format 0.0.4, sorted by name.
std::string render();

}  // namespace penstock::metrics
