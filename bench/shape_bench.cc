// Rooms: dialects/piwebapi
// What reading a body of timed values costs, by its layout and item by item. "per_sample" is CPU time.

#include <benchmark/benchmark.h>

#include <charconv>
#include <random>
#include <string>

#include "dialects/piwebapi/parse_regular.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::piwebapi;

constexpr std::size_t kRows = 1000;

/// A random walk with `digits` behind the point, every second with a jitter of milliseconds.
std::string body_of(int digits) {
  std::mt19937 chance{7};
  std::normal_distribution<double> step{0, 0.1};
  std::string body = "[";
  double value = 20;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::int64_t ms = 1'704'067'200'000 + 1000 * static_cast<std::int64_t>(i) + chance() % 7;
    value += step(chance);
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits).ptr;
    body += i == 0 ? "{\"Timestamp\":\"" : ",{\"Timestamp\":\"";
    body += format_fixed(Timestamp::from_unix_ns(ms * kNsPerMillisecond), 3);
    body += "\",\"Value\":";
    body.append(text, end);
    body += '}';
  }
  return body + "]";
}

void per_sample(benchmark::State& state) {
  state.counters["per_sample"] =
      benchmark::Counter(static_cast<double>(kRows),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

const ParseRules kRules{true, Timestamp::from_unix_ns(1'795'178'600'123'456'700), 150'000};

void by_layout(benchmark::State& state) {
  const http::Body body{body_of(static_cast<int>(state.range(0)))};
  Stream stream;
  stream.type = PointType::float64;
  for (auto _ : state) {
    auto parsed = parse_regular_values(body, stream, kRules);
    if (!parsed) return state.SkipWithError("not regular");
    benchmark::DoNotOptimize(parsed->run.times.data());
  }
  per_sample(state);
}

void by_item(benchmark::State& state) {
  const http::Body body{body_of(static_cast<int>(state.range(0)))};
  Stream stream;
  stream.type = PointType::float64;
  for (auto _ : state) {
    auto parsed = parse_values_by_item(body, BodyShape::list, stream, kRules);
    if (!parsed) return state.SkipWithError("not read");
    benchmark::DoNotOptimize(parsed->run.times.data());
  }
  per_sample(state);
}

BENCHMARK(by_layout)->Arg(2)->Arg(6)->Arg(16);
BENCHMARK(by_item)->Arg(2)->Arg(6)->Arg(16);

}  // namespace
