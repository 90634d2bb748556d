#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

/// What stands in an answer, in one line: `time=value …`, hours and minutes of the time; `!` is not good.
std::string line_of(const json::Value& items) {
  std::string line;
  for (const json::Value& item : items.array()) {
    if (!line.empty()) line += ' ';
    line += Door::text(item, "Timestamp").substr(11, 5) + "=";
    const json::Value* value = item.find("Value");
    const json::Value* name = value->find("Name");
    if (name != nullptr && value->find("IsSystem")->to_string() == "true") {
      line += std::string{name->as_string().value_or("")};
    } else {
      line += value->to_string();
    }
  }
  return line;
}
std::string items_of(const json::Value& answer) {
  const json::Value* items = answer.find("Items");
  return items != nullptr ? line_of(*items) : "no Items";
}

/// SINUSOID with 0, 10 and 20 at 06:00, 07:00 and 08:00 of 2026-04-02, Bad Input at 09:00 and 40 at 10:00.
struct Filled {
  Door door;
  std::string id = door.webid("SINUSOID");

  Filled() {
    const auto response = door.post("/piwebapi/streams/" + id + "/recorded",
                                    R"([{"Timestamp":"2026-04-02T06:00:00Z","Value":0},
                                        {"Timestamp":"2026-04-02T07:00:00Z","Value":10},
                                        {"Timestamp":"2026-04-02T08:00:00Z","Value":20},
                                        {"Timestamp":"2026-04-02T09:00:00Z","Value":-255},
                                        {"Timestamp":"2026-04-02T10:00:00Z","Value":40}])");
    EXPECT_EQ(response.status, 202) << response.body;
    const auto bad = door.post(
        "/piwebapi/streams/" + id + "/value",
        R"({"Timestamp":"2026-04-02T09:00:00Z","Value":{"Name":"Bad Input","Value":255,"IsSystem":true}})");
    EXPECT_EQ(bad.status, 202) << bad.body;
  }
  std::string url(std::string_view rest) const { return "/piwebapi/streams/" + id + "/" + std::string{rest}; }
};

constexpr char kDay[] = "startTime=2026-04-02T06:00:00Z&endTime=2026-04-02T10:00:00Z";
constexpr char kBack[] = "startTime=2026-04-02T10:00:00Z&endTime=2026-04-02T06:00:00Z";

