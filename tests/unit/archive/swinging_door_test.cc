// The compression test by itself: the traces of the contract, its rules as tables, and what it promises.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "archive/compression/state.h"
#include "archive/compression/swinging_door.h"

namespace penstock::archive {
namespace {

template <class Member, class Value>
void reduce(Point& point, Member DataReduction::*member, Value value) {
  DataReduction changed = *point.reduction;
  changed.*member = static_cast<Member>(value);
  point.reduction.set(changed);
}

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint16_t kNoData = system_state::kNoData;

CompressionSettings settings_of(CompressionRule rule, double deviation) {
  CompressionSettings settings;
  settings.rule = rule;
  settings.deviation = deviation;
  settings.max_ns = 28800 * kSecond;
  return settings;
}

CompressionEvent event_at(std::int64_t second, double value, Quality quality = {}) {
  return {second * kSecond, value, quality, true};
}

/// Events as they came, and which of them are there.
struct Trace {
  CompressionSettings settings;
  CompressionState state;
  std::map<std::int64_t, CompressionEvent> kept;

  void send(const CompressionEvent& event, bool bypass = false) {
    const Arrived arrived = arrive(settings, state, event, bypass);
    if (arrived.dropped) {
      EXPECT_EQ(kept.erase(*arrived.dropped), 1u);
    }
    if (arrived.kept) kept.insert_or_assign(event.time, event);
  }
  void take_away(std::int64_t from, std::int64_t to) {
    const Interval interval{from * kSecond, to * kSecond};
    kept.erase(kept.lower_bound(interval.first), kept.upper_bound(interval.last));
    Predecessor before;
    const auto at = kept.lower_bound(state.snapshot.time);
    if (at != kept.begin()) before.event = std::prev(at)->second;
    erased(settings, state, interval, &before);
  }
  std::vector<std::int64_t> seconds() const {
    std::vector<std::int64_t> all;
    for (const auto& [time, event] : kept) all.push_back(time / kSecond);
    return all;
  }
};

using Seconds = std::vector<std::int64_t>;

TEST(SwingingDoor, TraceOneTheVendorsExample) {
  Trace trace{settings_of(CompressionRule::line, 0), {}, {}};
  const double values[] = {1, 2, 3, 4, 5, 5};
  for (int i = 0; i < 6; ++i) trace.send(event_at(i, values[i]));
  EXPECT_EQ(trace.seconds(), (Seconds{0, 4, 5}));
}

struct TraceStep {
  std::int64_t second;
  double value;
  const char* decision;          // "" for the first, else what became of the snapshot before it.
  std::int64_t archived_second;  // -1: none yet.
  double low, high;              // Per second.
};

// The contract's second trace, d = 0.5.
constexpr TraceStep kTraceTwo[] = {
    {0, 10.0, "", -1, 0, 0},
    {10, 10.2, "archive", 0, -0.030, 0.070},
    {20, 10.3, "drop", 0, -0.010, 0.040},
    {30, 10.1, "drop", 0, -0.010, 0.020},
    {40, 12.0, "archive", 30, 0.140, 0.240},
    {50, 12.1, "archive", 40, -0.040, 0.060},
    {60, 12.0, "drop", 40, -0.025, 0.025},
};

TEST(SwingingDoor, TraceTwoStepByStep) {
  Trace trace{settings_of(CompressionRule::line, 0.5), {}, {}};
  for (const TraceStep& step : kTraceTwo) {
    SCOPED_TRACE(step.second);
    const Arrived arrived = arrive(trace.settings, trace.state, event_at(step.second, step.value), false);
    EXPECT_EQ(arrived.dropped.has_value(), std::string_view{step.decision} == "drop");
    const CompressionState& state = trace.state;
    EXPECT_EQ(state.snapshot.time, step.second * kSecond);
    if (step.archived_second < 0) {
      EXPECT_EQ(state.archived_is, CompressionState::Archived::none);
      continue;
    }
    EXPECT_EQ(state.archived.time, step.archived_second * kSecond);
    EXPECT_NEAR(state.low * kSecond, step.low, 1e-12);
    EXPECT_NEAR(state.high * kSecond, step.high, 1e-12);
  }
}

TEST(SwingingDoor, TraceTwoOfBothKindsOfPoints) {
  for (const auto& [rule, want] : {std::pair{CompressionRule::line, Seconds{0, 30, 40, 60}},
                                   std::pair{CompressionRule::step, Seconds{0, 40, 60}}}) {
    Trace trace{settings_of(rule, 0.5), {}, {}};
    for (const TraceStep& step : kTraceTwo) trace.send(event_at(step.second, step.value));
    EXPECT_EQ(trace.seconds(), want);
  }
}

struct Sent {
  std::int64_t second;
  double value;
  Quality quality = {};
  bool bypass = false;
};

struct RuleCase {
  const char* name;
  CompressionRule rule;
  double deviation;
  std::int64_t min_s, max_s;
  std::vector<Sent> sent;
  Seconds kept;
};

const Quality kBad{kNoData, 0, 0}, kOtherBad{system_state::kBadInput, 0, 0};
const Quality kQuestioned{0, Quality::kQuestionable, 0}, kNoted{0, Quality::kAnnotated, 0}, kGraded{0, 0, 2};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const RuleCase kRules[] = {
    {"a constant keeps its ends",
     CompressionRule::line,
     0,
     0,
     9999,
     {{0, 7}, {1, 7}, {2, 7}, {3, 7}},
     {0, 3}},
    {"exactly the deviation away is let go",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 0}, {1, 0}, {2, 2}, {3, 3}},
     {0, 3}},
    {"a little more is kept",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 0}, {1, 0}, {2, 2.0001}, {3, 3.0002}},
     {0, 1, 3}},
    {"a ramp of tenths is a ramp without any deviation",
     CompressionRule::line,
     0,
     0,
     9999,
     {{0, 20.0}, {1, 20.1}, {2, 20.2}, {3, 20.3}, {4, 20.4}, {5, 20.5}, {6, 20.6}, {7, 20.7}},
     {0, 7}},
    {"compmin lets go what comes soon",
     CompressionRule::line,
     0,
     10,
     9999,
     {{0, 0}, {1, 5}, {2, 50}, {3, 0}, {12, 7}, {13, 9}},
     {0, 12, 13}},
    {"compmin is measured to the snapshot, and reached is enough",
     CompressionRule::line,
     0,
     10,
     9999,
     {{0, 0}, {10, 5}, {11, 9}},
     {0, 10, 11}},
    {"compmax keeps what is far, also on the line",
     CompressionRule::line,
     0,
     0,
     20,
     {{0, 0}, {10, 10}, {20, 20}, {30, 30}, {40, 40}, {50, 50}},
     {0, 20, 40, 50}},
    {"compmax goes before compmin",
     CompressionRule::line,
     0,
     30,
     20,
     {{0, 0}, {25, 0}, {26, 0}},
     {0, 25, 26}},
    {"a change of status is kept on both sides",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, 1}, {3, 0, kBad}, {4, 0, kBad}, {5, 0, kBad}, {6, 1}, {7, 1}, {8, 1}},
     {0, 2, 3, 5, 6, 8}},
    {"one bad status is not the other",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 0, kBad}, {1, 0, kBad}, {2, 0, kOtherBad}, {3, 0, kBad}, {4, 0, kBad}},
     {0, 1, 2, 3, 4}},
    {"flagged events are kept",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, 1, kQuestioned}, {3, 1}, {4, 1, kNoted}, {5, 1}, {6, 1, kGraded}, {7, 1}, {8, 1}},
     {0, 2, 4, 6, 8}},
    {"a bypassing command keeps the snapshot and its own",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, 1}, {3, 1, {}, true}, {4, 1}, {5, 1}, {6, 1}},
     {0, 2, 3, 6}},
    {"NaN is near to nothing",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, kNan}, {3, kNan}, {4, 1}, {5, 1}, {6, 1}},
     {0, 1, 2, 3, 4, 6}},
    {"NaN of a step point, too",
     CompressionRule::step,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, kNan}, {3, kNan}, {4, 1}, {5, 1}},
     {0, 2, 3, 4, 5}},
    {"infinity is kept where it begins and ends",
     CompressionRule::line,
     1,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, kInfinity}, {3, 1}, {4, 1}, {5, 1}},
     {0, 1, 2, 3, 5}},
    {"a step point compares with the archived value",
     CompressionRule::step,
     0.5,
     0,
     9999,
     {{0, 1}, {1, 1.5}, {2, 1.2}, {3, 1.6}, {4, 1.0}, {5, 1.0}},
     {0, 3, 4, 5}},
    {"a step point at exactly the deviation, rounding aside",
     CompressionRule::step,
     0.3,
     0,
     9999,
     {{0, 10.0}, {1, 10.3}, {2, 10.0}},
     {0, 2}},
    {"what can only be equal or not",
     CompressionRule::equal,
     5,
     0,
     9999,
     {{0, 1}, {1, 1}, {2, 2}, {3, 2}, {4, 1}, {5, 1}},
     {0, 2, 4, 5}},
};

