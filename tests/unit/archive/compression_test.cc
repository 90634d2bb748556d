// Compressing points in the archive: what stays of what is written, whatever lies between two writes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include "archive/compression/swinging_door.h"
#include "archive/engine.h"
#include "model.h"

namespace penstock::archive {
namespace {

template <class Member, class Value>
void reduce(Point& point, Member DataReduction::*member, Value value) {
  DataReduction changed = *point.reduction;
  changed.*member = static_cast<Member>(value);
  point.reduction.set(changed);
}

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;

std::unique_ptr<Archive> open_or_die(const Options& options) {
  Result<std::unique_ptr<Archive>> opened = Archive::open(options);
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    std::abort();
  }
  return std::move(*opened);
}

using PointEdit = std::function<void(Point&)>;

PointId make_point(Archive& archive, PointType type, const PointEdit& set = {}) {
  PointId made{};
  const auto done = sync_wait(archive.change(
      [&](catalog::Editor& editor) -> Result<void> {
        Point point;
        point.tag = "point " + Uuid::random().to_string();
        point.type = type;
        point.compressing = true;
        reduce(point, &DataReduction::comp_dev, 0.5);
        if (set) set(point);
        TRY(made, editor.add_point(point));
        return {};
      },
      Door::internal, 0));
  EXPECT_TRUE(done.has_value());
  return made;
}

void change_point(Archive& archive, PointId id, const PointEdit& set) {
  const auto done = sync_wait(archive.change(
      [&](catalog::Editor& editor) -> Result<void> {
        Point point = *editor.tables().points.find(id);
        set(point);
        TRY_VOID(editor.update_point(point));
        return {};
      },
      Door::internal, 0));
  EXPECT_TRUE(done.has_value());
}

struct At {
  std::int64_t second;
  double value;
};

WriteResult write(Archive& archive, PointId point, UpdateMode mode, const std::vector<At>& samples,
                  bool bypass = false) {
  WriteCommand command;
  command.mode = mode;
  command.bypass_compression = bypass;
  penstock::Run run;
  for (const At& sample : samples)
    run.push(Timestamp::from_unix_ns(kStart + sample.second * kSecond), sample.value);
  command.writes.push_back({point, std::move(run)});
  auto done = sync_wait(archive.write(std::move(command)));
  EXPECT_TRUE(done.has_value());
  return done.value_or(WriteResult{});
}

/// "0=10 30=10.1": seconds and values of what is there.
std::string content(const Archive& archive, PointId point) {
  Scan all;
  all.point = point;
  const auto found = archive.scan(all);
  EXPECT_TRUE(found.has_value());
  std::string text;
  for (std::size_t i = 0; found && i < found->size(); ++i) {
    char one[64];
    std::snprintf(one, sizeof one, "%s%lld=%g", text.empty() ? "" : " ",
                  static_cast<long long>((found->times[i] - kStart) / kSecond), found->numbers[i]);
    text += one;
  }
  return text;
}

const std::vector<At> kTraceTwo = {{0, 10.0},  {10, 10.2}, {20, 10.3}, {30, 10.1},
                                   {40, 12.0}, {50, 12.1}, {60, 12.0}};

// What a reader finds after each event of the contract's second trace.
const char* const kTraceTwoLine[] = {"0=10",
                                     "0=10 10=10.2",
                                     "0=10 20=10.3",
                                     "0=10 30=10.1",
                                     "0=10 30=10.1 40=12",
                                     "0=10 30=10.1 40=12 50=12.1",
                                     "0=10 30=10.1 40=12 60=12"};
const char* const kTraceTwoStep[] = {"0=10",       "0=10 10=10.2",       "0=10 20=10.3",    "0=10 30=10.1",
                                     "0=10 40=12", "0=10 40=12 50=12.1", "0=10 40=12 60=12"};

enum class Between { nothing, flush, reopen, flush_and_reopen };

TEST(Compression, TraceTwoWithAnythingBetweenTwoEvents) {
  for (const Between between :
       {Between::nothing, Between::flush, Between::reopen, Between::flush_and_reopen}) {
    SCOPED_TRACE(static_cast<int>(between));
    for (const bool step : {false, true}) {
      SCOPED_TRACE(step);
      const TemporaryFolder folder;
      auto archive = open_or_die(test_options(folder.path()));
      const PointId point = make_point(*archive, PointType::float64, [&](Point& p) { p.step = step; });
      for (std::size_t i = 0; i < kTraceTwo.size(); ++i) {
        SCOPED_TRACE(i);
        write(*archive, point, UpdateMode::insert, {kTraceTwo[i]});
        const std::string want = step ? kTraceTwoStep[i] : kTraceTwoLine[i];
        EXPECT_EQ(content(*archive, point), want);
        if (between == Between::flush || between == Between::flush_and_reopen) {
          ASSERT_TRUE(archive->flush().has_value());
          EXPECT_EQ(content(*archive, point), want);
        }
        if (between == Between::reopen || between == Between::flush_and_reopen) {
          archive.reset();
          archive = open_or_die(test_options(folder.path()));
          EXPECT_EQ(content(*archive, point), want);
        }
      }
    }
  }
}

TEST(Compression, TraceOneAndTwoInOneCommand) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId one =
      make_point(*archive, PointType::float32, [](Point& p) { reduce(p, &DataReduction::comp_dev, 0); });
  const PointId two = make_point(*archive, PointType::float64);
  const auto result =
      write(*archive, one, UpdateMode::insert, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 5}});
  EXPECT_EQ(content(*archive, one), "0=1 4=5 5=5");
  EXPECT_EQ(result.counts().stored, 6u);  // What is compressed away later was stored.
  write(*archive, two, UpdateMode::insert, kTraceTwo);
  EXPECT_EQ(content(*archive, two), kTraceTwoLine[6]);
  // An event that was compressed away does not exist: late, it is stored as it comes.
  EXPECT_EQ(write(*archive, two, UpdateMode::insert, {{10, 10.2}}).counts().stored, 1u);
  EXPECT_EQ(write(*archive, two, UpdateMode::replace_only, {{20, 7}}).counts().ignored, 1u);
  EXPECT_EQ(write(*archive, two, UpdateMode::insert, {{30, 7}}).counts().ignored, 1u);
  EXPECT_EQ(content(*archive, two), "0=10 10=10.2 30=10.1 40=12 60=12");
}

