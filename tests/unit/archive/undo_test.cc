// Undo against a plain map: random commands with undos and undos of undos between them, flushes and
// re-openings; and the rules of its refusals.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <numeric>
#include <set>
#include <thread>
#include <utility>

#include "archive/engine.h"
#include "base/clock.h"
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

using Points = decltype(Model::points);

/// A batch as the model saw it: what each time had before, where that changed.
struct Done {
  std::uint64_t seq = 0;
  std::uint64_t undoes = 0;
  std::set<std::uint32_t> points;  ///< Also those of which nothing changed.
  std::map<std::pair<std::uint32_t, std::int64_t>, std::optional<Sample>> before;
};

Done difference(const Points& before, const Points& after, std::uint64_t seq) {
  Done done;
  done.seq = seq;
  std::set<std::uint32_t> points;
  for (const auto& [point, samples] : before) points.insert(point);
  for (const auto& [point, samples] : after) points.insert(point);
  const std::map<std::int64_t, Sample> none;
  for (const std::uint32_t point : points) {
    const auto was = before.find(point), is = after.find(point);
    const auto& old = was == before.end() ? none : was->second;
    const auto& now = is == after.end() ? none : is->second;
    for (const auto& [time, sample] : old) {
      const auto at = now.find(time);
      if (at == now.end() || !same(at->second, sample)) done.before[{point, time}] = sample;
    }
    for (const auto& [time, sample] : now) {
      if (!old.contains(time)) done.before[{point, time}] = std::nullopt;
    }
  }
  return done;
}

void put_back(Points& points, const Done& done) {
  for (const auto& [at, sample] : done.before) {
    if (sample) {
      points[at.first].insert_or_assign(at.second, *sample);
    } else {
      points[at.first].erase(at.second);
    }
  }
}

::testing::AssertionResult equals(const Archive& archive, const Model& model) {
  for (const auto& [point, samples] : model.points) {
    Scan all;
    all.point = PointId{point};
    const Result<penstock::Run> found = archive.scan(all);
    if (!found) return ::testing::AssertionFailure() << found.error().detail;
    const std::vector<Sample> have = samples_of(*found), want = model.scan(all);
    if (same(have, want)) continue;
    auto failure = ::testing::AssertionFailure()
                   << "point " << point << ": have " << have.size() << ", want " << want.size();
    for (std::size_t i = 0; i < std::max(have.size(), want.size()); ++i) {
      if (i < have.size() && i < want.size() && same(have[i], want[i])) continue;
      return failure << "; at " << i << " have " << (i < have.size() ? describe(have[i]) : "nothing")
                     << ", want " << (i < want.size() ? describe(want[i]) : "nothing");
    }
  }
  return ::testing::AssertionSuccess();
}

/// Batches behind `batch` that still show: neither undone nor an undo of one that is newer than `batch`.
std::vector<const Done*> showing_after(const std::vector<Done>& all, const Done& batch) {
  std::set<std::uint64_t> undone;
  std::vector<const Done*> showing;
  for (auto at = all.rbegin(); at != all.rend() && at->seq > batch.seq; ++at) {
    if (undone.contains(at->seq)) continue;
    if (at->undoes > batch.seq) {
      undone.insert(at->undoes);
      continue;
    }
    showing.push_back(&*at);
  }
  return showing;
}

class UndoModelTest : public ::testing::TestWithParam<int> {};

