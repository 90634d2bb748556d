#include "base/text.h"
#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

struct RefusalCase {
  http::Method method;
  const char* target;
  int status;
};
const RefusalCase kRefusals[] = {
    {http::Method::get, "/piwebapi/nothing", 404},
    {http::Method::get, "/piwebapi/streams", 404},
    {http::Method::get, "/piwebapi/eventframes/F1DP", 404},
    {http::Method::get, "/piwebapi/points/your-web-id", 400},
    {http::Method::post, "/piwebapi/streams/your-web-id/value", 400},
    {http::Method::get, "/piwebapi/points/L1DPWRsAAA", 404},
    {http::Method::get, "/piwebapi/points/L1DS", 400},
    {http::Method::get, "/piwebapi/points?path=\\\\PENSTOCK\\None", 404},
    {http::Method::get, "/piwebapi/points?path=\\\\OTHER\\SINUSOID", 404},
    {http::Method::get, "/piwebapi/points", 400},
    {http::Method::get, "/piwebapi/dataservers?name=OTHER", 404},
    {http::Method::del, "/piwebapi/system", 405},
    {http::Method::other, "/piwebapi/system", 405},
    {http::Method::get, "/piwebapi/batch", 405},
    {http::Method::get, "/piwebapi/system/status", 403},
    {http::Method::get, "/piwebapi/system?webIdType=Half", 400},
    {http::Method::get, "/piwebapi/dataservers/L1DS/points?maxCount=0", 400},
    {http::Method::get, "/piwebapi/dataservers/L1DS/points?startIndex=-1", 400},
    {http::Method::get, "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/recorded?maxCount=150001", 400},
    {http::Method::get, "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/recorded?startTime=soon", 400},
    {http::Method::get, "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/recorded?timeZone=Mars", 400},
    {http::Method::get, "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/recorded?boundaryType=Maybe", 400},
    {http::Method::get,
     "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/recorded?filterExpression=TagAvg('.')>1", 409},
    {http::Method::get, "/piwebapi/streams/P1DPUEVOU1RPQ0tcU0lOVVNPSUQ/value?desiredUnits=degF", 400},
};

TEST(PiRefusals, AlwaysHaveErrorsAndMessage) {
  Door door;
  for (const auto& c : kRefusals) {
    SCOPED_TRACE(c.target);
    const auto response = door.send(c.method, c.target);
    EXPECT_EQ(response.status, c.status) << response.body;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json; charset=utf-8");
    const json::Value body = Door::parsed(response);
    ASSERT_NE(body.find("Errors"), nullptr);
    EXPECT_FALSE(body.find("Errors")->array().empty());
    EXPECT_NE(Door::text(body, "Message"), "");
  }
  EXPECT_EQ(Door::text(Door::parsed(door.get("/piwebapi/points/your-web-id")), "Message"),
            "Unknown or invalid WebID format: \"your-web-id\".");
  EXPECT_EQ(door.send(http::Method::del, "/piwebapi/dataservers/L1DS/points").headers.get("Allow"),
            "GET, POST");
}

TEST(PiAccess, CredentialsAreAskedForAndTaken) {
  Door::Options options;
  options.anonymous = false;
  Door door{options};
  const auto refused = door.get("/piwebapi/system");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.all("WWW-Authenticate")[0], "Basic realm=\"PI Web API\"");
  EXPECT_NE(Door::text(Door::parsed(refused), "Message"), "");
  EXPECT_EQ(door.get("/piwebapi/nothing").status, 401);
  const std::string good = "Basic " + base64_encode("demo:demo-secret"),
                    bad = "Basic " + base64_encode("demo:x");
  EXPECT_EQ(door.send(http::Method::get, "/piwebapi/system", "", {{"Authorization", good}}).status, 200);
  EXPECT_EQ(door.send(http::Method::get, "/piwebapi/system", "", {{"Authorization", bad}}).status, 401);
  EXPECT_EQ(Door::text(Door::parsed(door.send(http::Method::get, "/piwebapi/system/userinfo", "",
                                              {{"Authorization", good}})),
                       "Name"),
            "demo");
}

