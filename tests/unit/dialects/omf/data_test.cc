#include "door.h"

namespace penstock::dialects::omf {
namespace {

class OmfData : public OmfHouse {
 protected:
  void SetUp() override {
    OmfHouse::SetUp();
    ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
    ASSERT_EQ(send("type", "create", kTankType).status, 201);
    ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
    ASSERT_EQ(send("container", "create", R"([{"id":"tank.level","typeid":"Tank"}])").status, 201);
  }
  Answer tank(std::string_view values, std::string_view action = "create") {
    return send("data", action, R"([{"containerid":"tank.level","values":[)" + std::string{values} + "]}]");
  }
};

TEST_F(OmfData, IsStoredPerPoint) {
  const Answer answer = send("data", "create", R"([{"containerid":"Plant7.Skid3","values":[
      {"T":"2026-11-20T10:00:00Z","Flow":1.25,"State":0},
      {"T":"2026-11-20T10:00:01.5Z","Flow":null,"State":1},
      {"T":"2026-11-20T11:00:02+01:00","State":"tripped"}]}])");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.summary(), Lines{});
  EXPECT_EQ(answer.headers.get("Penstock-Stored"), "5");
  EXPECT_EQ(content("Plant7.Skid3.Flow"), "10:00:00 1.25; 10:00:01.5 (248)");
  EXPECT_EQ(content("Plant7.Skid3.State"), "10:00:00 0; 10:00:01.5 1; 10:00:02 2");
}

TEST_F(OmfData, WithUnknownPropertiesIsTakenWithANote) {
  const Answer answer = tank(
      R"({"Time":"2026-11-20T10:00:00Z","V":1,"Extra":[{"a":1}]},{"Extra":2,"V":2,"Time":"2026-11-20T10:00:01Z"})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.summary(), Lines{"0:[I6021] 202"});
  EXPECT_NE(answer.body.to_string().find(R"({"Name":"Count","Value":"2"})"), std::string::npos);
  EXPECT_EQ(content("tank.level"), "10:00:00 1; 10:00:01 2");
}

TEST_F(OmfData, OfAnUnknownContainerFailsAlone) {
  const Answer answer = send("data", "update", R"([
      {"containerid":"nope","values":[{"Time":"2026-11-20T10:00:00Z","V":1}]},
      {"containerid":"TANK.Level","values":[{"Time":"2026-11-20T10:00:00Z","V":1}]}])");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.summary(), Lines{"0:[E5002] 404"});
  const json::Value& info = *answer.messages()[0].find("Events")->array()[0].find("EventInfo");
  EXPECT_EQ(info.find("Message")->as_string(), "Container not found.");
  EXPECT_EQ(content("tank.level"), "10:00:00 1");
}

TEST_F(OmfData, OfATakenTimeFollowsTheAction) {
  ASSERT_EQ(tank(R"({"Time":"2026-11-20T10:00:00Z","V":1})").status, 202);
  EXPECT_EQ(
      tank(R"({"Time":"2026-11-20T10:00:00Z","V":2},{"Time":"2026-11-20T10:00:00Z","V":3})", "update").status,
      202);
  EXPECT_EQ(content("tank.level"), "10:00:00 3");
  EXPECT_EQ(tank(R"({"Time":"2026-11-20T10:00:00Z","V":4})", "create").status, 202);
  EXPECT_EQ(content("tank.level"), "10:00:00 4");
  settings_.create_mode = CreateMode::no_replace;
  const Answer kept = tank(R"({"Time":"2026-11-20T10:00:00Z","V":5})", "create");
  EXPECT_EQ(kept.status, 202);
  EXPECT_EQ(kept.headers.get("Penstock-Ignored"), "1");
  EXPECT_EQ(content("tank.level"), "10:00:00 4");
}

TEST_F(OmfData, IsDeletedByItsTime) {
  ASSERT_EQ(send("data", "create", R"([{"containerid":"Plant7.Skid3","values":[
      {"T":"2026-11-20T10:00:00Z","Flow":1,"State":0},{"T":"2026-11-20T10:00:01Z","Flow":2,"State":1}]}])")
                .status,
            202);
  const Answer gone = send("data", "delete", R"([{"containerid":"Plant7.Skid3","values":[
      {"T":"2026-11-20T10:00:00Z","Flow":"whatever"},{"T":"2026-11-20T09:00:00Z"}]}])");
  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(gone.headers.get("Penstock-Erased"), "2");
  EXPECT_EQ(content("Plant7.Skid3.Flow"), "10:00:01 2");
  EXPECT_EQ(content("Plant7.Skid3.State"), "10:00:01 1");
}