TEST(Compression, SamplesOfACommandAreTakenInTheOrderSent) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId point = make_point(*archive, PointType::float64);
  // 20 goes when 30 comes; 5 and 20 come late and stay, and the second 20 finds its time free again.
  write(*archive, point, UpdateMode::insert, {{0, 1}, {10, 1}, {20, 1}, {30, 1}, {5, 9}, {20, 2}, {20, 3}});
  EXPECT_EQ(content(*archive, point), "0=1 5=9 20=2 30=1");
}

struct Step {
  UpdateMode mode;
  std::vector<At> sent;
  bool bypass;
  const char* after;
};
struct EditCase {
  const char* name;
  std::vector<Step> steps;
};

// Each begins with 0=1 (archived) and 20=1 (snapshot); 10=1 was let go. The deviation is 0.5.
constexpr auto kInsert = UpdateMode::insert;
const EditCase kEdits[] = {
    {"replace at the snapshot pins it",
     {{UpdateMode::replace, {{20, 1.1}}, true, "0=1 20=1.1"},
      {kInsert, {{30, 1}}, false, "0=1 20=1.1 30=1"}}},
    {"the same again by Replace pins it",
     {{UpdateMode::replace, {{20, 1}}, true, "0=1 20=1"}, {kInsert, {{30, 1}}, false, "0=1 20=1 30=1"}}},
    {"an update that changes nothing, of a door that compresses, does not",
     {{UpdateMode::replace, {{20, 1}}, false, "0=1 20=1"}, {kInsert, {{30, 1}}, false, "0=1 30=1"}}},
    {"insert at the snapshot is ignored and pins nothing",
     {{UpdateMode::insert_no_compression, {{20, 2}}, false, "0=1 20=1"},
      {kInsert, {{30, 1}}, false, "0=1 30=1"}}},
    {"insert_no_compression keeps what it stores",
     {{UpdateMode::insert_no_compression, {{30, 1}, {40, 1}}, false, "0=1 20=1 30=1 40=1"},
      {kInsert, {{50, 1}, {60, 1}, {70, 1}}, false, "0=1 20=1 30=1 40=1 70=1"}}},
    {"Replace bypasses the test",
     {{UpdateMode::replace, {{30, 1}, {40, 1}}, true, "0=1 20=1 30=1 40=1"},
      {kInsert, {{50, 1}, {60, 1}}, false, "0=1 20=1 30=1 40=1 60=1"}}},
    {"an update of another door does not", {{UpdateMode::replace, {{30, 1}, {40, 1}}, false, "0=1 40=1"}}},
    {"replace_range stores all that it brings",
     {{UpdateMode::replace_range, {{20, 1}, {30, 1}, {40, 1}}, false, "0=1 20=1 30=1 40=1"},
      {kInsert, {{50, 1}, {60, 1}}, false, "0=1 20=1 30=1 40=1 60=1"}}},
    {"remove of the snapshot promotes the newest archived, which stays",
     {{UpdateMode::remove, {{20, 0}}, false, "0=1"},
      {kInsert, {{15, 1}, {30, 1}, {40, 1}}, false, "0=1 40=1"}}},
    {"remove of the archived one takes the one before it",
     {{kInsert, {{30, 9}, {40, 9}, {50, 9}}, false, "0=1 20=1 30=9 50=9"},
      {UpdateMode::remove, {{30, 0}}, false, "0=1 20=1 50=9"},
      // From (20, 1) to (50, 9); (80, 17) is on that line, so 50 goes.
      {kInsert, {{80, 17}}, false, "0=1 20=1 80=17"}}},
    {"remove of all that is archived, then of the snapshot",
     {{UpdateMode::remove, {{0, 0}}, false, "20=1"},
      {kInsert, {{30, 1}}, false, "20=1 30=1"},
      {kInsert, {{40, 1}}, false, "20=1 40=1"},
      {UpdateMode::remove, {{20, 0}, {40, 0}}, false, ""},
      {kInsert, {{5, 1}, {6, 1}, {7, 1}}, false, "5=1 7=1"}}},
    {"remove of both, sent in any order",
     {{kInsert, {{30, 9}, {40, 9}}, false, "0=1 20=1 30=9 40=9"},
      {UpdateMode::remove, {{40, 0}, {20, 0}, {30, 0}}, false, "0=1"},
      {kInsert, {{50, 1}, {60, 1}}, false, "0=1 60=1"}}},
    {"late, between the archived one and the snapshot",
     {{kInsert, {{10, 4}}, false, "0=1 10=4 20=1"},
      // From (10, 4) through (20, 1): on the line goes, beside it stays.
      {kInsert, {{30, -2}}, false, "0=1 10=4 30=-2"},
      {kInsert, {{40, 9}}, false, "0=1 10=4 30=-2 40=9"}}},
    {"replace of the archived one opens the band anew",
     {{UpdateMode::replace, {{0, -9}}, true, "0=-9 20=1"}, {kInsert, {{40, 11}}, false, "0=-9 40=11"}}},
    {"late, before the archived one, changes nothing",
     {{kInsert, {{-5, 9}}, false, "-5=9 0=1 20=1"}, {kInsert, {{30, 1}}, false, "-5=9 0=1 30=1"}}},
    {"replace_range over the archived one and the snapshot",
     {{UpdateMode::replace_range, {{0, 3}, {25, 3}}, false, "0=3 25=3"},
      {kInsert, {{30, 3}, {40, 3}}, false, "0=3 25=3 40=3"}}},
};