struct CsrfCase {
  CsrfDefense mode;
  const char* header;
  int status;
};
TEST(PiAccess, TheCsrfHeaderIsAskedForByMode) {
  for (const auto& c :
       {CsrfCase{CsrfDefense::browser, "X-Nothing", 202}, CsrfCase{CsrfDefense::browser, "Origin", 403},
        CsrfCase{CsrfDefense::browser, "Referer", 403}, CsrfCase{CsrfDefense::browser, "Cookie", 403},
        CsrfCase{CsrfDefense::browser, "Sec-Fetch-Site", 403},
        CsrfCase{CsrfDefense::strict, "X-Nothing", 403},
        CsrfCase{CsrfDefense::strict, "X-Requested-With", 202}, CsrfCase{CsrfDefense::off, "Origin", 202}}) {
    SCOPED_TRACE(c.header);
    Door::Options options;
    options.csrf = c.mode;
    Door door{options};
    const std::string target = "/piwebapi/streams/" + door.webid("SINUSOID") + "/value";
    EXPECT_EQ(door.send(http::Method::post, target, "{\"Value\":1}", {{c.header, "x"}}).status, c.status);
  }
}

TEST(PiAccess, WritesCanBeDisabled) {
  Door::Options options;
  options.settings.disable_writes = true;
  Door door{options};
  EXPECT_EQ(door.post("/piwebapi/streams/" + door.webid("SINUSOID") + "/value", "{\"Value\":1}").status, 403);
  EXPECT_EQ(door.post("/piwebapi/batch", "{}").status, 207);
}

TEST(PiObjects, HomeAndSystem) {
  Door door;
  EXPECT_EQ(Door::text(*door.read("/piwebapi/").find("Links"), "System"), "http://hist01/piwebapi/system");
  EXPECT_EQ(door.get("/piwebapi").status, 200);
  EXPECT_EQ(Door::text(door.read("/PIWebAPI//System/"), "ProductTitle"), "Penstock");
}

TEST(PiObjects, DataServersAndTheirPoints) {
  Door door;
  const json::Value list = door.read("/piwebapi/dataservers");
  const std::string server = Door::text(list.find("Items")->array()[0], "WebId");
  EXPECT_EQ(Door::text(list.find("Items")->array()[0], "Name"), "PENSTOCK");
  for (const char* query : {"?name=penstock", "?path=\\\\PENSTOCK", "?path=\\\\PIServer[PENSTOCK]",
                            "?path=%5C%5CPIServers%5BPENSTOCK%5D"}) {
    EXPECT_EQ(Door::text(door.read("/piwebapi/dataservers" + std::string{query}), "WebId"), server) << query;
  }
  EXPECT_EQ(Door::text(door.read("/piwebapi/dataservers/" + server), "WebId"), server);
  EXPECT_EQ(door.read("/piwebapi/dataservers/" + server + "/points").find("Items")->array().size(), 8u);
  EXPECT_EQ(
      door.read("/piwebapi/dataservers/" + server + "/points?nameFilter=ba:*").find("Items")->array().size(),
      3u);
  EXPECT_EQ(door.read("/piwebapi/dataservers/" + server + "/points?NameFilter=SINUSOID")
                .find("Items")
                ->array()
                .size(),
            1u);
}

TEST(PiObjects, PagesFollowTheirLinks) {
  Door door;
  std::string target = "/piwebapi/dataservers/L1DS/points?maxCount=3&selectedFields=Items.Name;Links";
  std::vector<std::string> names;
  for (int pages = 0; pages < 10; ++pages) {
    const json::Value page = door.read(target);
    for (const json::Value& item : page.find("Items")->array()) names.push_back(Door::text(item, "Name"));
    const json::Value* next = page.find("Links")->find("Next");
    if (next == nullptr) break;
    target = std::string{*next->as_string()}.substr(std::string{"http://hist01"}.size());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"BA:ACTIVE.1", "BA:LEVEL.1", "BA:TEMP.1", "CDM158", "CDT158",
                                             "PLANT:BATCH.ID", "PLANT:COUNT", "SINUSOID"}));
}

