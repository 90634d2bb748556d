#include "door.h"
#include "http/inflate.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr char kT[] = "\"2026-04-02T06:30:00Z\"";

std::string value_at_t(double value) {
  return "{\"Timestamp\":" + std::string{kT} + ",\"Value\":" + json::Value{value}.to_string() + "}";
}

TEST(StreamWrites, ASingleValueIsAcceptedAndReadBack) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  const auto response = door.post("/piwebapi/streams/" + id + "/value", value_at_t(71.25));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.headers.get("Location"),
            "http://hist01/piwebapi/streams/" + id + "/value?time=2026-04-02T06:30:00Z");
  EXPECT_EQ(door.recorded(id), "06:30:00Z=71.25");
}

struct OptionCase {
  const char* name;
  const char* query;  // Of the second write.
  int status;
  const char* after;  // Recorded afterwards.
};
// The first write stored 1 at the same time.
const OptionCase kTaken[] = {
    {"the default replaces", "", 202, "06:30:00Z=2"},
    {"Replace", "?updateOption=Replace", 202, "06:30:00Z=2"},
    {"Insert keeps, silently", "?updateOption=Insert", 202, "06:30:00Z=1"},
    {"NoReplace keeps, silently", "?updateoption=noreplace", 202, "06:30:00Z=1"},
    {"InsertNoCompression keeps", "?updateOption=InsertNoCompression", 202, "06:30:00Z=1"},
    {"ReplaceOnly replaces", "?updateOption=3", 202, "06:30:00Z=2"},
    {"Remove removes", "?updateOption=Remove", 202, ""},
    {"Buffer", "?bufferOption=Buffer", 202, "06:30:00Z=2"},
    {"DoNotBuffer", "?bufferOption=DoNotBuffer", 204, "06:30:00Z=2"},
    {"Insert with DoNotBuffer tells", "?updateOption=Insert&bufferOption=DoNotBuffer", 409, "06:30:00Z=1"},
    {"NoReplace with DoNotBuffer tells", "?updateOption=2&bufferOption=0", 409, "06:30:00Z=1"},
    {"InsertNoCompression with DoNotBuffer tells", "?updateOption=5&bufferOption=DoNotBuffer", 409,
     "06:30:00Z=1"},
    {"Remove with DoNotBuffer", "?updateOption=Remove&bufferOption=DoNotBuffer", 204, ""},
    {"an unknown option", "?updateOption=Upsert", 400, "06:30:00Z=1"},
    {"an unknown buffer", "?bufferOption=Maybe", 400, "06:30:00Z=1"},
};

TEST(StreamWrites, AtATakenTime) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  for (const auto& c : kTaken) {
    SCOPED_TRACE(c.name);
    ASSERT_EQ(door.post("/piwebapi/streams/" + id + "/value", value_at_t(1)).status, 202);
    EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value" + c.query, value_at_t(2)).status, c.status);
    EXPECT_EQ(door.recorded(id), c.after);
  }
}

const OptionCase kFree[] = {
    {"ReplaceOnly", "?updateOption=ReplaceOnly", 202, ""},
    {"ReplaceOnly with DoNotBuffer", "?updateOption=ReplaceOnly&bufferOption=DoNotBuffer", 204, ""},
    {"Remove", "?updateOption=Remove", 202, ""},
    {"Insert with DoNotBuffer", "?updateOption=Insert&bufferOption=DoNotBuffer", 204, "06:30:00Z=2"},
};
TEST(StreamWrites, AtAFreeTime) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  for (const auto& c : kFree) {
    SCOPED_TRACE(c.name);
    ASSERT_EQ(door.post("/piwebapi/streams/" + id + "/value?updateOption=Remove", value_at_t(0)).status, 202);
    EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value" + c.query, value_at_t(2)).status, c.status);
    EXPECT_EQ(door.recorded(id), c.after);
  }
}