TEST(Compression, EditsOfWhatTheTestStandsOn) {
  for (const Between between :
       {Between::nothing, Between::flush, Between::reopen, Between::flush_and_reopen}) {
    SCOPED_TRACE(static_cast<int>(between));
    const TemporaryFolder folder;
    auto archive = open_or_die(test_options(folder.path()));
    std::vector<PointId> points;
    for (const EditCase& c : kEdits) {
      points.push_back(make_point(*archive, PointType::float64));
      write(*archive, points.back(), UpdateMode::insert, {{0, 1}, {10, 1}, {20, 1}});
      ASSERT_EQ(content(*archive, points.back()), "0=1 20=1") << c.name;
    }
    // One step of all cases, then whatever lies between, so that it does not take long.
    for (std::size_t step = 0; step < 6; ++step) {
      if (between == Between::flush || between == Between::flush_and_reopen) {
        ASSERT_TRUE(archive->flush().has_value());
      }
      if (between == Between::reopen || between == Between::flush_and_reopen) {
        archive.reset();
        archive = open_or_die(test_options(folder.path()));
      }
      for (std::size_t i = 0; i < std::size(kEdits); ++i) {
        const EditCase& c = kEdits[i];
        SCOPED_TRACE(c.name);
        if (step < c.steps.size())
          write(*archive, points[i], c.steps[step].mode, c.steps[step].sent, c.steps[step].bypass);
        EXPECT_EQ(content(*archive, points[i]), c.steps[std::min(step, c.steps.size() - 1)].after);
      }
    }
  }
}

TEST(Compression, EventsFromBeforeTheCreationStayUnlessAskedOtherwise) {
  const std::vector<At> history = {{0, 1}, {1, 1}, {2, 1}, {3, 1}}, live = {{10, 1}, {11, 1}, {12, 1}};
  for (const bool before : {false, true}) {
    SCOPED_TRACE(before);
    const TemporaryFolder folder;
    Options options = test_options(folder.path());
    options.compress_before_creation = before;
    auto archive = open_or_die(options);
    const PointId point = make_point(*archive, PointType::float64, [](Point& p) {
      p.created = Timestamp::from_unix_ns(kStart + 10 * kSecond);
    });
    write(*archive, point, UpdateMode::insert, history);
    archive.reset();
    archive = open_or_die(options);
    write(*archive, point, UpdateMode::insert, live);
    EXPECT_EQ(content(*archive, point), before ? "0=1 12=1" : "0=1 1=1 2=1 3=1 10=1 12=1");
  }
}

TEST(Compression, SettingsTakeEffectAtTheirPlaceInTheOrder) {
  for (const bool reopen : {false, true}) {
    SCOPED_TRACE(reopen);
    const TemporaryFolder folder;
    auto archive = open_or_die(test_options(folder.path()));
    const PointId point = make_point(*archive, PointType::float64, [](Point& p) { p.compressing = false; });
    const auto pass = [&](bool flush) {
      if (!reopen) return;
      if (flush) {
        EXPECT_TRUE(archive->flush().has_value());
      }
      archive.reset();
      archive = open_or_die(test_options(folder.path()));
    };
    write(*archive, point, UpdateMode::insert, {{0, 1}, {1, 1}, {2, 1}});
    change_point(*archive, point, [](Point& p) { p.compressing = true; });
    pass(false);
    // What was there stays, and so does the first one that comes.
    write(*archive, point, UpdateMode::insert, {{3, 1}, {4, 1}, {5, 1}});
    EXPECT_EQ(content(*archive, point), "0=1 1=1 2=1 3=1 5=1");
    pass(true);
    change_point(*archive, point, [](Point& p) { reduce(p, &DataReduction::comp_dev, 3); });
    write(*archive, point, UpdateMode::insert, {{6, 9}, {7, 8}, {8, 10}, {9, 9}});
    EXPECT_EQ(content(*archive, point), "0=1 1=1 2=1 3=1 5=1 6=9 9=9");
    pass(true);
    change_point(*archive, point, [](Point& p) { p.compressing = false; });
    pass(true);
    write(*archive, point, UpdateMode::insert, {{10, 9}, {11, 9}, {12, 9}});
    EXPECT_EQ(content(*archive, point), "0=1 1=1 2=1 3=1 5=1 6=9 9=9 10=9 11=9 12=9");
    change_point(*archive, point, [](Point& p) { p.archiving = false; });
    pass(false);
    EXPECT_EQ(write(*archive, point, UpdateMode::insert, {{13, 1}, {14, 2}, {4, 3}}).counts().stored, 3u);
    EXPECT_EQ(content(*archive, point), "0=1 1=1 2=1 3=1 5=1 6=9 9=9 10=9 11=9 12=9 14=2");
  }
}