TEST_P(UndoModelTest, GivesTheViewBeforeTheBatchOrIsRefusedForALaterOne) {
  const TemporaryFolder folder;
  const Options options = test_options(folder.path());
  auto archive = open_or_die(options);
  const auto points = make_points(*archive, 2);
  Generator generator{static_cast<std::uint64_t>(GetParam()) + 1000, points};
  Model model;
  std::vector<Done> all;
  int undone = 0, redone = 0, refused = 0;
  for (int step = 0; step < 300; ++step) {
    if (all.empty() || generator.below(3) > 0) {
      const WriteCommand command = generator.command();
      const Points before = model.points;
      model.apply(command);
      const Result<WriteResult> got = sync_wait(archive->write(command));
      if (!got) {
        ASSERT_EQ(got.error().code, ErrorCode::conflict);
        continue;
      }
      all.push_back(difference(before, model.points, got->seq));
      for (const PointSample& sample : command.slice) all.back().points.insert(to_number(sample.point));
      for (const PointWrite& write : command.writes) all.back().points.insert(to_number(write.point));
    } else {
      // Mostly one of the last.
      const std::size_t back =
          generator.below(generator.below(4) == 0 ? all.size() : std::min<std::size_t>(all.size(), 6));
      const Done batch = all[all.size() - 1 - back];
      const auto later = showing_after(all, batch);
      bool met = false, shares_point = false;
      for (const Done* const each : later) {
        met |= each->undoes == batch.seq;
        for (const auto& [at, sample] : each->before) met |= batch.before.contains(at);
        for (const std::uint32_t point : each->points) shares_point |= batch.points.contains(point);
      }
      const Result<WriteResult> got =
          sync_wait(archive->undo(batch.seq, Actor{7, Door::penstock, Timestamp::from_unix_ns(5)}));
      if (got) {
        ASSERT_FALSE(met) << "step " << step << " batch " << batch.seq;
        const Points before = model.points;
        put_back(model.points, batch);
        if (got->seq != 0) {
          all.push_back(difference(before, model.points, got->seq));
          all.back().undoes = batch.seq;
          all.back().points = batch.points;
          ++(batch.undoes != 0 ? redone : undone);
          const auto record = archive->batch(got->seq);
          ASSERT_TRUE(record && *record);
          EXPECT_EQ((*record)->origin, BatchOrigin::undo);
          EXPECT_EQ((*record)->other, batch.seq);
          EXPECT_EQ((*record)->principal, 7u);
          EXPECT_EQ((*record)->counts().stored, got->counts().stored);
          EXPECT_EQ((*record)->counts().erased, got->counts().erased);
        } else {
          EXPECT_TRUE(batch.before.empty());
        }
      } else {
        ASSERT_EQ(got.error().code, ErrorCode::conflict) << got.error().detail;
        ASSERT_TRUE(met || shares_point)
            << "step " << step << " batch " << batch.seq << ": " << got.error().detail;
        ++refused;
      }
      ASSERT_TRUE(equals(*archive, model)) << "step " << step << " undo of " << batch.seq;
    }
    if (generator.below(25) == 0) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (generator.below(60) == 0) {
      archive.reset();
      archive = open_or_die(options);
    }
    if (generator.below(10) == 0) {
      ASSERT_TRUE(equals(*archive, model)) << "step " << step;
    }
  }
  ASSERT_TRUE(equals(*archive, model));
  EXPECT_GT(undone, 3);
  RecordProperty("undone", undone);
  RecordProperty("redone", redone);
  RecordProperty("refused", refused);
}

INSTANTIATE_TEST_SUITE_P(Seeds, UndoModelTest, ::testing::Range(0, 8));

class UndoTest : public ::testing::Test {
 protected:
  UndoTest() { open(); }
  void open() {
    options_ = test_options(folder_.path());
    archive_.reset();
    archive_ = open_or_die(options_);
    if (points_.empty()) points_ = make_points(*archive_, 1);
  }
  std::uint64_t write(UpdateMode mode, std::vector<std::int64_t> seconds, double value,
                      std::size_t point = 0) {
    WriteCommand command;
    command.mode = mode;
    command.writes.push_back({points_[point].first, penstock::Run{}});
    for (const std::int64_t s : seconds)
      command.writes[0].run.push(Timestamp::from_unix_ns(s * kNsPerSecond), value + static_cast<double>(s));
    const auto written = sync_wait(archive_->write(std::move(command)));
    EXPECT_TRUE(written.has_value());
    return written ? written->seq : 0;
  }
  std::string shown() {
    Scan all;
    all.point = points_[0].first;
    std::string text;
    for (const Sample& sample : samples_of(*archive_->scan(all))) {
      text += std::to_string(sample.time.unix_ns() / kNsPerSecond) + "=" +
              std::to_string(static_cast<int>(std::get<double>(sample.value))) +
              (sample.quality.has(Quality::kSubstituted) ? "s " : " ");
    }
    return text;
  }
  Result<WriteResult> undo(std::uint64_t seq) { return sync_wait(archive_->undo(seq, Actor{})); }