TEST(PiObjects, APointIsCreatedFoundAndWritten) {
  Door door;
  const auto made = door.post("/piwebapi/dataservers/L1DS/points",
                              R"({"Name":"Line1.Temp","Descriptor":"Line 1 outlet","PointClass":"classic",
                                  "PointType":"float64","EngineeringUnits":"degC","Step":false,"Future":false,
                                  "DisplayDigits":-5,"compressing":"1","span":200})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.body, "");
  const std::string location{made.headers.get("Location")};
  const json::Value point = door.read(location.substr(std::string{"http://hist01"}.size()));
  EXPECT_EQ(Door::text(point, "Name"), "Line1.Temp");
  EXPECT_EQ(Door::text(point, "Path"), "\\\\PENSTOCK\\Line1.Temp");
  EXPECT_EQ(Door::text(point, "PointType"), "Float64");
  EXPECT_EQ(point.find("Span")->as_int64(), 200);
  const std::string id = Door::text(point, "WebId");
  EXPECT_EQ(door.read("/piwebapi/points/" + id + "/attributes/compressing").find("Value")->as_int64(), 1);
  EXPECT_EQ(
      door.read("/piwebapi/points/" + id + "/attributes?name=span&name=zero").find("Items")->array().size(),
      2u);
  EXPECT_EQ(door.get("/piwebapi/points/" + id + "/attributes?name=none").status, 400);
  EXPECT_EQ(door.get("/piwebapi/points/" + id + "/attributes/none").status, 404);
  const json::Value empty = door.read("/piwebapi/streams/" + id + "/value");
  EXPECT_EQ(Door::text(*empty.find("Value"), "Name"), "Pt Created");
  EXPECT_EQ(empty.find("Good")->as_bool(), false);
  EXPECT_EQ(door.recorded(id, ""), "");
  EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", R"({"Value":12.3})").status, 202);
  EXPECT_EQ(door.read("/piwebapi/streams/" + id + "/value").find("Value")->to_string(), "12.3");
}

struct CreateCase {
  const char* body;
  int status;
};
TEST(PiObjects, PointsThatCannotBe) {
  Door door;
  for (const auto& c :
       {CreateCase{R"({"Name":"SINUSOID","PointClass":"base","PointType":"Float32"})", 409},
        CreateCase{R"({"Name":"sinusoid","PointClass":"base","PointType":"Float32"})", 409},
        CreateCase{R"({"Name":"A","PointType":"Float32"})", 400},
        CreateCase{R"({"Name":"A","PointClass":"base"})", 400},
        CreateCase{R"({"PointClass":"base","PointType":"Float32"})", 400},
        CreateCase{R"({"Name":"A*","PointClass":"base","PointType":"Float32"})", 400},
        CreateCase{R"({"Name":"-A","PointClass":"base","PointType":"Float32"})", 400},
        CreateCase{R"({"Name":"A","PointClass":"base","PointType":"Complex"})", 400},
        CreateCase{R"({"Name":"A","PointClass":"base","PointType":"Float32","Colour":1,"b":2})", 400},
        CreateCase{R"({"Name":"A","PointClass":"base","PointType":"Digital","DigitalSetName":"No"})", 400},
        CreateCase{R"({"Name":"D","PointClass":"base","PointType":"Digital"})", 201}, CreateCase{"[]", 400},
        CreateCase{"{", 400}}) {
    EXPECT_EQ(door.post("/piwebapi/dataservers/L1DS/points", c.body).status, c.status) << c.body;
  }
}

TEST(PiObjects, DigitalSets) {
  Door door;
  const json::Value set = door.read("/piwebapi/enumerationsets?path=\\\\PENSTOCK\\EnumerationSets[Modes]");
  const std::string id = Door::text(set, "WebId");
  EXPECT_EQ(Door::text(door.read("/piwebapi/enumerationsets/" + id), "Name"), "Modes");
  const json::Value values = door.read("/piwebapi/enumerationsets/" + id + "/enumerationvalues");
  ASSERT_EQ(values.find("Items")->array().size(), 5u);
  EXPECT_EQ(Door::text(values.find("Items")->array()[4], "Name"), "Prog-Auto");
  const std::string state = Door::text(values.find("Items")->array()[1], "WebId");
  EXPECT_EQ(Door::text(door.read("/piwebapi/enumerationvalues/" + state), "Name"), "Auto");
  EXPECT_EQ(
      Door::text(door.read("/piwebapi/enumerationvalues?path=\\\\PENSTOCK\\EnumerationSets[Modes]\\Auto"),
                 "WebId"),
      state);
  EXPECT_EQ(Door::text(door.read("/piwebapi/points/" + door.webid("CDM158")), "DigitalSetName"), "Modes");
  EXPECT_EQ(door.read("/piwebapi/dataservers/L1DS/enumerationsets").find("Items")->array().size(), 3u);
}

