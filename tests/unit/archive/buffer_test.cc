// The archive away: what may wait is queued, in the order of everything, and decided when it is back.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/clock.h"
#include "journal/file.h"
#include "model.h"

namespace penstock::archive {
namespace {

std::unique_ptr<Archive> open_or_die(const Options& options) {
  Result<std::unique_ptr<Archive>> opened = Archive::open(options);
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    std::abort();
  }
  return std::move(*opened);
}

Options options_of(const TemporaryFolder& folder, bool away) {
  Options options = test_options(folder.path());
  options.away = away;
  return options;
}

bool drained(const Archive& archive) {
  for (int i = 0; i < 4000 && archive.stats().queued_batches > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return archive.stats().queued_batches == 0;
}

std::string difference(const Archive& archive, const Model& model,
                       const std::vector<std::pair<PointId, Kind>>& points) {
  for (const auto& [point, kind] : points) {
    Scan all;
    all.point = point;
    const std::vector<Sample> have = samples_of(*archive.scan(all)), want = model.scan(all);
    if (same(have, want)) continue;
    std::string said = "point " + std::to_string(to_number(point)) + ": have " + std::to_string(have.size()) +
                       ", want " + std::to_string(want.size());
    for (std::size_t i = 0; i < std::max(have.size(), want.size()); ++i) {
      if (i < have.size() && i < want.size() && same(have[i], want[i])) continue;
      return said + ", first at " + std::to_string(i) + ": have " +
             (i < have.size() ? describe(have[i]) : "nothing") + ", want " +
             (i < want.size() ? describe(want[i]) : "nothing");
    }
  }
  return {};
}

WriteCommand one_number(PointId point, std::int64_t time, double value, Delivery delivery) {
  WriteCommand command;
  command.delivery = delivery;
  command.now = Timestamp::from_unix_ns(1'700'000'000'000'000'000);
  command.slice.push_back(PointSample::number(point, time, value));
  return command;
}

class AwayTest : public ::testing::TestWithParam<int> {};

TEST_P(AwayTest, AnySequenceWithTheArchiveAwayEqualsTheMapInTheOrderOfAnswers) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, false));
  const auto points = make_points(*archive, 1);
  Generator generator{static_cast<std::uint64_t>(GetParam()), points};
  Model model;
  Model archived;  // What the archive had when it went away with nothing queued.
  bool away = false, known = false;
  int queued = 0, refused = 0;
  for (int step = 0; step < 400; ++step) {
    WriteCommand command = generator.command();
    command.delivery = generator.below(3) > 0 ? Delivery::buffered : Delivery::direct;
    if (command.delivery == Delivery::buffered) command.all_or_none = false;
    const Result<WriteResult> got = sync_wait(archive->write(command));
    if (!got && got.error().code == ErrorCode::store_unavailable) {
      ASSERT_TRUE(away && command.delivery == Delivery::direct) << "step " << step;
      ++refused;
    } else if (!got) {
      ASSERT_EQ(got.error().code, ErrorCode::conflict) << "step " << step << ": " << got.error().detail;
      model.apply(command);  // Changes nothing: it finds a taken time, too.
    } else {
      const auto want = model.apply(command);
      if (got->queued) {
        ++queued;
        for (const auto& outcomes : outcomes_of(command, *got)) {
          for (const Outcome outcome : outcomes) ASSERT_EQ(outcome, Outcome::stored);
        }
      } else {
        ASSERT_FALSE(away) << "step " << step;
        ASSERT_EQ(outcomes_of(command, *got), want) << "step " << step;
      }
    }
    if (away && known && step % 4 == 0) {
      ASSERT_EQ(difference(*archive, archived, points), "");
    }
    switch (generator.below(25)) {
      case 0:
      case 1:
        away = !away;
        if (away && generator.below(2) == 0) {
          ASSERT_TRUE(drained(*archive));
          archived = model;
          known = true;
        } else if (away) {
          known = false;
        }
        archive->set_away(away);
        break;
      case 2:
      case 3: ASSERT_TRUE(archive->flush().has_value()); break;
      case 4:
        archive.reset();
        archive = open_or_die(options_of(folder, away));
        break;
      case 5:
        if (!away) {
          ASSERT_TRUE(drained(*archive));
          ASSERT_EQ(difference(*archive, model, points), "") << "step " << step;
        }
        break;
      default: break;
    }
  }
  archive->set_away(false);
  ASSERT_TRUE(drained(*archive));
  EXPECT_EQ(difference(*archive, model, points), "");
  archive.reset();
  archive = open_or_die(options_of(folder, true));
  EXPECT_EQ(archive->stats().queued_batches, 0u);
  EXPECT_EQ(archive->stats().letters, 0u);
  EXPECT_EQ(difference(*archive, model, points), "");
  EXPECT_GT(queued, 20);
  EXPECT_GT(refused, 5);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AwayTest, ::testing::Range(1, 13));