  const TemporaryFolder folder_;
  Options options_;
  std::unique_ptr<Archive> archive_;
  std::vector<std::pair<PointId, Kind>> points_;
};

TEST_F(UndoTest, EveryModeAfterEveryPlaceOfTheFormerSamples) {
  struct Case {
    const char* name;
    UpdateMode mode;
    std::vector<std::int64_t> seconds;
    const char* after;
  };
  const Case kCases[] = {{"replace over and beside", UpdateMode::replace, {2, 3}, "2=102s 3=103 4=4 6=6 "},
                         {"insert beside", UpdateMode::insert, {2, 5}, "2=2 4=4 5=105 6=6 "},
                         {"replace_only", UpdateMode::replace_only, {4, 5}, "2=2 4=104s 6=6 "},
                         {"remove", UpdateMode::remove, {2, 6}, "4=4 "},
                         {"replace_range", UpdateMode::replace_range, {3, 5}, "2=2 3=103 5=105 6=6 "},
                         {"replace_range over all", UpdateMode::replace_range, {1, 9}, "1=101 9=109 "},
                         {"append", UpdateMode::insert, {8, 9}, "2=2 4=4 6=6 8=108 9=109 "}};
  // Where the former samples are: in the active layer, in blocks, or in both; and whether they are read from
  // the journal again before the undo.
  for (int place = 0; place < 6; ++place) {
    for (const Case& c : kCases) {
      SCOPED_TRACE(std::string{c.name} + " place " + std::to_string(place));
      write(UpdateMode::replace_range, {0, 1000}, 0);
      write(UpdateMode::remove, {0, 1000}, 0);
      write(UpdateMode::insert, {2, 4}, 0);
      if (place % 3 > 0) {
        ASSERT_TRUE(archive_->flush().has_value());
      }
      write(UpdateMode::insert, {6}, 0);
      if (place % 3 > 1) {
        ASSERT_TRUE(archive_->flush().has_value());
      }
      ASSERT_EQ(shown(), "2=2 4=4 6=6 ");
      const std::uint64_t seq = write(c.mode, c.seconds, 100);
      EXPECT_EQ(shown(), c.after);
      if (place >= 3) open();
      const auto undone = undo(seq);
      ASSERT_TRUE(undone.has_value()) << undone.error().detail;
      EXPECT_EQ(shown(), "2=2 4=4 6=6 ");
      const auto again = undo(seq);
      ASSERT_FALSE(again.has_value());
      EXPECT_EQ(again.error().code, ErrorCode::conflict);
      EXPECT_NE(again.error().detail.find("undone already, by batch " + std::to_string(undone->seq)),
                std::string::npos);
      const auto redone = undo(undone->seq);
      ASSERT_TRUE(redone.has_value()) << redone.error().detail;
      EXPECT_EQ(shown(), c.after);
      ASSERT_TRUE(undo(seq).has_value());
      EXPECT_EQ(shown(), "2=2 4=4 6=6 ");
    }
  }
}

TEST_F(UndoTest, ALaterBatchInTheSameRangeIsNamed) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  const std::uint64_t second = write(UpdateMode::replace, {15}, 100);
  const auto refused = undo(first);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().detail.find(" " + std::to_string(second) + " of "), std::string::npos);
  // The other way round both go.
  ASSERT_TRUE(undo(second).has_value());
  ASSERT_TRUE(undo(first).has_value());
  EXPECT_EQ(shown(), "");
}

