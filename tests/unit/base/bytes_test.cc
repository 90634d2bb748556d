#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock {
namespace {

TEST(Bytes, WhatIsWrittenIsRead) {
  std::string bytes;
  ByteWriter writer{bytes};
  const std::uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, UINT64_MAX};
  const std::int64_t signed_numbers[] = {0, -1, 1, -64, 64, INT64_MIN, INT64_MAX};
  writer.u8(7);
  writer.fixed(std::uint32_t{0x01020304});
  writer.fixed(-1.5);
  for (const auto number : numbers) writer.varint(number);
  for (const auto number : signed_numbers) writer.svarint(number);
  writer.text("hello");
  writer.text("");
  writer.raw("xyz");
  EXPECT_EQ(writer.size(), bytes.size());
  EXPECT_EQ(bytes[1], 4) << "little-endian";

  ByteReader reader{bytes};
  EXPECT_EQ(reader.u8(), 7);
  EXPECT_EQ(reader.fixed<std::uint32_t>(), 0x01020304u);
  EXPECT_EQ(reader.fixed<double>(), -1.5);
  for (const auto number : numbers) EXPECT_EQ(reader.varint(), number);
  for (const auto number : signed_numbers) EXPECT_EQ(reader.svarint(), number);
  EXPECT_EQ(reader.text(), "hello");
  EXPECT_EQ(reader.text(), "");
  EXPECT_EQ(reader.raw(3), "xyz");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(Bytes, ReadingPastTheEndGivesZeroesAndSaysSo) {
  const std::string huge_length = std::string(9, '\xff') + "\x01";
  const struct {
    const char* name;
    std::string bytes;
    void (*read)(ByteReader&);
  } kCases[] = {
      {"a fixed number cut short", "abc", [](ByteReader& r) { EXPECT_EQ(r.fixed<std::uint32_t>(), 0u); }},
      {"a varint without end", "\xff\xff", [](ByteReader& r) { EXPECT_EQ(r.varint(), 0u); }},
      {"a varint of eleven bytes", std::string(11, '\xff'), [](ByteReader& r) { EXPECT_EQ(r.varint(), 0u); }},
      {"a text longer than the rest",
       "\x05"
       "abc",
       [](ByteReader& r) { EXPECT_EQ(r.text(), ""); }},
      {"a text of nearly all memory", huge_length, [](ByteReader& r) { EXPECT_EQ(r.text(), ""); }},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    ByteReader reader{c.bytes};
    c.read(reader);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0) << "and so for ever";
    EXPECT_EQ(reader.left(), 0u);
  }
}

TEST(Bytes, BigEndianKeysSortAsTheirNumbers) {
  std::string previous;
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{1} << 40,
        std::numeric_limits<std::uint64_t>::max()}) {
    std::string key;
    append_be64(key, number);
    EXPECT_EQ(read_be64(key.data()), number);
    EXPECT_LT(previous, key);
    previous = key;
  }
}

TEST(Crc32c, KnownVectors) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string ascending;
  for (char i = 0; i < 32; ++i) ascending.push_back(i);
  EXPECT_EQ(crc32c(ascending), 0x46dd794eu);
}

TEST(Crc32c, GoesOnFromItsSeedAtAnySplit) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes.push_back(static_cast<char>(i * 7));
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    EXPECT_EQ(crc32c(std::string_view{bytes}.substr(at), crc32c(std::string_view{bytes}.substr(0, at))),
              whole);
  }
}

}  // namespace
}  // namespace penstock