TEST(StreamWrites, DuplicatesAreToldAsConfigured) {
  for (const auto& [setting, plain, direct] :
       {std::tuple{DuplicateReports::never, 202, 204}, std::tuple{DuplicateReports::always, 409, 409}}) {
    Door::Options options;
    options.settings.report_duplicate_conflicts = setting;
    Door door{options};
    const std::string target = "/piwebapi/streams/" + door.webid("SINUSOID") + "/value?updateOption=Insert";
    ASSERT_EQ(door.post(target, value_at_t(1)).status, 202);
    EXPECT_EQ(door.post(target, value_at_t(1)).status, plain);
    EXPECT_EQ(door.post(target + "&bufferOption=DoNotBuffer", value_at_t(1)).status, direct);
  }
}

TEST(StreamWrites, TheBufferCanBeConfiguredOff) {
  Door::Options options;
  options.settings.buffering = false;
  Door door{options};
  const std::string target = "/piwebapi/streams/" + door.webid("SINUSOID") + "/value";
  EXPECT_EQ(door.post(target, value_at_t(1)).status, 204);
  const auto refused = door.post(target + "?bufferOption=Buffer", value_at_t(1));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.has("Retry-After"));
}

TEST(StreamWrites, AListInBothShapesWithCounts) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  const std::string list =
      R"([{"Value":1,"Timestamp":"2026-04-02T06:00:00Z"},{"Value":2,"Timestamp":"2026-04-02T07:00:00Z"}])";
  auto response = door.post("/piwebapi/streams/" + id + "/recorded", list);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.headers.get("Penstock-Stored"), "2");
  response =
      door.post("/piwebapi/streams/" + id + "/recorded?updateOption=Insert", "{\"Items\":" + list + "}");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.headers.get("Penstock-Ignored"), "2");
  response = door.post("/piwebapi/streams/" + id + "/recorded", list);
  EXPECT_EQ(response.headers.get("Penstock-Replaced"), "2");
  EXPECT_EQ(door.recorded(id), "06:00:00Z=1 07:00:00Z=2");
  response = door.post("/piwebapi/streams/" + id + "/recorded?updateOption=remove", list);
  EXPECT_EQ(response.headers.get("Penstock-Erased"), "2");
  EXPECT_EQ(door.recorded(id), "");
  EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/recorded", "[]").status, 204);
}

TEST(StreamWrites, OneBadItemAnswers207AndKeepsTheRest) {
  Door door;
  const std::string id = door.webid("CDT158");
  const auto response = door.post("/piwebapi/streams/" + id + "/recorded",
                                  R"({"Items":[{"Value":1,"Timestamp":"2026-04-02T06:00:00Z"},
                                     {"Value":"abc","Timestamp":"2026-04-02T07:00:00Z"},
                                     {"Value":3,"Timestamp":"2026-04-02T08:00:00Z"}]})");
  EXPECT_EQ(response.status, 207);
  const json::Value body = Door::parsed(response);
  const auto& items = body.find("Items")->array();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].find("Substatus")->as_int64(), 202);
  EXPECT_EQ(items[0].find("Errors"), nullptr);
  EXPECT_EQ(items[1].find("Substatus")->as_int64(), 400);
  EXPECT_EQ(items[1].find("Errors")->array()[0].as_string(), "Value 'abc' cannot be converted to Float32.");
  EXPECT_EQ(body.find("Errors")->array()[0].as_string(),
            "Item 1: Value 'abc' cannot be converted to Float32.");
  EXPECT_EQ(door.recorded(id), "06:00:00Z=1 08:00:00Z=3");
}

TEST(StreamWrites, AllBadItemsAnswerTheirOneCode) {
  Door door;
  const std::string id = door.webid("CDT158");
  const auto response =
      door.post("/piwebapi/streams/" + id + "/recorded", R"([{"Value":"a"},{"Value":"b"}])");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Door::parsed(response).find("Items")->array().size(), 2u);
}