TEST(Away, ManyQueuedCommandsKeepTheirOrderWithWhatComesBehindThem) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, true));
  const PointId point = make_points(*archive, 1)[0].first;
  constexpr int kCommands = 3000;
  for (int i = 0; i < kCommands; ++i) {
    const auto done = sync_wait(archive->write(one_number(point, 5, i, Delivery::buffered)));
    ASSERT_TRUE(done && done->queued);
  }
  EXPECT_EQ(archive->stats().queued_batches, static_cast<std::uint64_t>(kCommands));
  EXPECT_EQ(archive->stats().queued_samples, static_cast<std::uint64_t>(kCommands));
  EXPECT_FALSE(archive->newest(point)->has_value());
  archive->set_away(false);
  // Queued behind them while there are many, and waiting for the last ones.
  int behind = 0;
  for (int i = 0; i < 200; ++i) {
    const auto done = sync_wait(archive->write(one_number(point, 5, kCommands + i, Delivery::buffered)));
    ASSERT_TRUE(done.has_value());
    behind += done->queued ? 1 : 0;
    EXPECT_TRUE(done->queued || done->slice.all_are(Outcome::replaced));
  }
  EXPECT_GT(behind, 0);
  // It waits for all of them, and is decided after all of them.
  WriteCommand last = one_number(point, 5, -1, Delivery::direct);
  last.mode = UpdateMode::insert;
  const auto ignored = sync_wait(archive->write(last));
  ASSERT_TRUE(ignored.has_value()) << ignored.error().detail;
  EXPECT_FALSE(ignored->queued);
  EXPECT_TRUE(ignored->slice.all_are(Outcome::ignored));
  EXPECT_EQ(archive->stats().queued_batches, 0u);
  EXPECT_EQ(std::get<double>((*archive->newest(point))->value), kCommands + 199.0);
}

TEST(Away, WhatDoesNotTouchAQueuedPointGoesOn) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, true));
  const auto points = make_points(*archive, 2);
  const PointId a = points[0].first, b = points[5].first;
  EXPECT_EQ(sync_wait(archive->write(one_number(b, 1, 1, Delivery::direct))).error().code,
            ErrorCode::store_unavailable);
  ASSERT_TRUE(sync_wait(archive->write(one_number(a, 1, 1, Delivery::buffered)))->queued);
  archive->set_away(false);
  const auto direct = sync_wait(archive->write(one_number(b, 1, 1, Delivery::direct)));
  ASSERT_TRUE(direct.has_value());
  EXPECT_TRUE(direct->slice.all_are(Outcome::stored));
  ASSERT_TRUE(drained(*archive));
}

