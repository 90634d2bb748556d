#include "dialects/omf/headers.h"

#include <gtest/gtest.h>

namespace penstock::dialects::omf {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct HeaderCase {
  const char* name;
  Fields fields;
  std::vector<int> codes;
};
const HeaderCase kHeaderCases[] = {
    {"all there",
     {{"messagetype", "type"}, {"messageformat", "json"}, {"omfversion", "1.2"}, {"action", "create"}},
     {}},
    {"any letter case",
     {{"MessageType", "Type"}, {"MESSAGEFORMAT", "Json"}, {"OmfVersion", "1.0"}, {"Action", "Delete"}},
     {}},
    {"an absent action is a create",
     {{"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "1.1"}},
     {}},
    {"nothing", {}, {2001, 2001, 2001}},
    {"a blank value is absent",
     {{"messagetype", " "}, {"messageformat", "json"}, {"omfversion", "1.2"}},
     {2001}},
    {"twice",
     {{"messagetype", "data"}, {"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "1.2"}},
     {2002}},
    {"no version and a strange action",
     {{"messagetype", "data"}, {"messageformat", "json"}, {"action", "merge"}},
     {2001, 2003}},
    {"a strange compression",
     {{"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "1.2"}, {"compression", "br"}},
     {2004}},
    {"compression none",
     {{"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "1.2"}, {"compression", "none"}},
     {}},
    {"a strange type", {{"messagetype", "event"}, {"messageformat", "json"}, {"omfversion", "1.2"}}, {2005}},
    {"a strange format", {{"messagetype", "data"}, {"messageformat", "xml"}, {"omfversion", "1.2"}}, {2006}},
    {"version 2.0", {{"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "2.0"}}, {2007}},
    {"a producer token says nothing",
     {{"messagetype", "data"}, {"messageformat", "json"}, {"omfversion", "1.0"}, {"producertoken", "x"}},
     {}},
};

TEST(OmfHeaders, EachFaultHasItsCode) {
  for (const HeaderCase& c : kHeaderCases) {
    SCOPED_TRACE(c.name);
    http::Headers headers;
    for (const auto& [name, value] : c.fields) headers.add(name, value);
    Report report;
    parse_headers(headers, report);
    std::vector<int> codes;
    for (const Event& event : report.request().events) codes.push_back(event.code);
    EXPECT_EQ(codes, c.codes);
    EXPECT_EQ(report.status(200), c.codes.empty() ? 200 : 400);
  }
}

TEST(OmfHeaders, AreReadWithoutRegardToCase) {
  http::Headers headers;
  headers.add("messagetype", "CONTAINER");
  headers.add("messageformat", "JSON");
  headers.add("omfversion", "1.1");
  headers.add("action", "Update");
  headers.add("compression", "GZIP");
  headers.add("Accept-Verbosity", "parameters, Verbose");
  Report report;
  const MessageHeaders parsed = parse_headers(headers, report);
  EXPECT_EQ(parsed.type, MessageType::container);
  EXPECT_EQ(parsed.action, Action::update);
  EXPECT_EQ(parsed.version, Version::v1_1);
  EXPECT_TRUE(parsed.gzip);
  EXPECT_TRUE(parsed.exceptions);
}

}  // namespace
}  // namespace penstock::dialects::omf