struct ListCase {
  const char* name;
  const char* call;
  const char* range;
  const char* more;
  const char* items;
};
const ListCase kLists[] = {
    {"recorded", "recorded", kDay, "", "06:00=0 07:00=10 08:00=20 09:00=Bad Input 10:00=40"},
    {"recorded, backwards", "recorded", kBack, "&maxCount=2", "10:00=40 09:00=Bad Input"},
    {"filter", "recorded", kDay, "&filterExpression='.'%20%3E%205", "07:00=10 08:00=20 10:00=40"},
    {"filter: maxCount counts what passes", "recorded", kDay, "&filterExpression='.'>5&maxCount=2",
     "07:00=10 08:00=20"},
    {"filter backwards", "recorded", kBack, "&filterExpression='.'>5&maxCount=2", "10:00=40 08:00=20"},
    {"filtered values are told once", "recorded", kDay,
     "&filterExpression='.'%20%3C%205%20or%20'.'%20%3E%2030&includeFilteredValues=true",
     "06:00=0 07:00=Filtered 10:00=40"},
    {"filter of bad values", "recorded", kDay, "&filterExpression=BadVal('.')=0",
     "06:00=0 07:00=10 08:00=20 10:00=40"},
    {"nothing passes", "recorded", kDay, "&filterExpression='.'>1000", ""},
    {"boundary inside", "recorded", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z",
     "&boundaryType=Inside", "07:00=10"},
    {"boundary outside", "recorded", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z",
     "&boundaryType=Outside", "06:00=0 07:00=10 08:00=20"},
    {"boundary interpolated", "recorded", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z",
     "&boundaryType=Interpolated", "06:30=5 07:00=10 07:30=15"},
    {"boundary interpolated on events", "recorded", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T07:00Z",
     "&boundaryType=Interpolated", "06:00=0 07:00=10"},
    {"boundary backwards", "recorded", "startTime=2026-04-02T07:30Z&endTime=2026-04-02T06:30Z",
     "&boundaryType=outside", "08:00=20 07:00=10 06:00=0"},
    {"boundary events pass the filter too", "recorded",
     "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z", "&boundaryType=Outside&filterExpression='.'>5",
     "07:00=10 08:00=20"},
    {"interpolated", "interpolated", kDay, "&interval=30m",
     "06:00=0 06:30=5 07:00=10 07:30=15 08:00=20 08:30=20 09:00=Bad Input 09:30=Bad Input 10:00=40"},
    {"interpolated by the hour", "interpolated", kDay, "",
     "06:00=0 07:00=10 08:00=20 09:00=Bad Input 10:00=40"},
    {"interpolated backwards", "interpolated", kBack, "&interval=90m", "10:00=40 08:30=20 07:00=10"},
    {"interpolated before the first event", "interpolated",
     "startTime=2026-04-02T05:00Z&endTime=2026-04-02T06:00Z", "", "05:00=No Data 06:00=0"},
    {"interpolated on a sync grid", "interpolated", "startTime=2026-04-02T06:20Z&endTime=2026-04-02T07:20Z",
     "&interval=30m&syncTime=2026-04-01", "06:30=5 07:00=10"},
    {"interpolated around it", "interpolated", "startTime=2026-04-02T06:15Z&endTime=2026-04-02T07:15Z",
     "&interval=30m&syncTime=2026-04-01&syncTimeBoundaryType=Outside", "06:00=0 06:30=5 07:00=10 07:30=15"},
    {"interpolated with a filter", "interpolated", kDay, "&interval=30m&filterExpression='.'>12",
     "07:30=15 08:00=20 08:30=20 10:00=40"},
    {"interpolated with what it filters", "interpolated", kDay,
     "&interval=30m&filterExpression='.'>12&includeFilteredValues=true",
     "06:00=Filtered 07:30=15 08:00=20 08:30=20 09:00=Filtered 10:00=40"},
    {"at times, sorted", "interpolatedattimes", "time=2026-04-02T07:30Z&time=2026-04-02T06:30Z", "",
     "06:30=5 07:30=15"},
    {"at times, descending", "interpolatedattimes", "time=2026-04-02T06:30Z&time=2026-04-02T07:30Z",
     "&sortOrder=Descending", "07:30=15 06:30=5"},
    {"recorded at times", "recordedattimes", "time=2026-04-02T07:30Z&time=2026-04-02T06:30Z", "",
     "06:00=0 07:00=10"},
    {"recorded at times, Exact", "recordedattimes", "time=2026-04-02T07:30Z&time=2026-04-02T07:00Z",
     "&retrievalMode=Exact", "07:00=10 07:30=null"},
    {"plot", "plot", kDay, "&intervals=1", "06:00=0 09:00=Bad Input 10:00=40"},
    {"plot in two", "plot", kDay, "&intervals=2", "06:00=0 07:00=10 08:00=20 09:00=Bad Input 10:00=40"},
    {"plot between events", "plot", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z", "&intervals=1",
     "06:30=5 07:00=10 07:30=15"},
    {"plot backwards", "plot", kBack, "&intervals=1", "10:00=40 09:00=Bad Input 06:00=0"},
};
TEST(StreamReads, OfLists) {
  Filled filled;
  for (const auto& c : kLists) {
    SCOPED_TRACE(c.name);
    const json::Value answer = filled.door.read(filled.url(std::string{c.call} + "?" + c.range + c.more));
    EXPECT_EQ(items_of(answer), c.items);
  }
}

