#include "dialects/omf/parse_regular.h"

#include <gtest/gtest.h>

#include <map>

#include "dialects/omf/apply.h"
#include "dialects/omf/parse_containers.h"
#include "dialects/omf/parse_types.h"
#include "dialects/omf/render.h"
#include "door.h"

namespace penstock::dialects::omf {
namespace {

constexpr std::string_view kTypes = R"([
  {"id":"S","classification":"dynamic","properties":{"Time":{"type":"string","format":"date-time","isindex":true},
   "Value":{"type":"number","format":"float64"}}},
  {"id":"F","classification":"dynamic","properties":{"Time":{"type":"string","format":"date-time","isindex":true},
   "Value":{"type":"number","format":"float32"}}},
  {"id":"P","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
   "x":{"type":"number"},"i":{"type":"integer","format":"int16"},"u":{"type":"integer","format":"uint64"}}},
  {"id":"Q","classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
   "x":{"type":"number"},"q":{"type":"integer","isquality":true},"s":{"type":"string"}}}])";
constexpr std::string_view kContainers =
    R"([{"id":"s1","typeid":"S"},{"id":"s2","typeid":"S"},{"id":"s3","typeid":"S"},{"id":"f1","typeid":"F"},
        {"id":"p1","typeid":"P"},{"id":"p2","typeid":"P"},{"id":"q1","typeid":"Q"}])";

struct Place {
  catalog::Tables tables;
  std::vector<catalog::RowChange> changes;
  auth::Principal caller;
  Scene scene{caller, Timestamp::from_unix_ns(kNoonNs), "S", "D"};

  Place() {
    caller.grants = {{"*", auth::Right::read | auth::Right::write}};
    catalog::Editor editor{tables, changes};
    Report report;
    const auto types = parse_types(*json::parse(kTypes), Action::create, report);
    Progress types_done, containers_done;
    EXPECT_TRUE(
        apply_types(editor, types, Action::create, Version::v1_2, scene, report, types_done).has_value());
    const auto containers = parse_containers(*json::parse(kContainers), Action::create, report);
    EXPECT_TRUE(
        apply_containers(editor, containers, Action::create, scene, report, containers_done).has_value());
  }
};

/// Runs of points, whichever form they came in.
std::map<PointId, penstock::Run> runs_of(const DataMessage& message) {
  std::map<PointId, penstock::Run> runs;
  for (const PointSample& sample : message.slice) {
    penstock::Run& run = runs[sample.point];
    run.kind = sample.kind;
    const Timestamp time = Timestamp::from_unix_ns(sample.time);
    if (is_number(sample.kind)) {
      run.push(time, std::bit_cast<double>(sample.bits));
    } else {
      run.push(time, std::bit_cast<std::int64_t>(sample.bits));
    }
  }
  for (const PointWrite& write : message.writes) runs[write.point] = write.run;
  return runs;
}

enum class Taken { no, slice, runs };

struct Case {
  const char* name;
  std::string body;
  Taken taken;
};

std::string item(const std::string& id, const std::string& rows) {
  return R"({"containerid":")" + id + R"(","values":[)" + rows + "]}";
}
std::string row(int second, const std::string& value = "71.25") {
  return R"({"Time":"2026-11-20T11:00:)" + std::to_string(second) + R"(.5Z","Value":)" + value + "}";
}
std::string rows(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += (i == 0 ? "" : ",") + row(10 + i, std::to_string(i) + ".5");
  return text;
}
std::string list(const std::string& first, const std::string& more) {
  std::string body = "[" + first;
  for (int i = 0; i < 5; ++i) body += "," + more;
  return body + "]";
}

