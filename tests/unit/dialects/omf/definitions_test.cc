#include "door.h"

namespace penstock::dialects::omf {
namespace {

class OmfTypes : public OmfHouse {};
class OmfContainers : public OmfHouse {
 protected:
  void SetUp() override {
    OmfHouse::SetUp();
    ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
    ASSERT_EQ(send("type", "create", kTankType).status, 201);
  }
};

TEST_F(OmfTypes, AreMadeOnceAndConfirmedAfterwards) {
  const Answer first = send("type", "create", kSkidTypes);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.summary(), Lines{});
  const Answer again = send("type", "create", kSkidTypes);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.summary(), (Lines{"0:[W9001] 200", "1:[W9001] 200", "2:[W9001] 200"}));
  EXPECT_EQ(send("type", "update", kSkidTypes).status, 200);
}

TEST_F(OmfTypes, AreKeptOverARestart) {
  ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
  ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  reopen();
  EXPECT_EQ(send("type", "create", kSkidTypes).status, 200);
  const Answer again = send("container", "create", kSkidContainer);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.summary(), Lines{"0:[W9011] 200"});
}

TEST_F(OmfTypes, WithAnotherDefinitionConflict) {
  ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
  std::string changed{kSkidTypes};
  changed.replace(changed.find("float64"), 7, "float32");
  const Answer created = send("type", "create", changed);
  EXPECT_EQ(created.status, 409);
  EXPECT_EQ(created.summary(), (Lines{"0:[W9001] 200", "1:[W9001] 200", "2:[E9002] 409"}));
  const Answer updated = send("type", "update", changed);
  EXPECT_EQ(updated.status, 501);
  EXPECT_EQ(updated.summary()[2], "2:[E1001] 501");
}

struct TypeCase {
  const char* name;
  const char* item;
  int status;
  int code;  ///< 0: no event.
};
const TypeCase kTypeCases[] = {
    {"plain",
     R"({"id":"A","classification":"dynamic","type":"object","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number"}}})",
     201, 0},
    {"keywords in any letter case",
     R"({"Id":"A","Classification":"Dynamic","Type":"Object","Properties":{"t":{"Type":"String","Format":"Date-Time","IsIndex":"True"},"v":{"Type":"Number"}}})",
     201, 0},
    {"type left out",
     R"({"id":"A","classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 201, 0},
    {"an enum at a property is no keyword",
     R"({"id":"A","classification":"static","properties":{"k":{"type":"string","isindex":true},"b":{"type":"integer","enum":[0,1]}}})",
     201, 0},
    {"blank texts are absent",
     R"({"id":"A","version":"","name":"","description":"","tags":[],"metadata":{},"classification":"static","properties":{"k":{"type":"string","isindex":true}}})",
     201, 0},
    {"no classification", R"({"id":"A","type":"object","properties":{"k":{"type":"string","isindex":true}}})",
     501, 1002},
    {"a base type",
     R"({"id":"A","basetypeid":"B","classification":"static","properties":{"k":{"type":"string","isindex":true}}})",
     501, 1002},
    {"float16",
     R"({"id":"A","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number","format":"float16"}}})",
     501, 1002},
    {"an array",
     R"({"id":"A","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"array","items":{"type":"number"}}}})",
     501, 1002},
    {"boolean with int32",
     R"({"id":"A","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"boolean","format":"int32"}}})",
     400, 9005},
    {"no index", R"({"id":"A","classification":"dynamic","properties":{"v":{"type":"number"}}})", 400, 9005},
    {"two indexes",
     R"({"id":"A","classification":"static","properties":{"k":{"type":"string","isindex":true},"l":{"type":"string","isindex":true}}})",
     400, 9005},
    {"a dynamic index without date-time",
     R"({"id":"A","classification":"dynamic","properties":{"t":{"type":"string","isindex":true},"v":{"type":"number"}}})",
     400, 9005},
    {"minimum above maximum",
     R"({"id":"A","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number","minimum":2,"maximum":1}}})",
     400, 9005},
    {"an unknown reference",
     R"({"id":"A","classification":"static","properties":{"k":{"type":"string","isindex":true},"s":{"reftypeid":"Nope"}}})",
     404, 8675},
    {"a reserved character",
     R"({"id":"A*","classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 400,
     -1007},
    {"a blank at the end",
     R"({"id":"A ","classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 400,
     -1006},
    {"an empty id",
     R"({"id":"","classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 400,
     -1009},
    {"no id", R"({"classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 400,
     9031},
    {"two underscores",
     R"({"id":"__A","classification":"static","properties":{"k":{"type":"string","isindex":true}}})", 400,
     9005},
    {"an enumeration with a repeated value",
     R"({"id":"E","type":"integer","enum":{"values":[{"name":"a","value":0},{"name":"b","value":0}]}})", 400,
     9005},
    {"not an object", "7", 400, 9005},
};