TEST(Away, FlushesCutNothingThatIsQueuedAndEverythingAfterwards) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, false));
  const auto points = make_points(*archive, 2);
  const PointId queued_point = points[0].first, other = points[5].first;
  Model model;
  const auto write = [&](PointId point, std::int64_t from, int n, Delivery delivery) {
    WriteCommand command;
    command.delivery = delivery;
    command.writes.push_back({point, penstock::Run{}});
    for (int i = 0; i < n; ++i) {
      command.writes[0].run.push(Timestamp::from_unix_ns(from + i * 1'000'003), static_cast<double>(i) / 7);
    }
    model.apply(command);
    return sync_wait(archive->write(std::move(command)));
  };
  ASSERT_TRUE(write(queued_point, 0, 100, Delivery::direct));
  for (int round = 0; round < 4; ++round) {
    archive->set_away(true);
    ASSERT_TRUE(write(queued_point, 50'000'000 * (round + 1), 500, Delivery::buffered)->queued);
    // Reopened away; the journal moves on over several segments, whose cut the intent outlives.
    for (int reopened = 0; reopened < 2; ++reopened) {
      archive.reset();
      archive = open_or_die(options_of(folder, true));
      EXPECT_EQ(archive->stats().queued_batches, 1u);
      for (int i = 0; i < 40; ++i) {
        Archive::Edit edit = [&](catalog::Editor& editor) -> Result<void> {
          Point point = *editor.tables().points.find(other);
          point.descriptor = std::string(60'000, static_cast<char>('a' + i % 26));
          return editor.update_point(point);
        };
        ASSERT_TRUE(sync_wait(archive->change(edit, Door::internal, 0)).has_value());
      }
      ASSERT_TRUE(archive->flush().has_value());
      EXPECT_GT(archive->stats().journal_bytes, 2u << 20);
    }
    archive->set_away(false);
    ASSERT_TRUE(drained(*archive));
    EXPECT_EQ(difference(*archive, model, points), "");
    ASSERT_TRUE(archive->flush().has_value());
    EXPECT_LT(archive->stats().journal_bytes, 2u << 20);
    archive.reset();
    archive = open_or_die(options_of(folder, false));
    EXPECT_EQ(archive->stats().queued_batches, 0u);
    EXPECT_EQ(difference(*archive, model, points), "");
  }
}

TEST(Away, BoundsAreSaid) {
  const TemporaryFolder folder;
  Options options = options_of(folder, true);
  options.buffer_bytes_max = 256u << 10;
  auto archive = open_or_die(options);
  const PointId point = make_points(*archive, 1)[0].first;
  int queued = 0;
  Result<WriteResult> done = sync_wait(archive->write(one_number(point, 5000, 1, Delivery::buffered)));
  for (; done && queued < 1000; ++queued) {
    done = sync_wait(archive->write(one_number(point, queued, 1, Delivery::buffered)));
  }
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::overloaded);
  EXPECT_GT(queued, 20);
  EXPECT_LE(archive->stats().journal_bytes, options.buffer_bytes_max);
  archive.reset();
  options.buffer = false;
  archive = open_or_die(options);
  EXPECT_EQ(sync_wait(archive->write(one_number(point, 1, 1, Delivery::buffered))).error().code,
            ErrorCode::store_unavailable);
  EXPECT_EQ(archive->stats().queued_batches, static_cast<std::uint64_t>(queued));
  archive->set_away(false);
  ASSERT_TRUE(drained(*archive));  // What was queued before is decided even so.
  EXPECT_EQ(archive->scan({point})->size(), static_cast<std::size_t>(queued));
}

TEST(Away, WhatWaitsBehindALaneThatIsStuckDoesNotWaitForEver) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, true));
  const PointId point = make_points(*archive, 1)[0].first;
  ASSERT_TRUE(sync_wait(archive->write(one_number(point, 1, 1, Delivery::buffered)))->queued);
  {
    // The journal can be written and not be read.
    const journal::FaultInjector fault{
        {.calls = {journal::Call::pread}, .nth = 1, .error = EIO, .for_ever = true}};
    archive->set_away(false);
    Result<WriteResult> buffered;
    std::thread other{
        [&] { buffered = sync_wait(archive->write(one_number(point, 1, 2, Delivery::buffered))); }};
    const auto direct = sync_wait(archive->write(one_number(point, 1, 3, Delivery::direct)));
    other.join();
    ASSERT_FALSE(direct.has_value());
    EXPECT_EQ(direct.error().code, ErrorCode::store_unavailable);
    ASSERT_TRUE(buffered.has_value());
    EXPECT_TRUE(buffered->queued);
    EXPECT_TRUE(fault.fired());
  }
  ASSERT_TRUE(drained(*archive));
  EXPECT_EQ(std::get<double>((*archive->newest(point))->value), 2.0);
}

