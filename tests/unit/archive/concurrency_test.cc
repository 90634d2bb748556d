// Many writers, readers in a loop and flushes, all at once: nothing early, nothing missing.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "model.h"

namespace penstock::archive {
namespace {

WriteCommand one_sample(PointId point, std::int64_t t, double value, UpdateMode mode) {
  WriteCommand command;
  command.mode = mode;
  command.writes.push_back({point, penstock::Run{}});
  command.writes[0].run.push(Timestamp::from_unix_ns(t), value);
  return command;
}

TEST(Concurrency, EveryAnsweredWriteIsSeenAtOnceWhileFlushesRun) {
  const TemporaryFolder folder;
  auto archive = std::move(*Archive::open(test_options(folder.path())));
  std::vector<PointId> points;
  for (const auto& [point, kind] : make_points(*archive, 4)) {
    if (kind == Kind::float64) points.push_back(point);
  }
  constexpr int kSamples = 400;
  std::atomic<int> running{static_cast<int>(points.size())};
  std::vector<std::thread> threads;
  for (const PointId point : points) {
    threads.emplace_back([&, point] {
      for (int i = 1; i <= kSamples; ++i) {
        const auto command =
            one_sample(point, i * 1000, i, i % 7 == 0 ? UpdateMode::replace : UpdateMode::insert);
        ASSERT_TRUE(sync_wait(archive->write(command)).has_value());
        const auto newest = archive->newest(point);
        ASSERT_TRUE(newest.has_value() && newest->has_value());
        ASSERT_EQ((*newest)->time.unix_ns(), i * 1000);
        if (i % 10 == 0) {
          Scan all;
          all.point = point;
          ASSERT_EQ(archive->scan(all)->size(), static_cast<std::size_t>(i));
        }
      }
      running.fetch_sub(1);
    });
  }
  threads.emplace_back([&] {
    while (running.load() > 0) ASSERT_TRUE(archive->flush().has_value());
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(archive->stats().samples, points.size() * kSamples);
}

TEST(Concurrency, OldDataIsDecidedRightWhileFlushesMoveIt) {
  const TemporaryFolder folder;
  auto archive = std::move(*Archive::open(test_options(folder.path())));
  const auto points = make_points(*archive, 1);
  std::atomic<int> running{static_cast<int>(points.size())};
  std::vector<std::thread> threads;
  for (std::size_t p = 0; p < points.size(); ++p) {
    threads.emplace_back([&, p] {
      // Each thread owns one point, so its own map says what every outcome must be.
      Generator generator{1000 + p, {points[p]}};
      Model model;
      for (int i = 0; i < 250; ++i) {
        WriteCommand command = generator.command();
        command.all_or_none = false;
        const auto want = model.apply(command);
        const auto got = sync_wait(archive->write(command));
        ASSERT_TRUE(got.has_value());
        ASSERT_EQ(outcomes_of(command, *got), want);
        const Scan request = generator.scan();
        ASSERT_TRUE(same(samples_of(*archive->scan(request)), model.scan(request)));
      }
      running.fetch_sub(1);
    });
  }
  threads.emplace_back([&] {
    while (running.load() > 0) ASSERT_TRUE(archive->flush().has_value());
  });
  for (std::thread& thread : threads) thread.join();
}

TEST(Concurrency, OfManyWritersToOneSlotExactlyOneWins) {
  const TemporaryFolder folder;
  auto archive = std::move(*Archive::open(test_options(folder.path())));
  const PointId point = make_points(*archive, 1)[0].first;
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> stored{0}, ignored{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, i] {
        const auto result = sync_wait(archive->write(one_sample(point, round, i, UpdateMode::insert)));
        ASSERT_TRUE(result.has_value());
        (result->outcomes[0].all_are(Outcome::stored) ? stored : ignored).fetch_add(1);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(stored.load(), 1);
    EXPECT_EQ(ignored.load(), 15);
    if (round % 5 == 4) {
      ASSERT_TRUE(archive->flush().has_value());
    }
  }
}

TEST(Concurrency, AReplacedRangeIsNeverSeenHalfDone) {
  const TemporaryFolder folder;
  auto archive = std::move(*Archive::open(test_options(folder.path())));
  const PointId point = make_points(*archive, 1)[0].first;
  constexpr int kWindow = 1500;
  const auto window = [&](double value) {
    WriteCommand command;
    command.mode = UpdateMode::replace_range;
    command.writes.push_back({point, penstock::Run{}});
    for (int i = 0; i < kWindow; ++i) command.writes[0].run.push(Timestamp::from_unix_ns(i * 1000), value);
    return command;
  };
  ASSERT_TRUE(sync_wait(archive->write(window(0))).has_value());
  std::atomic<bool> done{false};
  std::thread reader{[&] {
    while (!done.load()) {
      Scan all;
      all.point = point;
      const auto run = archive->scan(all);
      ASSERT_EQ(run->size(), static_cast<std::size_t>(kWindow));
      for (const double value : run->numbers) ASSERT_EQ(value, run->numbers[0]);
    }
  }};
  for (int i = 1; i <= 60; ++i) {
    ASSERT_TRUE(sync_wait(archive->write(window(i))).has_value());
    if (i % 10 == 0) {
      ASSERT_TRUE(archive->flush().has_value());
    }
  }
  done.store(true);
  reader.join();
}

}  // namespace
}  // namespace penstock::archive
