// The archive by itself: what deciding, journalling with one fsync per group, and the head cost, without
// HTTP.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <deque>
#include <filesystem>
#include <random>

#include "archive/archive.h"
#include "base/text.h"

namespace penstock::archive {
namespace {

/// As an I/O thread: writes of a round gather, then one lead makes them durable.
class RoundExecutor final : public Executor {
 public:
  void post(std::coroutine_handle<> handle) override { ready_.push_back(handle); }
  bool gathers_writes() const override { return true; }
  void resume_all() {
    while (!ready_.empty()) {
      const auto handle = ready_.front();
      ready_.pop_front();
      handle.resume();
    }
  }

 private:
  std::deque<std::coroutine_handle<>> ready_;
};

struct Home {
  Home() : path{std::filesystem::current_path() / ("bench-" + Uuid::random().to_string())} {
    Options options;
    options.directory = path;
    archive = std::move(*Archive::open(options));
  }
  ~Home() {
    archive.reset();
    std::filesystem::remove_all(path);
  }
  std::vector<PointId> points(std::size_t n, bool compressing) {
    std::vector<PointId> made;
    Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
      made.clear();
      for (std::size_t i = 0; i < n; ++i) {
        Point point;
        point.tag = "bench." + std::to_string(i);
        point.type = PointType::float64;
        point.compressing = compressing;
        point.comp_dev = 1;
        TRY(const PointId id, editor.add_point(point));
        made.push_back(id);
      }
      return {};
    };
    if (!sync_wait(archive->change(edit, Door::internal, 0))) std::abort();
    return made;
  }
  std::filesystem::path path;
  std::unique_ptr<Archive> archive;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/// `lanes` commands per round; each has `points` points with `samples` samples.
void rounds(benchmark::State& state, std::size_t lanes, std::size_t points, std::size_t samples,
            bool compressing = false) {
  Home home;
  const auto ids = home.points(lanes * points, compressing);
  std::mt19937_64 random{1};
  std::int64_t now = 1'700'000'000'000;
  std::vector<std::int64_t> value(ids.size(), 2000);
  RoundExecutor executor;
  Executor* const before = Executor::set_current(&executor);
  const double cpu = cpu_seconds();
  double preparing = 0;
  for (auto _ : state) {
    const double begin = cpu_seconds();
    std::vector<WriteCommand> commands(lanes);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      commands[lane].mode = UpdateMode::insert;
      for (std::size_t p = 0; p < points; ++p) {
        const std::size_t id = lane * points + p;
        if (samples == 1) {
          value[id] += static_cast<std::int64_t>(random() % 101) - 50;
          const std::int64_t ms = now + static_cast<std::int64_t>(random() % 10);
          commands[lane].slice.push_back(
              PointSample::number(ids[id], ms * kNsPerMillisecond, static_cast<double>(value[id]) / 100));
          continue;
        }
        PointWrite write{ids[id], {}};
        write.run.reserve(samples);
        for (std::size_t i = 0; i < samples; ++i) {
          value[id] += static_cast<std::int64_t>(random() % 101) - 50;
          const std::int64_t ms =
              now + static_cast<std::int64_t>(i) * 1000 + static_cast<std::int64_t>(random() % 10);
          write.run.times.push_back(ms * kNsPerMillisecond);
          write.run.numbers.push_back(static_cast<double>(value[id]) / 100);
        }
        commands[lane].writes.push_back(std::move(write));
      }
    }
    now += static_cast<std::int64_t>(samples) * 1000;
    preparing += cpu_seconds() - begin;
    std::vector<Task<Result<WriteResult>>> tasks;
    for (WriteCommand& command : commands) {
      tasks.push_back(home.archive->write(std::move(command)));
      tasks.back().start();
    }
    home.archive->lead();
    executor.resume_all();
    for (auto& task : tasks) {
      if (!task.done() || !task.take()) std::abort();
    }
  }
  Executor::set_current(before);
  const double total =
      static_cast<double>(state.iterations()) * static_cast<double>(lanes * points * samples);
  state.counters["cpu_ns_per_sample"] = (cpu_seconds() - cpu - preparing) * 1e9 / total;
}

void backfill(benchmark::State& state) {
  rounds(state, 4, 1, 1000);
}
void live(benchmark::State& state) {
  rounds(state, 1, 1000, 1);
}
void single(benchmark::State& state) {
  rounds(state, 32, 1, 1);
}
void backfill_compressing(benchmark::State& state) {
  rounds(state, 4, 1, 1000, true);
}
void live_compressing(benchmark::State& state) {
  rounds(state, 1, 1000, 1, true);
}
void single_compressing(benchmark::State& state) {
  rounds(state, 32, 1, 1, true);
}
BENCHMARK(backfill)->Unit(benchmark::kMicrosecond);
BENCHMARK(live)->Unit(benchmark::kMicrosecond);
BENCHMARK(single)->Unit(benchmark::kMicrosecond);
BENCHMARK(backfill_compressing)->Unit(benchmark::kMicrosecond);
BENCHMARK(live_compressing)->Unit(benchmark::kMicrosecond);
BENCHMARK(single_compressing)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace penstock::archive

BENCHMARK_MAIN();