TEST(SwingingDoor, Rules) {
  for (const RuleCase& c : kRules) {
    SCOPED_TRACE(c.name);
    Trace trace{settings_of(c.rule, c.deviation), {}, {}};
    trace.settings.min_ns = c.min_s * kSecond;
    trace.settings.max_ns = c.max_s * kSecond;
    for (const Sent& sent : c.sent) trace.send(event_at(sent.second, sent.value, sent.quality), sent.bypass);
    EXPECT_EQ(trace.seconds(), c.kept);
  }
}

TEST(SwingingDoor, TextsAreComparedAndLongOnesKept) {
  CompressionState state;
  const CompressionSettings settings = settings_of(CompressionRule::equal, 0);
  penstock::Run run;
  run.kind = Kind::text;
  const std::string is_long(CompressionEvent::kTextMax + 1, 'x');
  const std::string texts[] = {"a", "a", "b", "b", is_long, is_long, is_long};
  for (int i = 0; i < 7; ++i) run.push(Timestamp::from_unix_ns(i * kSecond), texts[i]);
  std::vector<std::int64_t> dropped;
  for (std::size_t i = 0; i < run.size(); ++i) {
    const Arrived arrived = arrive(settings, state, CompressionEvent::of(run, i), false);
    if (arrived.dropped) dropped.push_back(*arrived.dropped / kSecond);
  }
  EXPECT_EQ(dropped, (std::vector<std::int64_t>{1, 3}));
}

