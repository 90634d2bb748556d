#include "journal/entry.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::journal {
namespace {

/// The entries of a buffer, as they would be read back.
class Buffer : public testing::Test {
 protected:
  Entry only() {
    GroupHeader header;
    const auto bytes = buffer_.seal(header, 1);
    EXPECT_TRUE(
        Entries::parse(bytes.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes), 1, entries_));
    return *entries_.begin();
  }
  GroupBuffer buffer_;
  Entries entries_;
};

TEST_F(Buffer, ABatchComesBack) {
  Batch batch;
  batch.seq = 0x1122334455667788;
  batch.principal = 7;
  batch.door = Door::building_x;
  batch.mode = UpdateMode::insert_no_compression;
  batch.origin = 1;
  batch.touch = 0;
  batch.wall_delta_us = -5;
  batch.sent = 1000;
  batch.outcomes = {{Outcome::stored, RejectReason::none, 600},
                    {Outcome::rejected, RejectReason::point_gone, 300},
                    {Outcome::rejected, RejectReason::type_mismatch, 100}};
  write_batch(buffer_, batch);
  EXPECT_EQ(only().tag, Tag::batch);
  const auto parsed = parse_batch(only().body);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->seq, batch.seq);
  EXPECT_EQ(parsed->principal, 7u);
  EXPECT_EQ(parsed->door, Door::building_x);
  EXPECT_EQ(parsed->mode, UpdateMode::insert_no_compression);
  EXPECT_EQ(parsed->origin, 1);
  EXPECT_EQ(parsed->touch, 0);
  EXPECT_EQ(parsed->wall_delta_us, -5);
  EXPECT_EQ(parsed->sent, 1000u);
  EXPECT_EQ(parsed->outcomes, batch.outcomes);
}

TEST(BatchOutcomes, JoinOverPoints) {
  Outcomes gone = Outcomes::all(Outcome::rejected, 2);
  gone.reason = RejectReason::point_gone;
  Outcomes mixed;
  mixed.push(Outcome::stored, 3);
  mixed.push(Outcome::replaced);
  std::vector<OutcomeRun> all;
  append_outcomes(all, Outcomes::all(Outcome::stored, 5));
  append_outcomes(all, mixed);
  append_outcomes(all, gone);
  append_outcomes(all, gone);
  EXPECT_EQ(all, (std::vector<OutcomeRun>{{Outcome::stored, RejectReason::none, 8},
                                          {Outcome::replaced, RejectReason::none, 1},
                                          {Outcome::rejected, RejectReason::point_gone, 4}}));
}

TEST_F(Buffer, ABatchThatIsNotDecidedHasNoOutcomes) {
  Batch batch;
  batch.seq = 5;
  batch.touch = Batch::kUndecided;
  batch.sent = 3;
  write_batch(buffer_, batch);
  const auto parsed = parse_batch(only().body);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->touch, Batch::kUndecided);
  EXPECT_EQ(parsed->sent, 3u);
  EXPECT_TRUE(parsed->outcomes.empty());
  buffer_.clear();
  batch.touch = 0;
  write_batch(buffer_, batch);
  EXPECT_FALSE(parse_batch(only().body));
}

TEST_F(Buffer, ASliceComesBackBitForBit) {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const std::vector<PointSample> plain{PointSample::number(PointId{7}, 1'700'000'000'000'000'000, -0.0)};
  std::vector<PointSample> mixed{PointSample::number(PointId{UINT32_MAX}, kMin, 1.5),
                                 PointSample::integer(PointId{0}, kMax, kMin),
                                 PointSample::integer(PointId{3}, -1, 5),
                                 PointSample::number(PointId{3}, kMin, std::bit_cast<double>(~0ull))};
  mixed[2].kind = Kind::digital;
  for (const auto& samples : {plain, mixed}) {
    buffer_.clear();
    write_slice(buffer_, samples);
    const Entry entry = only();
    ASSERT_EQ(entry.tag, Tag::slice);
    std::vector<PointSample> back;
    ASSERT_TRUE(parse_slice(entry.body, back));
    EXPECT_EQ(back, samples);
    for (std::size_t cut = 0; cut < entry.body.size(); ++cut) {
      EXPECT_FALSE(parse_slice(entry.body.substr(0, cut), back)) << cut;
    }
  }
}

