#include "journal/state_entry.h"

#include <gtest/gtest.h>

namespace penstock::journal {
namespace {

TEST(StateEntry, ComesBackAndIsNotReadFromLess) {
  GroupBuffer buffer;
  write_state(buffer, {PointId{4'000'000'000}, std::string_view{"st\0te", 5}});
  GroupHeader header;
  const auto sealed = buffer.seal(header, 1);
  Entries entries;
  ASSERT_TRUE(
      Entries::parse(sealed.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes), 1, entries));
  const Entry entry = *entries.begin();
  EXPECT_EQ(entry.tag, Tag::state);
  const auto parsed = parse_state(entry.body);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->point, PointId{4'000'000'000});
  EXPECT_EQ(parsed->state, (std::string_view{"st\0te", 5}));
  for (std::size_t n = 0; n <= 8; ++n) EXPECT_FALSE(parse_state(entry.body.substr(0, n)));
  std::string far{entry.body};
  far[5] = 1;  // Beyond all points.
  EXPECT_FALSE(parse_state(far));
}

}  // namespace
}  // namespace penstock::journal
