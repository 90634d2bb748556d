#include "http/inflate.h"

#include <gtest/gtest.h>

namespace penstock::http {
namespace {

std::string mixed_text(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text.push_back(static_cast<char>(state >> 24));
  }
  return text;
}

TEST(Gunzip, GivesBackWhatWasPacked) {
  for (const std::size_t size : {0u, 1u, 100u, 70'000u, 1'000'000u}) {
    for (const int level : {1, 6, 9}) {
      for (const std::string& text : {std::string(size, 'a'), mixed_text(size)}) {
        const auto back = gunzip(gzip(text, level), size);
        ASSERT_TRUE(back) << size << ": " << back.error().detail;
        EXPECT_EQ(back->view(), text);
      }
    }
  }
}

TEST(Gunzip, SeveralMembersAreOneBody) {
  const auto back = gunzip(gzip("one") + gzip("") + gzip(std::string(10'000, '2')) + gzip("three"), 20'000);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->view(), "one" + std::string(10'000, '2') + "three");
}

TEST(Gunzip, BombStopsAtTheLimit) {
  const std::string bomb = gzip(std::string(50'000'000, '\0'), 9);
  ASSERT_LT(bomb.size(), 100'000u);
  const auto refused = gunzip(bomb, 1'000'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  std::string members;
  for (int i = 0; i < 100; ++i) members += gzip(std::string(100'000, 'x'));
  EXPECT_EQ(gunzip(members, 1'000'000).error().code, ErrorCode::limit_exceeded);
}

TEST(Gunzip, TheLimitItselfIsAllowedAndOneMoreIsNot) {
  const std::string packed = gzip(std::string(5000, 'x'));
  EXPECT_TRUE(gunzip(packed, 5000));
  EXPECT_EQ(gunzip(packed, 4999).error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(gunzip(gzip(""), 0));
  EXPECT_EQ(gunzip(gzip("x"), 0).error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(gunzip(packed, SIZE_MAX));
}

TEST(Gunzip, WhatIsNotWholeGzipIsRefused) {
  const std::string good = gzip("hello hello hello");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = gunzip(good.substr(0, size), 1000);
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::invalid_argument);
  }
  std::string wrong_sum = good;
  wrong_sum[good.size() - 6] = static_cast<char>(wrong_sum[good.size() - 6] ^ 1);
  for (const std::string& bad : {std::string{"hello"}, good + "tail", good + good.substr(0, 5), wrong_sum}) {
    EXPECT_EQ(gunzip(bad, 1000).error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace penstock::http