struct AtTimeCase {
  const char* mode;
  const char* time;
  int status;
  const char* found;  // Hours and minutes.
};
const AtTimeCase kAtTimes[] = {
    {"", "2026-04-02T06:30Z", 200, "06:00"},
    {"Auto", "2026-04-02T05:30Z", 200, "06:00"},
    {"AtOrBefore", "2026-04-02T07:00Z", 200, "07:00"},
    {"AtOrBefore", "2026-04-02T07:30Z", 200, "07:00"},
    {"AtOrBefore", "2026-04-02T05:30Z", 404, ""},
    {"Before", "2026-04-02T07:00Z", 200, "06:00"},
    {"AtOrAfter", "2026-04-02T07:00Z", 200, "07:00"},
    {"AtOrAfter", "2026-04-02T07:30Z", 200, "08:00"},
    {"After", "2026-04-02T07:00Z", 200, "08:00"},
    {"After", "2026-04-02T10:00Z", 404, ""},
    {"Exact", "2026-04-02T07:00Z", 200, "07:00"},
    {"exact", "2026-04-02T07:00:01Z", 404, ""},
    {"4", "2026-04-02T07:00Z", 200, "07:00"},
    {"Nearest", "2026-04-02T07:00Z", 400, ""},
    {"Exact", "", 400, ""},
};
TEST(StreamReads, OfARecordedValueAtATime) {
  Filled filled;
  for (const auto& c : kAtTimes) {
    SCOPED_TRACE(std::string{c.mode} + " " + c.time);
    const auto response = filled.door.get(
        filled.url("recordedattime?retrievalMode=" + std::string{c.mode} + "&time=" + std::string{c.time}));
    ASSERT_EQ(response.status, c.status) << response.body;
    if (c.status != 200) continue;
    EXPECT_EQ(Door::text(Door::parsed(response), "Timestamp").substr(11, 5), c.found);
  }
}

