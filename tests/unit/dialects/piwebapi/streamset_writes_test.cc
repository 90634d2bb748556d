#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

std::string one(const std::string& webid, const std::string& value, const std::string& more = "") {
  return "{\"WebId\":\"" + webid + "\",\"Value\":{\"Timestamp\":\"2026-04-02T06:00:00Z\",\"Value\":" + value +
         "}" + more + "}";
}

TEST(PiStreamsetWrites, OneValueOfManyStreams) {
  Door door;
  const std::string a = door.webid("BA:LEVEL.1"), b = door.webid("BA:TEMP.1");
  const auto done = door.post("/piwebapi/streamsets/value", "[" + one(a, "1.5") + "," + one(b, "2.5") + "]");
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_EQ(done.body, "");
  EXPECT_EQ(done.headers.get("Penstock-Stored"), "2");
  EXPECT_EQ(door.recorded(a), "06:00:00Z=1.5");
  EXPECT_EQ(door.recorded(b), "06:00:00Z=2.5");
  EXPECT_EQ(door.post("/piwebapi/streamsets/value?bufferOption=DoNotBuffer",
                      "{\"Items\":[" + one(a, "3", ",\"Name\":\"x\",\"Links\":{}") + "]}")
                .status,
            204);
  EXPECT_EQ(door.recorded(a), "06:00:00Z=3");
}

TEST(PiStreamsetWrites, APathStandsInForAMissingWebId) {
  Door door;
  const auto done = door.post(
      "/piwebapi/streamsets/value",
      R"([{"Path":"\\\\PENSTOCK\\BA:TEMP.1","Value":{"Timestamp":"2026-04-02T06:00:00Z","Value":7}}])");
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_EQ(door.recorded(door.webid("BA:TEMP.1")), "06:00:00Z=7");
}

TEST(PiStreamsetWrites, BadItemsAreToldAndGoodOnesStored) {
  Door door;
  const std::string a = door.webid("BA:LEVEL.1");
  const auto done = door.post("/piwebapi/streamsets/value",
                              "[" + one(a, "1.5") + "," + one("your-web-id", "1") + "," + one(a, "\"abc\"") +
                                  ",{\"WebId\":\"" + a + "\"},{\"Value\":{\"Value\":1}},7]");
  EXPECT_EQ(done.status, 207) << done.body;
  const json::Value body = Door::parsed(done);
  std::string statuses;
  for (const json::Value& item : body.find("Items")->array()) {
    statuses += item.find("Substatus")->to_string() + " ";
  }
  EXPECT_EQ(statuses, "202 400 400 400 400 400 ");
  EXPECT_EQ(body.find("Errors")->array().size(), 5u);
  EXPECT_EQ(Door::text(body, "Message"), "5 of 6 items failed.");
  EXPECT_EQ(door.recorded(a), "06:00:00Z=1.5");
}

TEST(PiStreamsetWrites, ListsAnswerPerStream) {
  Door door;
  const std::string a = door.webid("BA:LEVEL.1"), b = door.webid("BA:TEMP.1");
  const std::string good =
      R"([{"Timestamp":"2026-04-02T06:00:00Z","Value":1},{"Timestamp":"2026-04-02T07:00:00Z","Value":2}])";
  const std::string half =
      R"([{"Timestamp":"2026-04-02T06:00:00Z","Value":"abc"},{"Timestamp":"2026-04-02T07:00:00Z","Value":4}])";
  const auto entry = [](const std::string& id, const std::string& items) {
    return "{\"WebId\":\"" + id + "\",\"Items\":" + items + "}";
  };
  EXPECT_EQ(
      door.post("/piwebapi/streamsets/recorded", "[" + entry(a, good) + "," + entry(a, "[]") + "]").status,
      202);
  const auto done = door.post("/piwebapi/streamsets/recorded", "[" + entry(a, good) + "," + entry(b, half) +
                                                                   "," + entry("L1DPWRsAAA", good) + "]");
  EXPECT_EQ(done.status, 207);
  const json::Value body = Door::parsed(done);
  std::string statuses;
  for (const json::Value& stream : body.find("Items")->array()) {
    for (const json::Value& item : stream.find("Items")->array()) {
      statuses += item.find("Substatus")->to_string() + " ";
    }
    statuses += "| ";
  }
  EXPECT_EQ(statuses, "202 202 | 400 202 | 404 404 | ");
  EXPECT_EQ(Door::text(body, "Message"), "3 of 6 items failed.");
  EXPECT_EQ(door.recorded(a), "06:00:00Z=1 07:00:00Z=2");
  EXPECT_EQ(door.recorded(b), "07:00:00Z=4");
}