TEST(SwingingDoor, WithoutCompressingEverySnapshotIsArchived) {
  Trace trace{settings_of(CompressionRule::line, 1), {}, {}};
  trace.settings.compressing = false;
  for (int i = 0; i < 4; ++i) trace.send(event_at(i, 1));
  EXPECT_EQ(trace.seconds(), (Seconds{0, 1, 2, 3}));
}

TEST(SwingingDoor, WithoutArchivingThereIsASnapshotAndNothingElse) {
  Trace trace{settings_of(CompressionRule::line, 1), {}, {}};
  trace.settings.archiving = false;
  trace.settings.created_ns = 3 * kSecond;
  trace.send(event_at(2, 5));
  EXPECT_EQ(trace.seconds(), Seconds{});
  for (int i = 3; i < 6; ++i) trace.send(event_at(i, i * 100), i == 4);
  trace.send(event_at(4, 3));
  EXPECT_EQ(trace.seconds(), Seconds{5});
}

TEST(SwingingDoor, EventsFromBeforeTheCreationAreArchivedAsTheyCome) {
  Trace trace{settings_of(CompressionRule::line, 1), {}, {}};
  trace.settings.created_ns = 10 * kSecond;
  for (int i = 0; i < 5; ++i) trace.send(event_at(i, 1));
  EXPECT_FALSE(trace.state.has_snapshot);
  // The first one after it is a change of status, and so is what comes before it.
  for (int i = 10; i < 14; ++i) trace.send(event_at(i, 1));
  EXPECT_EQ(trace.seconds(), (Seconds{0, 1, 2, 3, 4, 10, 13}));
  // An idle point whose snapshot is older than what comes then compresses it.
  for (int i = 20; i < 30; ++i) trace.send(event_at(i, 1));
  EXPECT_EQ(trace.seconds(), (Seconds{0, 1, 2, 3, 4, 10, 29}));
}

