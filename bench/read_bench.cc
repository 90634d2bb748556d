// Reads of ten million samples of one point in blocks, and answers made of what was read, without HTTP.
// "per_sample" is CPU time.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "archive/archive.h"
#include "archive/retrieval/plot.h"
#include "archive/retrieval/summary.h"
#include "base/text.h"
#include "codec/runs.h"
#include "dialects/piwebapi/render.h"

namespace penstock {
namespace {

constexpr std::size_t kSamples = 10'000'000;

/// An archive with one flushed point.
struct Home {
  Home() : path{std::filesystem::current_path() / ("bench-" + Uuid::random().to_string())} {
    archive::Options options;
    options.directory = path;
    options.background_flush = false;
    archive = std::move(*archive::Archive::open(options));
    archive::Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
      Point made;
      made.tag = "bench";
      made.type = PointType::float64;
      TRY(point, editor.add_point(made));
      return {};
    };
    if (!sync_wait(archive->change(edit, Door::internal, 0))) std::abort();
    const Run all = testing::walk(kSamples, 1);
    constexpr std::size_t kPart = 100'000;
    for (std::size_t at = 0; at < kSamples; at += kPart) {
      WriteCommand command;
      command.mode = UpdateMode::insert;
      PointWrite write{point, {}};
      write.run.append(all, at, kPart);
      command.writes.push_back(std::move(write));
      if (!sync_wait(archive->write(std::move(command)))) std::abort();
    }
    if (!archive->flush()) std::abort();
    range = {all.time(0), all.time(kSamples - 1)};
  }
  ~Home() {
    archive.reset();
    std::filesystem::remove_all(path);
  }

  std::filesystem::path path;
  std::unique_ptr<archive::Archive> archive;
  PointId point{};
  TimeRange range{Timestamp::min(), Timestamp::min()};
};

Home& home() {
  static Home one;
  return one;
}

archive::retrieval::Series series() {
  archive::retrieval::Series made;
  made.point = home().point;
  return made;
}

void per_sample(benchmark::State& state, std::size_t samples) {
  state.counters["per_sample"] =
      benchmark::Counter(static_cast<double>(samples),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// To as many pixels as the first argument says; with the second all samples are decoded, as by a scan.
void plots(benchmark::State& state) {
  const auto scan = state.range(1) == 0 ? archive::retrieval::scanner(*home().archive)
                                        : archive::retrieval::Scanner{[](const archive::Scan& request) {
                                            return home().archive->scan(request);
                                          }};
  std::size_t picked = 0;
  for (auto _ : state) {
    const auto drawn =
        archive::retrieval::plot(scan, series(), home().range, static_cast<std::size_t>(state.range(0)));
    if (!drawn) return state.SkipWithError("scan");
    picked = drawn->size();
  }
  state.counters["picked"] = static_cast<double>(picked);
}

/// In so many intervals; with squares nothing can be taken from summaries.
void summaries(benchmark::State& state) {
  const auto scan = archive::retrieval::scanner(*home().archive);
  const auto intervals = state.range(0);
  std::vector<Timestamp> edges;
  const std::int64_t span = home().range.last.unix_ns() - home().range.first.unix_ns();
  for (std::int64_t k = 0; k <= intervals; ++k) {
    edges.push_back(home().range.first.plus_ns(span / intervals * k));
  }
  archive::retrieval::SummaryRequest request;
  request.edges = edges;
  request.squares = state.range(1) != 0;
  for (auto _ : state) {
    const auto made = archive::retrieval::summarize(scan, series(), request);
    if (!made) return state.SkipWithError("scan");
    benchmark::DoNotOptimize(made->data());
  }
}

/// As many samples as one answer of PI Web API may have.
void scans(benchmark::State& state) {
  constexpr std::size_t kLimit = 150'000;
  archive::Scan request;
  request.point = home().point;
  request.limit = kLimit;
  for (auto _ : state) {
    const auto run = home().archive->scan(request);
    if (!run || run->size() != kLimit) return state.SkipWithError("scan");
    benchmark::DoNotOptimize(run->times.data());
  }
  per_sample(state, kLimit);
}

/// Items of PI Web API: all members, or time and value alone; doubles or floats.
void pi_items(benchmark::State& state) {
  constexpr std::size_t kItems = 150'000;
  using namespace dialects::piwebapi;
  const bool is_float = state.range(1) != 0;
  const Run run = testing::walk(kItems, 1, is_float ? Kind::float32 : Kind::float64);
  Stream stream;
  stream.type = is_float ? PointType::float32 : PointType::float64;
  ValueFields fields;
  if (state.range(0) == 0) {
    fields.units = fields.good = fields.questionable = fields.substituted = fields.annotated = false;
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::string body;
    append_timed_values(body, stream, run, fields);
    bytes = body.size();
    benchmark::DoNotOptimize(body.data());
  }
  per_sample(state, kItems);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(kItems);
}

BENCHMARK(plots)->Args({1000, 0})->Args({100, 0})->Args({1000, 1})->Unit(benchmark::kMillisecond);
BENCHMARK(summaries)->Args({1, 0})->Args({1000, 0})->Args({1000, 1})->Unit(benchmark::kMillisecond);
BENCHMARK(scans)->Unit(benchmark::kMillisecond);
BENCHMARK(pi_items)->Args({1, 0})->Args({0, 0})->Args({1, 1})->Args({0, 1})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace penstock