TEST(Compression, PointsOfFutureDataAndDeletedOnesHaveNoState) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId future = make_point(*archive, PointType::float64, [](Point& p) { p.future = true; });
  write(*archive, future, UpdateMode::insert, {{0, 1}, {1, 1}, {2, 1}});
  EXPECT_EQ(content(*archive, future), "0=1 1=1 2=1");
  const PointId gone = make_point(*archive, PointType::float64);
  write(*archive, gone, UpdateMode::insert, {{0, 1}, {1, 1}, {2, 1}});
  ASSERT_TRUE(archive->flush().has_value());
  ASSERT_TRUE(sync_wait(archive->change([&](catalog::Editor& editor) { return editor.erase_point(gone); },
                                        Door::internal, 0))
                  .has_value());
  EXPECT_EQ(write(*archive, gone, UpdateMode::insert, {{3, 1}}).counts().rejected, 1u);
  ASSERT_TRUE(archive->flush().has_value());
  archive.reset();
  archive = open_or_die(test_options(folder.path()));
  EXPECT_EQ(content(*archive, gone), "");
  EXPECT_EQ(write(*archive, gone, UpdateMode::insert, {{4, 1}}).counts().rejected, 1u);
}

/// The archive as a plain map per point, with the same pure test over it and everything behind an erase
/// known.
class CompressedModel {
 public:
  struct Entry {
    CompressionSettings settings;
    bool compresses = false;
    CompressionState state;
    std::map<std::int64_t, Sample> samples;
  };

  void add(PointId id, const Point& point) {
    Entry& entry = points[to_number(id)];
    entry.compresses = CompressionSettings::needed(point);
    entry.settings = CompressionSettings::of(point, false);
  }
  std::vector<Outcome> apply(PointId id, UpdateMode mode, bool bypass, const penstock::Run& run) {
    Entry& entry = points[to_number(id)];
    bypass = bypass || mode == UpdateMode::insert_no_compression || mode == UpdateMode::replace_range;
    if (mode == UpdateMode::replace_range) {
      const auto [first, last] = std::minmax_element(run.times.begin(), run.times.end());
      take_away(entry, {*first, *last});
    }
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < run.size(); ++i) {
      Sample sample = run.sample(i);
      const std::int64_t time = sample.time.unix_ns();
      const auto at = entry.samples.find(time);
      // The plain model knows the update modes.
      Model one;
      auto& there = one.points[to_number(id)];
      if (at != entry.samples.end()) there.insert(*at);
      WriteCommand command;
      command.mode = mode == UpdateMode::replace_range ? UpdateMode::replace : mode;
      penstock::Run single;
      single.kind = run.kind;
      single.push(sample);
      command.writes.push_back({id, single});
      const Outcome outcome = one.apply(command)[0][0];
      outcomes.push_back(outcome);
      if (outcome == Outcome::stored) {
        const Arrived arrived =
            entry.compresses ? arrive(entry.settings, entry.state, CompressionEvent::of(sample), bypass)
                             : Arrived{};
        if (arrived.kept) entry.samples.insert_or_assign(time, sample);
        if (arrived.dropped) dropped += entry.samples.erase(*arrived.dropped);
      } else if (outcome == Outcome::replaced) {
        sample = there.at(time);
        if (mode == UpdateMode::replace_range) sample.quality = run.quality(i);
        entry.samples.insert_or_assign(time, sample);
        edited(entry.settings, entry.state, CompressionEvent::of(sample));
      } else if (outcome == Outcome::identical && bypass) {
        sent_again(entry.state, time);
      } else if (outcome == Outcome::erased) {
        take_away(entry, {time, time});
      }
    }
    return outcomes;
  }

  std::map<std::uint32_t, Entry> points;
  std::size_t dropped = 0, looked_behind = 0;

 private:
  void take_away(Entry& entry, Interval interval) {
    looked_behind += entry.compresses && needs_predecessor(entry.state, interval);
    entry.samples.erase(entry.samples.lower_bound(interval.first), entry.samples.upper_bound(interval.last));
    Predecessor before;
    const auto at = entry.samples.lower_bound(entry.state.snapshot.time);
    if (at != entry.samples.begin()) before.event = CompressionEvent::of(std::prev(at)->second);
    if (entry.compresses) erased(entry.settings, entry.state, interval, &before);
  }
};

