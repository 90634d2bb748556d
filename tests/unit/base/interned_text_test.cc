#include "base/interned_text.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <thread>
#include <vector>

namespace penstock {
namespace {

const std::string kLong = "a text of more than seven bytes";

TEST(InternedText, HoldsTextsOfEverySize) {
  std::string text;
  for (int size = 0; size < 300; ++size) {
    const InternedText interned = text;
    EXPECT_EQ(interned.view(), text);
    EXPECT_EQ(interned.size(), text.size());
    EXPECT_EQ(interned.empty(), text.empty());
    EXPECT_EQ(interned.str(), text);
    text.push_back(static_cast<char>('a' + size % 26));
  }
  EXPECT_EQ(InternedText{std::string_view("\0x\0", 3)}.view(), std::string_view("\0x\0", 3));
  EXPECT_EQ(sizeof(InternedText), 8u);
}

TEST(InternedText, EqualTextsAreOneCopyThatGoesWithTheLast) {
  const std::size_t before = InternedText::shared_count();
  {
    const InternedText a = kLong, b = std::string{kLong};
    EXPECT_EQ(a.view().data(), b.view().data());
    EXPECT_EQ(InternedText::shared_count(), before + 1);
    const InternedText other = kLong + "!";
    EXPECT_EQ(InternedText::shared_count(), before + 2);
    EXPECT_FALSE(a == other);
  }
  EXPECT_EQ(InternedText::shared_count(), before);
  const InternedText small = "seven b";
  EXPECT_EQ(InternedText::shared_count(), before) << "stands in the object itself";
}

TEST(InternedText, CopiesMovesAndAssigns) {
  const std::size_t before = InternedText::shared_count();
  {
    InternedText a = kLong;
    InternedText b = a;
    EXPECT_EQ(b, kLong);
    InternedText c = std::move(a);
    EXPECT_EQ(c, kLong);
    b = "short";
    EXPECT_EQ(b, "short");
    b = c;
    const InternedText& self = b;
    b = self;
    EXPECT_EQ(b, kLong);
    c.clear();
    EXPECT_TRUE(c.empty());
    EXPECT_EQ(b, kLong);
    std::ostringstream out;
    out << b;
    EXPECT_EQ(out.str(), kLong);
  }
  EXPECT_EQ(InternedText::shared_count(), before);
}

TEST(InternedText, ComparesWithOtherTexts) {
  const InternedText a = "unit";
  EXPECT_TRUE(a == "unit");
  EXPECT_TRUE(a == std::string{"unit"});
  EXPECT_TRUE(std::string_view{"unit"} == a);
  EXPECT_TRUE(a != "Unit");
  EXPECT_TRUE(a == InternedText{"unit"});
}

TEST(InternedText, ThreadsMakeAndDropTheSameTexts) {
  const std::size_t before = InternedText::shared_count();
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([seed] {
      std::mt19937 chance{seed};
      std::vector<InternedText> kept(8);
      for (int i = 0; i < 20'000; ++i) {
        const std::string text = "a common text " + std::to_string(chance() % 4);
        InternedText& place = kept[chance() % kept.size()];
        switch (chance() % 3) {
          case 0:
            place = text;
            ASSERT_EQ(place, text);
            break;
          case 1: place = kept[chance() % kept.size()]; break;
          default: place.clear();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(InternedText::shared_count(), before);
}

}  // namespace
}  // namespace penstock
