// One group at a time as the leader writes it: header, CRC, one write, one sync. CPU is that of the thread.
// Rooms: journal
//
//   build/release/bench/journal_bench           (in the folder whose disk is to be measured; --help)
//   PENSTOCK_BENCH_DIR=/mnt/disk build/release/bench/journal_bench

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/text.h"
#include "journal/entry.h"
#include "journal/journal.h"

namespace penstock::journal {
namespace {

void commit(benchmark::State& state, bool direct) {
  const char* const chosen = std::getenv("PENSTOCK_BENCH_DIR");
  const std::filesystem::path directory = std::filesystem::path{chosen != nullptr ? chosen : "."} /
                                          ("journal-bench-" + Uuid::random().to_string());
  Options options;
  options.directory = directory;
  options.direct = direct;
  {
    auto opened = Journal::open(options, [](const Group&) -> Result<void> { return {}; });
    if (!opened) {
      state.SkipWithError(opened.error().detail.c_str());
      return;
    }
    Journal& journal = **opened;
    const std::string frame(static_cast<std::size_t>(state.range(0)) - 100, 'x');
    GroupBuffer buffer;
    for (auto _ : state) {
      buffer.clear();
      write_run(buffer, PointId{1}, frame);
      const std::uint64_t seq = journal.next_seq();
      if (!journal.make_room(buffer.size()) || !journal.commit(buffer, seq, 1, 0)) {
        state.SkipWithError("the journal refused");
        break;
      }
      // As a flush would: old segments come back, so that the steady state is measured.
      if (seq % 256 == 0) journal.cut(seq - 128);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
    state.counters["groups/s"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
    state.SetLabel(journal.stats().direct ? "direct" : "buffered");
  }
  std::filesystem::remove_all(directory);
}

void BM_CommitDirect(benchmark::State& state) {
  commit(state, true);
}
void BM_CommitBuffered(benchmark::State& state) {
  commit(state, false);
}
BENCHMARK(BM_CommitDirect)->Arg(4 << 10)->Arg(80 << 10)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(BM_CommitBuffered)->Arg(4 << 10)->Arg(80 << 10)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace penstock::journal
