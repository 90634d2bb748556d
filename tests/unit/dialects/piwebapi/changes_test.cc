#include "base/text.h"
#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

using http::Method;

/// The WebID at the end of a Location.
std::string made(const http::Response& response) {
  EXPECT_EQ(response.status, 201) << response.body;
  const std::string location{response.headers.get("Location")};
  return location.substr(location.rfind('/') + 1);
}
std::string server(Door& door) {
  return Door::text(door.read("/piwebapi/dataservers").find("Items")->array()[0], "WebId");
}
std::string asset_server(Door& door) {
  return Door::text(door.read("/piwebapi/assetservers").find("Items")->array()[0], "WebId");
}
std::string new_point(Door& door, const std::string& name) {
  return made(door.post("/piwebapi/dataservers/" + server(door) + "/points",
                        "{\"Name\":\"" + name + "\",\"PointClass\":\"classic\",\"PointType\":\"Float64\"}"));
}

struct PatchCase {
  const char* body;
  int status;
};
TEST(PiPointChanges, PatchTakesWhatMayChange) {
  Door door;
  const std::string id = new_point(door, "Line1.Temp");
  for (const auto& c :
       {PatchCase{"{\"Descriptor\":\"outlet\",\"EngineeringUnits\":\"degC\",\"Step\":true}", 204},
        PatchCase{"{\"compdev\":\"0.5\",\"span\":200}", 204}, PatchCase{"{\"PointType\":\"Int32\"}", 400},
        PatchCase{"{\"Future\":true}", 400}, PatchCase{"{\"PointClass\":\"base\"}", 400},
        PatchCase{"{\"Nonsense\":1}", 400}, PatchCase{"{\"Name\":\"a*b\"}", 400},
        PatchCase{"{\"Name\":\"sinusoid\"}", 409}, PatchCase{"[]", 400}, PatchCase{"", 400},
        PatchCase{"{\"Step\":\"perhaps\",\"Descriptor\":\"half\"}", 400},
        PatchCase{"{\"WebId\":\"x\",\"Links\":{},\"Id\":3}", 204}}) {
    SCOPED_TRACE(c.body);
    const auto response = door.send(Method::patch, "/piwebapi/points/" + id, c.body);
    EXPECT_EQ(response.status, c.status) << response.body;
  }
  const json::Value point = door.read("/piwebapi/points/" + id);
  EXPECT_EQ(Door::text(point, "Descriptor"), "outlet");
  EXPECT_EQ(Door::text(point, "EngineeringUnits"), "degC");
  EXPECT_EQ(point.find("Span")->to_string(), "200");
}

TEST(PiPointChanges, ARenamedPointKeepsItsIdAndLosesItsOldPath) {
  Door door;
  const std::string id = new_point(door, "Old.Name");
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/points/" + id, "{\"Name\":\"New.Name\"}").status, 204);
  EXPECT_EQ(Door::text(door.read("/piwebapi/points/" + id), "Name"), "New.Name");
  EXPECT_EQ(door.get("/piwebapi/points?path=\\\\PENSTOCK\\Old.Name").status, 404);
  EXPECT_EQ(door.get("/piwebapi/points?path=\\\\PENSTOCK\\New.Name").status, 200);
}

TEST(PiPointChanges, ADeletedPointIsGoneWithItsData) {
  Door door;
  const std::string id = new_point(door, "Gone");
  EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", "{\"Value\":1}").status, 202);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/points/" + id).status, 204);
  EXPECT_EQ(door.get("/piwebapi/points/" + id).status, 404);
  EXPECT_EQ(door.post("/piwebapi/streams/" + id + "/value", "{\"Value\":1}").status, 404);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/points/" + id).status, 404);
  const std::string again = new_point(door, "Gone");
  EXPECT_NE(again, id);
  EXPECT_EQ(door.recorded(again, "startTime=*-1d&endTime=*"), "");
}