struct SummaryCase {
  const char* name;
  const char* range;
  const char* query;
  const char* items;  // type@time=value
};
const SummaryCase kSummaries[] = {
    {"the default is the total per day", kDay, "", "Total@06:00=2.2222222222222223"},
    {"average over time", kDay, "summaryType=Average", "Average@06:00=13.333333333333334"},
    {"extremes at their times", kDay, "summaryType=Minimum&summaryType=Maximum&summaryType=Range",
     "Minimum@06:00=0 Maximum@10:00=40 Range@06:00=40"},
    {"joined by commas and semicolons", kDay, "summaryType=Count,PercentGood;Average",
     "Count@06:00=10800 PercentGood@06:00=75 Average@06:00=13.333333333333334"},
    {"events", kDay,
     "calculationBasis=EventWeighted&summaryType=Total,Average,Minimum,Maximum,Range,Count,PercentGood",
     "Total@06:00=70 Average@06:00=17.5 Minimum@06:00=0 Maximum@10:00=40 Range@06:00=40 Count@06:00=4 "
     "PercentGood@06:00=80"},
    {"spread of two events", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T08:00Z",
     "calculationBasis=EventWeighted&summaryType=StdDev,PopulationStdDev",
     "StdDev@06:30=7.0710678118654755 PopulationStdDev@06:30=5"},
    {"spread of one event", "startTime=2026-04-02T06:30Z&endTime=2026-04-02T07:30Z",
     "calculationBasis=EventWeighted&summaryType=StdDev", "StdDev@06:30=No Data"},
    {"without the most recent event", kDay,
     "calculationBasis=EventWeightedExcludeMostRecentEvent&summaryType=Count", "Count@06:00=3"},
    {"without the earliest event", kDay,
     "calculationBasis=EventWeightedExcludeEarliestEvent&summaryType=Total,Count",
     "Total@06:00=70 Count@06:00=3"},
    {"hours, by events", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "calculationBasis=EventWeighted&summaryType=Total&summaryDuration=1h", "Total@06:00=0 Total@07:00=10"},
    {"hours, by events, backwards", "startTime=2026-04-02T08:00Z&endTime=2026-04-02T06:00Z",
     "calculationBasis=EventWeighted&summaryType=Total&summaryDuration=1h", "Total@07:00=20 Total@06:00=10"},
    {"hours, both ends", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "calculationBasis=EventWeightedIncludeBothEnds&summaryType=Total&summaryDuration=1h",
     "Total@06:00=10 Total@07:00=30"},
    {"as steps", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "calculationBasis=TimeWeightedDiscrete&summaryType=Average", "Average@06:00=5"},
    {"as a line", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "calculationBasis=TimeWeightedContinuous&summaryType=Average", "Average@06:00=10"},
    {"several intervals, the last one shorter", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:30Z",
     "summaryType=Average&summaryType=Count&summaryDuration=1h",
     "Average@06:00=5 Average@07:00=15 Average@08:00=20 Count@06:00=3600 Count@07:00=3600 Count@08:00=1800"},
    {"times of the ends", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "summaryType=Maximum&timeType=MostRecentTime&summaryDuration=1h", "Maximum@07:00=10 Maximum@08:00=20"},
    {"times of the beginnings", "startTime=2026-04-02T06:00Z&endTime=2026-04-02T08:00Z",
     "summaryType=Maximum&timeType=EarliestTime", "Maximum@06:00=20"},
    {"nothing good", "startTime=2026-04-02T09:00Z&endTime=2026-04-02T09:30Z",
     "summaryType=Average,Minimum,Count,PercentGood",
     "Average@09:00=No Data Minimum@09:00=No Data Count@09:00=0 PercentGood@09:00=0"},
    {"before everything", "startTime=2026-04-01T09:00Z&endTime=2026-04-01T09:30Z",
     "summaryType=Total,Count,PercentGood", "Total@09:00=No Data Count@09:00=0 PercentGood@09:00=0"},
    {"a filter at the recorded values", kDay, "summaryType=Count&filterExpression='.'>5", "Count@06:00=7200"},
    {"a filter every half hour", kDay,
     "summaryType=Count&filterExpression='.'>5&sampleType=Interval&sampleInterval=30m", "Count@06:00=7200"},
    {"for values that are not numeric", kDay, "summaryType=AllForNonNumeric",
     "Count@06:00=10800 PercentGood@06:00=75"},
    {"a total with units where there are none", kDay, "summaryType=TotalWithUOM",
     "TotalWithUOM@06:00=2.2222222222222223"},
};
TEST(StreamReads, OfSummaries) {
  Filled filled;
  for (const auto& c : kSummaries) {
    SCOPED_TRACE(c.name);
    const json::Value answer =
        filled.door.read(filled.url("summary?" + std::string{c.range} + "&" + std::string{c.query}));
    std::string line;
    for (const json::Value& item : answer.find("Items")->array()) {
      json::Value list = json::parse("[" + item.find("Value")->to_string() + "]").value();
      if (!line.empty()) line += ' ';
      line += Door::text(item, "Type") + "@" + line_of(list);
    }
    EXPECT_EQ(line, c.items);
  }
  const json::Value all = filled.door.read(filled.url("summary?summaryType=All&" + std::string{kDay}));
  EXPECT_EQ(all.find("Items")->array().size(), 10u);
}

