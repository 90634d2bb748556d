#include "journal/intent_entry.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace penstock::journal {
namespace {

constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
constexpr auto kMax = std::numeric_limits<std::int64_t>::max();

class IntentEntry : public testing::Test {
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

/// One run of each kind: any order, repeats, the ends of what there is.
std::vector<penstock::Run> runs() {
  std::vector<penstock::Run> all(5);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].kind = static_cast<Kind>(i);
  for (const std::int64_t t : {std::int64_t{5}, kMax, kMin, std::int64_t{5}, std::int64_t{-1}}) {
    const Timestamp time = Timestamp::from_unix_ns(t);
    all[0].push(time, std::bit_cast<double>(0x7ff0000000000123u));
    all[1].push(time, static_cast<double>(1.1f));
    all[2].push(time, kMin);
    all[3].push(time, std::int64_t{3});
    all[4].push(time, std::string(static_cast<std::size_t>(t & 3), 'x'));
  }
  all[2].set_quality(3, {248, Quality::kQuestionable, 2});
  return all;
}

TEST_F(IntentEntry, ACommandComesBackAsItCame) {
  Intent head;
  head.now = Timestamp::from_unix_ns(1'700'000'000'000'000'001);
  for (const bool bypass : {false, true}) {
    for (const bool with_slice : {false, true}) {
      head.bypass_compression = bypass;
      std::vector<PointSample> slice;
      if (with_slice) {
        slice = {PointSample::number(PointId{UINT32_MAX}, kMin, -0.0),
                 PointSample::integer(PointId{0}, kMax, kMin), PointSample::number(PointId{7}, -1, 1.5)};
        slice[1].kind = Kind::digital;
      }
      std::vector<PointWrite> writes;
      for (penstock::Run& run : runs()) writes.push_back({PointId{4'000'000'000}, std::move(run)});
      writes.push_back({PointId{1}, penstock::Run{}});
      std::vector<const PointWrite*> borrowed;
      for (const PointWrite& write : writes) borrowed.push_back(&write);

      buffer_.clear();
      write_intent(buffer_, head, slice, borrowed);
      const Entry entry = only();
      ASSERT_EQ(entry.tag, Tag::intent);
      const auto back = parse_intent(entry.body);
      ASSERT_TRUE(back);
      EXPECT_EQ(back->bypass_compression, bypass);
      EXPECT_EQ(back->now, head.now);
      EXPECT_EQ(back->slice, slice);
      ASSERT_EQ(back->writes.size(), writes.size());
      for (std::size_t i = 0; i < writes.size(); ++i) {
        EXPECT_EQ(back->writes[i].point, writes[i].point);
        EXPECT_EQ(back->writes[i].run, writes[i].run) << i;
      }
      for (std::size_t cut = 0; cut < entry.body.size(); ++cut) {
        EXPECT_FALSE(parse_intent(entry.body.substr(0, cut))) << cut;
      }
    }
  }
}

TEST_F(IntentEntry, EndsComeBack) {
  for (const auto what :
       {Resolved::What::intent, Resolved::What::letter_replayed, Resolved::What::letter_dropped}) {
    const Resolved resolved{what, 0x1122334455667788, PointId{9}};
    buffer_.clear();
    write_resolved(buffer_, resolved);
    EXPECT_EQ(only().tag, Tag::resolved);
    const auto back = parse_resolved(only().body);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, resolved);
    EXPECT_FALSE(parse_resolved(only().body.substr(1)));
  }
  EXPECT_FALSE(parse_resolved(std::string(17, '\x03')));
}

TEST_F(IntentEntry, WhatIsSetAsideComesBackWhole) {
  for (penstock::Run& run : runs()) {
    SetAside letter;
    letter.seq = 77;
    letter.point = PointId{UINT32_MAX};
    letter.received = Timestamp::from_unix_ns(-5);
    letter.set_aside = Timestamp::max();
    letter.principal = 0xfffffffe;
    letter.door = Door::penstock;
    letter.mode = UpdateMode::replace_range;
    letter.reason = RejectReason::type_mismatch;
    letter.bypass_compression = true;
    letter.run = run;
    buffer_.clear();
    write_set_aside(buffer_, render_set_aside(letter));
    const Entry entry = only();
    ASSERT_EQ(entry.tag, Tag::setaside);
    const auto back = parse_set_aside(entry.body);
    ASSERT_TRUE(back);
    EXPECT_EQ(render_set_aside(*back), entry.body);
    EXPECT_EQ(back->run, run);
    EXPECT_EQ(back->received, letter.received);
    EXPECT_EQ(back->set_aside, letter.set_aside);
    EXPECT_EQ(back->reason, letter.reason);
    for (std::size_t cut = 0; cut < entry.body.size(); ++cut) {
      EXPECT_FALSE(parse_set_aside(entry.body.substr(0, cut))) << cut;
    }
  }
}

}  // namespace
}  // namespace penstock::journal