TEST(PiPointChanges, OneAttributeIsPut) {
  Door door;
  const std::string base = "/piwebapi/points/" + new_point(door, "P") + "/attributes/";
  const auto done = door.send(Method::put, base + "compdev", "0.5");
  EXPECT_EQ(done.status, 204) << done.body;
  EXPECT_NE(done.headers.get("Location"), "");
  EXPECT_EQ(door.read(base + "compdev").find("Value")->to_string(), "0.5");
  EXPECT_EQ(door.send(Method::put, base + "pointsource", "\"HMS\"").status, 204);
  EXPECT_EQ(Door::text(door.read(base + "pointsource"), "Value"), "HMS");
  EXPECT_EQ(door.send(Method::put, base + "nothing", "1").status, 404);
  EXPECT_EQ(door.send(Method::put, base + "pointid", "1").status, 400);
  EXPECT_EQ(door.send(Method::put, base + "compdev", "\"x\"").status, 400);
  EXPECT_EQ(door.send(Method::put, base + "compdev", "").status, 400);
}

TEST(PiPointChanges, ReadersMayNotChange) {
  Door::Options options;
  options.grants = {{"*", static_cast<std::uint8_t>(auth::Right::read)}};
  Door door{options};
  const std::string id = door.webid("SINUSOID");
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/points/" + id, "{\"Step\":true}").status, 403);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/points/" + id).status, 403);
  EXPECT_EQ(door.send(Method::put, "/piwebapi/points/" + id + "/attributes/span", "1").status, 403);
  EXPECT_EQ(door.post("/piwebapi/assetservers/" + asset_server(door) + "/assetdatabases", "{\"Name\":\"X\"}")
                .status,
            403);
  EXPECT_EQ(
      door.post("/piwebapi/dataservers/" + server(door) + "/enumerationsets", "{\"Name\":\"X\"}").status,
      403);
}

struct QueryCase {
  const char* query;
  int found;  ///< -1: refused.
};
TEST(PiPointSearch, FollowsTheQueryGrammar) {
  Door door;
  for (const auto& c :
       {QueryCase{"name:SINUSOID", 1}, QueryCase{"tag:=sinusoid", 1}, QueryCase{"BA:*", -1},
        QueryCase{"\"BA:*\"", 3}, QueryCase{"tag:BA:*", 3},
        QueryCase{"tag:\"BA:*\" AND pointtype:Float32", 2}, QueryCase{"tag:BA:* pointtype:Digital", 1},
        QueryCase{"nothing", 0}, QueryCase{"", 8}, QueryCase{"step:false tag:SINUSOID", 1},
        QueryCase{"step:true tag:SINUSOID", 0}, QueryCase{"pointid:>5", -1}, QueryCase{"nofield:5", -1},
        QueryCase{"tag:\"open", -1}, QueryCase{"SINUSOID OR x", -1}}) {
    SCOPED_TRACE(c.query);
    const auto response = door.get("/piwebapi/points/search?query=" + http::percent_encode(c.query));
    EXPECT_EQ(response.status, c.found < 0 ? 400 : 200) << response.body;
    if (c.found >= 0) {
      EXPECT_EQ(static_cast<int>(Door::parsed(response).find("Items")->array().size()), c.found);
    }
  }
}

TEST(PiPoints, SeveralAtOnceWithTheirErrors) {
  Door door;
  const std::string a = door.webid("SINUSOID");
  const std::string good = "/piwebapi/points/multiple?webId=" + a;
  EXPECT_EQ(door.get(good).status, 200);
  EXPECT_EQ(door.get("/piwebapi/points/multiple").status, 400);
  const auto mixed = door.get(good + "&webId=bad&path=\\\\PENSTOCK\\None");
  EXPECT_EQ(mixed.status, 207);
  const json::Value body = Door::parsed(mixed);
  const auto& items = body.find("Items")->array();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(Door::text(*items[0].find("Object"), "Name"), "SINUSOID");
  EXPECT_EQ(items[1].find("Object"), nullptr);
  EXPECT_EQ(items[1].find("Exception")->find("Errors")->array().size(), 1u);
  EXPECT_EQ(Door::text(items[2], "IdentifierType"), "Path");
  const auto failed = door.get(good + "&webId=bad&includeMode=ItemsWithExceptions");
  EXPECT_EQ(Door::parsed(failed).find("Items")->array().size(), 1u);
}

