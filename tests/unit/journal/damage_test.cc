// Every byte of some groups, flipped and cut: what was never answered is left out, anything else is refused.

#include "fixture.h"

namespace penstock::journal {
namespace {

class Damage : public testing::Test {
 protected:
  void SetUp() override {
    options_.direct = false;
    const auto journal = must_open(options_, written_);
    // Two segments; groups of one page and of more.
    for (const std::size_t bytes : {5000, 300, 12'000, 20'000, 13'000, 9000, 40, 5000, 200}) {
      ASSERT_TRUE(append(*journal, bytes, written_));
    }
    places_ = places(options_);
    ASSERT_EQ(places_.size(), written_.size());
    ASSERT_EQ(places_.front().segment, 1u);
    ASSERT_EQ(places_.back().segment, 2u);
  }

  /// Writes `bytes` over the file, looks, and puts back what was there.
  Result<Recovered> look(const Place& place, std::uint64_t at, const std::string& bytes) {
    replayed_.clear();
    const std::string& whole = contents(place.path);
    const std::string before = whole.substr(at, bytes.size());
    patch(place.path, at, bytes);
    auto found = recover(options_, into(replayed_));
    patch(place.path, at, before);
    return found;
  }
  const std::string& contents(const std::string& path) {
    if (path != last_path_) {
      last_path_ = path;
      last_contents_ = read_file(path);
    }
    return last_contents_;
  }
  std::vector<Record> first(std::size_t n) const {
    return {written_.begin(), written_.begin() + static_cast<std::ptrdiff_t>(n)};
  }
  void expect_refused(const Result<Recovered>& found, const Place& place) {
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::store_corrupt);
    EXPECT_EQ(found.error().where, place.path + ":" + std::to_string(place.offset));
    EXPECT_NE(found.error().detail.find(place.path), std::string::npos);
    EXPECT_NE(found.error().detail.find("byte " + std::to_string(place.offset)), std::string::npos);
  }

  const Folder folder_;
  Options options_ = test_options(folder_.journal());
  std::vector<Record> written_, replayed_;
  std::vector<Place> places_;
  std::string last_path_, last_contents_;
};

TEST_F(Damage, AFlippedByteOfTheLastGroupIsATornTail) {
  const std::size_t last = places_.size() - 1;
  const Place& place = places_[last];
  for (std::uint64_t i = 0; i < place.padded; ++i) {
    SCOPED_TRACE(i);
    const auto at = place.offset + i;
    const auto found =
        look(place, at, std::string{static_cast<char>(contents(place.path)[at] ^ (1 << i % 8))});
    ASSERT_TRUE(found);
    // The padding carries nothing.
    ASSERT_EQ(replayed_, first(i < place.length ? last : last + 1));
    EXPECT_EQ(found->live.back().end, i < place.length ? place.offset : place.offset + place.padded);
  }
}

TEST_F(Damage, AFlippedByteBeforeTheLastGroupIsRefusedAndNamed) {
  // The last but one, one in the middle of the last segment, the last and a middle one of the first segment.
  std::size_t last_of_first = 0;
  while (places_[last_of_first + 1].segment == 1) ++last_of_first;
  for (const std::size_t n : {places_.size() - 2, places_.size() - 3, last_of_first, std::size_t{2}}) {
    const Place& place = places_[n];
    for (std::uint64_t i = 0; i < place.padded; ++i) {
      SCOPED_TRACE(std::to_string(n) + " " + std::to_string(i));
      const auto at = place.offset + i;
      const auto found =
          look(place, at, std::string{static_cast<char>(contents(place.path)[at] ^ (1 << i % 8))});
      if (i < place.length) {
        expect_refused(found, place);
      } else {
        ASSERT_TRUE(found);
        ASSERT_EQ(replayed_, written_);
      }
      if (HasFailure()) return;
    }
  }
}

TEST_F(Damage, WhatNeverReachedTheDiskIsATornTail) {
  // From some byte on the segment has what was there before the write: zeros.
  const std::size_t last = places_.size() - 1;
  const Place &place = places_[last], &before = places_[last - 1];
  for (std::uint64_t i = 0; i < place.length; ++i) {
    const auto found = look(place, place.offset + i, std::string(place.padded - i, '\0'));
    ASSERT_TRUE(found) << i;
    ASSERT_EQ(replayed_, first(last)) << i;
  }
  for (std::uint64_t i = 0; i < before.length; ++i) {
    const auto found = look(before, before.offset + i, std::string(before.padded + place.padded - i, '\0'));
    ASSERT_TRUE(found) << i;
    ASSERT_EQ(replayed_, first(last - 1)) << i;
  }
}

TEST_F(Damage, WhatIsGoneInTheMiddleIsRefused) {
  const Place& place = places_[2];
  for (std::uint64_t i = 0; i < place.length; i += 7) {
    expect_refused(look(place, place.offset + i, std::string(place.padded - i, '\0')), place);
    if (HasFailure()) return;
  }
}

TEST_F(Damage, TornInAnyOrderOfSectorsIsATornTail) {
  // A write of three pages of which any sectors are missing.
  GroupBuffer buffer;
  {
    const auto journal = must_open(options_, replayed_);
    ASSERT_TRUE(append(*journal, 300, written_));
    ASSERT_TRUE(append(*journal, 11'000, written_));
  }
  const Place place = places(options_).back();
  const std::string& whole = contents(place.path);
  ASSERT_EQ(place.padded, 12288u);
  const std::size_t sectors = (place.length + 511) / 512;
  std::uint32_t random = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string torn = whole.substr(place.offset, place.padded);
    bool changed = false;
    for (std::size_t sector = 0; sector < sectors; ++sector) {
      random = random * 1664525 + 1013904223;
      if (random >> 31 == 0) continue;
      torn.replace(sector * 512, 512, 512, '\0');
      changed = true;
    }
    if (!changed) continue;
    const auto found = look(place, place.offset, torn);
    ASSERT_TRUE(found) << round;
    ASSERT_EQ(replayed_, first(written_.size() - 1)) << round;
  }
}

TEST_F(Damage, GroupsThatDoNotFollowAreRefused) {
  // Sound each for itself: a group of this segment in the place of a later one of the same size.
  const std::size_t last = places_.size() - 1;
  const Place &later = places_[last], &earlier = places_[last - 2];
  ASSERT_EQ(earlier.segment, later.segment);
  ASSERT_EQ(earlier.padded, later.padded);
  expect_refused(look(later, later.offset, contents(later.path).substr(earlier.offset, earlier.padded)),
                 later);
}

}  // namespace
}  // namespace penstock::journal