TEST_F(OmfTypes, FollowTheRulesOfTheMessage) {
  for (const TypeCase& c : kTypeCases) {
    SCOPED_TRACE(c.name);
    const Answer answer = send("type", "create", "[" + std::string{c.item} + "]");
    EXPECT_EQ(answer.status, c.status);
    const auto lines = answer.summary();
    if (c.code == 0) {
      EXPECT_EQ(lines, Lines{});
      EXPECT_EQ(send("type", "delete", R"([{"id":"a"}])").status, 200);
    } else {
      ASSERT_EQ(lines.size(), 1u);
      EXPECT_EQ(lines[0], "0:[E" + std::to_string(c.code) + "] " + std::to_string(c.status));
    }
  }
}

TEST_F(OmfTypes, DifferInVersionOnlyBeforeOmf12) {
  constexpr std::string_view kOne =
      R"([{"id":"A","version":"1.0.0.0","classification":"static","properties":{"k":{"type":"string","isindex":true}}}])";
  constexpr std::string_view kTwo =
      R"([{"id":"A","version":"2.0.0.0","classification":"static","properties":{"k":{"type":"string","isindex":true}}}])";
  ASSERT_EQ(send("type", "create", kOne, "1.1").status, 201);
  EXPECT_EQ(send("type", "create", kTwo, "1.2").status, 200);
  EXPECT_EQ(send("type", "create", kTwo, "1.1").status, 409);
}

TEST_F(OmfTypes, InUseStay) {
  ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
  ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  EXPECT_EQ(send("type", "delete", R"([{"id":"SkidReading"},{"id":"PumpState"},{"id":"Skid"}])").summary(),
            (Lines{"0:[E9004] 409", "1:[E9004] 409"}));
  EXPECT_EQ(send("type", "delete", R"([{"id":"Skid"},{"id":"Nobody"}])").status, 200);
  EXPECT_EQ(send("container", "delete", kSkidContainer).status, 200);
  EXPECT_EQ(send("type", "delete", R"([{"id":"SkidReading"},{"id":"PumpState"}])").status, 200);
  EXPECT_EQ(archive_->catalog()->digital_sets.find_name("PumpState"), nullptr);
}

TEST_F(OmfContainers, BecomePointsWithTheAttributesOfTheirTypes) {
  const Answer made = send("container", "create", kSkidContainer);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.summary(), Lines{});

  const Point flow = point("Plant7.Skid3.Flow");
  EXPECT_EQ(flow.type, PointType::float64);
  EXPECT_EQ(flow.eng_units, "cubic meter per hour");
  EXPECT_EQ(flow.zero, 0);
  EXPECT_EQ(flow.span, 55);
  EXPECT_TRUE(flow.step);
  EXPECT_FALSE(flow.compressing);
  EXPECT_EQ(flow.point_source, "edge-7");
  EXPECT_EQ(flow.point_class, "classic");
  EXPECT_EQ(flow.extended_descriptor,
            R"({"OmfContainerId":"Plant7.Skid3","OmfTypeId":"SkidReading","OmfPropertyIndexer":"Flow"})");

  const Point state = point("plant7.skid3.STATE");
  EXPECT_EQ(state.type, PointType::digital);
  EXPECT_EQ(archive_->catalog()->digital_sets.find(state.digital_set)->name, "PumpState");
  EXPECT_EQ(archive_->catalog()->addresses.find(Door::omf, "Plant7.Skid3|State"), state.id);
}

