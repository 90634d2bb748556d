#include <atomic>
#include <thread>

#include "asset_door.h"

namespace penstock::dialects::piwebapi {
namespace {

TEST(PiAssetSets, ValuesAreFreeNumbers) {
  AssetDoor house;
  const std::string set =
      house.make("assetdatabases/" + house.database + "/enumerationsets", "{\"Name\":\"Modes\"}");
  const std::string values = "enumerationsets/" + set + "/enumerationvalues";
  house.make(values, "{\"Name\":\"High\",\"Value\":70000}");
  const std::string low = house.make(values, "{\"Name\":\"Low\",\"Value\":-2,\"Description\":\"d\"}");
  EXPECT_EQ(house.post(values, "{\"Name\":\"low\",\"Value\":5}"), 409);
  EXPECT_EQ(house.post(values, "{\"Name\":\"Lower\",\"Value\":-2}"), 409);
  EXPECT_EQ(house.post(values, "{\"Name\":\"Lower\"}"), 400);
  EXPECT_EQ(house.post(values, "{\"Name\":\"Lower\",\"Value\":1e12}"), 400);
  EXPECT_EQ(house.names(values), "Low High") << "ascending by value";
  const json::Value object = house.read("enumerationvalues/" + low);
  EXPECT_EQ(Door::text(object, "Path"), "\\\\PENSTOCK\\Plant\\EnumerationSets[Modes]\\Low");
  EXPECT_EQ(object.find("Value")->to_string(), "-2");
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "EnumerationSet")), "WebId"), set);
  EXPECT_EQ(Door::text(house.read("enumerationvalues?path=\\\\PENSTOCK\\Plant\\EnumerationSets[Modes]\\low"),
                       "WebId"),
            low);
  EXPECT_EQ(house.patch("enumerationvalues/" + low, "{\"Value\":1,\"Name\":\"Mid\"}"), 204);
  EXPECT_EQ(house.patch("enumerationvalues/" + low, "{\"Value\":70000}"), 409);
  EXPECT_EQ(house.erase("enumerationvalues/" + low), 204);
  EXPECT_EQ(house.status("enumerationvalues/" + low), 404);
  EXPECT_EQ(house.names(values), "High");
}

TEST(PiAssetSets, AttributesTakeTheirValuesFromTheSetOfTheirDatabase) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  const std::string set = house.make(base + "enumerationsets", "{\"Name\":\"Modes\"}");
  const std::string values = "enumerationsets/" + set + "/enumerationvalues";
  house.make(values, "{\"Name\":\"High\",\"Value\":70000}");
  house.make(values, "{\"Name\":\"Low\",\"Value\":-2}");
  const std::string element = house.make(base + "elements", "{\"Name\":\"E\"}");
  const std::string attribute =
      house.make("elements/" + element + "/attributes",
                 R"({"Name":"Mode","Type":"EnumerationValue","TypeQualifier":"modes"})");
  const json::Value object = house.read("attributes/" + attribute);
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "EnumerationSet")), "WebId"), set);
  const std::string value = "attributes/" + attribute + "/value";
  struct Case {
    const char* sent;
    int status;
    const char* read;
  };
  for (const auto& c :
       {Case{"-2", 204, R"({"Name":"Low","Value":-2,"IsSystem":false})"},
        Case{"\"high\"", 204, R"({"Name":"High","Value":70000,"IsSystem":false})"},
        Case{R"({"Name":"Low","Value":-2})", 204, R"({"Name":"Low","Value":-2,"IsSystem":false})"},
        Case{R"({"Value":70000})", 204, R"({"Name":"High","Value":70000,"IsSystem":false})"},
        Case{"5", 400, R"({"Name":"High","Value":70000,"IsSystem":false})"},
        Case{"\"Modest\"", 400, R"({"Name":"High","Value":70000,"IsSystem":false})"}}) {
    SCOPED_TRACE(c.sent);
    EXPECT_EQ(house.put(value, std::string{"{\"Value\":"} + c.sent + "}"), c.status);
    EXPECT_EQ(house.read(value).find("Value")->to_string(), c.read);
  }
  EXPECT_EQ(house.erase("enumerationsets/" + set), 409);
  EXPECT_EQ(house.patch("enumerationsets/" + set, "{\"Name\":\"States\"}"), 204);
  EXPECT_EQ(Door::text(house.read("attributes/" + attribute), "TypeQualifier"), "States");
}

