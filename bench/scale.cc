// How the archive behaves when it is large, without HTTP. Prints Markdown tables for docs/scaling.md.
//
//   scale points COUNT FOLDER     makes COUNT points, one sample each, stops, and starts again
//   scale samples COUNT FOLDER    fills 1000 points with COUNT samples, and looks at it at every power of ten
//
// FOLDER must not exist; it is removed at the end. A thousand million samples take some minutes and about
// 1.5 GB.
#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "archive/archive.h"
#include "base/clock.h"

namespace penstock::archive {
namespace {

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "scale: %s\n", what.c_str());
  std::exit(1);
}

std::unique_ptr<Archive> open_or_die(const std::string& folder) {
  Options options;
  options.directory = folder;
  options.background_flush = false;  // Flushes are asked for, so that they can be timed.
  options.head_bytes_max = std::size_t{4} << 30;
  auto opened = Archive::open(options);
  if (!opened) die(opened.error().detail);
  return std::move(*opened);
}

double cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

double wall_s() {
  return static_cast<double>(steady_clock_ns()) / 1e9;
}

std::uint64_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::uint64_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4096;
}

/// Of the blocks; the journal's segments are spare space of a fixed size after a flush.
std::uint64_t store_bytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().find("journal") == std::string::npos &&
        entry.path().filename() != "reserve") {
      bytes += entry.file_size();
    }
  }
  return bytes;
}

std::vector<PointId> make_points(Archive& archive, std::size_t count) {
  constexpr std::size_t kPerEdit = 2000;
  std::vector<PointId> all;
  while (all.size() < count) {
    std::vector<PointId> made;
    const Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
      made.clear();
      for (std::size_t i = 0; i < kPerEdit && all.size() + i < count; ++i) {
        Point point;
        point.tag = "Plant7.Area" + std::to_string((all.size() + i) / 1000) + ".Sensor" +
                    std::to_string(all.size() + i);
        point.type = PointType::float64;
        TRY(const PointId id, editor.add_point(point));
        made.push_back(id);
      }
      return {};
    };
    if (!sync_wait(archive.change(edit, Door::internal, 0))) die("points can't be made");
    all.insert(all.end(), made.begin(), made.end());
  }
  return all;
}

void points(std::size_t count, const std::string& folder) {
  double making = 0, writing = 0, flushing = 0;
  {
    const auto archive = open_or_die(folder);
    double begin = wall_s();
    const auto ids = make_points(*archive, count);
    making = wall_s() - begin;
    begin = cpu_s();
    for (std::size_t first = 0; first < ids.size(); first += 1000) {
      WriteCommand command;
      for (std::size_t i = first; i < std::min(first + 1000, ids.size()); ++i) {
        command.slice.push_back(
            PointSample::number(ids[i], 1'700'000'000'000'000'000 + static_cast<std::int64_t>(i), 21.5));
      }
      if (!sync_wait(archive->write(std::move(command)))) die("samples can't be written");
    }
    writing = cpu_s() - begin;
    begin = wall_s();
    if (!archive->flush()) die("the flush failed");
    flushing = wall_s() - begin;
  }
  // Measured in a process that has done nothing else: this one's heap has holes.
  std::printf(
      "| points | made in | one sample each, CPU per sample | first flush | start | memory per point |\n");
  std::printf("| --- | --- | --- | --- | --- | --- |\n| %zu | %.1f s | %.0f ns | %.1f s | ", count, making,
              writing * 1e9 / static_cast<double>(count), flushing);
  std::fflush(stdout);
}

void start_again(std::size_t count, const std::string& folder) {
  const std::uint64_t before = resident_bytes();
  const double begin = wall_s();
  const auto archive = open_or_die(folder);
  std::printf("%.2f s | %.0f bytes |\n", wall_s() - begin,
              static_cast<double>(resident_bytes() - before) / static_cast<double>(count));
}

struct Series {
  std::mt19937 chance;
  std::normal_distribution<double> step{0, 10};
  std::int64_t ms = 1'700'000'000'000;
  std::int64_t hundredths = 0;
};