TEST(Away, ManyWritersKeepTheirOrderWhileTheArchiveComesAndGoes) {
  const TemporaryFolder folder;
  Options options = options_of(folder, false);
  options.background_flush = true;
  options.flush_idle_ms = 1;
  options.flush_age_ms = 20;
  auto archive = open_or_die(options);
  const auto points = make_points(*archive, 4);
  std::atomic<bool> stop{false};
  std::atomic<int> queued{0}, refused{0};
  struct Writer {
    PointId point;
    std::vector<std::int64_t> kept;  // Times at which a sample of its own was acknowledged.
    double last = -1;                // What was acknowledged last for the time that all writes share.
    std::thread thread;
  };
  constexpr std::int64_t kShared = 1'000'000'000;
  std::vector<Writer> writers(4);
  for (std::size_t w = 0; w < writers.size(); ++w) {
    Writer& writer = writers[w];
    writer.point = points[w * 5].first;
    writer.thread = std::thread{[&, w] {
      std::mt19937 random{static_cast<std::uint32_t>(w)};
      for (int i = 0; !stop; ++i) {
        const auto delivery = random() % 2 == 0 ? Delivery::direct : Delivery::buffered;
        WriteCommand command = one_number(writer.point, kShared, i, delivery);
        command.slice.push_back(PointSample::number(writer.point, i, i));
        // A second point that all share: their lanes meet.
        command.slice.push_back(PointSample::number(points[15 + 1].first, static_cast<std::int64_t>(w), i));
        const auto done = sync_wait(archive->write(std::move(command)));
        if (!done) {
          ++refused;
          continue;
        }
        queued += done->queued ? 1 : 0;
        writer.kept.push_back(i);
        writer.last = i;
      }
    }};
  }
  for (int turn = 0; turn < 60; ++turn) {
    std::this_thread::sleep_for(std::chrono::milliseconds(turn % 7 * 4 + 1));
    archive->set_away(turn % 2 == 0);
  }
  stop = true;
  for (Writer& writer : writers) writer.thread.join();
  ASSERT_TRUE(drained(*archive));
  EXPECT_GT(queued, 0);
  EXPECT_GT(refused, 0);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t w = 0; w < writers.size(); ++w) {
      const auto run = archive->scan({writers[w].point});
      ASSERT_TRUE(run.has_value());
      std::vector<std::int64_t> wanted = writers[w].kept;
      wanted.push_back(kShared);
      EXPECT_EQ(run->times, wanted);
      EXPECT_EQ(run->numbers.back(), writers[w].last);
      const auto shared = archive->scan({points[16].first});
      EXPECT_EQ(shared->numbers.at(w), writers[w].last);
    }
    archive.reset();
    archive = open_or_die(options);
  }
}

// Dead letters.

