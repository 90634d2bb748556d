// A child process writes, flushes and tells of every answer; it is killed at a random moment. What it told of
// must be there, and nothing that was never sent.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <span>
#include <thread>

#include "journal/file.h"
#include "model.h"

namespace penstock::archive {
namespace {

constexpr std::int64_t kNoStep = -1;

// The child is this program again, begun anew: a forked copy would lack the store's threads.
constexpr const char* kFolder = "PENSTOCK_KILL_FOLDER";
constexpr const char* kFrom = "PENSTOCK_KILL_FROM";
constexpr const char* kPipe = "PENSTOCK_KILL_PIPE";
constexpr const char* kFault =
    "PENSTOCK_KILL_FAULT";  // From which write or sync of the journal on all fail; 0: none.
constexpr int kDied = 70;   // The archive's own end when its journal fails.
constexpr int kRefused = 4;
constexpr std::uint64_t kSeed = 4711;

/// In the child: commands of the seed, one after the other; after each answer its number goes down the pipe.
[[noreturn]] void write_until_killed(const std::string& directory, std::uint64_t seed, std::int64_t from,
                                     int pipe) {
  auto opened = Archive::open(test_options(directory));
  if (!opened) _exit(3);
  Archive& archive = **opened;
  std::vector<std::pair<PointId, Kind>> points;
  if (archive.catalog()->points.size() == 0) {
    points = make_points(archive, 1);
  } else {
    const auto catalog = archive.catalog();
    catalog->points.each([&](const Point& point) {
      points.emplace_back(point.id, point.kind());
      return true;
    });
  }
  journal::FaultInjector fault{{.calls = {journal::Call::pwrite, journal::Call::fdatasync},
                                .nth = std::stoull(getenv(kFault)),
                                .error = EIO,
                                .for_ever = true}};
  Generator generator{seed, points};
  for (std::int64_t step = 0; step < 3000; ++step) {
    WriteCommand command = generator.command();
    command.all_or_none = false;
    if (step < from) continue;
    if (!sync_wait(archive.write(std::move(command)))) _exit(kRefused);
    if (::write(pipe, &step, sizeof step) != sizeof step) _exit(5);
    if (step % 50 == 49 && !archive.flush()) _exit(6);
  }
  _exit(0);
}

TEST(Kill, DISABLED_Child) {
  ASSERT_NE(getenv(kFolder), nullptr);
  write_until_killed(getenv(kFolder), kSeed, std::stoll(getenv(kFrom)), std::stoi(getenv(kPipe)));
}

/// Takes the newest batches back, one behind the other, and does them again: `before` has the views before
/// them, the newest last. Preimages survive the kill wherever it came.
void undo_and_redo(Archive& archive, const std::vector<std::pair<PointId, Kind>>& points,
                   std::span<const Model> before, const Model& now) {
  const auto expect = [&](const Model& model, const std::string& what) {
    for (const auto& [point, kind] : points) {
      Scan all;
      all.point = point;
      EXPECT_TRUE(same(samples_of(*archive.scan(all)), model.scan(all)))
          << what << ", point " << to_number(point);
    }
  };
  AuditQuery newest;
  newest.limit = before.size();
  const auto batches = archive.audit(newest);
  ASSERT_TRUE(batches.has_value());
  std::vector<std::uint64_t> undone;
  for (std::size_t i = 0; i < batches->size() && (*batches)[i].origin == BatchOrigin::write; ++i) {
    const auto done = sync_wait(archive.undo((*batches)[i].seq, Actor{}));
    ASSERT_TRUE(done.has_value()) << done.error().detail;
    undone.push_back(done->seq);
    expect(before[before.size() - 1 - i], "undo " + std::to_string(i));
  }
  for (; !undone.empty(); undone.pop_back()) {
    if (undone.back() == 0) continue;  // There was nothing to take back.
    const auto done = sync_wait(archive.undo(undone.back(), Actor{}));
    ASSERT_TRUE(done.has_value()) << done.error().detail;
  }
  expect(now, "redo");
}

TEST(Kill, WhatWasAnsweredIsThereAndNothingElse) {
  const TemporaryFolder folder;
  std::int64_t answered = kNoStep;
  std::mt19937 random{99};
  Model model;
  Generator generator{kSeed, {}};
  std::vector<std::pair<PointId, Kind>> points;
  std::int64_t modelled = 0;
  std::vector<Model> before;  // The views before the last commands.
  std::size_t batches = 0;    // Of commands, in all cycles so far.
  const auto apply_next = [&] {
    WriteCommand command = generator.command();
    command.all_or_none = false;
    before.push_back(model);
    if (before.size() > 3) before.erase(before.begin());
    model.apply(command);
  };
  for (int cycle = 0; cycle < 15; ++cycle) {
    const bool disk_fails = cycle % 3 == 2;
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipes[0]);
      setenv(kFolder, folder.path().c_str(), 1);
      setenv(kFrom, std::to_string(answered + 1).c_str(), 1);
      setenv(kFault, disk_fails ? std::to_string(1 + random() % 60).c_str() : "0", 1);
      setenv(kPipe, std::to_string(pipes[1]).c_str(), 1);
      execl("/proc/self/exe", "test_archive", "--gtest_filter=Kill.DISABLED_Child",
            "--gtest_also_run_disabled_tests", nullptr);
      _exit(7);
    }
    close(pipes[1]);
    // After some answers, and then a moment that may hit any step of a write, a flush or an opening.
    std::int64_t step = 0;
    const std::uint32_t answers = disk_fails ? UINT32_MAX : random() % 60;
    for (std::uint32_t left = answers; left > 0 && read(pipes[0], &step, sizeof step) == sizeof step;
         --left) {
      answered = step;
    }
    if (!disk_fails) {
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
      kill(child, SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (disk_fails) {
      // It stops acknowledging and ends by itself; a segment that could not be made ahead refuses a write.
      ASSERT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == kDied || WEXITSTATUS(status) == kRefused));
    } else {
      ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0)
          << "the child ended with " << WEXITSTATUS(status);
    }
    while (read(pipes[0], &step, sizeof step) == sizeof step) answered = step;
    close(pipes[0]);