struct ValueCase {
  const char* name;
  const char* property;  ///< The definition of `v`.
  const char* value;
  const char* content;  ///< Behind the time; empty: nothing is stored.
  const char* events;   ///< Of the one item; empty: none.
};
const ValueCase kValueCases[] = {
    {"a float", R"("type":"number","format":"float64")", "0.1", "0.1", ""},
    {"a float in single precision", R"("type":"number")", "0.1", "0.10000000149011612", ""},
    {"a float beyond single precision", R"("type":"number")", "1e39", "", "E3004"},
    {"a float beyond all", R"("type":"number","format":"float64")", "1e400", "", "E3004"},
    {"a number as text", R"("type":"number","format":"float64")", R"("-2.5e1")", "-25", ""},
    {"not a number", R"("type":"number","format":"float64")", R"("NaN")", "(255)", ""},
    {"an infinity", R"("type":"number","format":"float64")", R"("-Infinity")", "(255)", ""},
    {"a word for a number", R"("type":"number","format":"float64")", R"("high")", "", "E3003"},
    {"true for a number", R"("type":"number","format":"float64")", "true", "", "E3003"},
    {"an array", R"("type":"number","format":"float64")", "[1]", "", "E3003"},
    {"an integer", R"("type":"integer")", "-7", "-7", ""},
    {"an integer with a zero fraction", R"("type":"integer")", "7.0", "7", ""},
    {"an integer as text", R"("type":"integer")", R"("12")", "12", ""},
    {"a fraction for an integer", R"("type":"integer")", "7.5", "", "E3003"},
    {"too much for int16", R"("type":"integer","format":"int16")", "40000", "", "E3004"},
    {"the most of uint16", R"("type":"integer","format":"uint16")", "65535", "65535", ""},
    {"below zero for uint32", R"("type":"integer","format":"uint32")", "-1", "", "E3004"},
    {"too much for int32", R"("type":"integer")", "3000000000", "", "E3004"},
    {"too much for all integers", R"("type":"integer","format":"int64")", "99999999999999999999999", "",
     "E3004"},
    {"a long integer that a double holds", R"("type":"integer","format":"int64")", "9007199254740994",
     "9007199254740994", ""},
    {"a long integer that loses digits", R"("type":"integer","format":"int64")", "9007199254740993",
     "9007199254740992", "W-1013"},
    {"the most of uint64", R"("type":"integer","format":"uint64")", "18446744073709551615",
     "18446744073709551616", "W-1013"},
    {"a boolean", R"("type":"boolean")", "true", "1", ""},
    {"a boolean as number", R"("type":"boolean")", "0", "0", ""},
    {"a boolean as text", R"("type":"boolean")", R"("True")", "1", ""},
    {"two for a boolean", R"("type":"boolean")", "2", "", "E3003"},
    {"a text", R"("type":"string")", R"("caf\u00e9")", "'café'", ""},
    {"a number for a text", R"("type":"string")", "1.50", "'1.50'", ""},
    {"a text of reserved characters", R"("type":"string")", R"("a*b;'")", "'a*b;''", ""},
    {"a null", R"("type":["number","null"])", "null", "(248)", ""},
    {"a null that is not allowed", R"("type":"number")", "null", "(248)", "I9036"},
    {"a time", R"("type":"string","format":"date-time")", R"("2026-01-01T00:00:00.12345678Z")",
     "1767225600123456700", ""},
    {"a word for a time", R"("type":"string","format":"date-time")", R"("soon")", "", "E3003"},
    {"a member", R"("reftypeid":"PumpState")", "2", "2", ""},
    {"a member by name", R"("reftypeid":"PumpState")", R"("running")", "1", ""},
    {"no member", R"("reftypeid":"PumpState")", "3", "", "E3004"},
    {"no member by name", R"("reftypeid":"PumpState")", R"("Flying")", "", "E3004"},
};

TEST_F(OmfData, IsConvertedOrRefusedValueByValue) {
  int n = 0;
  for (const ValueCase& c : kValueCases) {
    SCOPED_TRACE(c.name);
    const std::string id = "case" + std::to_string(++n);
    ASSERT_EQ(send("type", "create",
                   R"([{"id":")" + id + R"(","classification":"dynamic","properties":{"v":{)" + c.property +
                       R"(},"t":{"type":"string","format":"date-time","isindex":true}}}])")
                  .status,
              201);
    ASSERT_EQ(send("container", "create", R"([{"id":"p)" + id + R"(","typeid":")" + id + R"("}])").status,
              201);
    const Answer answer = send("data", "create",
                               R"([{"containerid":"p)" + id + R"(","values":[{"v":)" + c.value +
                                   R"(,"t":"2026-11-20T10:00:00Z"}]}])");
    const std::string events = c.events;
    const int status = events.starts_with("E") ? 400 : 202;
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.summary(),
              events.empty() ? Lines{} : Lines{"0:[" + events + "] " + std::to_string(status)});
    EXPECT_EQ(content("p" + id), *c.content == '\0' ? "" : "10:00:00 " + std::string{c.content});
  }
}