::testing::AssertionResult equals(const Archive& archive, const CompressedModel& model) {
  for (const auto& [number, entry] : model.points) {
    Scan all;
    all.point = PointId{number};
    const auto found = archive.scan(all);
    if (!found) return ::testing::AssertionFailure() << found.error().detail;
    std::vector<Sample> want;
    for (const auto& [time, sample] : entry.samples) want.push_back(sample);
    const std::vector<Sample> have = samples_of(*found);
    if (same(have, want)) continue;
    auto failure = ::testing::AssertionFailure()
                   << "point " << number << ": have " << have.size() << ", want " << want.size();
    for (std::size_t i = 0; i < std::max(have.size(), want.size()); ++i) {
      if (i < have.size() && i < want.size() && same(have[i], want[i])) continue;
      return failure << "\n at " << i << ": have " << (i < have.size() ? describe(have[i]) : "nothing")
                     << ", want " << (i < want.size() ? describe(want[i]) : "nothing");
    }
  }
  return ::testing::AssertionSuccess();
}

struct ModelPoint {
  PointId id;
  Kind kind;
};

std::vector<ModelPoint> make_model_points(Archive& archive, CompressedModel& model, std::size_t of_each) {
  struct Shape {
    PointType type;
    bool step, compressing, archiving;
    double deviation;
    std::int64_t min_s, max_s;
  };
  static constexpr Shape kShapes[] = {
      {PointType::float64, false, true, true, 1.0, 0, 28800},
      {PointType::float64, true, true, true, 1.0, 0, 60},
      {PointType::float32, false, true, true, 0.0, 2, 20},
      {PointType::int32, false, true, true, 200, 0, 30},
      {PointType::digital, false, true, true, 0.2, 0, 600},
      {PointType::string, false, true, true, 0.2, 0, 600},
      {PointType::float64, false, false, true, 1.0, 0, 600},
      {PointType::float64, false, true, false, 1, 0, 60},
  };
  std::vector<ModelPoint> made;
  for (std::size_t n = 0; n < of_each; ++n) {
    for (const Shape& shape : kShapes) {
      Point point;
      const PointId id = make_point(archive, shape.type, [&](Point& p) {
        p.step = shape.step;
        p.compressing = shape.compressing;
        p.archiving = shape.archiving;
        reduce(p, &DataReduction::comp_dev, shape.deviation);
        reduce(p, &DataReduction::comp_min_s, shape.min_s);
        reduce(p, &DataReduction::comp_max_s, shape.max_s);
        // Some of what is written is older than the point.
        p.created = Timestamp::from_unix_ns(1'700'000'000'000'000'000 - 200 * kSecond);
        point = p;
      });
      model.add(id, point);
      made.push_back({id, kind_of(shape.type)});
    }
  }
  return made;
}

/// Commands around the newest samples of each point, so that they meet what the test stands on.
class NearTheEnd {
 public:
  NearTheEnd(std::uint64_t seed, std::vector<std::pair<PointId, Kind>> points)
      : random_{seed}, points_{std::move(points)}, general_{seed, points_} {}