TEST_F(OmfContainers, BecomeCompressingPointsWhereTheSettingSaysSo) {
  settings_.compressing_default = true;
  EXPECT_EQ(send("container", "create", kSkidContainer).status, 201);
  EXPECT_TRUE(point("Plant7.Skid3.Flow").compressing);
}

TEST_F(OmfContainers, ThatComeAgainAreConfirmed) {
  ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  EXPECT_EQ(send("container", "create", kSkidContainer).summary(), Lines{"0:[W9011] 200"});
  const Answer bare = send("container", "create", R"([{"id":"PLANT7.SKID3","typeid":"skidreading"}])");
  EXPECT_EQ(bare.status, 200);
  EXPECT_EQ(bare.summary(), Lines{"0:[W9011 W-1010] 200"});
  EXPECT_EQ(point("Plant7.Skid3.Flow").span, 55) << "a create changes nothing";
}

TEST_F(OmfContainers, AreReplacedByAnUpdate) {
  EXPECT_EQ(send("container", "update", kSkidContainer).status, 201);
  EXPECT_EQ(send("container", "update", R"([{"id":"Plant7.Skid3","typeid":"SkidReading"}])").status, 200);
  const Point flow = point("Plant7.Skid3.Flow");
  EXPECT_EQ(flow.span, 40);
  EXPECT_FALSE(flow.step);
  EXPECT_EQ(flow.point_source, "edge-7") << "a data source that is not named stays";
}

TEST_F(OmfContainers, NeedADynamicTypeThatExists) {
  const Answer missing = send("container", "create", R"([{"id":"c","typeid":"Nope"}])");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.summary(), Lines{"0:[E8675] 404"});
  EXPECT_EQ(send("container", "create", R"([{"id":"c","typeid":"Skid"}])").summary(), Lines{"0:[E9005] 400"});
  EXPECT_EQ(send("container", "create", R"([{"id":"c"}])").summary(), Lines{"0:[E9031] 400"});
}

TEST_F(OmfContainers, OfASimpleTypeGiveTheirNameToThePoint) {
  EXPECT_EQ(send("container", "create", R"([{"id":"tank.level","typeid":"Tank"}])").status, 201);
  EXPECT_EQ(point("tank.level").type, PointType::float64);
  EXPECT_FALSE(point("tank.level").step);
}

TEST_F(OmfContainers, ThatOverlapAnotherAreRefusedAlone) {
  ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  const Answer answer = send("container", "create",
                             R"([{"id":"PLANT7.Skid3.Flow","typeid":"Tank"},{"id":"free","typeid":"Tank"}])");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.summary(), Lines{"0:[E9013] 409"});
  EXPECT_EQ(point("free").type, PointType::float64);
  EXPECT_EQ(send("container", "create", R"([{"id":"Plant7.Skid3","typeid":"Tank"}])").summary(),
            Lines{"0:[E9012] 409"});
}

TEST_F(OmfContainers, TakePointsThatExistAndLeaveThemWhenDeleted) {
  archive::Archive::Edit edit = [](catalog::Editor& editor) -> Result<void> {
    Point sine;
    sine.tag = "SINUSOID";
    sine.type = PointType::float32;
    TRY_VOID(editor.add_point(sine));
    Point text;
    text.tag = "NOTE";
    text.type = PointType::string;
    TRY_VOID(editor.add_point(text));
    return {};
  };
  ASSERT_TRUE(sync_wait(archive_->change(edit, Door::pi, 0)).has_value());

  EXPECT_EQ(send("container", "create", R"([{"id":"NOTE","typeid":"Tank"}])").summary(),
            Lines{"0:[E9013] 409"});
  const Answer adopted = send("container", "create", R"([{"id":"sinusoid","typeid":"Tank"}])");
  EXPECT_EQ(adopted.status, 201);
  EXPECT_EQ(adopted.summary(), Lines{"0:[W9014] 201"});
  EXPECT_EQ(point("SINUSOID").point_source, "OMF");
  EXPECT_EQ(send("data", "create",
                 R"([{"containerid":"Sinusoid","values":[{"Time":"2026-11-20T11:00:00Z","V":1.5}]}])")
                .status,
            202);
  EXPECT_EQ(content("SINUSOID"), "11:00:00 1.5");

  EXPECT_EQ(send("container", "delete", R"([{"id":"SINUSOID"}])").status, 200);
  EXPECT_EQ(content("SINUSOID"), "11:00:00 1.5");
  EXPECT_EQ(point("SINUSOID").extended_descriptor, "");
}