// Late data and edits: the contract's reopening rule. Before each case: A = (0, 0), dropped (10, 0.1) and
// (20, -0.1), S = (30, 0), d = 1; the band is wider again where it is opened anew.
struct EditCase {
  const char* name;
  enum What { late, replace, again, remove, remove_range } what;
  std::int64_t second;
  double value;                     // Or the end of the range.
  std::int64_t snapshot, archived;  // -1: none.
  double low, high;                 // Per second, from A.
  bool pinned;
  Seconds kept;
};

constexpr double kNarrowLow = (0 - 1.0) / 30, kNarrowHigh = (-0.1 + 1) / 20 < 1.0 / 30 ? 0.9 / 20 : 1.0 / 30;

const EditCase kEdits[] = {
    {"late, between A and S: becomes A",
     EditCase::late,
     12,
     6,
     30,
     12,
     (0 - 1 - 6) / 18.0,
     (0 + 1 - 6) / 18.0,
     false,
     {-10, 0, 12, 30}},
    {"late, before A: nothing moves",
     EditCase::late,
     -5,
     6,
     30,
     0,
     kNarrowLow,
     kNarrowHigh,
     false,
     {-10, -5, 0, 30}},
    {"replace at S: pinned, in its place",
     EditCase::replace,
     30,
     6,
     30,
     0,
     kNarrowLow,
     kNarrowHigh,
     true,
     {-10, 0, 30}},
    {"the same again at S: pinned",
     EditCase::again,
     30,
     0,
     30,
     0,
     kNarrowLow,
     kNarrowHigh,
     true,
     {-10, 0, 30}},
    {"replace at A: opened anew",
     EditCase::replace,
     0,
     3,
     30,
     0,
     (0 - 1 - 3) / 30.0,
     (0 + 1 - 3) / 30.0,
     false,
     {-10, 0, 30}},
    {"replace before A: nothing moves",
     EditCase::replace,
     -10,
     3,
     30,
     0,
     kNarrowLow,
     kNarrowHigh,
     false,
     {-10, 0, 30}},
    {"remove S: A is promoted", EditCase::remove, 30, 0, 0, 0, 0, 0, false, {-10, 0}},
    {"remove A: the one before, opened anew",
     EditCase::remove,
     0,
     0,
     30,
     -10,
     (0 - 1.0) / 40,
     (0 + 1.0) / 40,
     false,
     {-10, 30}},
    {"remove before A: nothing moves",
     EditCase::remove,
     -10,
     0,
     30,
     0,
     kNarrowLow,
     kNarrowHigh,
     false,
     {0, 30}},
    {"remove A and S: the one before is promoted",
     EditCase::remove_range,
     0,
     30,
     -10,
     -10,
     0,
     0,
     false,
     {-10}},
    {"remove all: as before the first", EditCase::remove_range, -10, 30, -1, -1, 0, 0, false, {}},
    {"remove A and before: only S is left", EditCase::remove_range, -10, 5, 30, -1, 0, 0, false, {30}},
};