  std::size_t below(std::size_t n) { return random_() % n; }
  WriteCommand command() {
    static constexpr UpdateMode kModes[] = {UpdateMode::insert,        UpdateMode::insert,
                                            UpdateMode::insert,        UpdateMode::replace,
                                            UpdateMode::replace,       UpdateMode::insert_no_compression,
                                            UpdateMode::remove,        UpdateMode::remove,
                                            UpdateMode::replace_range, UpdateMode::replace_only};
    if (below(8) == 0) return general_.command();
    WriteCommand command;
    command.mode = kModes[below(std::size(kModes))];
    const std::size_t parts = command.mode == UpdateMode::replace_range ? 1 : 1 + below(2);
    for (std::size_t part = 0; part < parts; ++part) {
      const auto& [point, kind] = points_[below(points_.size())];
      const bool as_slice = kind != Kind::text && command.mode != UpdateMode::replace_range && below(3) == 0;
      penstock::Run run;
      run.kind = kind;
      for (std::size_t n = 1 + below(5); n > 0; --n) {
        std::int64_t& newest =
            newest_.try_emplace(to_number(point), kStart + 100'000 * kSecond).first->second;
        const std::int64_t time = newest + (static_cast<std::int64_t>(below(10)) - 6) * kSecond;
        if (command.mode != UpdateMode::remove) newest = std::max(newest, time);
        const auto small = static_cast<std::int64_t>(below(4));
        Value value = small == 3 ? static_cast<double>(small) * 40 : static_cast<double>(small) / 4;
        if (is_integer(kind)) value = small * 60;
        if (kind == Kind::text) value = std::string(1, static_cast<char>('a' + small / 2));
        if (as_slice) {
          command.slice.push_back(is_number(kind)
                                      ? PointSample::number(point, time, std::get<double>(value))
                                      : PointSample::integer(point, time, std::get<std::int64_t>(value)));
          command.slice.back().kind = kind;
          continue;
        }
        Quality quality;
        if (below(20) == 0) quality.state = system_state::kNoData;
        if (below(20) == 0) quality.flags = Quality::kAnnotated;
        run.push(Timestamp::from_unix_ns(time), quality.state != 0 ? zero_of(kind) : value, quality);
      }
      if (!run.empty()) command.writes.push_back({point, std::move(run)});
    }
    return command;
  }

 private:
  std::mt19937_64 random_;
  std::vector<std::pair<PointId, Kind>> points_;
  std::map<std::uint32_t, std::int64_t> newest_;
  Generator general_;
};

/// Writes one command of a generator and compares its outcomes.
void one_step(Archive& archive, NearTheEnd& generator, CompressedModel& model) {
  WriteCommand command = generator.command();
  command.all_or_none = false;
  // Two ranges of one point in one command may cost the band: more is kept than need be.
  if (command.mode == UpdateMode::replace_range && command.writes.size() > 1) command.writes.resize(1);
  command.bypass_compression = command.mode == UpdateMode::replace && generator.below(2) == 0;
  std::vector<std::vector<Outcome>> want;
  if (!command.slice.empty()) {
    auto& outcomes = want.emplace_back();
    for (const PointSample& sample : command.slice) {
      penstock::Run run;
      run.kind = sample.kind;
      const Timestamp time = Timestamp::from_unix_ns(sample.time);
      if (is_number(run.kind)) {
        run.push(time, std::bit_cast<double>(sample.bits));
      } else {
        run.push(time, std::bit_cast<std::int64_t>(sample.bits));
      }
      outcomes.push_back(model.apply(sample.point, command.mode, command.bypass_compression, run)[0]);
    }
  }
  for (const PointWrite& some : command.writes)
    want.push_back(model.apply(some.point, command.mode, command.bypass_compression, some.run));
  const auto got = sync_wait(archive.write(command));
  ASSERT_TRUE(got.has_value()) << got.error().detail;
  ASSERT_EQ(outcomes_of(command, *got), want);
}

class CompressionModelTest : public ::testing::TestWithParam<int> {};

TEST_P(CompressionModelTest, AnyCommandsFlushesAndReopeningsEqualTheMap) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  CompressedModel model;
  std::vector<std::pair<PointId, Kind>> points;
  for (const ModelPoint& point : make_model_points(*archive, model, 1))
    points.emplace_back(point.id, point.kind);
  NearTheEnd generator{static_cast<std::uint64_t>(GetParam()), points};
  for (int step = 0; step < 400; ++step) {
    SCOPED_TRACE(step);
    ASSERT_NO_FATAL_FAILURE(one_step(*archive, generator, model));
    if (generator.below(10) == 0) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (generator.below(20) == 0) {
      archive.reset();
      archive = open_or_die(test_options(folder.path()));
    }
    if (step % 5 == 0) {
      ASSERT_TRUE(equals(*archive, model));
    }
  }
  ASSERT_TRUE(archive->flush().has_value());
  ASSERT_TRUE(equals(*archive, model));
  EXPECT_GT(model.dropped, 30u);
  EXPECT_GT(model.looked_behind, 10u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompressionModelTest, ::testing::Range(1, 13));

TEST(Compression, WritersOfManyThreadsAndARunningFlushChangeNothing) {
  const TemporaryFolder folder;
  Options options = test_options(folder.path());
  options.segment_bytes = 8u << 20;
  auto archive = open_or_die(options);
  constexpr int kWriters = 3;
  std::vector<CompressedModel> models(kWriters);
  std::vector<std::vector<std::pair<PointId, Kind>>> points(kWriters);
  for (int w = 0; w < kWriters; ++w) {
    const auto of_writer = static_cast<std::size_t>(w);
    for (const ModelPoint& point : make_model_points(*archive, models[of_writer], 1))
      points[of_writer].emplace_back(point.id, point.kind);
  }
  std::atomic<int> left{kWriters};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      const auto of_writer = static_cast<std::size_t>(w);
      NearTheEnd generator{static_cast<std::uint64_t>(100 + w), points[of_writer]};
      for (int step = 0; step < 120 && !::testing::Test::HasFatalFailure(); ++step)
        one_step(*archive, generator, models[of_writer]);
      left.fetch_sub(1);
    });
  }
  while (left.load() > 0) EXPECT_TRUE(archive->flush().has_value());
  for (std::thread& writer : writers) writer.join();
  for (const CompressedModel& model : models) EXPECT_TRUE(equals(*archive, model));
  archive.reset();
  archive = open_or_die(options);
  for (const CompressedModel& model : models) EXPECT_TRUE(equals(*archive, model));
}