TEST(PiAssetModel, NewAndRenamedObjectsNeedTheRightToTheirNewName) {
  Door::Options options;
  options.grants = {{"*", static_cast<std::uint8_t>(auth::Right::read)},
                    {"Plant", auth::Right::read | auth::Right::write},
                    {"Plant\\\\Mine*", auth::Right::read | auth::Right::write},
                    {"Plant\\\\ElementTemplates[[]Mine*", auth::Right::read | auth::Right::write}};
  AssetDoor house{options};
  const std::string base = "assetdatabases/" + house.database + "/";
  EXPECT_EQ(house.post(base + "elements", "{\"Name\":\"Other\"}"), 403);
  const std::string mine = house.make(base + "elements", "{\"Name\":\"Mine1\"}");
  EXPECT_EQ(house.patch("elements/" + mine, "{\"Name\":\"Other\"}"), 403);
  EXPECT_EQ(house.patch("elements/" + mine, "{\"Name\":\"Mine2\"}"), 204);
  EXPECT_EQ(house.post("elements/" + mine + "/attributes", "{\"Name\":\"A\"}"), 201);
  EXPECT_EQ(house.post(base + "elementtemplates", "{\"Name\":\"Other\"}"), 403);
  EXPECT_EQ(house.post(base + "elementcategories", "{\"Name\":\"Other\"}"), 403);
  EXPECT_EQ(house.post(base + "enumerationsets", "{\"Name\":\"Other\"}"), 403);
  const std::string made = house.make(base + "elementtemplates", "{\"Name\":\"Mine\"}");
  EXPECT_EQ(house.patch("elementtemplates/" + made, "{\"Name\":\"Other\"}"), 403);
  EXPECT_EQ(house.post("elementtemplates/" + made + "/attributetemplates", "{\"Name\":\"A\"}"), 201);
  EXPECT_EQ(house.patch("assetdatabases/" + house.database, "{\"Name\":\"Other\"}"), 403);
  EXPECT_EQ(house.status("elements?path=\\\\PENSTOCK\\Plant\\Other"), 404);
}

TEST(PiAssetModel, AChangeOfOneMemberLeavesTheOthers) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  house.make(base + "elementcategories", "{\"Name\":\"C\"}");
  const std::string element = house.make(
      base + "elements",
      R"({"Name":"E","Description":"d","CategoryNames":["C"],"ExtendedProperties":{"a":{"Value":"b"},"n":5}})");
  EXPECT_EQ(house.patch("elements/" + element, "{\"Name\":\"F\"}"), 204);
  const json::Value object = house.read("elements/" + element);
  EXPECT_EQ(Door::text(object, "Description"), "d");
  EXPECT_EQ(object.find("CategoryNames")->to_string(), "[\"C\"]");
  EXPECT_EQ(object.find("ExtendedProperties")->to_string(), R"({"a":{"Value":"b"},"n":{"Value":"5"}})");
  EXPECT_EQ(house.patch("assetdatabases/" + house.database, R"({"ExtendedProperties":{"k":"v"}})"), 204);
  EXPECT_EQ(house.read("assetdatabases/" + house.database).find("ExtendedProperties")->to_string(),
            R"({"k":{"Value":"v"}})");
}

TEST(PiAssetModel, ChangesAtOneTimeDoNotTakeEachOtherBack) {
  AssetDoor house;
  const std::string element =
      "elements/" + house.make("assetdatabases/" + house.database + "/elements", "{\"Name\":\"E\"}");
  std::atomic<int> lost = 0;
  const auto change = [&](const std::string& member) {
    for (int i = 0; i < 100; ++i) {
      const std::string text = "v" + std::to_string(i);
      house.patch(element, "{\"" + member + "\":\"" + text + "\"}");
      if (Door::text(house.read(element), member) != text) ++lost;
    }
  };
  std::thread names{change, "Name"}, descriptions{change, "Description"};
  names.join();
  descriptions.join();
  EXPECT_EQ(lost, 0);
}