TEST_F(OmfData, SaysTheSentenceThatProducersLookFor) {
  for (const char* value : {R"("high")", "1e999"}) {
    const Answer answer = tank(R"({"Time":"2026-11-20T10:00:00Z","V":)" + std::string{value} +
                               R"(},{"Time":"2026-11-20T10:00:01Z","V":1})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.body.to_string().find("The specified value is outside the allowable range"),
              std::string::npos);
  }
  EXPECT_EQ(content("tank.level"), "10:00:01 1");
}

struct TimeCase {
  const char* text;
  const char* stored;  ///< Empty: refused.
};
const TimeCase kTimeCases[] = {
    {R"("2026-11-20T10:00:00Z")", "10:00:00"},
    {R"("2026-11-20T10:00:00.123456Z")", "10:00:00.123456"},
    {R"("2026-11-20T10:00:00.1234567Z")", "10:00:00.1234567"},
    {R"("2026-11-20T10:00:00.123456789Z")", "10:00:00.1234567"},
    {R"("2026-11-20T10:00:00+00:00")", "10:00:00"},
    {R"("2026-11-20T12:00:00+0200")", "10:00:00"},
    {R"("2026-11-20 10:00:00")", "10:00:00"},
    {R"("2026-11-20")", "00:00:00"},
    {R"("Fri, 20 Nov 2026 10:00:00 GMT")", "10:00:00"},
    {R"("2026-11-20T12:09:59Z")", "12:09:59"},
    {R"("2026-11-20T12:10:01Z")", ""},
    {R"("1969-12-31T23:59:59Z")", ""},
    {R"("2026-13-01T00:00:00Z")", ""},
    {R"("")", ""},
    {"1795176000", ""},
    {"null", ""},
};

TEST_F(OmfData, ReadsTimes) {
  for (const TimeCase& c : kTimeCases) {
    SCOPED_TRACE(c.text);
    const Answer answer = tank(R"({"Time":)" + std::string{c.text} + R"(,"V":1})");
    if (*c.stored == '\0') {
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(content("tank.level"), "");
      continue;
    }
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(content("tank.level"), std::string{c.stored} + " 1");
    const std::string time = archive_->newest(point("tank.level").id)->has_value()
                                 ? format_trimmed((*archive_->newest(point("tank.level").id))->time)
                                 : "";
    ASSERT_EQ(
        send("data", "delete", R"([{"containerid":"tank.level","values":[{"Time":")" + time + R"("}]}])")
            .status,
        200);
    ASSERT_EQ(content("tank.level"), "");
  }
}

TEST_F(OmfData, WithoutItsIndexOrValueIsTreatedByTheKindOfContainer) {
  EXPECT_EQ(tank(R"({"V":1},{"Time":"2026-11-20T10:00:00Z"})").summary(), Lines{"0:[E9031] 400"});
  EXPECT_EQ(content("tank.level"), "10:00:00 (248)");
  settings_.missing_property = MissingProperty::default_value;
  EXPECT_EQ(
      send("data", "create", R"([{"containerid":"Plant7.Skid3","values":[{"T":"2026-11-20T10:00:00Z"}]}])")
          .status,
      202);
  EXPECT_EQ(content("Plant7.Skid3.Flow"), "10:00:00 0");
}

TEST_F(OmfData, MayNameItsContainerBehindItsValues) {
  EXPECT_EQ(send("data", "create",
                 R"([{"values":[{"V":1,"Time":"2026-11-20T10:00:00Z"}],"ContainerId":"tank.level"}])")
                .status,
            202);
  EXPECT_EQ(content("tank.level"), "10:00:00 1");
}