TEST(Compression, WritersOfOnePointFindItTheSameAfterAReopening) {
  const TemporaryFolder folder;
  Options options = test_options(folder.path());
  options.segment_bytes = 8u << 20;
  auto archive = open_or_die(options);
  CompressedModel unused;
  std::vector<std::pair<PointId, Kind>> points;
  for (const ModelPoint& point : make_model_points(*archive, unused, 1))
    points.emplace_back(point.id, point.kind);
  std::vector<std::thread> writers;
  std::atomic<int> left{3};
  for (std::uint64_t w = 0; w < 3; ++w) {
    writers.emplace_back([&, w] {
      NearTheEnd generator{200 + w, points};
      for (int step = 0; step < 150; ++step) {
        // Removals meet arrivals of others: what they looked up is then of before.
        const auto done = sync_wait(archive->write(generator.command()));
        EXPECT_TRUE(done.has_value() || done.error().code == ErrorCode::conflict);
      }
      left.fetch_sub(1);
    });
  }
  while (left.load() > 0) EXPECT_TRUE(archive->flush().has_value());
  for (std::thread& writer : writers) writer.join();
  std::vector<std::vector<Sample>> before;
  for (const auto& [id, kind] : points) {
    Scan all;
    all.point = id;
    before.push_back(samples_of(*archive->scan(all)));
  }
  archive.reset();
  archive = open_or_die(options);
  for (std::size_t i = 0; i < points.size(); ++i) {
    Scan all;
    all.point = points[i].first;
    EXPECT_TRUE(same(samples_of(*archive->scan(all)), before[i]));
  }
}

class CompressionOrderTest : public ::testing::TestWithParam<int> {};

TEST_P(CompressionOrderTest, ArrivalsInOrderGiveTheSameWhateverLiesBetweenThem) {
  std::mt19937_64 random{static_cast<std::uint64_t>(GetParam())};
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const double deviation = static_cast<double>(random() % 4) / 2;
  const bool step = random() % 3 == 0;
  Point settings_of;
  const PointId point = make_point(*archive, PointType::float64, [&](Point& p) {
    reduce(p, &DataReduction::comp_dev, deviation);
    p.step = step;
    settings_of = p;
  });
  const CompressionSettings settings = CompressionSettings::of(settings_of, false);
  CompressionState state;
  std::map<std::int64_t, double> sent, kept;
  double value = 0;
  std::int64_t time = kStart;
  for (int round = 0; round < 120; ++round) {
    penstock::Run run;
    for (std::size_t n = random() % 3 == 0 ? 1 : random() % 30 + 1; n > 0; --n) {
      time += static_cast<std::int64_t>(random() % (2 * kSecond)) + 1;
      value += random() % 20 == 0 ? 5.0 : static_cast<double>(random() % 101) / 100 - 0.5;
      run.push(Timestamp::from_unix_ns(time), value);
      sent[time] = kept[time] = value;
      const auto arrived = arrive(settings, state, CompressionEvent::of(run, run.size() - 1), false);
      if (arrived.dropped) kept.erase(*arrived.dropped);
    }
    WriteCommand command;
    command.mode = random() % 2 == 0 ? UpdateMode::insert : UpdateMode::replace;
    if (random() % 2 == 0) {
      command.writes.push_back({point, run});
    } else {
      for (std::size_t i = 0; i < run.size(); ++i)
        command.slice.push_back(PointSample::number(point, run.times[i], run.numbers[i]));
    }
    ASSERT_TRUE(sync_wait(archive->write(std::move(command))).has_value());
    if (random() % 8 == 0) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (random() % 12 == 0) {
      archive.reset();
      archive = open_or_die(test_options(folder.path()));
    }
  }
  Scan all;
  all.point = point;
  const auto found = archive->scan(all);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), kept.size());
  std::size_t i = 0;
  for (const auto& [at, number] : kept) {
    ASSERT_EQ(found->times[i], at);
    ASSERT_EQ(found->numbers[i++], number);
  }
  EXPECT_LE(kept.size(), sent.size() - (deviation > 0));
  // And what is gone can be told from what is there.
  if (step) return;
  for (const auto& [at, number] : sent) {
    const auto right = kept.lower_bound(at);
    if (right->first == at) continue;
    const auto before = std::prev(right);
    const double part =
        static_cast<double>(at - before->first) / static_cast<double>(right->first - before->first);
    const double line = before->second + (right->second - before->second) * part;
    ASSERT_LE(std::abs(number - line), deviation + 1e-12 * std::max(1.0, std::abs(number)));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompressionOrderTest, ::testing::Range(1, 17));

TEST(Compression, ARangeBehindAllThereIsIsUndoneLikeAnAppend) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId point = make_point(*archive, PointType::float64);
  write(*archive, point, UpdateMode::insert, {{0, 1}});
  for (int reopened = 0; reopened < 2; ++reopened) {
    const WriteResult done = write(*archive, point, UpdateMode::replace_range, {{10, 5}, {20, 6}});
    EXPECT_EQ(content(*archive, point), "0=1 10=5 20=6");
    if (reopened == 1) {
      archive.reset();
      archive = open_or_die(test_options(folder.path()));
    }
    const auto undone = sync_wait(archive->undo(done.seq, Actor{}));
    ASSERT_TRUE(undone.has_value()) << undone.error().detail;
    EXPECT_EQ(undone->counts().erased, 2u);
    EXPECT_EQ(content(*archive, point), "0=1");
  }
}