TEST(PiAssetModel, SeveralElementsAndAttributesAtOnce) {
  AssetDoor house;
  const std::string boiler = "path=\\\\PENSTOCK\\Demo\\Boiler1";
  const std::string id = Door::text(house.read("elements?" + boiler), "WebId");
  EXPECT_EQ(house.status("elements/multiple?webId=" + id + "&" + boiler), 200);
  EXPECT_EQ(house.status("elements/multiple?webId=" + id + "&path=\\\\PENSTOCK\\Demo\\None"), 207);
  EXPECT_EQ(house.status("elements/multiple"), 400);
  EXPECT_EQ(house.status("elements/multiple?webId=" + id + "&includeMode=Some"), 400);
  EXPECT_EQ(house.status("attributes/multiple?" + boiler + "|Capacity"), 200);
  const auto mixed = house.door.get("/piwebapi/attributes/multiple?webId=bad&" + boiler + "|Capacity");
  EXPECT_EQ(mixed.status, 207);
  const json::Value body = Door::parsed(mixed);
  const auto& items = body.find("Items")->array();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].find("Exception")->find("Errors")->array().size(), 1u);
  EXPECT_EQ(Door::text(*items[1].find("Object"), "Name"), "Capacity");
}

struct SearchCase {
  const char* query;
  const char* found;  ///< Null: refused.
};
TEST(PiAssetModel, ElementsAndAttributesAreSearched) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  house.make(base + "elementcategories", "{\"Name\":\"Pumps\"}");
  house.make(base + "elementtemplates", "{\"Name\":\"Mover\"}");
  const std::string top = house.make(base + "elements", R"({"Name":"Hall","Description":"the hall"})");
  house.make("elements/" + top + "/elements",
             R"({"Name":"P 1","CategoryNames":["Pumps"],"TemplateName":"Mover"})");
  const std::string attributes = "elements/" + top + "/attributes";
  house.make(attributes, R"({"Name":"Area","Type":"Double"})");
  house.make(attributes, R"({"Name":"Secret","IsHidden":true})");
  const std::string in = "&databaseWebId=" + house.database;
  for (const auto& c :
       {SearchCase{"", "Hall P 1"}, SearchCase{"name:P*", "P 1"}, SearchCase{"\"p 1\"", "P 1"},
        SearchCase{"Name:'P 1' AND Category:pumps", "P 1"}, SearchCase{"template:Mov*", "P 1"},
        SearchCase{"description:*hall*", "Hall"}, SearchCase{"Category:None", ""},
        SearchCase{"Colour:red", nullptr}, SearchCase{"name:a OR name:b", nullptr},
        SearchCase{"Element:{Name:x}", nullptr}, SearchCase{"name:\"x", nullptr}}) {
    SCOPED_TRACE(c.query);
    const std::string target = "elements/search?query=" + http::percent_encode(c.query) + in;
    if (c.found == nullptr) {
      EXPECT_EQ(house.status(target), 400);
    } else {
      EXPECT_EQ(house.names(target), c.found);
    }
  }
  for (const auto& c :
       {SearchCase{"", "Area"}, SearchCase{"element:Hall type:Double", "Area"}, SearchCase{"element:P*", ""},
        SearchCase{"plugin:None", "Area"}, SearchCase{"pointid:5", nullptr}}) {
    SCOPED_TRACE(c.query);
    const std::string target = "attributes/search?query=" + http::percent_encode(c.query) + in;
    if (c.found == nullptr) {
      EXPECT_EQ(house.status(target), 400);
    } else {
      EXPECT_EQ(house.names(target), c.found);
    }
  }
  EXPECT_EQ(house.names("elements/search?query=Boiler*"), "Boiler1");
  EXPECT_EQ(house.status("elements/search?databaseWebId=" + top), 400);
}