TEST(Letters, WhatWasQueuedForAPointThatWentIsSetAsideWhole) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, true));
  const auto points = make_points(*archive, 2);
  const PointId gone = points[0].first, stays = points[5].first;
  WriteCommand command = one_number(gone, 7, 1.25, Delivery::buffered);
  command.door = Door::pi;
  command.principal = 42;
  command.slice.push_back(PointSample::number(stays, 7, 2.5));
  command.writes.push_back({gone, penstock::Run{}});
  command.writes[0].run.push(Timestamp::from_unix_ns(9), 3.5, {0, Quality::kQuestionable, 0});
  command.writes[0].run.push(Timestamp::from_unix_ns(8), 4.5);  // As sent: in any order.
  const auto queued = sync_wait(archive->write(command));
  ASSERT_TRUE(queued && queued->queued);
  Archive::Edit erase = [&](catalog::Editor& editor) { return editor.erase_point(gone); };
  ASSERT_TRUE(sync_wait(archive->change(erase, Door::internal, 0)).has_value());
  archive->set_away(false);
  ASSERT_TRUE(drained(*archive));
  EXPECT_EQ(archive->scan({stays})->size(), 1u);

  const LetterId id{queued->seq, gone};
  const auto check = [&] {
    EXPECT_EQ(archive->stats().letters, 1u);
    const auto listed = archive->letters({}, 10);
    ASSERT_TRUE(listed && listed->size() == 1);
    EXPECT_EQ((*listed)[0].id, id);
    const auto letter = archive->letter(id);
    ASSERT_TRUE(letter.has_value());
    EXPECT_EQ(letter->door, Door::pi);
    EXPECT_EQ(letter->principal, 42u);
    EXPECT_EQ(letter->reason, RejectReason::point_gone);
    EXPECT_EQ(letter->received, command.now);
    EXPECT_EQ(letter->samples, 3u);
    EXPECT_EQ(letter->run.times, (std::vector<std::int64_t>{7, 9, 8}));
    EXPECT_EQ(letter->run.numbers, (std::vector<double>{1.25, 3.5, 4.5}));
    EXPECT_TRUE(letter->run.quality(1).has(Quality::kQuestionable));
    EXPECT_TRUE(archive->letters(id, 10)->empty());
  };
  const auto reopen = [&] {
    archive.reset();
    archive = open_or_die(options_of(folder, false));
  };
  check();
  reopen();
  check();
  ASSERT_TRUE(archive->flush().has_value());
  check();
  reopen();
  check();

  const Actor actor{7, Door::penstock, command.now};
  const auto again = sync_wait(archive->replay_letter(id, actor));  // The point is still gone.
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->outcomes[0].all_are(Outcome::rejected));
  check();
  for (int reopened = 0; reopened < 2; ++reopened) {
    const auto row = archive->batch(again->seq);
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->origin, BatchOrigin::replay);
    EXPECT_EQ((*row)->other, queued->seq);
    reopen();
  }
  ASSERT_TRUE(sync_wait(archive->drop_letter(id, actor)).has_value());
  const auto check_dropped = [&] {
    EXPECT_EQ(archive->stats().letters, 0u);
    EXPECT_TRUE(archive->letters({}, 10)->empty());
    EXPECT_EQ(archive->letter(id).error().code, ErrorCode::not_found);
    EXPECT_EQ(sync_wait(archive->drop_letter(id, actor)).error().code, ErrorCode::not_found);
    EXPECT_EQ(sync_wait(archive->replay_letter(id, actor)).error().code, ErrorCode::not_found);
  };
  check_dropped();
  reopen();
  check_dropped();
  ASSERT_TRUE(archive->flush().has_value());
  check_dropped();
  reopen();
  check_dropped();
}

TEST(Letters, ABufferedCommandThatIsDecidedAtOnceSetsAsideInItsOwnBatch) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, false));
  const PointId missing{11};  // Made further below: then the letter can be replayed.
  const auto direct = sync_wait(archive->write(one_number(missing, 1, 1, Delivery::direct)));
  ASSERT_TRUE(direct->slice.all_are(Outcome::rejected));
  EXPECT_EQ(archive->stats().letters, 0u);  // Its caller was told.
  const auto buffered = sync_wait(archive->write(one_number(missing, 2, 6.5, Delivery::buffered)));
  ASSERT_TRUE(buffered->slice.all_are(Outcome::rejected) && !buffered->queued);
  const LetterId id{buffered->seq, missing};
  ASSERT_TRUE(archive->letter(id).has_value());
  ASSERT_TRUE(archive->flush().has_value());

  make_points(*archive, 4);
  ASSERT_EQ(archive->catalog()->points.find(missing)->kind(), Kind::float64);
  const Actor actor{7, Door::penstock, Timestamp::from_unix_ns(3)};
  const auto replayed = sync_wait(archive->replay_letter(id, actor));
  ASSERT_TRUE(replayed.has_value());
  EXPECT_TRUE(replayed->outcomes[0].all_are(Outcome::stored));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(archive->stats().letters, 0u);
    EXPECT_EQ(archive->letter(id).error().code, ErrorCode::not_found);
    ASSERT_EQ(archive->scan({missing})->size(), 1u);
    EXPECT_EQ(std::get<double>((*archive->newest(missing))->value), 6.5);
    if (round == 1) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    archive.reset();
    archive = open_or_die(options_of(folder, false));
  }
}

