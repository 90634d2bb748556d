#include <gtest/gtest.h>

#include "dialects/piwebapi/batch_plan.h"
#include "dialects/piwebapi/batch_read.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/timed_text.h"
#include "dialects/piwebapi/webid.h"
#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

/// A WebID that is the same on every server.
std::string local_webid(const std::string& full) {
  WebId id = *parse_webid(full);
  id.form = WebIdForm::local_id_only;
  return render_webid(id);
}

std::string with_ids(std::string text, Door& door) {
  for (const char* tag : {"SINUSOID", "CDT158", "CDM158", "PLANT:COUNT", "PLANT:BATCH.ID", "BA:TEMP.1"}) {
    const std::string mark = "<" + std::string{tag} + ">";
    for (std::size_t at; (at = text.find(mark)) != std::string::npos;) {
      text.replace(at, mark.size(), local_webid(door.webid(tag)));
    }
  }
  return text;
}

// Sub-requests that the short way takes, and such as it has to leave alone, between each other.
const char* const kMixed[] = {
    R"("1":{"Method":"POST","Resource":"http://127.0.0.1:8080/piwebapi/streams/<SINUSOID>/value","Content":"{\"Timestamp\":\"2026-04-02T06:30:00Z\",\"Value\":1.5}"})",
    R"("2":{"Method":"POST","Resource":"https://hist/piwebapi/streams/<CDT158>/value?updateOption=Replace","Content":{"Timestamp":"2026-04-02T06:30:00Z","Value":2}})",
    R"("3":{"Method":"POST","Resource":"/streams/<SINUSOID>/value","Content":{"Timestamp": "2026-04-02T06:30:00Z", "Value": 3.25, "Good": true}})",
    R"("4":{"Method":"POST","Resource":"streams/<SINUSOID>/recorded","Content":[{"Timestamp":"2026-04-02T06:30:01Z","Value":4}]})",
    R"("5":{"Method":"POST","Resource":"streams/<SINUSOID>/recorded","Content":"[{\"Timestamp\":\"2026-04-02T06:30:01Z\",\"Value\":4.5}]"})",
    R"("6":{"Method":"POST","Resource":"streams/<SINUSOID>/value?updateOption=Insert&bufferOption=DoNotBuffer","Content":{"Timestamp":"2026-04-02T06:30:01Z","Value":6}})",
    R"("7":{"Method":"POST","Resource":"streams/<SINUSOID>/recorded?bufferOption=DoNotBuffer&updateOption=Insert","Content":[{"Timestamp":"2026-04-02T06:30:01Z","Value":7}]})",
    R"("8":{"Method":"POST","Resource":"streams/<SINUSOID>/value?updateOption=Insert&bufferOption=DoNotBuffer","Content":{"Timestamp":"2026-04-02T06:30:08.1234567Z","Value":8}})",
    R"("9":{"Method":"POST","Resource":"streams/<SINUSOID>/value?updateOption=Insert","Content":{"Timestamp":"2026-04-02T06:30:08.1234567Z","Value":9}})",
    R"("10":{"Method":"POST","Resource":"streams/<CDM158>/value","Content":{"Timestamp":"2026-04-02T06:30:00Z","Value":{"Name":"Auto"}}})",
    R"("11":{"Method":"POST","Resource":"streams/<CDM158>/value","Content":{"Timestamp":"2026-04-02T06:30:01Z","Value":2}})",
    R"("12":{"Method":"POST","Resource":"streams/<PLANT:COUNT>/value","Content":{"Timestamp":"2026-04-02T06:30:01Z","Value":12}})",
    R"("13":{"Method":"POST","Resource":"streams/<PLANT:COUNT>/value","Content":{"Timestamp":"2026-04-02T06:30:02Z","Value":12.75}})",
    R"("14":{"Method":"POST","Resource":"streams/<PLANT:COUNT>/value","Content":{"Timestamp":"2026-04-02T06:30:03Z","Value":99999999999}})",
    R"("15":{"Method":"POST","Resource":"streams/<PLANT:BATCH.ID>/value","Content":{"Timestamp":"2026-04-02T06:30:03Z","Value":"B-7"}})",
    R"("16":{"Method":"POST","Resource":"streams/<SINUSOID>/value","Content":{"Timestamp":"*","Value":16}})",
    R"("17":{"Method":"POST","Resource":"streams/<SINUSOID>/value","Content":{"Timestamp":"2027-04-02T06:30:03Z","Value":17}})",
    R"("18":{"Method":"POST","Resource":"streams/<SINUSOID>/value","Content":{"Timestamp":"1970-01-01T00:00:00Z","Value":18}})",
    R"("19":{"Method":"POST","Resource":"streams/F1nonsense/value","Content":{"Timestamp":"2026-04-02T06:30:03Z","Value":19}})",
    R"("20":{"Method":"POST","Resource":"streams/<SINUSOID>/value?updateOption=Nonsense","Content":{"Timestamp":"2026-04-02T06:30:03Z","Value":20}})",
    R"("21":{"Method":"POST","Resource":"streams/<SINUSOID>/value?updateOption=Remove","Content":{"Timestamp":"2026-04-02T06:30:00Z","Value":21}})",
    R"("22":{"Method":"POST","Resource":"streams/<SINUSOID>/value","Content":"{\"Value\":"})",
    R"("23":{"Method":"POST","Resource":"streams/<SINUSOID>/value"})",
    R"("24":{"Method":"GET","Resource":"streams/<CDT158>/value"})",
    R"("25":{"Method":"POST","Resource":"streams/<BA:TEMP.1>/value","Headers":{"Cache-Control":"no-cache"},"ParentIds":null,"Parameters":[],"Content":{"Timestamp":"2026-04-02T06:30:00.500Z","Value":-0.125}})",
    R"("26 \u00e9":{"Method":"POST","Resource":"streams/<BA:TEMP.1>/value?updateOption=ReplaceOnly","Content":{"Timestamp":"2026-04-02T06:30:00.5Z","Value":26}})",
    R"("27":{"Method":"POST","Resource":"streams/<BA:TEMP.1>/value","Content":{"Timestamp":"2026-04-02T06:30:09.000000099Z","Value":1e2}})",
    R"("28":{"Method":"POST","Resource":"streams/<BA:TEMP.1>/recorded?updateOption=ReplaceOnly","Content":[{"Timestamp":"2026-04-02T07:00:00Z","Value":28}]})",
    R"("29":{"Resource":""})",
    R"("30":{"Method":"POST","Resource":"streams/<SINUSOID>/value","Content":{"Timestamp":"2026-04-02T06:31:00Z","Value":3.5e300}})",
};

