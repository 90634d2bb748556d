// Rooms: codec
// What frames and blocks cost in time and space. "per_sample" is CPU time, "bytes" the size of one sample.

#include <benchmark/benchmark.h>

#include "codec/block.h"
#include "codec/runs.h"

namespace {

using namespace penstock;
using namespace penstock::testing;

void per_sample(benchmark::State& state, std::size_t samples, std::size_t bytes) {
  state.counters["per_sample"] =
      benchmark::Counter(static_cast<double>(samples),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(samples);
}

Run binary(std::size_t n) {
  Run run = walk(n, 1);
  for (double& value : run.numbers) value = std::sin(value) * 100;
  return run;
}

Run codes(std::size_t n) {
  Run run = walk(n, 1, Kind::digital);
  for (std::size_t i = 0; i < n; ++i) run.integers[i] = static_cast<std::int64_t>(i / 40 % 3);
  return run;
}

Run sample_data(std::int64_t which, std::size_t n) {
  switch (which) {
    case 0: return walk(n, 1);
    case 1: return walk(n, 1, Kind::float32);
    case 2: return walk(n, 1, Kind::int64);
    case 3: return codes(n);
    default: return binary(n);
  }
}

constexpr const char* kDataNames[] = {"walk", "walk of floats", "walk of integers", "codes",
                                      "binary numbers"};

void encode_frames(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(1));
  const Run run = sample_data(state.range(0), n);
  state.SetLabel(kDataNames[state.range(0)]);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::encode_frame(run, 0, n, out);
    benchmark::DoNotOptimize(out.data());
  }
  per_sample(state, n, out.size());
}

void decode_frames(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(1));
  const Run run = sample_data(state.range(0), n);
  state.SetLabel(kDataNames[state.range(0)]);
  std::string frame;
  codec::encode_frame(run, 0, n, frame);
  Run out;
  for (auto _ : state) {
    out.clear();
    if (!codec::decode_frame(frame, out)) return state.SkipWithError("damaged");
    benchmark::DoNotOptimize(out.times.data());
  }
  per_sample(state, n, frame.size());
}

void encode_blocks(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(1));
  const Run run = sample_data(state.range(0), n);
  state.SetLabel(kDataNames[state.range(0)]);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::encode_block(run, 0, n, out);
    benchmark::DoNotOptimize(out.data());
  }
  per_sample(state, n, out.size());
}

void decode_blocks(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(1));
  const Run run = sample_data(state.range(0), n);
  state.SetLabel(kDataNames[state.range(0)]);
  std::string bytes;
  codec::encode_block(run, 0, n, bytes);
  Run out;
  for (auto _ : state) {
    out.clear();
    const auto block = codec::BlockView::open(bytes);
    if (!block || !block->decode_all(out)) return state.SkipWithError("damaged");
    benchmark::DoNotOptimize(out.times.data());
  }
  per_sample(state, n, bytes.size());
}

void open_blocks(benchmark::State& state) {
  const Run run = walk(codec::kBlockSamplesMax, 1);
  std::string bytes;
  codec::encode_block(run, 0, run.size(), bytes);
  for (auto _ : state) {
    auto block = codec::BlockView::open(bytes);
    benchmark::DoNotOptimize(block);
  }
}

BENCHMARK(encode_frames)->Args({0, 1})->Args({0, 8})->Args({0, 1000})->Args({1, 1000})->Args({2, 1000});
BENCHMARK(encode_frames)->Args({3, 1000})->Args({4, 1000});
BENCHMARK(decode_frames)->Args({0, 1})->Args({0, 8})->Args({0, 1000})->Args({1, 1000})->Args({2, 1000});
BENCHMARK(decode_frames)->Args({3, 1000})->Args({4, 1000});
BENCHMARK(encode_blocks)->Args({0, 8192})->Args({0, 64})->Args({1, 8192})->Args({4, 8192});
BENCHMARK(decode_blocks)->Args({0, 8192})->Args({0, 64})->Args({1, 8192})->Args({4, 8192});
BENCHMARK(open_blocks);

}  // namespace
