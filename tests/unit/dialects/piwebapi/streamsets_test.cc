#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr char kHours[] = "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z";

/// SINUSOID with 0, 10 and 20 at 06:00, 07:00 and 08:00 of 2026-04-02, CDT158 with 1 and 3 at 06:30 and
/// 07:30.
struct Filled {
  Door door;
  std::string sinusoid = door.webid("SINUSOID"), cdt158 = door.webid("CDT158");

  Filled() {
    write(sinusoid, R"([{"Timestamp":"2026-04-02T06:00:00Z","Value":0},
                        {"Timestamp":"2026-04-02T07:00:00Z","Value":10},
                        {"Timestamp":"2026-04-02T08:00:00Z","Value":20}])");
    write(cdt158, R"([{"Timestamp":"2026-04-02T06:30:00Z","Value":1},
                      {"Timestamp":"2026-04-02T07:30:00Z","Value":3}])");
  }
  void write(const std::string& id, std::string_view body) {
    EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/recorded", body).status, 202);
  }
  std::string both() const { return "webId=" + sinusoid + "&webId=" + cdt158; }
};

/// `Name[value value] …`; a value of null is an error.
std::string line_of(const json::Value& answer) {
  std::string line;
  for (const json::Value& member : answer.find("Items")->array()) {
    if (!line.empty()) line += ' ';
    line += Door::text(member, "Name") + "[";
    const auto value = [](const json::Value& timed) { return timed.find("Value")->to_string(); };
    if (const json::Value* one = member.find("Value")) {
      line += value(*one);
    } else {
      bool first = true;
      for (const json::Value& item : member.find("Items")->array()) {
        if (!first) line += ' ';
        first = false;
        const json::Value* type = item.find("Type");
        line += type != nullptr ? Door::text(item, "Type") + "=" + value(*item.find("Value")) : value(item);
      }
    }
    line += "]";
  }
  return line;
}

struct SetCase {
  const char* name;
  const char* call;
  const char* query;
  const char* members;
};
const SetCase kSets[] = {
    {"value", "value", "time=2026-04-02T06:30Z", "SINUSOID[5] CDT158[1]"},
    {"end", "end", "", "SINUSOID[20] CDT158[3]"},
    {"recordedattime", "recordedattime", "time=2026-04-02T07:15Z", "SINUSOID[10] CDT158[1]"},
    {"recordedattime: one has none", "recordedattime", "time=2026-04-02T06:00Z&retrievalMode=Exact",
     "SINUSOID[0] CDT158[null]"},
    {"recordedattimes", "recordedattimes", "time=2026-04-02T07:00Z&time=2026-04-02T08:00Z",
     "SINUSOID[10 20] CDT158[1 3]"},
    {"recorded", "recorded", kHours, "SINUSOID[0 10 20] CDT158[1 3]"},
    {"recorded: the limit is each one's own", "recorded",
     "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z&maxCount=1", "SINUSOID[0] CDT158[1]"},
    {"recorded with a filter", "recorded",
     "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z&filterExpression='.'>2",
     "SINUSOID[10 20] CDT158[3]"},
    {"interpolated", "interpolated", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z&interval=30m",
     "SINUSOID[5 10 15] CDT158[1 2 3]"},
    {"interpolatedattimes", "interpolatedattimes", "time=2026-04-02T06:45Z", "SINUSOID[7.5] CDT158[1.5]"},
    {"plot", "plot", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z&intervals=1",
     "SINUSOID[5 10 15] CDT158[1 3]"},
    {"summary", "summary",
     "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z&summaryType=Average,Maximum",
     "SINUSOID[Average=10 Maximum=15] CDT158[Average=2 Maximum=3]"},
    {"in the order of the names", "end", "sortField=Name", "CDT158[3] SINUSOID[20]"},
    {"the other way round", "end", "sortField=Name&sortOrder=Descending", "SINUSOID[20] CDT158[3]"},
    {"no field, no sorting", "end", "sortOrder=Descending", "SINUSOID[20] CDT158[3]"},
};
TEST(StreamSets, OfWebIds) {
  Filled filled;
  for (const auto& c : kSets) {
    SCOPED_TRACE(c.name);
    const json::Value answer =
        filled.door.read("/piwebapi/streamsets/" + std::string{c.call} + "?" + filled.both() + "&" + c.query);
    EXPECT_EQ(line_of(answer), c.members);
  }
}

TEST(StreamSets, MembersSayWhoTheyAre) {
  Filled filled;
  const std::string id = filled.sinusoid;
  EXPECT_EQ(
      filled.door
          .get("/piwebapi/streamsets/recorded?webId=" + id +
               "&startTime=2026-04-02T07:00Z&endTime=2026-04-02T07:00Z")
          .body,
      R"({"Links":{},"Items":[{"WebId":")" + id +
          R"(","Name":"SINUSOID","Path":"\\\\PENSTOCK\\SINUSOID","Links":{"Source":"http://hist01/piwebapi/points/)" +
          id +
          R"("},"UnitsAbbreviation":"","Items":[{"Timestamp":"2026-04-02T07:00:00Z","Value":10,"UnitsAbbreviation":"","Good":true,"Questionable":false,"Substituted":false,"Annotated":false}]}]})");
  EXPECT_EQ(
      filled.door.get("/piwebapi/streamsets/end?webId=" + id + "&selectedFields=Items.Value.Value").body,
      R"({"Items":[{"Value":{"Value":20}}]})");
}