void look(Archive& archive, const std::string& folder, const std::vector<PointId>& ids, std::uint64_t samples,
          double writing_cpu, double flushing_s, double flushing_cpu, std::uint64_t flushed) {
  std::mt19937_64 chance{7};
  double begin = cpu_s();
  constexpr int kReads = 1000;
  for (int i = 0; i < kReads; ++i) {
    const PointId id = ids[chance() % ids.size()];
    const std::uint64_t per_point = samples / ids.size();
    const std::int64_t from = 1'700'000'000'000 + static_cast<std::int64_t>(chance() % per_point) * 1000;
    Scan scan;
    scan.point = id;
    scan.first = Timestamp::from_unix_ns(from * 1'000'000);
    scan.last = Timestamp::from_unix_ns((from + 100'000) * 1'000'000);
    if (!archive.scan(scan)) die("a read failed");
  }
  const double reading = (cpu_s() - begin) / kReads;
  std::printf("| %llu | %.0f ns | %.0f ns | %.2f s per 10 M | %.0f µs | %.3f |",
              static_cast<unsigned long long>(samples), writing_cpu * 1e9 / static_cast<double>(flushed),
              flushing_cpu * 1e9 / static_cast<double>(flushed),
              flushing_s * 1e7 / static_cast<double>(flushed), reading * 1e6,
              static_cast<double>(store_bytes(folder)) / static_cast<double>(samples));
  std::fflush(stdout);
}

void samples(std::uint64_t count, const std::string& folder) {
  std::vector<Series> series(1000);
  for (std::size_t i = 0; i < series.size(); ++i) series[i].chance.seed(static_cast<unsigned>(i + 1));
  auto archive = open_or_die(folder);
  const auto ids = make_points(*archive, series.size());
  std::printf(
      "| samples | write, CPU per sample | flush, CPU per sample | flush | read 100 s of one point | bytes "
      "per "
      "sample | start |\n| --- | --- | --- | --- | --- | --- | --- |\n");
  double writing = 0, flushing_s = 0, flushing_cpu = 0;
  std::uint64_t since = 0;
  for (std::uint64_t done = 0, next = 10'000'000; done < count;) {
    // Ten million in the head, then a flush: as the background does it.
    for (std::uint64_t n = 0; n < 10; ++n) {
      constexpr std::size_t kPointsPerCommand = 20;
      for (std::size_t p = 0; p < ids.size();) {
        WriteCommand command;
        for (const std::size_t end = p + kPointsPerCommand; p < end; ++p) {
          PointWrite write{ids[p], {}};
          write.run.reserve(1000);
          for (int i = 0; i < 1000; ++i) {
            series[p].hundredths += std::llround(series[p].step(series[p].chance));
            const auto jitter = static_cast<std::int64_t>(series[p].chance() % 7);
            write.run.times.push_back((series[p].ms + jitter) * 1'000'000);
            write.run.numbers.push_back(static_cast<double>(series[p].hundredths) / 100);
            series[p].ms += 1000;
          }
          command.writes.push_back(std::move(write));
        }
        const double begin = cpu_s();
        if (!sync_wait(archive->write(std::move(command)))) die("samples can't be written");
        writing += cpu_s() - begin;
      }
    }
    const double wall = wall_s(), cpu = cpu_s();
    if (!archive->flush()) die("the flush failed");
    flushing_s += wall_s() - wall;
    flushing_cpu += cpu_s() - cpu;
    done += 10'000'000;
    since += 10'000'000;
    if (done == next || done >= count) {
      look(*archive, folder, ids, done, writing, flushing_s, flushing_cpu, since);
      archive.reset();
      const double begin = wall_s();
      archive = open_or_die(folder);
      std::printf(" %.2f s |\n", wall_s() - begin);
      std::fflush(stdout);
      next *= 10;
      writing = flushing_s = flushing_cpu = 0;
      since = 0;
    }
  }
}

}  // namespace
}  // namespace penstock::archive

int main(int argc, char** argv) {
  using namespace penstock::archive;
  if (argc != 4) die("points|samples COUNT FOLDER");
  const std::string what = argv[1], folder = argv[3];
  std::uint64_t count = 0;
  const char* const end = argv[2] + std::strlen(argv[2]);
  if (std::from_chars(argv[2], end, count).ptr != end || count == 0) die("COUNT is a number");
  if (what == "start") {  // The second half of `points`, in a process of its own.
    start_again(count, folder);
    return 0;
  }
  if (std::filesystem::exists(folder)) die(folder + " exists already");
  if (what == "points") {
    points(count, folder);
    const std::string again = std::string{argv[0]} + " start " + argv[2] + " '" + folder + "'";
    if (std::system(again.c_str()) != 0) die("the second start failed");
  } else if (what == "samples") {
    samples(count, folder);
  } else {
    die("points or samples");
  }
  std::filesystem::remove_all(folder);
  return 0;
}