TEST(PiObjects, TheAssetTreeFromServerToAttribute) {
  Door door;
  const std::string server =
      Door::text(door.read("/piwebapi/assetservers").find("Items")->array()[0], "WebId");
  const json::Value databases = door.read("/piwebapi/assetservers/" + server + "/assetdatabases");
  const std::string database = Door::text(databases.find("Items")->array()[0], "WebId");
  EXPECT_EQ(Door::text(door.read("/piwebapi/assetdatabases?path=\\\\PENSTOCK\\Demo"), "WebId"), database);
  const json::Value elements = door.read("/piwebapi/assetdatabases/" + database + "/elements");
  const std::string element = Door::text(elements.find("Items")->array()[0], "WebId");
  EXPECT_EQ(Door::text(door.read("/piwebapi/elements?path=\\\\penstock\\demo\\boiler1"), "WebId"), element);
  EXPECT_EQ(door.read("/piwebapi/elements/" + element + "/elements").find("Items")->array().size(), 0u);
  const json::Value attributes =
      door.read("/piwebapi/elements/" + element + "/attributes?sortOrder=Descending");
  ASSERT_EQ(attributes.find("Items")->array().size(), 3u);
  const json::Value& temperature = attributes.find("Items")->array()[0];
  EXPECT_EQ(Door::text(temperature, "Name"), "Temperature");
  EXPECT_EQ(Door::text(temperature, "Path"), "\\\\PENSTOCK\\Demo\\Boiler1|Temperature");
  EXPECT_EQ(Door::text(*temperature.find("Links"), "Point"),
            "http://hist01/piwebapi/points/" + door.webid("BA:TEMP.1"));
  const json::Value& manufacturer = attributes.find("Items")->array()[1];
  EXPECT_EQ(Door::text(*manufacturer.find("Links"), "Value"),
            "http://hist01/piwebapi/attributes/" + Door::text(manufacturer, "WebId") + "/value");
  EXPECT_EQ(door.read("/piwebapi/elements/" + element + "/eventframes").find("Items")->array().size(), 0u);
  EXPECT_EQ(door.get("/piwebapi/attributes?path=\\\\PENSTOCK\\Demo\\Boiler1|Nothing").status, 404);
}

TEST(PiReads, RecordedByBoundaryDirectionAndCount) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  ASSERT_EQ(
      door.post(
              "/piwebapi/streams/" + id + "/recorded",
              R"([{"Value":1,"Timestamp":"2026-04-02T01:00:00Z"},{"Value":2,"Timestamp":"2026-04-02T02:00:00Z"},
                          {"Value":3,"Timestamp":"2026-04-02T03:00:00Z"},{"Value":4,"Timestamp":"2026-04-02T04:00:00Z"}])")
          .status,
      202);
  struct Case {
    const char* query;
    const char* line;
  };
  for (const auto& c : {
           Case{"startTime=2026-04-02T02:00&endTime=2026-04-02T03:00", "02:00:00Z=2 03:00:00Z=3"},
           Case{"startTime=2026-04-02T03:00&endTime=2026-04-02T02:00", "03:00:00Z=3 02:00:00Z=2"},
           Case{"startTime=2026-04-02T02:00&endTime=2026-04-02T02:00", "02:00:00Z=2"},
           Case{"startTime=2026-04-02&endTime=2026-04-03&maxCount=2", "01:00:00Z=1 02:00:00Z=2"},
           Case{"startTime=2026-04-03&endTime=2026-04-02&maxCount=2", "04:00:00Z=4 03:00:00Z=3"},
           Case{"startTime=2026-04-02T01:30&endTime=2026-04-02T02:30&boundaryType=Outside",
                "01:00:00Z=1 02:00:00Z=2 03:00:00Z=3"},
           Case{"startTime=2026-04-02T02:30&endTime=2026-04-02T01:30&boundaryType=Outside",
                "03:00:00Z=3 02:00:00Z=2 01:00:00Z=1"},
           Case{"startTime=2026-04-02T01:30&endTime=2026-04-02T02:30&boundaryType=Interpolated",
                "01:30:00Z=1.5 02:00:00Z=2 02:30:00Z=2.5"},
           Case{"startTime=2025-04-02&endTime=2025-04-03", ""},
       }) {
    EXPECT_EQ(door.recorded(id, c.query), c.line) << c.query;
  }
  EXPECT_EQ(door.get("/piwebapi/streams/" + id +
                     "/recorded?startTime=2026-04-02&endTime=2026-04-03&maxCount=1&SelectedFields=items."
                     "value%3Bitems.timestamp")
                .body,
            R"({"Items":[{"Timestamp":"2026-04-02T01:00:00Z","Value":1}]})");
  EXPECT_EQ(door.get("/piwebapi/streams/" + id + "/recorded?selectedFields=Nothing").body, "{}");
  EXPECT_EQ(door.read("/piwebapi/streams/" + id + "/value?time=2026-04-02T02:15:00%2B00:00")
                .find("Value")
                ->as_double(),
            2.25);
  EXPECT_EQ(
      door.read("/piwebapi/streams/" + id + "/value?time=2026-04-02T02:00:00").find("Value")->as_int64(), 2);
  EXPECT_EQ(
      Door::text(*door.read("/piwebapi/streams/" + id + "/value?time=2020-01-01").find("Value"), "Name"),
      "No Data");
  EXPECT_EQ(door.read("/piwebapi/streams/" + id + "/end").find("Value")->as_int64(), 4);
}