TEST(StreamSets, OneThatMatchesNothingDoesNotFailTheOthers) {
  Filled filled;
  const std::string missing = "P1DPUEVOU1RPQ0tcTk9TVUNI";  // \\PENSTOCK\NOSUCH
  for (const char* call : {"value", "recorded", "summary"}) {
    const json::Value answer =
        filled.door.read("/piwebapi/streamsets/" + std::string{call} + "?webId=" + missing +
                         "&webId=" + filled.sinusoid + "&" + kHours);
    const auto& members = answer.find("Items")->array();
    ASSERT_EQ(members.size(), 2u) << call;
    EXPECT_EQ(Door::text(members[0], "WebId"), missing);
    EXPECT_NE(members[0].to_string().find("\"Errors\""), std::string::npos);
    EXPECT_EQ(members[1].to_string().find("\"Errors\""), std::string::npos);
  }
}

TEST(StreamSets, BelowAnElement) {
  Filled filled;
  const std::string boiler =
      Door::text(filled.door.read("/piwebapi/elements?path=\\\\PENSTOCK\\Demo\\Boiler1"), "WebId");
  const std::string url = "/piwebapi/streamsets/" + boiler + "/";
  const json::Value answer = filled.door.read(url + "value");
  std::string names;
  for (const json::Value& member : answer.find("Items")->array()) names += Door::text(member, "Name") + " ";
  const json::Value reversed = filled.door.read(url + "value?sortField=Name&sortOrder=Descending");
  ASSERT_EQ(answer.find("Items")->array().size(), 3u) << names;
  EXPECT_EQ(Door::text(answer.find("Items")->array()[0], "Name"),
            Door::text(reversed.find("Items")->array()[2], "Name"));
  EXPECT_NE(names.find("Capacity"), std::string::npos);
  const json::Value one = filled.door.read(url + "value?nameFilter=Cap*");
  EXPECT_EQ(one.find("Items")->array().size(), 1u);
  EXPECT_EQ(filled.door.read(url + "value?categoryName=None").find("Items")->array().size(), 0u);
  EXPECT_EQ(filled.door.read(url + "value?templateName=None").find("Items")->array().size(), 0u);
  // A static attribute has a value and no history.
  const json::Value recorded = filled.door.read(url + "recorded?nameFilter=Cap*");
  EXPECT_NE(recorded.to_string().find("\"Errors\""), std::string::npos);
}

struct RefusalCase {
  const char* call;
  int status;
};
const RefusalCase kRefused[] = {
    {"value", 400},
    {"value?webId=nonsense", 400},
    {"recorded?webId=", 400},
    {"P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/value", 400},
    {"nonsense/value", 400},
    {"P1EmUEVOU1RPQ0tcREVNT1xOT05F/value", 404},
    {"end?webId=P1DPUEVOU1RPQ0tcU0lOVVNPSUQ&sortField=Value", 400},
    {"recorded?webId=P1DPUEVOU1RPQ0tcU0lOVVNPSUQ&maxCount=150001", 400},
    {"joined?baseWebId=P1DPUEVOU1RPQ0tcU0lOVVNPSUQ", 400},
    {"joined?subordinateWebId=P1DPUEVOU1RPQ0tcU0lOVVNPSUQ", 400},
};
TEST(StreamSets, ThatAreRefused) {
  Door door;
  for (const auto& c : kRefused) {
    SCOPED_TRACE(c.call);
    const auto response = door.get("/piwebapi/streamsets/" + std::string{c.call});
    EXPECT_EQ(response.status, c.status) << response.body;
  }
}

TEST(StreamSets, HoldNoMoreThanTheServerReturns) {
  Door::Options options;
  options.settings.max_returned_items = 4;
  Door door{options};
  const std::string id = door.webid("SINUSOID");
  const std::string call = "/piwebapi/streamsets/interpolatedattimes?time=*&time=*-1h&webId=" + id;
  EXPECT_EQ(door.get(call + "&webId=" + id).status, 200);
  EXPECT_EQ(door.get(call + "&webId=" + id + "&webId=" + id).status, 400);
}

TEST(StreamSets, Joined) {
  Filled filled;
  const std::string call =
      "/piwebapi/streamsets/joined?baseWebId=" + filled.cdt158 + "&subordinateWebId=" + filled.sinusoid + "&";
  EXPECT_EQ(line_of(filled.door.read(call + kHours)), "CDT158[1 3] SINUSOID[5 15]");
  EXPECT_EQ(line_of(filled.door.read(call + "startTime=2026-04-02T08:00Z&endTime=2026-04-02T06:00Z")),
            "CDT158[3 1] SINUSOID[15 5]");
}

TEST(StreamSets, WhatMayNotBeReadIsDenied) {
  Door::Options options;
  options.grants = {{"*", static_cast<std::uint8_t>(auth::Right::write)},
                    {"CDT158", static_cast<std::uint8_t>(auth::Right::read)}};
  Door door{options};
  const auto id = [&](const char* tag) { return door.webid(tag); };
  EXPECT_EQ(door.get("/piwebapi/streams/" + id("SINUSOID") + "/plot").status, 403);
  const json::Value answer =
      door.read("/piwebapi/streamsets/value?webId=" + id("SINUSOID") + "&webId=" + id("CDT158"));
  const auto& members = answer.find("Items")->array();
  EXPECT_NE(members[0].to_string().find("\"Access Denied\""), std::string::npos);
  EXPECT_NE(members[0].to_string().find("\"Errors\""), std::string::npos);
  EXPECT_EQ(members[1].to_string().find("\"Errors\""), std::string::npos);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
