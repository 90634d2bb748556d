#include "base/text_hash.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "base/text.h"

namespace penstock {
namespace {

int sign(int number) {
  return (number > 0) - (number < 0);
}

TEST(TextHash, FoldedAgreesWithUpperCaseOnRandomTexts) {
  const std::vector<std::string> kPieces = {"a", "A", "z", "Z", "@", "[",    "`",    "{",
                                            "0", ".", "é", "É", "ß", "ı",    "İ",    "ÿ",
                                            "Ÿ", "ǆ", "ǅ", "Σ", "ς", "\xff", "\xc3", "日"};
  std::mt19937 chance{11};
  for (int i = 0; i < 50'000; ++i) {
    std::string a, b;
    const std::size_t size = chance() % 20;
    const bool is_ascii = chance() % 2 == 0;
    for (std::size_t k = 0; k < size; ++k) {
      const std::string& piece = kPieces[chance() % (is_ascii ? 10 : kPieces.size())];
      a += piece;
      const auto change = chance() % 40;
      b += change == 0 ? kPieces[chance() % 10] : change < 20 ? to_upper_invariant(piece) : piece;
    }
    const std::string upper_a = to_upper_invariant(a), upper_b = to_upper_invariant(b);
    ASSERT_EQ(equals_folded(a, b), upper_a == upper_b) << a << " " << b;
    ASSERT_EQ(sign(compare_folded(a, b)), sign(upper_a.compare(upper_b))) << a << " " << b;
    ASSERT_EQ(hash_folded(a), hash_text(upper_a)) << a;
    ASSERT_EQ(hash_folded(a) == hash_folded(b), upper_a == upper_b) << a << " " << b;
  }
}

TEST(TextHash, UpperCaseOfUpperCaseIsItself) {
  // Keys of some tables are upper case, and are compared without regard to case.
  for (char32_t code = 1; code < 0x20000; ++code) {
    if (code >= 0xd800 && code < 0xe000) continue;
    std::string text;
    append_utf8(text, code);
    const std::string upper = to_upper_invariant(text);
    ASSERT_EQ(to_upper_invariant(upper), upper) << "U+" << std::hex << static_cast<std::uint32_t>(code);
  }
}

TEST(TextHash, NeighboursLandFarApart) {
  std::set<std::uint32_t> texts, numbers;
  for (int i = 0; i < 10'000; ++i) {
    texts.insert(static_cast<std::uint32_t>(hash_text("Sensor" + std::to_string(i)) >> 32));
    numbers.insert(static_cast<std::uint32_t>(hash_number(static_cast<std::uint64_t>(i)) >> 32));
  }
  EXPECT_GT(texts.size(), 9'990u);
  EXPECT_GT(numbers.size(), 9'990u);
  EXPECT_NE(hash_text("ab"), hash_text("ba"));
  EXPECT_NE(hash_text(""), hash_text(std::string_view("\0", 1)));
  EXPECT_NE(hash_text(std::string_view("\0\0", 2)), hash_text(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace penstock