TEST(PiBatch, WritesOfEveryForm) {
  Door door;
  const std::string a = door.webid("SINUSOID"), b = door.webid("CDT158"), c = door.webid("CDM158");
  const auto response = door.post(
      "/piwebapi/batch/",
      R"({"temperature":{"Method":"POST","Resource":"http://elsewhere/piwebapi/streams/)" + a +
          R"(/value","Content":"{\"Value\": 72.5, \"Timestamp\": \"2026-04-02T06:30:00Z\"}"},
          "pressure":{"Method":"post","Resource":"/streams/)" +
          b +
          R"(/value","Content":"{'Value': '111', 'Timestamp': '2026-04-02T06:30:00Z'}","Headers":null},
          "mode":{"Method":"POST","Resource":"streams/)" +
          c +
          R"(/recorded?updateOption=Insert","Content":[{"Value":"Auto","Timestamp":"2026-04-02T06:30:00Z"}]},
          "read":{"Resource":"/piwebapi/streams/)" +
          a + R"(/value","ParentIds":["temperature"]},
          "bad":{"Method":"POST","Resource":"/streams/)" +
          a + R"(/value","Content":"{\"Value\":"},
          "unknown":{"Method":"GET","Resource":"/nothing"},
          "nested":{"Method":"POST","Resource":"/batch","Content":{}}})");
  EXPECT_EQ(response.status, 207);
  const json::Value body = Door::parsed(response);
  struct Case {
    const char* id;
    int status;
  };
  std::size_t place = 0;
  for (const auto& one : {Case{"temperature", 202}, Case{"pressure", 202}, Case{"mode", 202},
                          Case{"read", 200}, Case{"bad", 400}, Case{"unknown", 404}, Case{"nested", 400}}) {
    EXPECT_EQ(body.object()[place++].name, one.id);
    EXPECT_EQ(body.find(one.id)->find("Status")->as_int64(), one.status) << body.find(one.id)->to_string();
  }
  EXPECT_EQ(body.find("temperature")->find("Content")->as_string(), "");
  EXPECT_TRUE(body.find("temperature")->find("Headers")->find("Location")->is_string());
  EXPECT_EQ(body.find("read")->find("Content")->find("Value")->as_double(), 72.5);
  EXPECT_EQ(door.recorded(b), "06:30:00Z=111");
  EXPECT_EQ(door.post("/piwebapi/batch", "[]").status, 400);
  EXPECT_EQ(door.post("/piwebapi/batch", "").status, 400);
  EXPECT_EQ(door.post("/piwebapi/batch", "{}").body, "{}");
}