/// Receipts name batches, of which the two ways make different ones.
std::string without_receipts(std::string body) {
  constexpr std::string_view kMember = "\"Penstock-Receipt\":\"";
  constexpr std::size_t kLetters = 26;
  for (std::size_t at = 0; (at = body.find(kMember, at)) != std::string::npos; at += kMember.size()) {
    body.replace(at + kMember.size(), kLetters, kLetters, '?');
  }
  return body;
}

/// What is recorded of the points that kMixed writes to.
std::string kept(Door& door) {
  std::string all;
  for (const char* tag : {"SINUSOID", "CDT158", "CDM158", "PLANT:COUNT", "PLANT:BATCH.ID", "BA:TEMP.1"}) {
    all += door.recorded(door.webid(tag)) + "\n";
  }
  return all;
}

TEST(PiBatchShortWay, AnswersAndKeepsWhatTheLongWayDoes) {
  for (std::size_t leave_out = std::size(kMixed) % 4; leave_out <= std::size(kMixed); leave_out += 4) {
    Door short_way, long_way;
    std::string body = "{";
    for (std::size_t i = 0; i < std::size(kMixed); ++i) {
      // The escaped name and the empty resource are read with care, so they come only at the end.
      const bool careful = i == 25 || i == 28;
      if (i == leave_out || (careful && leave_out != std::size(kMixed))) continue;
      body += (body.size() > 1 ? "," : "") + with_ids(kMixed[i], short_way);
    }
    const http::Response quick = short_way.post("/piwebapi/batch", body + "}");
    // Something that depends on something else makes all of it go the long way.
    const http::Response slow = long_way.post(
        "/piwebapi/batch", body + R"(,"z":{"Method":"GET","Resource":"/nothing","ParentIds":["24"]}})");
    ASSERT_EQ(quick.status, 207) << quick.body;
    EXPECT_EQ(without_receipts(quick.body.substr(0, quick.body.size() - 1)),
              without_receipts(slow.body.substr(0, quick.body.size() - 1)));
    EXPECT_NE(without_receipts(quick.body), quick.body);
    EXPECT_EQ(kept(short_way), kept(long_way));
  }
}