struct RefusalCase {
  const char* call;
  int status;
  const char* text;
};
const RefusalCase kRefused[] = {
    {"recorded?filterExpression='.'%20%3E", 400, "filter expression"},
    {"recorded?filterExpression=TagAvg('.')", 409, "TagAvg"},
    {"recorded?filterExpression='CDT158'>1", 409, "CDT158"},
    {"recorded?includeFilteredValues=perhaps", 400, "includeFilteredValues"},
    {"recorded?maxCount=0", 400, "maxCount"},
    {"recorded?boundaryType=Near", 400, "boundaryType"},
    {"interpolated?interval=0h", 400, "interval"},
    {"interpolated?interval=-1h", 400, "interval"},
    {"interpolated?interval=apple", 400, ""},
    {"interpolated?startTime=*-10y&interval=1s", 400, "150000"},
    {"interpolated?syncTimeBoundaryType=Interpolated", 400, "syncTimeBoundaryType"},
    {"interpolatedattimes", 400, "time"},
    {"recordedattimes?retrievalMode=Auto", 400, "time"},
    {"recordedattimes?time=*&sortOrder=Sideways", 400, "sortOrder"},
    {"recordedattime?time=gestern", 400, ""},
    {"plot?intervals=0", 400, "intervals"},
    {"plot?intervals=150001", 400, "Parameter (intervals) is greater than the maximum allowed (150000)."},
    {"summary?summaryType=Median", 400, "Median"},
    {"summary?calculationBasis=Weighted", 400, "calculationBasis"},
    {"summary?timeType=Now", 400, "timeType"},
    {"summary?summaryDuration=0s", 400, "interval"},
    {"summary?sampleType=Interval", 400, "sampleInterval"},
    {"summary?summaryDuration=1s&startTime=*-1d&summaryType=All", 400, "maximum"},
    {"summary?desiredUnits=degC", 400, "desiredUnits"},
    {"interpolated?timeZone=Atlantis", 400, ""},
    {"channel", 400, "WebSocket"},
};
TEST(StreamReads, ThatAreRefused) {
  Filled filled;
  for (const auto& c : kRefused) {
    SCOPED_TRACE(c.call);
    const auto response = filled.door.get(filled.url(c.call));
    EXPECT_EQ(response.status, c.status) << response.body;
    EXPECT_NE(response.body.find(c.text), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("\"Errors\":["), std::string::npos);
  }
}

TEST(StreamReads, OfAStateHaveNoAverage) {
  Door door;
  const std::string url = "/piwebapi/streams/" + door.webid("BA:ACTIVE.1") + "/summary?summaryType=";
  EXPECT_EQ(door.get(url + "Average").status, 409);
  EXPECT_EQ(door.get(url + "All").status, 409);
  EXPECT_EQ(door.get(url + "Count").status, 200);
  EXPECT_EQ(door.get(url + "AllForNonNumeric").status, 200);
}

TEST(StreamReads, OfAStaticAttributeHaveNoHistory) {
  Door door;
  const std::string url = "/piwebapi/streams/" + door.attribute("Capacity") + "/";
  for (const char* call : {"recorded", "interpolated", "plot", "summary", "recordedattime?time=*",
                           "interpolatedattimes?time=*"}) {
    EXPECT_EQ(door.get(url + call).status, 409) << call;
  }
  EXPECT_EQ(door.get(url + "value").status, 200);
  EXPECT_EQ(door.get(url + "end").status, 200);
}

TEST(StreamReads, SelectFields) {
  Filled filled;
  const auto body = [&](const std::string& rest) { return filled.door.get(filled.url(rest)).body; };
  const std::string range = std::string{"?startTime=2026-04-02T06:00Z&endTime=2026-04-02T07:00Z"};
  EXPECT_EQ(body("interpolated" + range + "&selectedFields=Items.Value"),
            R"({"Items":[{"Value":0},{"Value":10}]})");
  EXPECT_EQ(body("plot" + range + "&selectedfields=links"), R"({"Links":{}})");
  EXPECT_EQ(body("plot" + range + "&selectedFields=Nothing"), "{}");
  EXPECT_EQ(body("summary" + range + "&selectedFields=Items.Type;Items.Value.Value"),
            R"({"Items":[{"Type":"Total","Value":{"Value":0.20833333333333334}}]})");
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