TEST(StreamWrites, ConflictsOfAListAreToldByItem) {
  Door door;
  const std::string target = "/piwebapi/streams/" + door.webid("SINUSOID") +
                             "/recorded?updateOption=Insert&bufferOption=DoNotBuffer";
  ASSERT_EQ(door.post(target, R"([{"Value":1,"Timestamp":"2026-04-02T06:00:00Z"}])").status, 204);
  const auto mixed = door.post(target, R"([{"Value":9,"Timestamp":"2026-04-02T06:00:00Z"},
                                           {"Value":2,"Timestamp":"2026-04-02T07:00:00Z"},
                                           {"Value":3,"Timestamp":"2026-04-02T07:00:00Z"}])");
  EXPECT_EQ(mixed.status, 207);
  const json::Value body = Door::parsed(mixed);
  EXPECT_EQ(body.find("Items")->array()[0].find("Substatus")->as_int64(), 409);
  EXPECT_EQ(body.find("Items")->array()[1].find("Substatus")->as_int64(), 204);
  EXPECT_EQ(body.find("Items")->array()[2].find("Substatus")->as_int64(), 409);
  EXPECT_EQ(door.post(target, R"([{"Value":9,"Timestamp":"2026-04-02T06:00:00Z"}])").status, 409);
}

TEST(StreamWrites, ReplacingTellsSubstitutedAndRepeatingDoesNot) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  const std::string read = "/piwebapi/streams/" + id + "/value?time=2026-04-02T06:30:00Z";
  for (int i = 0; i < 2; ++i) door.post("/piwebapi/streams/" + id + "/value", value_at_t(1));
  EXPECT_EQ(door.read(read).find("Substituted")->as_bool(), false);
  door.post("/piwebapi/streams/" + id + "/value", value_at_t(2));
  EXPECT_EQ(door.read(read).find("Substituted")->as_bool(), true);
}

TEST(StreamWrites, EveryWebIdFormNamesThePoint) {
  Door door;
  const std::string path = "/piwebapi/points?path=\\\\PENSTOCK\\SINUSOID&webIdType=";
  int hour = 0;
  for (const char* type : {"Full", "IDOnly", "PathOnly", "LocalIDOnly", "DefaultIDOnly"}) {
    const std::string id = Door::text(door.read(path + type), "WebId");
    const std::string body =
        "{\"Value\":1,\"Timestamp\":\"2026-04-02T0" + std::to_string(++hour) + ":00:00Z\"}";
    EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", body).status, 202) << type << " " << id;
  }
  EXPECT_EQ(door.recorded(door.webid("SINUSOID")),
            "01:00:00Z=1 02:00:00Z=1 03:00:00Z=1 04:00:00Z=1 05:00:00Z=1");
}

TEST(StreamWrites, DigitalStatesByNameObjectAndCode) {
  Door door;
  const std::string id = door.webid("BA:ACTIVE.1");
  int hour = 0;
  for (const char* value : {"{\"Name\":\"Active\",\"Value\":1}", "1", "\"Active\"", "-248", "0"}) {
    const std::string body = "{\"Value\":" + std::string{value} + ",\"Timestamp\":\"2026-04-02T0" +
                             std::to_string(++hour) + ":00:00Z\"}";
    EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", body).status, 202) << value;
  }
  const std::string active = R"({"Name":"Active","Value":1,"IsSystem":false})";
  EXPECT_EQ(door.recorded(id), "01:00:00Z=" + active + " 02:00:00Z=" + active + " 03:00:00Z=" + active +
                                   R"( 04:00:00Z={"Name":"No Data","Value":248,"IsSystem":true})" +
                                   R"( 05:00:00Z={"Name":"Inactive","Value":0,"IsSystem":false})");
  EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", "{\"Value\":7}").status, 400);
}

TEST(StreamWrites, ThroughAnAttributeToItsPoint) {
  Door door;
  const std::string attribute = door.attribute("Temperature");
  EXPECT_EQ(door.post("/piwebapi/streams/" + attribute + "/value", value_at_t(88.5)).status, 202);
  EXPECT_EQ(door.recorded(door.webid("BA:TEMP.1")), "06:30:00Z=88.5");
  EXPECT_EQ(door.recorded(attribute), "06:30:00Z=88.5");
  EXPECT_EQ(
      door.send(http::Method::put, "/piwebapi/attributes/" + attribute + "/value", value_at_t(1)).status,
      409);
}