TEST_F(OmfContainers, TakeTheirPointsAlongWhenDeleted) {
  ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  EXPECT_EQ(send("container", "delete", kSkidContainer).status, 200);
  EXPECT_EQ(send("container", "delete", R"([{"id":"Plant7.Skid3","typeid":"SkidReading"}])").status, 200);
  EXPECT_EQ(archive_->catalog()->points.find_tag("Plant7.Skid3.Flow"), nullptr);
  EXPECT_EQ(send("container", "create", kSkidContainer).status, 201);
}

TEST_F(OmfContainers, KeepTheirFutureSetting) {
  ASSERT_EQ(send("container", "create",
                 R"([{"id":"f","typeid":"Tank","metadata":{"future":true}},{"id":"p","typeid":"Tank"}])")
                .status,
            201);
  EXPECT_TRUE(point("f").future);
  EXPECT_FALSE(point("p").future);
  EXPECT_EQ(
      send("container", "update", R"([{"id":"f","typeid":"Tank","metadata":{"future":false}}])").summary(),
      Lines{"0:[W9017] 200"});
  EXPECT_EQ(
      send("container", "update", R"([{"id":"p","typeid":"Tank","metadata":{"future":"True"}}])").summary(),
      Lines{"0:[E9016] 409"});
  constexpr std::string_view kTomorrow =
      R"([{"containerid":"f","values":[{"Time":"2026-11-21T00:00:00Z","V":1}]}])";
  EXPECT_EQ(send("data", "create", kTomorrow).status, 202);
}

TEST_F(OmfContainers, NeedTheRightToWriteToTheirPoints) {
  auth::Principal narrow;
  narrow.grants = {{"mine.*", auth::Right::read | auth::Right::write}};
  caller_ = &narrow;
  const Answer answer =
      send("container", "create", R"([{"id":"yours","typeid":"Tank"},{"id":"mine.1","typeid":"Tank"}])");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.summary(), Lines{"0:[E9015] 409"});
  const json::Value& event = answer.messages()[0].find("Events")->array()[0];
  EXPECT_EQ(event.find("EventInfo")->find("Message")->as_string(),
            "One or more PI Points could not be created.");
  EXPECT_EQ(content("mine.1"), "");
  EXPECT_EQ(content("yours"), "no point");
}

TEST_F(OmfTypes, HaveThePointTypesOfTheTable) {
  struct {
    const char* property;
    PointType type;
    bool step;
  } const kRows[] = {
      {R"("type":"boolean")", PointType::int16, true},
      {R"("type":"integer")", PointType::int32, true},
      {R"("type":"integer","format":"int16")", PointType::int32, true},
      {R"("type":"integer","format":"int64")", PointType::float64, false},
      {R"("type":"integer","format":"uint16")", PointType::int32, true},
      {R"("type":"integer","format":"uint32")", PointType::float64, false},
      {R"("type":["null","integer"],"format":"uint64")", PointType::float64, false},
      {R"("type":"number")", PointType::float32, false},
      {R"("type":"number","format":"float64")", PointType::float64, false},
      {R"("type":["string","null"])", PointType::string, true},
      {R"("type":"string","format":"date-time")", PointType::timestamp, true},
      {R"("type":"number","interpolation":"discrete")", PointType::float32, true},
      {R"("type":"integer","interpolation":"continuous")", PointType::int32, false},
  };
  int n = 0;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.property);
    const std::string id = "X" + std::to_string(++n);
    ASSERT_EQ(send("type", "create",
                   R"([{"id":")" + id + R"(","classification":"dynamic","properties":{"v":{)" + row.property +
                       R"(},"t":{"type":"string","format":"date-time","isindex":true}}}])")
                  .status,
              201);
    ASSERT_EQ(send("container", "create", R"([{"id":"p)" + id + R"(","typeid":")" + id + R"("}])").status,
              201);
    EXPECT_EQ(point("p" + id).type, row.type);
    EXPECT_EQ(point("p" + id).step, row.step);
  }
}

}  // namespace
}  // namespace penstock::dialects::omf