TEST(PiBatch, ChainsThroughAnswers) {
  Door door;
  const auto response = door.post("/piwebapi/batch", R"({
      "mk":{"Method":"POST","Resource":"/dataservers/L1DS/points",
            "Content":{"Name":"New.Point","PointClass":"base","PointType":"Int32"}},
      "get":{"Method":"GET","Resource":"$.mk.Headers.Location","ParentIds":["mk"]},
      "write":{"Method":"POST","Resource":"/streams/{0}/value","Parameters":["$.get.Content.WebId"],
               "Content":"{\"Value\": 5, \"Timestamp\": \"{1}\"}","ParentIds":["get"]},
      "list":{"Method":"GET","Resource":"/dataservers/L1DS/points?nameFilter=BA:*"},
      "values":{"Method":"GET","RequestTemplate":{"Resource":"{0}?selectedFields=Good"},
                "Parameters":["$.list.Content.Items[*].Links.Value"],"ParentIds":["list"]},
      "failed":{"Method":"GET","Resource":"/points/nonsense"},
      "child":{"Method":"GET","Resource":"$.failed.Headers.Location"},
      "nomatch":{"Method":"GET","Resource":"$.list.Headers.None"},
      "order":{"Method":"GET","Resource":"/system","ParentIds":["failed"]}})");
  const json::Value body = Door::parsed(response);
  const auto status = [&](const char* id) { return *body.find(id)->find("Status")->as_int64(); };
  EXPECT_EQ(status("mk"), 201);
  EXPECT_EQ(status("get"), 200) << response.body;
  EXPECT_EQ(status("write"), 400);  // `{1}` is no parameter, so it stays and is no time.
  EXPECT_EQ(status("values"), 207);
  EXPECT_EQ(body.find("values")->find("Content")->find("Total")->as_int64(), 3);
  EXPECT_EQ(body.find("values")->find("Content")->find("Items")->array()[2].find("Status")->as_int64(), 200);
  EXPECT_EQ(status("failed"), 400);
  EXPECT_EQ(status("child"), 424);
  EXPECT_EQ(status("nomatch"), 400);
  EXPECT_EQ(status("order"), 200);
}

TEST(PiBatch, RightsHoldInsideToo) {
  Door::Options options;
  options.grants = {{"SINUSOID", auth::Right::read | auth::Right::write},
                    {"CDT158", static_cast<std::uint8_t>(auth::Right::read)}};
  Door door{options};
  const auto response =
      door.post("/piwebapi/batch",
                R"({"may":{"Method":"POST","Resource":"/streams/)" + door.webid("SINUSOID") +
                    R"(/value","Content":{"Value":1}},
          "may not":{"Method":"POST","Resource":"/streams/)" +
                    door.webid("CDT158") +
                    R"(/value","Headers":{"Authorization":"Basic ZGVtbzpkZW1v"},"Content":{"Value":1}},
          "hidden":{"Method":"GET","Resource":"/points?path=\\\\PENSTOCK\\BA:TEMP.1"},
          "admin":{"Method":"GET","Resource":"/system/status"}})");
  const json::Value body = Door::parsed(response);
  EXPECT_EQ(body.find("may")->find("Status")->as_int64(), 202);
  EXPECT_EQ(body.find("may not")->find("Status")->as_int64(), 403);
  EXPECT_EQ(body.find("hidden")->find("Status")->as_int64(), 404);
  EXPECT_EQ(body.find("admin")->find("Status")->as_int64(), 403);
}

TEST(PiBatch, ThousandsOfWritesShareTheirCommits) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  std::string body = "{";
  for (int i = 0; i < 3000; ++i) {
    if (i != 0) body += ',';
    body += "\"" + std::to_string(i) + R"(":{"Method":"POST","Resource":"/streams/)" + id +
            R"(/value","Content":{"Value":)" + std::to_string(i) + R"(,"Timestamp":"2026-04-02 +)" +
            std::to_string(i) + "s\"}}";
  }
  const auto response = door.post("/piwebapi/batch", body + "}");
  ASSERT_EQ(response.status, 207);
  EXPECT_EQ(Door::parsed(response).find("2999")->find("Status")->as_int64(), 202);
  EXPECT_EQ(
      door.read("/piwebapi/streams/" + id + "/recorded?startTime=2026-04-02&endTime=2026-04-03&maxCount=9999")
          .find("Items")
          ->array()
          .size(),
      3000u);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