TEST_F(UndoTest, ABatchElsewhereDoesNotStandInTheWay) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  write(UpdateMode::replace, {21}, 100);
  write(UpdateMode::replace, {15}, 100, 1);
  ASSERT_TRUE(undo(first).has_value());
  EXPECT_EQ(shown(), "21=121 ");
}

TEST_F(UndoTest, ABatchThatChangedNothingDoesNotStandInTheWay) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  write(UpdateMode::replace, {10}, 0);
  write(UpdateMode::insert, {20}, 100);
  write(UpdateMode::remove, {15}, 100);
  ASSERT_TRUE(undo(first).has_value());
  EXPECT_EQ(shown(), "");
}

TEST_F(UndoTest, ABatchThatWasSetAsideDoesNotStandInTheWay) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  WriteCommand command;
  command.delivery = Delivery::buffered;
  command.writes.push_back({points_[0].first, penstock::Run{}});
  command.writes[0].run.kind = Kind::text;
  command.writes[0].run.push(Timestamp::from_unix_ns(10 * kNsPerSecond), std::string{"ten"});
  const auto aside = sync_wait(archive_->write(std::move(command)));
  ASSERT_TRUE(aside.has_value());
  EXPECT_EQ((*archive_->batch(aside->seq))->state, BatchState::set_aside);
  const auto undone = undo(first);
  ASSERT_TRUE(undone.has_value()) << undone.error().detail;
  EXPECT_EQ(shown(), "");
}

TEST_F(UndoTest, ABatchThatWasUndoneElsewhereDoesNotStandInTheWay) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  // On this point it changes nothing, on the other it does, and so does its undo.
  WriteCommand both;
  for (const std::size_t point : {0, 1}) {
    both.writes.push_back({points_[point].first, penstock::Run{}});
    both.writes.back().run.kind = points_[point].second;
    both.writes.back().run.push(Timestamp::from_unix_ns(10 * kNsPerSecond), 10.0);
  }
  const auto second = sync_wait(archive_->write(std::move(both)));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(undo(first).error().code, ErrorCode::conflict);
  ASSERT_TRUE(undo(second->seq).has_value());
  ASSERT_TRUE(undo(first).has_value());
  EXPECT_EQ(shown(), "");
}

TEST_F(UndoTest, AQueuedBatchThatWasUndoneElsewhereDoesNotStandInTheWay) {
  const std::uint64_t first = write(UpdateMode::replace, {10, 20}, 0);
  WriteCommand both;
  both.delivery = Delivery::buffered;
  for (const std::size_t point : {0, 1}) {
    both.writes.push_back({points_[point].first, penstock::Run{}});
    both.writes.back().run.kind = points_[point].second;
    both.writes.back().run.push(Timestamp::from_unix_ns(10 * kNsPerSecond), 10.0);
  }
  archive_->set_away(true);
  const auto second = sync_wait(archive_->write(std::move(both)));
  ASSERT_TRUE(second && second->queued);
  archive_->set_away(false);
  while (archive_->stats().queued_batches > 0) std::this_thread::yield();
  EXPECT_EQ(undo(first).error().code, ErrorCode::conflict);
  ASSERT_TRUE(undo(second->seq).has_value());
  const auto undone = undo(first);
  ASSERT_TRUE(undone.has_value()) << undone.error().detail;
  EXPECT_EQ(shown(), "");
}

