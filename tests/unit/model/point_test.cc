#include "model/point.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

struct TypeCase {
  PointType type;
  const char* name;
  Kind kind;
};

TEST(PointType, NamesAndKinds) {
  const TypeCase kCases[] = {
      {PointType::int16, "Int16", Kind::int64},         {PointType::int32, "Int32", Kind::int64},
      {PointType::float16, "Float16", Kind::float64},   {PointType::float32, "Float32", Kind::float32},
      {PointType::float64, "Float64", Kind::float64},   {PointType::digital, "Digital", Kind::digital},
      {PointType::string, "String", Kind::text},        {PointType::blob, "Blob", Kind::text},
      {PointType::timestamp, "Timestamp", Kind::int64},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_string(c.type), c.name);
    EXPECT_EQ(kind_of(c.type), c.kind);
    EXPECT_EQ(parse_point_type(c.name), c.type);
  }
  EXPECT_EQ(parse_point_type("fLOAT32"), PointType::float32);
  EXPECT_EQ(parse_point_type("Float"), std::nullopt);
  EXPECT_EQ(parse_point_type(""), std::nullopt);
}

TEST(SystemSet, HasEveryCodeFrom193To320Once) {
  const DigitalSet& set = system_set();
  EXPECT_EQ(set.id, kSystemSet);
  ASSERT_EQ(set.states.size(), 128u);
  for (std::size_t i = 0; i < set.states.size(); ++i) {
    EXPECT_EQ(set.states[i].code, 193 + static_cast<std::int32_t>(i));
    EXPECT_FALSE(set.states[i].name.empty());
    EXPECT_EQ(set.find(set.states[i].name), &set.states[i]) << "no name twice: " << set.states[i].name;
  }
}

TEST(SystemSet, FindsByCodeAndByNameInAnyCase) {
  const DigitalSet& set = system_set();
  ASSERT_NE(set.find(248), nullptr);
  EXPECT_EQ(set.find(248)->name, "No Data");
  EXPECT_EQ(set.find("bad input")->code, system_state::kBadInput);
  EXPECT_EQ(set.find("PT CREATED")->code, system_state::kPtCreated);
  EXPECT_EQ(set.find("I/O Timeout")->code, 246);
  EXPECT_EQ(set.find(192), nullptr);
  EXPECT_EQ(set.find("Open"), nullptr);
}

TEST(SystemSet, NamedCodesBearTheirNames) {
  const std::pair<std::uint16_t, const char*> kCases[] = {{system_state::kAccessDenied, "Access Denied"},
                                                          {system_state::kFiltered, "Filtered"},
                                                          {system_state::kNoData, "No Data"},
                                                          {system_state::kUnderRange, "Under Range"},
                                                          {system_state::kOverRange, "Over Range"},
                                                          {system_state::kPtCreated, "Pt Created"},
                                                          {system_state::kBadInput, "Bad Input"}};
  for (const auto& [code, name] : kCases) EXPECT_EQ(system_set().find(code)->name, name);
}

}  // namespace
}  // namespace penstock