TEST(PiBatchShortWay, NeighboursAreOneCommand) {
  Door door;
  std::string body = "{";
  for (int i = 0; i < 1000; ++i) {
    body += i == 0 ? "\"" : ",\"";
    body += std::to_string(i) +
            with_ids(R"(":{"Method":"POST","Resource":"/streams/<SINUSOID>/value","Content":)", door);
    body += R"("{\"Timestamp\":\"2026-04-02T06:)" + std::to_string(10 + i / 60) + ":" +
            std::to_string(10 + i % 50) + R"(Z\",\"Value\":)" + std::to_string(i) + ".5}\"}";
  }
  const auto before = door.archive().stats();
  EXPECT_EQ(door.post("/piwebapi/batch", body + "}").status, 207);
  const auto after = door.archive().stats();
  EXPECT_EQ(after.samples - before.samples, 1000u);
  EXPECT_EQ(after.commands - before.commands, 1u);
}

TEST(PiBatchShortWay, RightsAreAskedForEverySubRequest) {
  Door::Options options;
  options.grants = {{"SINUSOID", auth::Right::read | auth::Right::write},
                    {"CDT158", static_cast<std::uint8_t>(auth::Right::read)}};
  Door door{options};
  const auto write = [&](const char* id, const char* tag) {
    return std::string{"\""} + id + R"(":{"Method":"POST","Resource":"/streams/)" + door.webid(tag) +
           R"(/value","Content":{"Timestamp":"2026-04-02T06:30:00Z","Value":1.5}})";
  };
  const json::Value body =
      Door::parsed(door.post("/piwebapi/batch", "{" + write("a", "SINUSOID") + "," + write("b", "CDT158") +
                                                    "," + write("c", "SINUSOID") + "}"));
  EXPECT_EQ(body.find("a")->find("Status")->as_int64(), 202);
  EXPECT_EQ(body.find("b")->find("Status")->as_int64(), 403);
  EXPECT_EQ(body.find("c")->find("Status")->as_int64(), 202);
  EXPECT_EQ(door.recorded(door.webid("CDT158")), "");
}

TEST(PiBatchShortWay, DisabledWritesAreRefused) {
  Door::Options options;
  options.settings.disable_writes = true;
  Door door{options};
  const json::Value body = Door::parsed(door.post(
      "/piwebapi/batch", R"({"a":{"Method":"POST","Resource":"/streams/)" + door.webid("SINUSOID") +
                             R"(/value","Content":{"Timestamp":"2026-04-02T06:30:00Z","Value":1.5}}})"));
  EXPECT_EQ(body.find("a")->find("Status")->as_int64(), 403);
}