TEST_F(UndoTest, APointThatComesInManyPartsIsRememberedOnce) {
  std::vector<std::int64_t> seconds(1000);
  std::iota(seconds.begin(), seconds.end(), 0);
  write(UpdateMode::replace, seconds, 0);
  const std::string before = shown();
  const std::uint64_t bytes = archive_->stats().head_bytes;
  WriteCommand command;
  for (const std::int64_t s : seconds) {
    command.writes.push_back({points_[0].first, penstock::Run{}});
    command.writes.back().run.push(Timestamp::from_unix_ns(s * kNsPerSecond), -1.0);
  }
  const auto done = sync_wait(archive_->write(std::move(command)));
  ASSERT_TRUE(done.has_value());
  EXPECT_LT(archive_->stats().head_bytes - bytes, 1u << 20);
  open();
  ASSERT_TRUE(undo(done->seq).has_value());
  EXPECT_EQ(shown(), before);
}

/// Does something once, when blocks are first looked at after it was asked to.
class OvertakingStore final : public store::Store {
 public:
  OvertakingStore(std::shared_ptr<store::MemoryStore> inner, std::function<void()>& meanwhile)
      : inner_{std::move(inner)}, meanwhile_{meanwhile} {}
  Result<void> write(const store::Batch& batch) override { return inner_->write(batch); }
  Result<void> flush() override { return inner_->flush(); }
  std::shared_ptr<const store::Snapshot> snapshot() const override {
    return std::make_shared<const View>(inner_->snapshot(), meanwhile_);
  }
  Result<void> checkpoint(const std::string& directory) override { return inner_->checkpoint(directory); }
  Result<void> verify() const override { return inner_->verify(); }
  std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }

 private:
  class View final : public store::Snapshot {
   public:
    View(std::shared_ptr<const store::Snapshot> inner, std::function<void()>& meanwhile)
        : inner_{std::move(inner)}, meanwhile_{meanwhile} {}
    Result<std::optional<std::string>> get(std::string_view key) const override { return inner_->get(key); }
    std::unique_ptr<store::Cursor> cursor(std::string_view lower, std::string_view upper) const override {
      if (lower.starts_with('b') && meanwhile_) std::exchange(meanwhile_, nullptr)();
      return inner_->cursor(lower, upper);
    }

   private:
    std::shared_ptr<const store::Snapshot> inner_;
    std::function<void()>& meanwhile_;
  };
  std::shared_ptr<store::MemoryStore> inner_;
  std::function<void()>& meanwhile_;
};

TEST(UndoOvertaken, TakesNothingBackOfTheCommandBeforeIt) {
  const TemporaryFolder folder;
  const std::shared_ptr<store::MemoryStore> memory = store::open_memory();
  std::function<void()> meanwhile;
  const auto open_store = [&](const std::string&) -> Result<std::unique_ptr<store::Store>> {
    return std::make_unique<OvertakingStore>(memory, meanwhile);
  };
  const auto archive = std::move(*Engine::open(test_options(folder.path()), open_store));
  const auto points = make_points(*archive, 2);
  const PointId point = points[0].first, other = points[5].first;
  const auto write = [&](UpdateMode mode, std::vector<PointSample> slice) {
    WriteCommand command;
    command.mode = mode;
    command.slice = std::move(slice);
    return *sync_wait(archive->write(std::move(command)));
  };
  write(UpdateMode::insert, {PointSample::number(point, 10, 1)});
  const std::uint64_t seq = write(UpdateMode::replace, {PointSample::number(point, 10, 2)}).seq;
  ASSERT_TRUE(archive->flush().has_value());
  // Between the plan and its decision somebody writes to its range, and a new sample of another point.
  meanwhile = [&] {
    write(UpdateMode::replace, {PointSample::number(other, 100, 1), PointSample::number(point, 10, 3)});
  };
  const auto undone = sync_wait(archive->undo(seq, Actor{}));
  EXPECT_FALSE(meanwhile);
  ASSERT_FALSE(undone.has_value());
  EXPECT_EQ(undone.error().code, ErrorCode::conflict);
  const WriteResult again = write(UpdateMode::insert, {PointSample::number(other, 100, 9)});
  EXPECT_TRUE(again.slice.all_are(Outcome::ignored));
  EXPECT_EQ(std::get<double>((*archive->newest(other))->value), 1.0);
}