std::vector<Case> cases() {
  const std::string s1 = item("s1", row(10)), s2 = item("s2", row(11));
  const std::string p1 = item("p1", R"({"t":"2026-11-20T11:00:00Z","x":1.5,"i":-3,"u":9007199254740992})");
  const std::string p2 = item("p2", R"({"t":"2026-11-20T11:00:07Z","x":-0.0,"i":32767,"u":0})");
  return {
      {"one event each", list(s1, s2), Taken::slice},
      {"several values", list(p1, p2), Taken::slice},
      {"single precision", list(item("f1", row(10, "0.1")), item("f1", row(11, "1e-3"))), Taken::slice},
      {"one run", "[" + item("s1", rows(20)) + "]", Taken::runs},
      {"a run behind others", "[" + s1 + "," + s2 + "," + item("s3", rows(20)) + "]", Taken::runs},
      {"runs of several values",
       "[" +
           item(
               "p1", R"({"t":"2026-11-20T11:00:00Z","x":1.5,"i":-3,"u":1})" +
                         [] {
                           std::string more;
                           for (int i = 0; i < 12; ++i)
                             more += R"(,{"t":"2026-11-20T11:00:01Z","x":2,"i":7,"u":2})";
                           return more;
                         }()) +
           "]",
       Taken::runs},
      {"types that change", list(s1, p1), Taken::slice},
      {"a byte order mark, blanks, another offset",
       "\xef\xbb\xbf [ " +
           list(R"({ "ContainerId" : "s1", "Values" : [ {"Value":1, "Time":"2026-11-20T12:00:00+01:00"} ] })",
                R"({ "ContainerId" : "s2", "Values" : [ {"Value":2, "Time":"2026-11-20T12:00:01+01:00"} ] })")
               .substr(1),
       Taken::slice},
      {"times without a zone",
       list(item("s1", R"({"Time":"2026-11-20T11:00:00","Value":1})"),
            item("s2", R"({"Time":"2026-11-20T11:00:00","Value":1})")),
       Taken::slice},
      {"the letter case of ids and keys",
       list(item("S1", R"({"time":"2026-11-20T11:00:00Z","value":1})"),
            item("S2", R"({"time":"2026-11-20T11:00:00Z","value":1})")),
       Taken::slice},
      {"some of several values",
       list(item("p1", R"({"t":"2026-11-20T11:00:00Z","x":1.5,"u":7})"),
            item("p2", R"({"t":"2026-11-20T11:00:00Z","x":1.5,"u":7})")),
       Taken::slice},
      {"an unknown container", list(s1, item("s9", row(10))), Taken::no},
      {"an unknown property", list(s1, item("s2", R"({"Time":"2026-11-20T11:00:00Z","Value":1,"More":2})")),
       Taken::no},
      {"a quality", list(s1, item("q1", R"({"t":"2026-11-20T11:00:00Z","x":1,"q":0})")), Taken::no},
      {"a text", list(s1, item("q1", R"({"t":"2026-11-20T11:00:00Z","s":"a"})")), Taken::no},
      {"null", list(s1, item("s2", row(10, "null"))), Taken::no},
      {"a number as text", list(s1, item("s2", row(10, "\"7\""))), Taken::no},
      {"a value missing", list(s1, item("s2", R"({"Time":"2026-11-20T11:00:00Z"})")), Taken::no},
      {"an integer beyond its format",
       list(p1, item("p2", R"({"t":"2026-11-20T11:00:07Z","x":0,"i":32768,"u":0})")), Taken::no},
      {"an integer beyond 2^53",
       list(p1, item("p2", R"({"t":"2026-11-20T11:00:07Z","x":0,"i":0,"u":9007199254740993})")), Taken::no},
      {"a fraction of an integer",
       list(p1, item("p2", R"({"t":"2026-11-20T11:00:07Z","x":0,"i":1.5,"u":0})")), Taken::no},
      {"beyond single precision", list(item("f1", row(10, "1")), item("f1", row(10, "1e39"))), Taken::no},
      {"too late", list(s1, item("s2", R"({"Time":"2026-11-20T12:10:01Z","Value":1})")), Taken::no},
      {"just not too late", list(s1, item("s2", R"({"Time":"2026-11-20T12:10:00.0Z","Value":1})")),
       Taken::slice},
      {"before 1970", list(s1, item("s2", R"({"Time":"1969-11-20T12:10:00Z","Value":1})")), Taken::no},
      {"no events", list(s1, item("s2", "")), Taken::no},
      {"an instance", list(s1, R"({"typeid":"A","values":[{"k":"1"}]})"), Taken::no},
      {"cut off", list(s1, s2).substr(0, 300), Taken::no},
      {"something behind", list(s1, s2) + "x", Taken::no},
      {"short", "[" + s1 + "]", Taken::no},
  };
}

TEST(OmfRegularData, AgreesWithTheReadingByItem) {
  Place place;
  DataRules rules;
  rules.now = place.scene.now;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const http::Body body{c.body};
    Report one, other;
    const auto regular = parse_regular_data(body, rules, place.tables, place.caller, one);
    const Taken taken = !regular ? Taken::no : regular->writes.empty() ? Taken::slice : Taken::runs;
    EXPECT_EQ(static_cast<int>(taken), static_cast<int>(c.taken));
    if (!regular) {
      EXPECT_TRUE(one.entries().empty());
      continue;
    }
    const auto careful = parse_data_by_item(body, rules, place.tables, place.caller, other);
    ASSERT_TRUE(careful);
    EXPECT_TRUE(runs_of(*regular) == runs_of(*careful));
    EXPECT_EQ(regular->items, careful->items);
    if (taken == Taken::runs) {
      EXPECT_EQ(regular->first_item, careful->first_item);
    }
    EXPECT_EQ(regular->slice.size(), regular->slice_item.size());
    EXPECT_EQ(render_report(one, Uuid{}, 202, EventShape::both, true).body,
              render_report(other, Uuid{}, 202, EventShape::both, true).body);
    EXPECT_EQ(one.status(200), other.status(200));
  }
}

TEST(OmfRegularData, IsNotForDeletesNorForForeignPoints) {
  Place place;
  const http::Body body{list(item("s1", row(10)), item("s2", row(11)))};
  DataRules rules;
  rules.now = place.scene.now;
  Report report;
  EXPECT_TRUE(parse_regular_data(body, rules, place.tables, place.caller, report));
  auth::Principal stranger;
  stranger.grants = {{"s1*", auth::Right::read | auth::Right::write}};
  EXPECT_FALSE(parse_regular_data(body, rules, place.tables, stranger, report));
  rules.action = Action::remove;
  EXPECT_FALSE(parse_regular_data(body, rules, place.tables, place.caller, report));
}

class OmfSlice : public OmfHouse {};

TEST_F(OmfSlice, IsStoredAndCountedLikeRuns) {
  send("type", "create", kTypes);
  send("container", "create", kContainers);
  const std::string body = list(item("s1", row(10)), item("s2", row(11)));
  const Answer first = send("data", "create", body);
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(first.headers.get("Penstock-Stored"), "2");
  EXPECT_EQ(first.headers.get("Penstock-Replaced"), "4") << "the same event was sent five times";
  const Answer again = send("data", "create", body);
  EXPECT_EQ(again.headers.get("Penstock-Stored"), "0");
  EXPECT_EQ(again.headers.get("Penstock-Replaced"), "6");
  EXPECT_EQ(content("s1"), "11:00:10.5 71.25");
  EXPECT_EQ(content("s2"), "11:00:11.5 71.25");
}

}  // namespace
}  // namespace penstock::dialects::omf