TEST(StreamWrites, StaticAttributesKeepTheirValue) {
  Door door;
  const std::string maker = door.attribute("Manufacturer"), capacity = door.attribute("Capacity");
  EXPECT_EQ(door.post("/piwebapi/streams/" + maker + "/value", R"({"Value":"Other Works"})").status, 204);
  EXPECT_EQ(Door::text(door.read("/piwebapi/streams/" + maker + "/value"), "Value"), "Other Works");
  EXPECT_EQ(
      door.send(http::Method::put, "/piwebapi/attributes/" + capacity + "/value", R"({"Value":42.0})").status,
      204);
  EXPECT_EQ(door.read("/piwebapi/attributes/" + capacity + "/value").find("Value")->as_double(), 42.0);
  EXPECT_EQ(door.post("/piwebapi/streams/" + capacity + "/value", R"({"Value":"much"})").status, 400);
  EXPECT_EQ(door.post("/piwebapi/streams/" + capacity + "/recorded",
                      R"([{"Value":2,"Timestamp":"T"},{"Value":1,"Timestamp":"Y"}])")
                .status,
            204);
  EXPECT_EQ(door.read("/piwebapi/attributes/" + capacity + "/value").find("Value")->as_double(), 2.0);
}

TEST(StreamWrites, ReadersMayNotWriteAndHiddenPointsDoNotExist) {
  Door::Options options;
  options.grants = {{"SINU*", static_cast<std::uint8_t>(auth::Right::read)}};
  Door door{options};
  const std::string id = door.webid("SINUSOID");
  const auto refused = door.post("/piwebapi/streams/" + id + "/value", value_at_t(1));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Door::text(Door::parsed(refused), "Message"),
            "The user does not have write permission on point SINUSOID.");
  const auto list = door.post("/piwebapi/streams/" + id + "/recorded", R"([{"Value":1},{"Value":2}])");
  EXPECT_EQ(list.status, 403);
  EXPECT_EQ(Door::parsed(list).find("Items")->array().size(), 2u);
  EXPECT_EQ(door.get("/piwebapi/points?path=\\\\PENSTOCK\\CDT158").status, 404);
  EXPECT_EQ(door.post("/piwebapi/streams/P1DPUEVOU1RPQ0tcQ0RUMTU4/value", value_at_t(1)).status, 404);
  EXPECT_EQ(door.read("/piwebapi/dataservers/L1DS/points").find("Items")->array().size(), 1u);
}

TEST(StreamWrites, GzippedBodies) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  const std::string body = http::gzip(value_at_t(5));
  EXPECT_EQ(door.send(http::Method::post, "/piwebapi/streams/" + id + "/value", body,
                      {{"Content-Encoding", "gzip"}, {"Content-Type", "application/json; charset=utf-8"}})
                .status,
            202);
  EXPECT_EQ(door.recorded(id), "06:30:00Z=5");
  EXPECT_EQ(door.send(http::Method::post, "/piwebapi/streams/" + id + "/value", "not gzip",
                      {{"Content-Encoding", "gzip"}})
                .status,
            400);
  EXPECT_EQ(door.send(http::Method::post, "/piwebapi/streams/" + id + "/value", "x",
                      {{"Content-Type", "text/plain"}})
                .status,
            415);
}

TEST(StreamWrites, BombsAndLargeBodiesAreRefused) {
  Door::Options options;
  options.settings.max_request_body = 1000;
  Door door{options};
  const std::string target = "/piwebapi/streams/" + door.webid("SINUSOID") + "/value";
  EXPECT_EQ(door.post(target, std::string(1001, ' ')).status, 413);
  EXPECT_EQ(door.send(http::Method::post, target, http::gzip(std::string(100'000, ' ')),
                      {{"Content-Encoding", "gzip"}})
                .status,
            413);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