TEST(PiEnumerations, ASetIsMadeFilledAndDeleted) {
  Door door;
  const std::string sets = "/piwebapi/dataservers/" + server(door) + "/enumerationsets";
  const std::string set = made(door.post(sets, "{\"Name\":\"Pumps\",\"Description\":\"d\"}"));
  EXPECT_EQ(door.post(sets, "{\"Name\":\"pumps\"}").status, 409);
  EXPECT_EQ(door.post(sets, "{}").status, 400);
  const std::string values = "/piwebapi/enumerationsets/" + set + "/enumerationvalues";
  EXPECT_EQ(door.post(values, "{\"Name\":\"On\",\"Value\":1}").status, 400);
  made(door.post(values, "{\"Name\":\"Off\",\"Value\":0}"));
  const std::string on = made(door.post(values, "{\"Name\":\"On\",\"Value\":1}"));
  EXPECT_EQ(door.post(values, "{\"Name\":\"on\",\"Value\":2}").status, 409);
  EXPECT_EQ(door.post(values, "{\"Name\":\"Fast\"}").status, 400);
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/enumerationvalues/" + on, "{\"Name\":\"Running\"}").status,
            204);
  EXPECT_EQ(door.get("/piwebapi/enumerationvalues?path=\\\\PENSTOCK\\EnumerationSets[Pumps]\\Running").status,
            200);
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/enumerationsets/" + set, "{\"Name\":\"Pumps2\"}").status,
            204);
  const std::string point = made(
      door.post("/piwebapi/dataservers/" + server(door) + "/points",
                R"({"Name":"D1","PointClass":"classic","PointType":"Digital","DigitalSetName":"Pumps2"})"));
  EXPECT_EQ(door.post("/piwebapi/streams/" + point + "/value", "{\"Value\":\"Running\"}").status, 202);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/enumerationsets/" + set).status, 409);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/points/" + point).status, 204);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/enumerationvalues/" + on).status, 204);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/enumerationsets/" + set).status, 204);
  EXPECT_EQ(door.get("/piwebapi/enumerationsets/" + set).status, 404);
}

TEST(PiEnumerations, TheSystemSetStays) {
  Door door;
  const std::string system =
      Door::text(door.read("/piwebapi/enumerationsets?path=\\\\PENSTOCK\\EnumerationSets[System]"), "WebId");
  EXPECT_EQ(door.send(Method::del, "/piwebapi/enumerationsets/" + system).status, 403);
  EXPECT_EQ(
      door.post("/piwebapi/enumerationsets/" + system + "/enumerationvalues", "{\"Name\":\"x\",\"Value\":1}")
          .status,
      403);
}

