// Which of the door's writes meet the compression test.
#include <gtest/gtest.h>

#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

struct OptionCase {
  const char* option;
  bool replace_bypasses;
  const char* after;  // Four equal values, a second apart, just after the point was made.
};

constexpr const char* kAll = "12:44:00Z=1 12:44:01Z=1 12:44:02Z=1 12:44:03Z=1";
constexpr const char* kEnds = "12:44:00Z=1 12:44:03Z=1";
constexpr OptionCase kOptions[] = {
    {"Replace", true, kAll},
    {"Replace", false, kEnds},
    {"Insert", true, kEnds},
    {"Insert", false, kEnds},
    {"NoReplace", true, kEnds},
    {"InsertNoCompression", true, kAll},
    {"InsertNoCompression", false, kAll},
    {"ReplaceOnly", true, ""},
};

TEST(Compression, OfTheUpdateOptions) {
  for (const OptionCase& c : kOptions) {
    SCOPED_TRACE(std::string{c.option} + (c.replace_bypasses ? ", Replace bypasses" : ", Replace does not"));
    Door::Options options;
    options.settings.replace_bypasses_compression = c.replace_bypasses;
    Door door{options};
    ASSERT_EQ(door.post("/piwebapi/dataservers/L1DS/points",
                        R"({"Name":"P","PointClass":"base","PointType":"Float32","compressing":true})")
                  .status,
              201);
    const std::string id = door.webid("P");
    const std::string target = "/piwebapi/streams/" + id + "/recorded?updateOption=" + c.option;
    std::string list;
    for (int i = 0; i < 4; ++i) {
      list += list.empty() ? "[" : ",";
      list += "{\"Timestamp\":\"2026-11-20T12:44:0" + std::to_string(i) + "Z\",\"Value\":1}";
    }
    list += "]";
    const char* range = "startTime=2026-11-20&endTime=2026-11-21";
    ASSERT_EQ(door.post(target, list).status, 202);
    EXPECT_EQ(door.recorded(id, range), c.after);
    // A retry of Replace leaves what is there as it is; it is no longer newer than the snapshot.
    if (std::string_view{c.option} == "Replace" && c.replace_bypasses) {
      ASSERT_EQ(door.post(target, list).status, 202);
      EXPECT_EQ(door.recorded(id, range), c.after);
    }
  }
}

TEST(Compression, OfNewPointsIsOffUnlessConfigured) {
  for (const bool by_default : {false, true}) {
    Door::Options options;
    options.settings.compressing_default = by_default;
    Door door{options};
    ASSERT_EQ(door.post("/piwebapi/dataservers/L1DS/points",
                        R"({"Name":"P","PointClass":"base","PointType":"Float32"})")
                  .status,
              201);
    const auto answer = door.read("/piwebapi/points/" + door.webid("P") + "/attributes/compressing");
    EXPECT_EQ(answer.find("Value")->as_int64(), by_default ? 1 : 0);
  }
}

struct DeviationCase {
  const char* body;
  double deviation, percent;
};

const DeviationCase kDeviations[] = {
    {R"("compdev": 0.5, "span": 200)", 0.5, 0.25},
    {R"("span": 200, "compdev": 0.5)", 0.5, 0.25},
    {R"("compdevpercent": 1, "span": 200)", 2, 1},
    {R"("span": 200)", 0.4, 0.2},
    {R"("compdevpercent": 1, "compdev": 7, "span": 50)", 0.5, 1},
    {R"("compdev": 7, "compdevpercent": 1)", 1, 1},
};

TEST(Compression, DeviationsFollowTheSpanAndThePercentageWins) {
  Door door;
  int n = 0;
  for (const DeviationCase& c : kDeviations) {
    SCOPED_TRACE(c.body);
    const std::string tag = "P" + std::to_string(++n);
    ASSERT_EQ(
        door.post("/piwebapi/dataservers/L1DS/points",
                  "{\"Name\":\"" + tag + R"(","PointClass":"base","PointType":"Float64",)" + c.body + "}")
            .status,
        201);
    const auto reader = door.archive().catalog();
    const Point* point = reader->points.find_tag(tag);
    ASSERT_NE(point, nullptr);
    EXPECT_DOUBLE_EQ(point->reduction->comp_dev, c.deviation);
    EXPECT_DOUBLE_EQ(point->reduction->comp_dev_percent, c.percent);
  }
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