    auto archive = std::move(*Archive::open(test_options(folder.path())));
    if (points.empty()) {
      {
        const auto catalog = archive->catalog();
        catalog->points.each([&](const Point& point) {
          points.emplace_back(point.id, point.kind());
          return true;
        });
      }
      if (points.empty()) continue;  // Killed before there were points.
      generator = Generator{kSeed, points};
    }
    const std::int64_t modelled_before = modelled;
    for (; modelled <= answered; ++modelled) apply_next();
    // The command under way when the kill came may have been kept whole, or not at all.
    const auto equals = [&] {
      for (const auto& [point, kind] : points) {
        Scan all;
        all.point = point;
        if (!same(samples_of(*archive->scan(all)), model.scan(all))) return false;
      }
      return true;
    };
    if (!equals()) {
      apply_next();
      ++modelled;
      ++answered;
    }
    ASSERT_TRUE(equals()) << "cycle " << cycle << ", answered up to " << answered;
    AuditQuery everything;
    everything.limit = SIZE_MAX;
    const auto all = archive->audit(everything);
    ASSERT_TRUE(all.has_value());
    const auto now = static_cast<std::size_t>(std::count_if(
        all->begin(), all->end(), [](const BatchRecord& each) { return each.origin == BatchOrigin::write; }));
    const auto fresh = static_cast<std::size_t>(modelled - modelled_before);
    // A command that was kept, changed nothing and was not answered is not told from one that was lost.
    if (now == batches + fresh) {
      undo_and_redo(*archive, points, std::span{before}.last(std::min(fresh, before.size())), model);
    }
    batches = now;
  }
  EXPECT_GT(answered, 20);
}

}  // namespace
}  // namespace penstock::archive