TEST(PiAssetModel, ListsFilterByWhatTheyAreAskedFor) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  house.make(base + "elementtemplates", "{\"Name\":\"Mover\"}");
  const std::string top = house.make(base + "elements", "{\"Name\":\"B\",\"TemplateName\":\"Mover\"}");
  house.make("elements/" + top + "/elements", "{\"Name\":\"A\"}");
  EXPECT_EQ(house.names(base + "elements?searchFullHierarchy=true"), "A B");
  EXPECT_EQ(house.names(base + "elements?elementType=Other"), "B");
  EXPECT_EQ(house.names(base + "elements?elementType=Flow"), "");
  EXPECT_EQ(house.status(base + "elements?elementType=Colour"), 400);
  EXPECT_EQ(house.status(base + "elements?sortField=Colour"), 400);
  const std::string attributes = "elements/" + top + "/attributes";
  const std::string limit =
      house.make(attributes, R"({"Name":"Hi","TraitName":"LimitHi","DisplayDigits":2})");
  house.make("attributes/" + limit + "/attributes", "{\"Name\":\"Deep\"}");
  house.make(attributes, "{\"Name\":\"Plain\"}");
  EXPECT_EQ(house.names(attributes + "?trait=LimitHi&trait=LimitLo"), "Hi");
  EXPECT_EQ(house.names(attributes + "?searchFullHierarchy=true"), "Deep Hi Plain");
  EXPECT_EQ(house.names(attributes + "?templateName=Mov*"), "Hi Plain");
  EXPECT_EQ(house.names(attributes + "?templateName=x"), "");
  EXPECT_EQ(house.read("attributes/" + limit).find("DisplayDigits")->to_string(), "2");
}

TEST(PiAssetModel, AReferenceShowsItsPointToWhoMaySeeIt) {
  AssetDoor house;
  const std::string target = "attributes?path=\\\\PENSTOCK\\Demo\\Boiler1|Temperature";
  EXPECT_EQ(house.read(target).find("DataReference"), nullptr);
  const json::Value shown = house.read(target + "&associations=Paths;DataReference");
  EXPECT_EQ(Door::text(*shown.find("DataReference")->find("PIPoint"), "Name"), "BA:TEMP.1");
  Door::Options options;
  options.grants = {{"Plant*", auth::Right::read | auth::Right::write}};
  AssetDoor blind{options};
  const json::Value hidden = blind.read(target + "&associations=DataReference");
  EXPECT_EQ(hidden.find("DataReference")->find("PIPoint"), nullptr);
  EXPECT_EQ(AssetDoor::link(hidden, "Point"), "");
}

TEST(PiConfig, EachReferenceHasItsOwnAnswer) {
  Door::Options options;
  options.grants = {{"Plant*", auth::Right::read | auth::Right::write},
                    {"E*", auth::Right::read | auth::Right::write},
                    {"BA:*", auth::Right::read | auth::Right::write}};
  AssetDoor house{options};
  const std::string element =
      house.make("assetdatabases/" + house.database + "/elements", "{\"Name\":\"E\"}");
  const std::string attributes = "elements/" + element + "/attributes";
  const auto reference = [&](const std::string& name, const std::string& type, const std::string& config) {
    return house.make(attributes, "{\"Name\":\"" + name + "\",\"Type\":\"" + type +
                                      "\",\"DataReferencePlugIn\":\"PI Point\",\"ConfigString\":\"" + config +
                                      "\"}");
  };
  reference("Exists", "Single", "\\\\\\\\PENSTOCK\\\\BA:TEMP.1");
  reference("Elsewhere", "Double", "\\\\\\\\OTHER\\\\E.x");
  reference("Forbidden", "Double", "\\\\\\\\PENSTOCK\\\\Secret.x");
  reference("BadType", "Double", "\\\\\\\\PENSTOCK\\\\E.bad;pointtype=Colour");
  const std::string text =
      reference("Text", "String", "\\\\\\\\%Server%\\\\%Element%.%Attribute%;span=5;UOM=degC");
  house.make(attributes, "{\"Name\":\"Static\"}");
  const auto log = house.door.post("/piwebapi/elements/" + element + "/config", "");
  EXPECT_EQ(log.status, 207);
  std::string line;
  const json::Value body = Door::parsed(log);
  for (const json::Value& item : body.find("Items")->array()) {
    line += Door::text(item, "Name") + "=" + item.find("Substatus")->to_string() + " ";
  }
  EXPECT_EQ(line, "BadType=400 Elsewhere=400 Exists=200 Forbidden=403 Text=201 ");
  EXPECT_EQ(Door::text(house.read("points?path=\\\\PENSTOCK\\E.Text"), "PointType"), "String");
  EXPECT_EQ(house.status("points?path=\\\\PENSTOCK\\E.bad"), 404);
  EXPECT_EQ(house.post("attributes/" + text + "/config", ""), 201);
  const std::string fixed = Door::text(house.read("attributes?path=\\\\PENSTOCK\\Plant\\E|Static"), "WebId");
  EXPECT_EQ(house.post("attributes/" + fixed + "/config", ""), 409);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