TEST(SwingingDoor, LateDataAndEdits) {
  for (const EditCase& c : kEdits) {
    SCOPED_TRACE(c.name);
    Trace trace{settings_of(CompressionRule::line, 1), {}, {}};
    const Sent sent[] = {{-10, 0}, {0, 0, {}, true}, {10, 0.1}, {20, -0.1}, {30, 0}};
    for (const Sent& some : sent) trace.send(event_at(some.second, some.value), some.bypass);
    ASSERT_EQ(trace.seconds(), (Seconds{-10, 0, 30}));
    switch (c.what) {
      case EditCase::late: trace.send(event_at(c.second, c.value)); break;
      case EditCase::replace: edited(trace.settings, trace.state, event_at(c.second, c.value)); break;
      case EditCase::again: sent_again(trace.state, c.second * kSecond); break;
      case EditCase::remove: trace.take_away(c.second, c.second); break;
      case EditCase::remove_range: trace.take_away(c.second, static_cast<std::int64_t>(c.value)); break;
    }
    const CompressionState& state = trace.state;
    EXPECT_EQ(trace.seconds(), c.kept);
    EXPECT_EQ(state.has_snapshot, !c.kept.empty());
    EXPECT_EQ(state.pinned, c.pinned);
    if (state.has_snapshot) {
      EXPECT_EQ(state.snapshot.time, c.snapshot * kSecond);
    }
    using Archived = CompressionState::Archived;
    const bool has_archived = c.kept.size() > 1 || (c.kept.size() == 1 && c.archived == c.snapshot);
    EXPECT_EQ(state.archived_is, has_archived ? Archived::known : Archived::none);
    if (has_archived) {
      EXPECT_EQ(state.archived.time, c.archived * kSecond);
      EXPECT_NEAR(state.low * kSecond, c.low, 1e-12);
      EXPECT_NEAR(state.high * kSecond, c.high, 1e-12);
    }
  }
}

TEST(SwingingDoor, WhatIsBehindAnEraseAndNotKnownCostsOneEventAndNoTruth) {
  Trace trace{settings_of(CompressionRule::line, 1), {}, {}};
  for (int i = 0; i < 5; ++i) trace.send(event_at(i, 0));
  const Interval archived{0, 0}, snapshot{4 * kSecond, 4 * kSecond};
  EXPECT_TRUE(needs_predecessor(trace.state, archived));
  EXPECT_FALSE(needs_predecessor(trace.state, snapshot));
  erased(trace.settings, trace.state, archived, nullptr);
  EXPECT_EQ(trace.state.archived_is, CompressionState::Archived::lost);
  EXPECT_TRUE(needs_predecessor(trace.state, snapshot));
  // A late one may not be the newest archived: it is not taken for it.
  trace.send(event_at(2, 50));
  EXPECT_EQ(trace.state.archived_is, CompressionState::Archived::lost);
  trace.kept.erase(0);
  for (int i = 5; i < 9; ++i) trace.send(event_at(i, 0));
  EXPECT_EQ(trace.seconds(), (Seconds{2, 4, 8}));
}

/// A signal of one of several shapes.
std::vector<double> signal(std::mt19937_64& random, std::size_t n) {
  std::vector<double> values;
  const auto shape = random() % 5;
  const double size = std::pow(10, static_cast<int>(random() % 7) - 2);
  std::normal_distribution<double> step{0, 1};
  double value = size * step(random);
  for (std::size_t i = 0; i < n; ++i) {
    switch (shape) {
      case 0: value += size / 100 * step(random); break;
      case 1: value = size * std::sin(static_cast<double>(i) / 20); break;
      case 2: value = random() % 30 == 0 ? size * step(random) : value; break;
      case 3: value += size / 1000; break;
      default: value = size * step(random); break;
    }
    values.push_back(shape == 4 ? std::round(value * 10) / 10 : value);
  }
  return values;
}