TEST_F(UndoTest, WhatIsNotKnownIsRefused) {
  EXPECT_EQ(undo(123456).error().code, ErrorCode::not_found);
  EXPECT_EQ(undo(0).error().code, ErrorCode::not_found);
  EXPECT_EQ(undo(1).error().code, ErrorCode::unsupported);  // Points were made.
}

TEST_F(UndoTest, AWindowOfMoreThanIsKeptIsReplacedButNotUndone) {
  const auto fill = [this] {
    for (int i = 0; i < 70'000;) {
      WriteCommand command;
      command.writes.push_back({points_[0].first, penstock::Run{}});
      for (const int end = i + 10'000; i < end; ++i)
        command.writes[0].run.push(Timestamp::from_unix_ns(i * 1000), 1.0);
      ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
    }
  };
  for (int flushed = 0; flushed < 2; ++flushed) {
    SCOPED_TRACE(flushed);
    fill();
    if (flushed == 1) {
      ASSERT_TRUE(archive_->flush().has_value());
    }
    const std::uint64_t seq = write(UpdateMode::replace_range, {0, 1}, 5);
    EXPECT_EQ(shown(), "0=5 1=6 ");
    const auto refused = undo(seq);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    EXPECT_EQ(shown(), "0=5 1=6 ");
    write(UpdateMode::remove, {0, 1}, 0);
  }
}

TEST_F(UndoTest, WithoutAuditNothingIsKept) {
  options_.audit = false;
  archive_.reset();
  archive_ = open_or_die(options_);
  write(UpdateMode::replace, {10}, 0);
  const std::uint64_t seq = write(UpdateMode::replace, {10}, 1);
  EXPECT_EQ(undo(seq).error().code, ErrorCode::not_found);
}

TEST_F(UndoTest, IsForgottenWithTheRecord) {
  options_.audit_days = 0;
  archive_.reset();
  archive_ = open_or_die(options_);
  write(UpdateMode::replace, {10}, 0);
  const std::uint64_t seq = write(UpdateMode::replace, {10}, 1);
  ASSERT_TRUE(archive_->flush().has_value());
  const auto known = archive_->batch(seq);
  ASSERT_TRUE(known && *known);
  // A page of the ledger is full, and dropped.
  for (int i = 0; i < 4200; ++i) write(UpdateMode::replace, {20}, i);
  ASSERT_TRUE(archive_->flush().has_value());
  write(UpdateMode::replace, {20}, 0);
  ASSERT_TRUE(archive_->flush().has_value());
  EXPECT_EQ(undo(seq).error().code, ErrorCode::not_found);
}

TEST_F(UndoTest, IsNotHeldUpByWritersElsewhereOnThePoint) {
  write(UpdateMode::replace, {10, 20, 30}, 0);
  std::atomic<bool> ending{false};
  std::thread writer{[&] {
    for (std::int64_t s = 1000; !ending; ++s) write(UpdateMode::insert, {s}, 0);
  }};
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t seq = write(UpdateMode::replace_range, {10, 25}, 100);
    const auto undone = undo(seq);
    EXPECT_TRUE(undone.has_value()) << undone.error().detail;
    if (!undone) break;
  }
  ending = true;
  writer.join();
  EXPECT_TRUE(shown().starts_with("10=10 20=20 30=30 1000=1000 "));
}