TEST(PiAssets, ATreeIsMadeWrittenAndDeleted) {
  Door door;
  const std::string databases = "/piwebapi/assetservers/" + asset_server(door) + "/assetdatabases";
  const std::string database = made(door.post(databases, "{\"Name\":\"Plant\",\"Description\":\"d\"}"));
  EXPECT_EQ(door.post(databases, "{\"Name\":\"PLANT\"}").status, 409);
  EXPECT_EQ(door.post(databases, "{\"Name\":\"a|b\"}").status, 400);
  const std::string area =
      made(door.post("/piwebapi/assetdatabases/" + database + "/elements", "{\"Name\":\"Area\"}"));
  const std::string pump = made(door.post("/piwebapi/elements/" + area + "/elements", "{\"Name\":\"Pump\"}"));
  EXPECT_EQ(door.post("/piwebapi/elements/" + area + "/elements", "{\"Name\":\"pump\"}").status, 409);
  EXPECT_EQ(
      door.post("/piwebapi/elements/" + area + "/elements", "{\"Name\":\"x\",\"TemplateName\":\"None\"}")
          .status,
      400);
  EXPECT_EQ(door.get("/piwebapi/elements?path=\\\\PENSTOCK\\Plant\\Area\\Pump").status, 200);
  const std::string attributes = "/piwebapi/elements/" + pump + "/attributes";
  const std::string maker = made(door.post(attributes, "{\"Name\":\"Maker\",\"Type\":\"String\"}"));
  const std::string speed = made(door.post(
      attributes,
      R"({"Name":"Speed","Type":"Double","DataReferencePlugIn":"PI Point","ConfigString":"\\\\%Server%\\%Element%.%Attribute%"})"));
  EXPECT_EQ(door.post(attributes, "{\"Name\":\"Bad\",\"Type\":\"Colour\"}").status, 400);
  EXPECT_EQ(door.post(attributes, "{\"Name\":\"Bad\",\"DataReferencePlugIn\":\"Formula\"}").status, 400);
  const std::string sub =
      made(door.post("/piwebapi/attributes/" + maker + "/attributes", "{\"Name\":\"Sub\"}"));
  EXPECT_EQ(door.get("/piwebapi/attributes?path=\\\\PENSTOCK\\Plant\\Area\\Pump|Maker|Sub").status, 200);
  EXPECT_EQ(door.send(Method::put, "/piwebapi/attributes/" + maker + "/value", "{\"Value\":\"Us\"}").status,
            204);
  EXPECT_EQ(Door::text(door.read("/piwebapi/attributes/" + maker + "/value"), "Value"), "Us");
  EXPECT_EQ(door.post("/piwebapi/streams/" + speed + "/value", "{\"Value\":1}").status, 409);
  new_point(door, "Pump.Speed");
  EXPECT_EQ(door.post("/piwebapi/streams/" + speed + "/value", "{\"Value\":1}").status, 202);
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/attributes/" + maker, "{\"Description\":\"who\"}").status,
            204);
  EXPECT_EQ(Door::text(door.read("/piwebapi/attributes/" + maker + "/value"), "Value"), "Us");
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/elements/" + pump, "{\"Name\":\"Pump2\"}").status, 204);
  EXPECT_EQ(door.get("/piwebapi/elements?path=\\\\PENSTOCK\\Plant\\Area\\Pump2").status, 200);
  EXPECT_EQ(door.send(Method::patch, "/piwebapi/assetdatabases/" + database, "{\"Name\":\"demo\"}").status,
            409);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/attributes/" + maker).status, 204);
  EXPECT_EQ(door.get("/piwebapi/attributes/" + sub).status, 404);
  EXPECT_EQ(door.send(Method::del, "/piwebapi/assetdatabases/" + database).status, 204);
  for (const std::string& gone : {"elements/" + area, "elements/" + pump, "attributes/" + speed}) {
    EXPECT_EQ(door.get("/piwebapi/" + gone).status, 404) << gone;
  }
  EXPECT_EQ(door.get("/piwebapi/elements?path=\\\\PENSTOCK\\Demo\\Boiler1").status, 200);
}

TEST(PiAssets, ElementsNestOnlySoDeep) {
  Door door;
  std::string at = Door::text(door.read("/piwebapi/elements?path=\\\\PENSTOCK\\Demo\\Boiler1"), "WebId");
  int status = 201, depth = 0;
  for (; status == 201 && depth < 100; ++depth) {
    const auto response =
        door.post("/piwebapi/elements/" + at + "/elements?webIdType=IDOnly", "{\"Name\":\"E\"}");
    status = response.status;
    if (status == 201) at = made(response);
  }
  EXPECT_EQ(status, 400);
  EXPECT_EQ(depth, 60);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