TEST(Letters, AreListedInPagesOverMemoryAndStore) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, false));
  std::vector<LetterId> wanted;
  const Actor actor{7, Door::penstock, Timestamp::from_unix_ns(3)};
  for (int i = 0; i < 40; ++i) {
    const auto done = sync_wait(archive->write(one_number(PointId{99}, i, i, Delivery::buffered)));
    wanted.push_back({done->seq, PointId{99}});
    if (i % 15 == 14) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (i % 4 != 3) continue;
    // One that may be stored by now, or not.
    const std::size_t victim = static_cast<std::size_t>(i * 7 / 10) % wanted.size();
    ASSERT_TRUE(sync_wait(archive->drop_letter(wanted[victim], actor)).has_value());
    wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(victim));
  }
  for (const std::size_t page : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
    std::vector<LetterId> found;
    while (true) {
      const auto heads = archive->letters(found.empty() ? LetterId{} : found.back(), page);
      ASSERT_TRUE(heads && heads->size() <= page);
      if (heads->empty()) break;
      for (const LetterHead& head : *heads) found.push_back(head.id);
    }
    EXPECT_EQ(found, wanted) << page;
  }
  EXPECT_EQ(archive->stats().letters, wanted.size());
  archive.reset();
  archive = open_or_die(options_of(folder, false));
  EXPECT_EQ(archive->stats().letters, wanted.size());
}

TEST(Letters, TheLedgerTellsWhatIsQueuedAndWhatBecameOfIt) {
  const TemporaryFolder folder;
  auto archive = open_or_die(options_of(folder, true));
  const auto points = make_points(*archive, 2);
  const PointId gone = points[0].first, stays = points[5].first;
  WriteCommand command = one_number(stays, 7, 2.5, Delivery::buffered);
  command.door = Door::omf;
  command.principal = 42;
  command.now = Timestamp::from_unix_ns(wall_clock_ns());
  const std::uint64_t applied = sync_wait(archive->write(command))->seq;
  command.slice.push_back(PointSample::number(gone, 7, 2.5));
  const std::uint64_t partly = sync_wait(archive->write(command))->seq;
  const auto reopen = [&](bool away) {
    archive.reset();
    archive = open_or_die(options_of(folder, away));
  };
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    for (const std::uint64_t seq : {applied, partly}) {
      const auto row = archive->batch(seq);
      ASSERT_TRUE(row && *row);
      EXPECT_EQ((*row)->state, BatchState::queued);
      EXPECT_EQ((*row)->origin, BatchOrigin::queued);
      EXPECT_LT(std::abs((*row)->received.unix_ns() - command.now.unix_ns()), 1'000'000);
      EXPECT_EQ((*row)->principal, 42u);
      EXPECT_EQ((*row)->other, 0u);
    }
    AuditQuery query;
    query.point = gone;
    EXPECT_EQ(archive->audit(query)->size(), 1u);
    if (round == 1) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    reopen(true);
  }
  Archive::Edit erase = [&](catalog::Editor& editor) { return editor.erase_point(gone); };
  ASSERT_TRUE(sync_wait(archive->change(erase, Door::internal, 0)).has_value());
  archive->set_away(false);
  ASSERT_TRUE(drained(*archive));
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    const auto first = *archive->batch(applied), second = *archive->batch(partly);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->state, BatchState::applied);
    EXPECT_EQ(first->counts().stored, 1u);
    EXPECT_TRUE(first->set_aside.empty());
    EXPECT_EQ(second->state, BatchState::set_aside);
    EXPECT_EQ(second->counts().replaced, 1u);
    EXPECT_EQ(second->counts().rejected, 1u);
    EXPECT_EQ(second->set_aside, (std::vector<SetAside>{{gone, 1, RejectReason::point_gone}}));
    const auto decision = *archive->batch(second->other);
    ASSERT_TRUE(decision.has_value());
    EXPECT_EQ(decision->origin, BatchOrigin::resolved);
    EXPECT_EQ(decision->other, partly);
    EXPECT_EQ(decision->door, Door::omf);
    if (round == 1) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    reopen(false);
  }
}

