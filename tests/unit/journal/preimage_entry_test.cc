#include "journal/preimage_entry.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace penstock::journal {
namespace {

std::string body_of(const PreimageEntry& entry) {
  GroupBuffer group;
  write_preimage(group, entry);
  GroupHeader header;
  const auto sealed = group.seal(header, 1);
  Entries entries;
  EXPECT_TRUE(
      Entries::parse(sealed.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes), 1, entries));
  EXPECT_EQ((*entries.begin()).tag, Tag::preimage);
  return std::string{(*entries.begin()).body};
}

TEST(PreimageEntry, ComesBackAsItWas) {
  const PreimageEntry cases[] = {{PointId{7}, PreimageWhat::begin, {}},
                                 {PointId{0xffffffff}, PreimageWhat::unknown, {}},
                                 {PointId{0}, PreimageWhat::destroyed, "frame"}};
  for (const PreimageEntry& each : cases) {
    const std::string body = body_of(each);
    const auto read = parse_preimage(body);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->point, each.point);
    EXPECT_EQ(read->what, each.what);
    EXPECT_EQ(read->frame, each.frame);
  }
}

TEST(PreimageEntry, DamagedOnesAreRefused) {
  const std::string good = body_of({PointId{7}, PreimageWhat::destroyed, "frame"});
  std::string wide = good, unknown_kind = good, frame_where_none_is = good;
  wide[5] = 1;
  unknown_kind[8] = 3;
  frame_where_none_is[8] = 0;
  for (const std::string& bad :
       {good.substr(0, 7), good.substr(0, 9), wide, unknown_kind, frame_where_none_is}) {
    const auto read = parse_preimage(bad);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, ErrorCode::store_corrupt);
  }
}

}  // namespace
}  // namespace penstock::journal
