#include "base/text.h"

#include <gtest/gtest.h>

#include <set>

namespace penstock {
namespace {

struct CodedCase {
  const char* plain;
  const char* base64;
  const char* base64url;
};
const CodedCase kCodedCases[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/", "-_-_"},
};

TEST(Base64, KnownVectorsBothWays) {
  for (const auto& c : kCodedCases) {
    EXPECT_EQ(base64_encode(c.plain), c.base64);
    EXPECT_EQ(base64_decode(c.base64), c.plain);
    EXPECT_EQ(base64url_encode(c.plain), c.base64url);
    EXPECT_EQ(base64url_decode(c.base64url), c.plain);
  }
  EXPECT_EQ(base64_decode("Zg"), "f") << "padding may be left out";
}

TEST(Base64, WhatIsNoneIsRefused) {
  for (const char* text : {"Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm-v", "Zh", "Zm9", "====="}) {
    const bool empty = std::string_view{text}.find_first_not_of('=') == std::string_view::npos;
    EXPECT_EQ(base64_decode(text).has_value(), empty) << text;
  }
  EXPECT_FALSE(base64url_decode("+/+/"));
}

TEST(Base64, EveryByteComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (std::size_t size = 0; size <= all.size(); ++size) {
    EXPECT_EQ(base64_decode(base64_encode(all.substr(0, size))), all.substr(0, size));
    EXPECT_EQ(base64url_decode(base64url_encode(all.substr(0, size))), all.substr(0, size));
  }
}

struct UpperCase {
  const char* name;
  const char* text;
  const char* upper;
};
const UpperCase kUpperCases[] = {
    {"ASCII", "aZ09_\\", "AZ09_\\"},
    {"an accent", "é", "É"},
    {"sharp s stays one character", "straße", "STRAßE"},
    {"Greek, its final sigma too", "σς", "ΣΣ"},
    {"Cyrillic", "жя", "ЖЯ"},
    {"y with two dots leaves Latin 1", "ÿ", "Ÿ"},
    {"the micro sign is a Greek letter", "µ", "Μ"},
    {"dotless i stays", "ı", "ı"},
    {"long s stays", "ſ", "ſ"},
    {"what has no case", "€漢😀", "€漢😀"},
    {"bytes that are not UTF-8", "a\xff\xc3z", "A\xff\xc3Z"},
};

TEST(UpperInvariant, OneCharacterBecomesOneCharacter) {
  for (const auto& c : kUpperCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_upper_invariant(c.text), c.upper);
    EXPECT_EQ(to_upper_invariant(c.upper), c.upper);
  }
}

struct GlobCase {
  const char* pattern;
  const char* text;
  bool matches;
};
const GlobCase kGlobCases[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "anything", true},
    {"SINUS*", "sinusoid", true},
    {"*oid", "SINUSOID", true},
    {"*us*i?", "sinusoid", true},
    {"?", "é", true},
    {"??", "é", false},
    {"é*", "ÉTÉ", true},
    {"a*b*c", "axxbyyc", true},
    {"a*b*c", "axxbyy", false},
    {"BA:[LT]*", "ba:temp.1", true},
    {"BA:[!LT]*", "ba:temp.1", false},
    {"x[0-9]", "x5", true},
    {"x[0-9]", "xa", false},
    {"x[a-f]", "xC", true},
    {"[]]", "]", true},
    {"[abc", "[abc", true},
    {"[abc", "a", false},
    {"a\\*", "a*", true},
    {"a\\*", "ab", false},
    {"a\\", "a\\", true},
    {"***a***", "bab", true},
};

TEST(Glob, FollowsItsRules) {
  for (const auto& c : kGlobCases) {
    EXPECT_EQ(glob_match(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
}

TEST(Glob, ManyStarsDoNotTakeForEver) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(5000, 'a')));
}

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text : {"", "abc", "é€😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_valid_utf8(text));
  for (const char* text :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_valid_utf8(text));
  }
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
}

TEST(Ascii, CaseIsIgnoredForLettersAlone) {
  EXPECT_TRUE(iequals("Content-TYPE", "content-type"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("@", "`"));
  EXPECT_FALSE(iequals("é", "É"));
  EXPECT_TRUE(istarts_with("Basic x", "basic "));
  EXPECT_EQ(to_lower("ÀBC"), "Àbc");
}

TEST(Uuid, TextAndBytesAgree) {
  const auto uuid = Uuid::parse("5A6B1D0E-0000-4000-8000-0000000000a1");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->to_string(), "5a6b1d0e-0000-4000-8000-0000000000a1");
  EXPECT_EQ(uuid->bytes[0], 0x5a);
  EXPECT_EQ(uuid->bytes[15], 0xa1);
}

TEST(Uuid, WhatIsNoneIsRefused) {
  for (const char* text : {"", "5a6b1d0e00004000800000000000000a1", "5a6b1d0e-0000-4000-8000-0000000000a",
                           "5a6b1d0e-0000-4000-8000-0000000000a1 ", "5a6b1d0e-0000-4000-8000-0000000000g1",
                           "5a6b1d0e0-000-4000-8000-0000000000a1", "{a6b1d0e-0000-4000-8000-0000000000a}"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, RandomOnesAreVersionFourAndDiffer) {
  std::set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) {
    const Uuid uuid = Uuid::random();
    EXPECT_EQ(uuid.bytes[6] >> 4, 4);
    EXPECT_EQ(uuid.bytes[8] >> 6, 2);
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace penstock