TEST_F(UndoTest, OfManyAtOnceEitherUndoesOrIsRefused) {
  // Two threads write the same times over and over and undo what they wrote: whatever the order, a time that
  // an undo gave back is one that somebody had stored before, and what is refused is refused for the other.
  write(UpdateMode::replace, {10, 20}, 0);
  std::atomic<int> undone{0}, refused{0};
  const auto work = [&](double value) {
    for (int round = 0; round < 60; ++round) {
      const auto done = undo(write(UpdateMode::replace, {10, 20}, value + round));
      if (done) {
        ++undone;
      } else {
        EXPECT_EQ(done.error().code, ErrorCode::conflict) << done.error().detail;
        ++refused;
      }
    }
  };
  std::thread other{[&] { work(1000); }};
  work(2000);
  other.join();
  EXPECT_EQ(undone + refused, 120);
  Scan all;
  all.point = points_[0].first;
  const auto left = samples_of(*archive_->scan(all));
  ASSERT_EQ(left.size(), 2u);
  // Both times were always written together.
  EXPECT_EQ(std::get<double>(left[1].value) - std::get<double>(left[0].value), 10.0);
}

/// Not run with the others: says what keeping preimages costs.
TEST_F(UndoTest, DISABLED_Cost) {
  for (const bool audit : {false, true}) {
    options_ = test_options(folder_.path() + (audit ? "/with" : "/without"));
    options_.audit = audit;
    options_.segment_bytes = 64u << 20;
    archive_.reset();
    archive_ = open_or_die(options_);
    points_ = make_points(*archive_, 1);
    const auto run = [&](UpdateMode mode, std::int64_t first, double value) {
      WriteCommand command;
      command.mode = mode;
      command.writes.push_back({points_[0].first, penstock::Run{}});
      for (std::int64_t i = 0; i < 1000; ++i)
        command.writes[0].run.push(Timestamp::from_unix_ns((first + i) * kNsPerSecond),
                                   value + static_cast<double>(i % 7));
      ASSERT_TRUE(sync_wait(archive_->write(std::move(command))).has_value());
    };
    const auto measure = [&](const char* what, UpdateMode mode, double value) {
      const std::uint64_t bytes = archive_->stats().journal_bytes, wait = archive_->stats().commit_ns;
      const std::int64_t begin = steady_clock_ns();
      for (std::int64_t i = 0; i < 200; ++i) run(mode, i * 1000, value);
      const std::int64_t ns =
          steady_clock_ns() - begin - static_cast<std::int64_t>(archive_->stats().commit_ns - wait);
      std::printf("%s, audit %s: %.1f ns and %.2f journal bytes per sample\n", what, audit ? "on" : "off",
                  static_cast<double>(ns) / 200'000,
                  static_cast<double>(archive_->stats().journal_bytes - bytes) / 200'000);
    };
    measure("append", UpdateMode::insert, 0);
    measure("replace in the head", UpdateMode::replace, 100);
    ASSERT_TRUE(archive_->flush().has_value());
    measure("replace in blocks", UpdateMode::replace, 200);
    ASSERT_TRUE(archive_->flush().has_value());
    measure("replace_range in blocks", UpdateMode::replace_range, 300);
    run(UpdateMode::remove, 100'000, 0);
    ASSERT_TRUE(archive_->flush().has_value());
    measure("identical", UpdateMode::replace_range, 300);
  }
}

TEST_F(UndoTest, TellsWatchesWhatCameBack) {
  write(UpdateMode::replace, {10, 20}, 0);
  const std::uint64_t seq = write(UpdateMode::replace, {10, 15}, 100);
  const auto watch = archive_->watch(std::span{&points_[0].first, 1}, 100);
  ASSERT_TRUE(watch.has_value());
  ASSERT_TRUE(undo(seq).has_value());
  const auto taken = (*watch)->take();
  ASSERT_EQ(taken.changes.size(), 2u);
  EXPECT_EQ(taken.changes[0].what, Change::What::erased);
  EXPECT_EQ(taken.changes[0].sample.time.unix_ns(), 15 * kNsPerSecond);
  EXPECT_EQ(taken.changes[1].what, Change::What::replaced);
  EXPECT_EQ(std::get<double>(taken.changes[1].sample.value), 10.0);
  EXPECT_FALSE(taken.changes[1].sample.quality.has(Quality::kSubstituted));
}

}  // namespace
}  // namespace penstock::archive