TEST(Compression, ManyTextsOfPointsThatDoNotCompressNeedNoRoomForStates) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId point =
      make_point(*archive, PointType::string, [](Point& made) { made.compressing = false; });
  WriteCommand command;
  for (std::int64_t i = 0; i < 1000; ++i) {
    command.writes.push_back({point, penstock::Run{}});
    command.writes.back().run.kind = Kind::text;
    command.writes.back().run.push(Timestamp::from_unix_ns(kStart + i), std::string{"text"});
  }
  const auto done = sync_wait(archive->write(std::move(command)));
  ASSERT_TRUE(done.has_value()) << done.error().detail;
  EXPECT_EQ(done->counts().stored, 1000u);
}

TEST(Layer, WhatIsLetGoDoesNotUncoverWhatItReplaced) {
  Layer layer{Kind::float64};
  penstock::Run run;
  run.push(Timestamp::from_unix_ns(1), 1.0);
  run.push(Timestamp::from_unix_ns(2), 2.0);
  layer.put(run);
  layer.put_one(2, std::bit_cast<std::uint64_t>(5.0), {});
  layer.drop(2);
  const std::int64_t times[] = {1, 2};
  Matches matches{Kind::float64, 2};
  layer.match(times, matches);
  EXPECT_TRUE(matches.taken(0));
  EXPECT_FALSE(matches.taken(1));
}

TEST(Compression, WhatIsLetGoLeavesNoTraceInTheHead) {
  const TemporaryFolder folder;
  auto archive = open_or_die(test_options(folder.path()));
  const PointId point = make_point(*archive, PointType::float64);
  for (std::int64_t i = 0; i < 400; ++i) write(*archive, point, UpdateMode::insert, {{i, 1}});
  EXPECT_EQ(content(*archive, point), "0=1 399=1");
  EXPECT_EQ(archive->stats().head_samples, 2u);
  EXPECT_LT(archive->stats().head_bytes, 8192u);
}

/// A store that looks at itself before every write and flush.
class LookingStore final : public store::Store {
 public:
  LookingStore(std::shared_ptr<store::MemoryStore> inner, std::function<void()> look)
      : inner_{std::move(inner)}, look_{std::move(look)} {}
  Result<void> write(const store::Batch& batch) override {
    look_();
    return inner_->write(batch);
  }
  Result<void> flush() override {
    look_();
    return inner_->flush();
  }
  std::shared_ptr<const store::Snapshot> snapshot() const override { return inner_->snapshot(); }
  Result<void> checkpoint(const std::string& directory) override { return inner_->checkpoint(directory); }
  Result<void> verify() const override { return inner_->verify(); }
  std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }

 private:
  std::shared_ptr<store::MemoryStore> inner_;
  std::function<void()> look_;
};

class CompressionFlushTest : public ::testing::TestWithParam<int> {};

TEST_P(CompressionFlushTest, CutShortAtAnyStepItGoesOnAsIfNothingWere) {
  const TemporaryFolder folder;
  const std::shared_ptr<store::MemoryStore> memory = store::open_memory();
  CompressedModel model;
  std::vector<std::pair<PointId, Kind>> points;
  int images = 0;
  bool flushing = false;
  const auto open_on = [](const std::string& directory, const std::shared_ptr<store::MemoryStore>& store,
                          const std::function<void()>& look) {
    return Engine::open(test_options(directory),
                        [=](const std::string&) -> Result<std::unique_ptr<store::Store>> {
                          return std::make_unique<LookingStore>(store, look);
                        });
  };
  const auto look = [&] {
    if (!flushing) return;
    // As if the machine stopped here: the blocks as written so far, and the journal.
    const TemporaryFolder copy;
    std::filesystem::copy(folder.path() + "/journal", copy.path() + "/journal",
                          std::filesystem::copy_options::recursive);
    std::filesystem::remove(copy.path() + "/journal/LOCK");
    const std::shared_ptr<store::MemoryStore> image = store::open_memory();
    store::Batch all;
    const auto snapshot = memory->snapshot();
    const auto cursor = snapshot->cursor("", "");
    for (cursor->seek(""); cursor->valid(); cursor->next()) all.put(cursor->key(), cursor->value());
    ASSERT_TRUE(image->write(all) && image->flush());
    auto opened = open_on(copy.path(), image, [] {});
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_TRUE(equals(**opened, model));
    // States, too: what comes next is decided as it would have been.
    CompressedModel then = model;
    NearTheEnd next{static_cast<std::uint64_t>(images), points};
    for (int i = 0; i < 6; ++i) one_step(**opened, next, then);
    EXPECT_TRUE((*opened)->flush().has_value());
    EXPECT_TRUE(equals(**opened, then));
    ++images;
  };
  auto archive = std::move(*open_on(folder.path(), memory, look));
  for (const ModelPoint& point : make_model_points(*archive, model, 1))
    points.emplace_back(point.id, point.kind);
  NearTheEnd generator{static_cast<std::uint64_t>(GetParam()), points};
  for (int step = 0; step < 60; ++step) {
    ASSERT_NO_FATAL_FAILURE(one_step(*archive, generator, model));
    if (step % 15 == 14) {
      flushing = true;
      ASSERT_TRUE(archive->flush().has_value());
      flushing = false;
      ASSERT_TRUE(equals(*archive, model));
    }
  }
  EXPECT_GE(images, 8);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompressionFlushTest, ::testing::Range(31, 34));

}  // namespace
}  // namespace penstock::archive