const char* const kCareful[] = {
    R"([])",
    R"({"a":1})",
    R"({"a":{"Resource":"x"},"a":{"Resource":"y"}})",
    R"({"\u0061":{"Resource":"x"}})",
    R"({"a":{"Resource":"x","resource":"y"}})",
    R"({"a":{"Resource":"x","ParentIds":["b"]}})",
    R"({"a":{"Resource":"$.b.Headers.Location"}})",
    R"({"a":{"Resource":"x","Parameters":["$.b"]}})",
    R"({"a":{"RequestTemplate":{"Resource":"x"}}})",
    R"({"a":{"Resource":"x","Headers":{"b":tru}}})",
    R"({"a":{"Resource":"x","Content":{"b":tru}}})",
    R"({"a":{"Resource":"x","Content":"\q"}})",
    R"({"a":{"Resource":"x"}} b)",
    R"({'a':{'Resource':'x'}})",
    R"({"a":{"Resource":"x"},})",
    R"({"a":{"Resource":"x"},"b":{"Resource":"x"},"c":{"Resource":"x"}})",  // More than two.
};

TEST(PiBatchShortWay, WhatItDoesNotKnowIsReadWithCare) {
  for (const char* text : kCareful) EXPECT_FALSE(read_independent(http::Body{text}, 2)) << text;
  EXPECT_TRUE(read_independent(http::Body{R"({"a":{"Resource":"x"},"b":{"Resource":"y"}})"}, 2));
  EXPECT_TRUE(read_independent(http::Body{"{}"}, 2));
}

struct TextCase {
  const char* text;
  bool is_read;
};
const TextCase kTexts[] = {
    {R"({"Timestamp":"2026-04-02T06:30:00Z","Value":1.5})", true},
    {R"( { "Value" : -17 , "Timestamp" : "*" , "Good" : true , "Questionable" : false } )", true},
    {R"({"UnitsAbbreviation":"m","Timestamp":"","Value":0.000001})", true},
    {R"({"Timestamp":"t","Value":9007199254740992})", true},
    {R"({"Timestamp":"t","Value":9007199254740993})", false},
    {R"({"Timestamp":"t","Value":0.1234567890123456789})", false},
    {R"({"Timestamp":"t","Value":01})", false},
    {R"({"Timestamp":"t","Value":-0})", false},
    {R"({"Timestamp":"t","Value":1.})", false},
    {R"({"Timestamp":"t","Value":.5})", false},
    {R"({"Timestamp":"t","Value":1e5})", false},
    {R"({"Timestamp":"t","Value":+1})", false},
    {R"({"Timestamp":"t","Value":"1"})", false},
    {R"({"Timestamp":"t","Value":1,"Value":2})", false},
    {R"({"Timestamp":"t","Value":1,"Good":false})", false},
    {R"({"Timestamp":"\u0074","Value":1})", false},
    {R"({"timestamp":"t","Value":1})", false},
    {R"({"Timestamp":"t"})", false},
    {R"({"Value":1})", false},
    {R"({"Timestamp":"t","Value":1,})", false},
    {R"({"Timestamp":"t","Value":1)", false},
    {R"({"Timestamp":"t","Value":1}})", false},
    {R"({"Timestamp":"t)", false},
    {"", false},
};

TEST(TimedText, IsReadAsTheCarefulReaderDoes) {
  for (const auto& c : kTexts) {
    SCOPED_TRACE(c.text);
    TimedText out, inside;
    ASSERT_EQ(read_timed_text(c.text, Quotes::plain, out), c.is_read);
    std::string escaped;
    for (const char* at = c.text; *at != '\0'; ++at) {
      if (*at == '"' || *at == '\\') escaped += '\\';
      escaped += *at;
    }
    ASSERT_EQ(read_timed_text(escaped, Quotes::escaped, inside), c.is_read);
    if (!c.is_read) continue;
    const auto document = parse_document(c.text);
    ASSERT_TRUE(document.has_value());
    const WireTimedValue careful = wire_timed_value(*document);
    EXPECT_EQ(out.timestamp, careful.timestamp);
    EXPECT_EQ(out.number, careful.value.number);
    EXPECT_EQ(out.is_integer, careful.value.type == WireValue::Type::integer);
    EXPECT_EQ(out.is_integer ? out.integer : 0, out.is_integer ? careful.value.integer : 0);
    EXPECT_EQ(inside.timestamp, out.timestamp);
    EXPECT_EQ(inside.number, out.number);
  }
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