TEST(SwingingDoor, EveryDroppedEventLiesWithinTheDeviationOfTheLineThroughItsArchivedNeighbours) {
  std::size_t sent = 0, dropped = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    const std::vector<double> values = signal(random, 600);
    double span = 0;
    for (const double value : values) span = std::max(span, std::abs(value - values[0]));
    const double deviation = random() % 10 == 0 ? 0 : span * std::pow(10, -static_cast<int>(random() % 4));
    Trace trace{settings_of(CompressionRule::line, deviation), {}, {}};
    if (random() % 3 == 0) trace.settings.max_ns = 40 * kSecond;
    std::map<std::int64_t, double> all;
    std::int64_t time = 1'700'000'000 * kSecond;
    for (const double value : values) {
      time += random() % 2 == 0 ? kSecond : static_cast<std::int64_t>(random() % (3 * kSecond)) + 1;
      all[time] = value;
      trace.send({time, value, {}, true});
    }
    sent += all.size();
    for (const auto& [t, value] : all) {
      if (trace.kept.contains(t)) continue;
      ++dropped;
      const auto right = trace.kept.upper_bound(t);
      ASSERT_TRUE(right != trace.kept.end() && right != trace.kept.begin());
      const auto left = std::prev(right);
      const double from = std::get<double>(left->second.value), to = std::get<double>(right->second.value);
      const double part =
          static_cast<double>(t - left->first) / static_cast<double>(right->first - left->first);
      const double line = from + (to - from) * part;
      const double scale = std::max({std::abs(value), std::abs(from), std::abs(to), deviation});
      ASSERT_LE(std::abs(value - line), deviation + 1e-12 * scale) << "at " << t;
    }
  }
  EXPECT_GT(dropped, sent / 4);
  EXPECT_LT(dropped, sent);
}

TEST(CompressionStates, AreTheSameAfterwards) {
  std::vector<CompressionState> states(6);
  states[1].snapshot.time = 77;
  states[1].archived_is = CompressionState::Archived::lost;
  states[2].has_snapshot = states[2].pinned = true;
  states[2].snapshot = {5, 2.5, kQuestioned, true};
  states[3] = states[2];
  states[3].pinned = false;
  states[3].archived_is = CompressionState::Archived::known;
  states[3].archived = {-9, kNan, kBad, true};
  states[3].low = -kInfinity;
  states[3].high = 0.1;
  states[4] = states[3];
  states[4].snapshot.value = std::int64_t{-3};
  states[4].archived.value = std::int64_t{3};
  states[5] = states[3];
  states[5].snapshot = {8, std::string{"text"}, {}, true};
  states[5].archived = {7, std::string{}, {}, false};
  for (const CompressionState& state : states) {
    const std::string bytes = encode_state(state);
    EXPECT_LE(bytes.size(), kCompressionStateBytesMax);
    const auto again = decode_state(bytes);
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(*again, state);
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_state(bytes.substr(0, n)).has_value());
    EXPECT_FALSE(decode_state(bytes + "x").has_value());
  }
  EXPECT_TRUE(fits_kind(states[3], Kind::float32) && fits_kind(states[4], Kind::digital));
  EXPECT_TRUE(fits_kind(states[5], Kind::text) && fits_kind(states[1], Kind::text));
  EXPECT_FALSE(fits_kind(states[5], Kind::float64));
  EXPECT_FALSE(fits_kind(states[4], Kind::float64));
}

TEST(CompressionSettings, FollowThePoint) {
  Point point;
  point.compressing = true;
  reduce(point, &DataReduction::comp_dev, 0.7);
  reduce(point, &DataReduction::comp_min_s, 3);
  point.created = Timestamp::from_unix_ns(99);
  EXPECT_TRUE(CompressionSettings::needed(point));
  CompressionSettings settings = CompressionSettings::of(point, false);
  EXPECT_EQ(settings.rule, CompressionRule::line);
  EXPECT_EQ(settings.deviation, 0.7);
  EXPECT_EQ(settings.min_ns, 3 * kSecond);
  EXPECT_EQ(settings.max_ns, 28800 * kSecond);
  EXPECT_EQ(settings.created_ns, 99);
  EXPECT_LT(CompressionSettings::of(point, true).created_ns, 0);
  point.step = true;
  EXPECT_EQ(CompressionSettings::of(point, false).rule, CompressionRule::step);
  for (const PointType type :
       {PointType::digital, PointType::string, PointType::blob, PointType::timestamp}) {
    point.type = type;
    EXPECT_EQ(CompressionSettings::of(point, false).rule, CompressionRule::equal);
  }
  point.future = true;
  EXPECT_FALSE(CompressionSettings::needed(point));
  point.archiving = false;
  EXPECT_TRUE(CompressionSettings::needed(point));
}

}  // namespace
}  // namespace penstock::archive