// A child process writes with the archive away and back by turns and is killed at a random moment, also while
// the lane drains: what it told of is there when the queue is empty, and nothing else.

constexpr const char* kFolder = "PENSTOCK_AWAY_FOLDER";
constexpr const char* kFrom = "PENSTOCK_AWAY_FROM";
constexpr const char* kPipe = "PENSTOCK_AWAY_PIPE";
constexpr std::uint64_t kSeed = 815;

WriteCommand next_command(Generator& generator) {
  WriteCommand command = generator.command();
  command.all_or_none = false;
  command.delivery = Delivery::buffered;
  return command;
}

std::vector<std::pair<PointId, Kind>> points_of(const Archive& archive) {
  std::vector<std::pair<PointId, Kind>> points;
  const auto catalog = archive.catalog();
  catalog->points.each([&](const Point& point) {
    points.emplace_back(point.id, point.kind());
    return true;
  });
  return points;
}

TEST(Away, DISABLED_Child) {
  ASSERT_NE(getenv(kFolder), nullptr);
  const std::int64_t from = std::stoll(getenv(kFrom));
  const int pipe = std::stoi(getenv(kPipe));
  Options options = test_options(getenv(kFolder));
  options.away = from % 3 != 2;
  auto archive = open_or_die(options);
  if (archive->catalog()->points.size() == 0) make_points(*archive, 1);
  Generator generator{kSeed, points_of(*archive)};
  for (std::int64_t step = 0; step < 100'000; ++step) {
    WriteCommand command = next_command(generator);
    if (step < from) continue;
    if (!sync_wait(archive->write(std::move(command)))) _exit(4);
    if (::write(pipe, &step, sizeof step) != sizeof step) _exit(5);
    if (step % 29 == 28) archive->set_away(step % 2 == 0);
    if (step % 50 == 49 && !archive->flush()) _exit(6);
  }
  _exit(0);
}

TEST(Away, AKillLosesNothingThatIsQueued) {
  const TemporaryFolder folder;
  {
    auto archive = open_or_die(options_of(folder, true));
    make_points(*archive, 1);
  }
  std::int64_t answered = -1, modelled = 0;
  std::mt19937 random{7};
  Model model;
  std::optional<Generator> generator;
  std::uint64_t queued_most = 0;
  for (int cycle = 0; cycle < 15; ++cycle) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipes[0]);
      setenv(kFolder, folder.path().c_str(), 1);
      setenv(kFrom, std::to_string(answered + 1).c_str(), 1);
      setenv(kPipe, std::to_string(pipes[1]).c_str(), 1);
      execl("/proc/self/exe", "test_archive", "--gtest_filter=Away.DISABLED_Child",
            "--gtest_also_run_disabled_tests", nullptr);
      _exit(7);
    }
    close(pipes[1]);
    std::int64_t step = 0;
    for (std::uint32_t left = random() % 80; left > 0 && read(pipes[0], &step, sizeof step) == sizeof step;
         --left) {
      answered = step;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended with " << WEXITSTATUS(status);
    while (read(pipes[0], &step, sizeof step) == sizeof step) answered = step;
    close(pipes[0]);
    // Every other time the child goes on with what is queued.
    auto archive = open_or_die(options_of(folder, cycle % 2 == 0));
    queued_most = std::max(queued_most, archive->stats().queued_batches);
    const auto points = points_of(*archive);
    if (!generator) generator.emplace(kSeed, points);
    for (; modelled <= answered; ++modelled) model.apply(next_command(*generator));
    if (cycle % 2 == 0) continue;
    ASSERT_TRUE(drained(*archive));
    if (difference(*archive, model, points).empty()) continue;
    // The command under way when a kill came may have been kept whole.
    model.apply(next_command(*generator));
    ++modelled;
    ++answered;
    ASSERT_EQ(difference(*archive, model, points), "")
        << "cycle " << cycle << ", answered up to " << answered;
  }
  EXPECT_GT(answered, 100);
  EXPECT_GT(queued_most, 5u);
}

}  // namespace
}  // namespace penstock::archive