/// The same body twice: regular, and with a blank where no other entry has one, so that it is read entry by
/// entry.
TEST(PiStreamsetWrites, RegularBodiesAreWrittenAndAnsweredLikeOthers) {
  const auto timed = [](int second, const std::string& value) {
    return R"({"Timestamp":"2026-04-02T06:00:0)" + std::to_string(second) + R"(Z","Value":)" + value + "}";
  };
  for (const std::string path : {"value", "recorded"}) {
    for (const std::string options : {"", "?updateOption=Insert&bufferOption=DoNotBuffer"}) {
      SCOPED_TRACE(path + options);
      Door quick, slow;
      std::string answers[2];
      for (Door* const door : {&quick, &slow}) {
        std::string& answer = answers[door == &quick ? 0 : 1];
        const std::string a = door->webid("BA:LEVEL.1"), b = door->webid("BA:TEMP.1");
        const auto entry = [&](const std::string& id, int second) {
          const std::string values =
              path == "value" ? R"(,"Value":)" + timed(second, "1.5")
                              : R"(,"Items":[)" + timed(second, "1") + "," + timed(second + 1, "2.5") + "]";
          return R"({"WebId":")" + id + '"' + values + "}";
        };
        const std::string body = "[" + entry(a, 1) + "," + entry(b, 2) + "," + entry(a, 3) + "," +
                                 entry(b, 2) + "," + entry(a, 5) +
                                 (door == &quick ? "]" : ",{ \"WebId\":7 } ]");
        for (int round = 0; round < 2; ++round) {
          const auto done = door->post("/piwebapi/streamsets/" + path + options, body);
          if (door == &quick) answer += std::to_string(done.status) + " ";
          for (const char* count : {"Penstock-Stored", "Penstock-Replaced", "Penstock-Ignored"}) {
            answer += std::string{done.headers.get(count)} + " ";
          }
        }
        answer += door->recorded(a) + " " + door->recorded(b);
      }
      const bool told = !options.empty();
      const std::string first = told ? "207" : "202", second = told ? "409" : "202";
      EXPECT_TRUE(answers[0].starts_with(first + " ")) << answers[0];
      EXPECT_NE(answers[0].find(" " + second + " "), std::string::npos) << answers[0];
      // Without the statuses, to which the bad entry of the other body adds.
      std::string without = answers[0];
      without.erase(without.find(" " + second + " ") + 1, 4);
      EXPECT_EQ(without.substr(4), answers[1]);
    }
  }
}

TEST(PiStreamsetWrites, OnlyDescendantsOfTheObjectInTheUrl) {
  Door door;
  const std::string element =
      Door::text(door.read("/piwebapi/elements?path=\\\\PENSTOCK\\Demo\\Boiler1"), "WebId");
  const std::string level = door.attribute("Temperature"), point = door.webid("BA:LEVEL.1");
  EXPECT_EQ(door.post("/piwebapi/streamsets/" + element + "/value", "[" + one(level, "1.5") + "]").status,
            202);
  const auto stranger = door.post("/piwebapi/streamsets/" + element + "/value",
                                  "[" + one(level, "2") + "," + one(point, "2") + "]");
  EXPECT_EQ(stranger.status, 207) << stranger.body;
  EXPECT_EQ(Door::parsed(stranger).find("Items")->array()[1].find("Substatus")->to_string(), "400");
  EXPECT_EQ(door.recorded(point), "");
  EXPECT_EQ(door.post("/piwebapi/streamsets/" + level + "/value", "[" + one(level, "2") + "]").status, 400);
  EXPECT_EQ(door.post("/piwebapi/streamsets/" + point + "/value", "[]").status, 400);
}

struct BodyCase {
  const char* body;
  int status;
};
TEST(PiStreamsetWrites, BodiesThatAreNone) {
  Door door;
  for (const auto& c : {BodyCase{"", 400}, BodyCase{"null", 400}, BodyCase{"[", 400}, BodyCase{"{}", 400},
                        BodyCase{"[]", 204}, BodyCase{"{\"Items\":3}", 400}, BodyCase{"[null]", 400}}) {
    SCOPED_TRACE(c.body);
    EXPECT_EQ(door.post("/piwebapi/streamsets/value", c.body).status, c.status);
    EXPECT_EQ(door.post("/piwebapi/streamsets/recorded", c.body).status, c.status);
  }
  EXPECT_EQ(door.post("/piwebapi/streamsets/value?updateOption=Maybe", "[]").status, 400);
}

TEST(PiStreamsetWrites, MoreValuesThanAllowedStoreNothing) {
  Door::Options options;
  options.settings.max_write_items = 2;
  Door door{options};
  const std::string a = door.webid("BA:LEVEL.1");
  EXPECT_EQ(
      door.post("/piwebapi/streamsets/value", "[" + one(a, "1") + "," + one(a, "2") + "," + one(a, "3") + "]")
          .status,
      413);
  EXPECT_EQ(door.recorded(a), "");
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