TEST_F(Buffer, OneSampleOfEveryKindComesBackBitForBit) {
  const struct {
    Kind kind;
    Value value;
  } kCases[] = {{Kind::float64, 1.5},
                {Kind::float64, -0.0},
                {Kind::float64, std::bit_cast<double>(0x7ff0000000000123u)},
                {Kind::float32, static_cast<double>(1.1f)},
                {Kind::int64, std::numeric_limits<std::int64_t>::min()},
                {Kind::digital, std::int64_t{3}}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(static_cast<int>(c.kind));
    const Sample sample{Timestamp::min(), c.value, {248, Quality::kSubstituted, 3}};
    buffer_.clear();
    write_one(buffer_, One::of(PointId{4'000'000'000}, c.kind, sample));
    EXPECT_EQ(only().body.size(), 29u);
    const auto parsed = parse_one(only().body);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->point, PointId{4'000'000'000});
    EXPECT_EQ(parsed->kind, c.kind);
    penstock::Run before, after;
    before.kind = after.kind = c.kind;
    before.push(sample);
    after.push(parsed->sample());
    EXPECT_EQ(before, after);
    EXPECT_EQ(parsed->quality, sample.quality);
  }
}

TEST_F(Buffer, RunEraseAndCatalogRowsComeBack) {
  write_run(buffer_, PointId{5}, std::string_view{"fr\0me", 5});
  const auto run = parse_run(only().body);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->point, PointId{5});
  EXPECT_EQ(run->frame, (std::string_view{"fr\0me", 5}));

  buffer_.clear();
  write_erase(buffer_, {PointId{6}, Timestamp::min(), Timestamp::max(), EraseWhy::point_gone});
  const auto erase = parse_erase(only().body);
  ASSERT_TRUE(erase);
  EXPECT_EQ(erase->point, PointId{6});
  EXPECT_EQ(erase->first, Timestamp::min());
  EXPECT_EQ(erase->last, Timestamp::max());
  EXPECT_EQ(erase->why, EraseWhy::point_gone);

  buffer_.clear();
  write_catalog(buffer_, {3, "key", "row"});
  const auto put = parse_catalog(only().body);
  ASSERT_TRUE(put);
  EXPECT_EQ(put->table, 3);
  EXPECT_EQ(put->key, "key");
  EXPECT_EQ(put->row, "row");

  buffer_.clear();
  write_catalog(buffer_, {3, "key", std::nullopt});
  const auto erased = parse_catalog(only().body);
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->row, std::nullopt);
}

TEST_F(Buffer, ABodyCutShortIsRefused) {
  const auto refuses_all_prefixes = [&](auto parse, std::size_t shortest) {
    const std::string whole{only().body};
    EXPECT_TRUE(parse(whole));
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto parsed = parse(std::string_view{whole}.substr(0, n));
      EXPECT_EQ(parsed.has_value(), n >= shortest) << n;
      if (!parsed) {
        EXPECT_EQ(parsed.error().code, ErrorCode::store_corrupt);
      }
    }
  };
  Batch batch;
  batch.sent = 300;
  batch.outcomes = {{Outcome::stored, RejectReason::none, 300}};
  write_batch(buffer_, batch);
  refuses_all_prefixes(parse_batch, SIZE_MAX);
  buffer_.clear();
  write_one(buffer_, {});
  refuses_all_prefixes(parse_one, SIZE_MAX);
  buffer_.clear();
  write_erase(buffer_, {});
  refuses_all_prefixes(parse_erase, SIZE_MAX);
  buffer_.clear();
  write_run(buffer_, PointId{1}, "frame");
  refuses_all_prefixes(parse_run, 8);  // The frame checks itself.
  buffer_.clear();
  write_catalog(buffer_, {1, "key", "row"});
  refuses_all_prefixes(parse_catalog, 6);  // So does the row.
}

TEST_F(Buffer, ValuesThatNobodyWritesAreRefused) {
  Batch batch;
  batch.sent = 1;
  batch.outcomes = {{Outcome::stored, RejectReason::none, 1}};
  write_batch(buffer_, batch);
  const std::string sound{only().body};
  const struct {
    const char* name;
    std::size_t at;
    unsigned char value;
  } kCases[] = {{"door", 12, 6},      {"mode", 13, 6},  {"outcome", 24, 6},
                {"reason", 24, 0x35}, {"count", 25, 0}, {"count", 25, 2}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    std::string bad = sound;
    bad[c.at] = static_cast<char>(c.value);
    EXPECT_FALSE(parse_batch(bad));
  }
}

TEST(GroupBuffer, RewindTakesEntriesBack) {
  GroupBuffer buffer;
  write_run(buffer, PointId{1}, "kept");
  const auto mark = buffer.mark();
  for (int i = 0; i < 1000; ++i) write_run(buffer, PointId{2}, std::string(1000, 'x'));
  EXPECT_EQ(buffer.entries(), 1001u);
  buffer.rewind(mark);
  EXPECT_EQ(buffer.entries(), 1u);
  write_run(buffer, PointId{3}, "new");
  GroupHeader header;
  const auto bytes = buffer.seal(header, 5);
  EXPECT_EQ(bytes.size(), kPage);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % kPage, 0u);
  Entries entries;
  ASSERT_TRUE(Entries::parse(bytes.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes), 2, entries));
  std::string points;
  for (const Entry entry : entries) points += std::to_string(to_number(parse_run(entry.body)->point));
  EXPECT_EQ(points, "13");
}

TEST(Entries, MustFillTheirGroupExactly) {
  GroupBuffer buffer;
  write_run(buffer, PointId{1}, "frame");
  GroupHeader header;
  const auto body = buffer.seal(header, 0).substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes);
  Entries entries;
  EXPECT_TRUE(Entries::parse(body, 1, entries));
  EXPECT_FALSE(Entries::parse(body, 0, entries));
  EXPECT_FALSE(Entries::parse(body, 2, entries));
  for (std::size_t n = 0; n < body.size(); ++n)
    EXPECT_FALSE(Entries::parse(body.substr(0, n), 1, entries)) << n;
}

}  // namespace
}  // namespace penstock::journal