struct BodyCase {
  const char* name;
  const char* body;
  int status;
  std::vector<std::string> events;
};
const BodyCase kBodyCases[] = {
    {"an empty array", "[]", 202, {}},
    {"an empty body", "", 400, {"null:[E3002] 400"}},
    {"an object", "{}", 400, {"null:[E3002] 400"}},
    {"a broken body", "[{]", 400, {"null:[E3002] 400"}},
    {"a body that breaks late",
     R"([{"containerid":"tank.level","values":[{"V":1,"Time":"2026-11-20T10:00:00Z"}]},{"containerid":"tank.level","values":[{"V":tru}]}])",
     400,
     {"null:[E3002] 400"}},
    {"a fault in what is skipped",
     R"([{"containerid":"nope","values":[{"V":01}]}])",
     400,
     {"null:[E3002] 400"}},
    {"a fault beside the values",
     R"([{"containerid":"tank.level","typeversion":tru,"values":[]}])",
     400,
     {"null:[E3002] 400"}},
    {"a strange escape in what is skipped",
     R"([{"containerid":"tank.level","values":[{"x":"\x"}]}])",
     400,
     {"null:[E3002] 400"}},
    {"a strange escape in a key",
     R"([{"containerid":"tank.level","values":[{"\x":1}]}])",
     400,
     {"null:[E3002] 400"}},
    {"text behind the array",
     R"([{"containerid":"tank.level","values":[{"V":1,"Time":"2026-11-20T10:00:00Z"}]}] x)",
     400,
     {"null:[E3002] 400"}},
    {"no container and no type", R"([{"values":[]}])", 400, {"0:[E9031] 400"}},
    {"no values", R"([{"containerid":"tank.level"}])", 400, {"0:[E9031] 400"}},
    {"values that are no array", R"([{"containerid":"tank.level","values":{}}])", 400, {"0:[E9031] 400"}},
    {"empty values", R"([{"containerid":"tank.level","values":[]}])", 202, {}},
    {"a value that is no object", R"([{"containerid":"tank.level","values":[7]}])", 400, {"0:[E3003] 400"}},
    {"an item that is no object", R"([7])", 400, {"0:[E9005] 400"}},
    {"typeless data", R"([{"properties":{"a":{"type":"string"}},"values":[]}])", 501, {"0:[E1002] 501"}},
    {"a byte order mark", "\xef\xbb\xbf[]", 202, {}},
};

TEST_F(OmfData, IsCheckedAsAWholeBeforeAnythingIsStored) {
  for (const BodyCase& c : kBodyCases) {
    SCOPED_TRACE(c.name);
    const Answer answer = send("data", "create", c.body);
    EXPECT_EQ(answer.status, c.status);
    EXPECT_EQ(answer.summary(), c.events);
    EXPECT_EQ(content("tank.level"), "");
  }
}

TEST_F(OmfData, NeedsTheRightToWriteToItsPoints) {
  auth::Principal narrow;
  narrow.grants = {{"Plant7.*", auth::Right::read | auth::Right::write}};
  caller_ = &narrow;
  const Answer answer = tank(R"({"Time":"2026-11-20T10:00:00Z","V":1})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.summary(), Lines{"0:[E-1004] 403"});
  EXPECT_EQ(content("tank.level"), "");
}

TEST_F(OmfData, CarriesQualityBesideItsValues) {
  ASSERT_EQ(
      send("type", "create",
           R"([{"id":"Q","classification":"dynamic","metadata":{"DataQualitySchema":"OPCUA"},"properties":{
      "t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number","format":"float64"},
      "q":{"type":"integer","format":"uint32","isquality":true}}}])")
          .status,
      201);
  ASSERT_EQ(send("container", "create", R"([{"id":"measured","typeid":"Q"}])").status, 201);
  EXPECT_EQ(send("data", "create", R"([{"containerid":"measured","values":[
      {"t":"2026-11-20T10:00:00Z","v":1,"q":0},
      {"t":"2026-11-20T10:00:01Z","v":2,"q":1073741824},
      {"t":"2026-11-20T10:00:02Z","v":3,"q":2147483648},
      {"t":"2026-11-20T10:00:03Z","v":null,"q":2147483648},
      {"t":"2026-11-20T10:00:04Z","v":5}]}])")
                .status,
            202);
  EXPECT_EQ(content("measured"), "10:00:00 1; 10:00:01 2?; 10:00:02 (255); 10:00:03 (248); 10:00:04 5");
}

TEST_F(OmfData, OfADeletedPointAsksForTheContainerAgain) {
  archive::Archive::Edit edit = [id = point("tank.level").id](catalog::Editor& editor) {
    return editor.erase_point(id);
  };
  ASSERT_TRUE(sync_wait(archive_->change(edit, Door::pi, 0)).has_value());
  EXPECT_EQ(tank(R"({"Time":"2026-11-20T10:00:00Z","V":1})").summary(), Lines{"0:[E5002] 404"});
  EXPECT_EQ(send("container", "create", R"([{"id":"tank.level","typeid":"Tank"}])").status, 201);
  EXPECT_EQ(tank(R"({"Time":"2026-11-20T10:00:00Z","V":1})").status, 202);
}

TEST_F(OmfData, SaysNoMoreThanAHundredEventsPerItem) {
  std::string values;
  for (int i = 0; i < 300; ++i)
    values += (i == 0 ? "" : ",") + std::string{R"({"Time":"2026-11-20T10:00:00Z","V":1,"x)"} +
              std::to_string(i) + R"(":1})";
  const Answer answer = tank(values + R"(,{"Time":"2026-11-20T10:00:00Z","V":"bad"})");
  EXPECT_EQ(answer.status, 400);
  ASSERT_EQ(answer.messages().size(), 1u);
  EXPECT_EQ(answer.messages()[0].find("Events")->array().size(), 100u);
}

}  // namespace
}  // namespace penstock::dialects::omf
