#include "asset_door.h"

namespace penstock::dialects::piwebapi {
namespace {

/// A kind of object of a database: where it is made, what it needs, where it stands afterwards.
struct ObjectCase {
  const char* name;
  const char* list;
  const char* type;
  const char* path;
};
const ObjectCase kObjects[] = {
    {"element category", "elementcategories", "elementcategories",
     "\\\\PENSTOCK\\Plant\\CategoriesElement[One]"},
    {"attribute category", "attributecategories", "attributecategories",
     "\\\\PENSTOCK\\Plant\\CategoriesAttribute[One]"},
    {"element template", "elementtemplates", "elementtemplates",
     "\\\\PENSTOCK\\Plant\\ElementTemplates[One]"},
    {"enumeration set", "enumerationsets", "enumerationsets", "\\\\PENSTOCK\\Plant\\EnumerationSets[One]"},
};

TEST(PiAssetTypes, EachIsMadeReadChangedAndDeleted) {
  for (const ObjectCase& c : kObjects) {
    SCOPED_TRACE(c.name);
    AssetDoor house;
    const std::string list = "assetdatabases/" + house.database + "/" + c.list;
    const std::string type = std::string{c.type} + "/";
    const std::string id = house.make(list, "{\"Name\":\"One\",\"Description\":\"d\"}");
    EXPECT_EQ(house.post(list, "{\"Name\":\"ONE\"}"), 409);
    EXPECT_EQ(house.post(list, "{}"), 400);
    EXPECT_EQ(house.post(list, "{\"Name\":\"a|b\"}"), 400);
    EXPECT_EQ(house.post(list, "[]"), 400);
    EXPECT_EQ(house.post(list, ""), 400);
    house.make(list, "{\"Name\":\"Another\"}");
    EXPECT_EQ(house.names(list), "Another One");
    const json::Value object = house.read(type + id);
    EXPECT_EQ(Door::text(object, "WebId"), id);
    EXPECT_EQ(Door::text(object, "Path"), c.path);
    EXPECT_EQ(Door::text(object, "Description"), "d");
    EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "Self")), "WebId"), id);
    EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "Database")), "Name"), "Plant");
    EXPECT_EQ(Door::text(house.read(std::string{c.type} + "?path=" + http::percent_encode(c.path)), "WebId"),
              id);
    EXPECT_EQ(house.status(c.type), 400);
    EXPECT_EQ(house.status(std::string{c.type} + "?path=\\\\PENSTOCK\\Plant\\None[x]"), 404);
    EXPECT_EQ(house.read(type + id + "?selectedFields=name").to_string(), "{\"Name\":\"One\"}");
    EXPECT_EQ(house.patch(type + id, "{\"Name\":\"another\"}"), 409);
    EXPECT_EQ(house.patch(type + id, "{\"Name\":\"Two\",\"Description\":\"e\"}"), 204);
    EXPECT_EQ(Door::text(house.read(type + id), "Name"), "Two") << "a full WebID survives a rename";
    EXPECT_EQ(house.status(std::string{c.type} + "?path=" + http::percent_encode(c.path)), 404);
    EXPECT_EQ(house.erase(type + id), 204);
    EXPECT_EQ(house.status(type + id), 404);
    EXPECT_EQ(house.erase(type + id), 404);
    EXPECT_EQ(house.names(list), "Another");
  }
}

TEST(PiAssetTypes, AreFoundByEveryFormOfTheirWebId) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  const std::string element_template = house.make(base + "elementtemplates", "{\"Name\":\"T\"}");
  const std::string set = house.make(base + "enumerationsets", "{\"Name\":\"S\"}");
  struct Case {
    std::string type, id;
  };
  const Case cases[] = {
      {"elementcategories", house.make(base + "elementcategories", "{\"Name\":\"C\"}")},
      {"attributecategories", house.make(base + "attributecategories", "{\"Name\":\"C\"}")},
      {"elementtemplates", element_template},
      {"attributetemplates",
       house.make("elementtemplates/" + element_template + "/attributetemplates", "{\"Name\":\"A\"}")},
      {"enumerationsets", set},
      {"enumerationvalues",
       house.make("enumerationsets/" + set + "/enumerationvalues", "{\"Name\":\"V\",\"Value\":-3}")},
  };
  for (const Case& c : cases) {
    for (const char* form : {"Full", "IDOnly", "PathOnly", "LocalIDOnly", "DefaultIDOnly"}) {
      SCOPED_TRACE(c.type + " " + form);
      const json::Value object = house.read(c.type + "/" + c.id + "?webIdType=" + form);
      const std::string id = Door::text(object, "WebId");
      EXPECT_EQ(id[0], form[0]);
      EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "Self")), "WebId"), c.id);
      EXPECT_EQ(Door::text(house.read(c.type + "/" + id), "Id"), Door::text(object, "Id"));
    }
    for (const Case& other : cases) {
      if (other.type != c.type) {
        EXPECT_EQ(house.status(other.type + "/" + c.id), 400) << other.type << " is no " << c.type;
      }
    }
  }
}

TEST(PiAssetTypes, WebIdsHaveTheirMarkers) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  const std::string made = house.make(base + "elementtemplates?webIdType=IDOnly", "{\"Name\":\"T\"}");
  EXPECT_EQ(made.substr(0, 4), "I1ET");
  EXPECT_EQ(made.size(), 4u + 22 + 22);
  const std::string attribute =
      house.make("elementtemplates/" + made + "/attributetemplates?webIdType=IDOnly", "{\"Name\":\"A\"}");
  EXPECT_EQ(attribute.substr(0, 5), "I1ATE");
  EXPECT_EQ(attribute.size(), 5u + 22 + 22 + 22);
  EXPECT_EQ(attribute.substr(5, 44), made.substr(4)) << "server and element template come first";
  EXPECT_EQ(house.make(base + "elementcategories?webIdType=IDOnly", "{\"Name\":\"C\"}").substr(0, 4), "I1EC");
  EXPECT_EQ(house.make(base + "attributecategories?webIdType=IDOnly", "{\"Name\":\"C\"}").substr(0, 4),
            "I1AC");
  EXPECT_EQ(house.make(base + "enumerationsets?webIdType=IDOnly", "{\"Name\":\"S\"}").substr(0, 5), "I1MSR");
  EXPECT_EQ(house.make(base + "elementtemplates?webIdType=PathOnly", "{\"Name\":\"U\"}"),
            "P1ET" + base64url_encode("PENSTOCK\\PLANT\\ELEMENTTEMPLATES[U]"));
}

/// The vendor's own sample sets its sandbox up like this.
TEST(PiTemplates, ElementsAreMadeFromATemplateWithItsAttributesAndPoints) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  house.make(base + "elementcategories", "{\"Name\":\"Machines\",\"Description\":\"c\"}");
  const std::string made = house.make(
      base + "elementtemplates",
      R"({"Name":"Pump","Description":"t","CategoryNames":["Machines"],"AllowElementToExtend":true})");
  const std::string attributes = "elementtemplates/" + made + "/attributetemplates";
  house.make(attributes, R"({"Name":"Active","IsConfigurationItem":true,"Type":"Boolean"})");
  house.make(attributes, R"({"Name":"OS","IsConfigurationItem":true,"Type":"String","DefaultValue":"none"})");
  const std::string tag = house.make(
      attributes,
      R"({"Name":"Tag","Type":"Double","DataReferencePlugIn":"PI Point","ConfigString":)"
      R"("\\\\PENSTOCK\\%Element%_Tag;ReadOnly=False;ptclassname=classic;pointtype=Float64;pointsource=webapi"})");
  EXPECT_EQ(house.names(attributes), "Active OS Tag");
  const std::string element =
      house.make(base + "/elements", R"({"Name":"P1","TemplateName":"Pump","ExtendedProperties":{}})");
  EXPECT_EQ(house.names("elements/" + element + "/attributes"), "Active OS Tag");
  const json::Value object = house.read("elements/" + element);
  EXPECT_EQ(Door::text(object, "TemplateName"), "Pump");
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "Template")), "Name"), "Pump");
  const json::Value os = house.read("attributes?path=\\\\PENSTOCK\\Plant\\P1|OS");
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(os, "Template")), "Name"), "OS");
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(os, "Value")), "Value"), "none");
  EXPECT_EQ(house.put("attributes/" + Door::text(os, "WebId") + "/value", "{\"Value\":\"Linux\"}"), 204);
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(os, "Value")), "Value"), "Linux");

  const std::string stream =
      "streams/" + Door::text(house.read("attributes?path=\\\\PENSTOCK\\Plant\\P1|Tag"), "WebId");
  EXPECT_EQ(house.post(stream + "/value", "{\"Value\":1.5}"), 409) << "the point is missing";
  const auto log =
      house.door.post("/piwebapi/elements/" + element + "/config", "{\"includeChildElements\":true}");
  EXPECT_EQ(log.status, 200) << log.body;
  const json::Value logged = Door::parsed(log);
  const auto& steps = logged.find("Items")->array();
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].find("Substatus")->to_string(), "201");
  const json::Value point = house.read("points?path=\\\\PENSTOCK\\P1_Tag");
  EXPECT_EQ(Door::text(point, "PointType"), "Float64");
  EXPECT_EQ(Door::text(point, "PointClass"), "classic");
  EXPECT_EQ(house.post(stream + "/value", "{\"Value\":1.5}"), 202);

  EXPECT_EQ(house.erase("elementtemplates/" + made), 409) << "in use";
  EXPECT_EQ(house.erase("attributes/" + Door::text(os, "WebId")), 409) << "it is the template's";
  EXPECT_EQ(house.patch("attributetemplates/" + tag, "{\"Description\":\"new\"}"), 204);
  EXPECT_EQ(Door::text(house.read("attributes?path=\\\\PENSTOCK\\Plant\\P1|Tag"), "Description"), "new");
  EXPECT_EQ(house.erase("attributetemplates/" + tag), 204);
  EXPECT_EQ(house.names("elements/" + element + "/attributes"), "Active OS");
  EXPECT_EQ(house.erase("elements/" + element), 204);
  EXPECT_EQ(house.erase("elementtemplates/" + made), 204);
}

struct TemplateCase {
  const char* body;
  int status;
};
TEST(PiTemplates, BodiesThatAreRefused) {
  AssetDoor house;
  const std::string list = "assetdatabases/" + house.database + "/elementtemplates";
  const std::string made = house.make(list, "{\"Name\":\"T\"}");
  for (const auto& c : {TemplateCase{"{\"Name\":\"A\",\"BaseTemplate\":\"None\"}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"CategoryNames\":[\"None\"]}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"CategoryNames\":\"x\"}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"InstanceType\":\"EventFrame\"}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"AllowElementToExtend\":\"yes\"}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"ExtendedProperties\":{\"a\":[1]}}", 400},
                        TemplateCase{"{\"Name\":\"A\",\"BaseTemplate\":\"t\"}", 201}}) {
    EXPECT_EQ(house.post(list, c.body), c.status) << c.body;
  }
  const std::string attributes = "elementtemplates/" + made + "/attributetemplates";
  for (const auto& c :
       {TemplateCase{"{\"Name\":\"A\",\"Type\":\"Colour\"}", 400},
        TemplateCase{"{\"Name\":\"A\",\"Type\":\"Int32\",\"DefaultValue\":\"abc\"}", 400},
        TemplateCase{"{\"Name\":\"A\",\"DataReferencePlugIn\":\"Formula\"}", 400},
        TemplateCase{"{\"Name\":\"A\",\"Type\":\"EnumerationValue\",\"TypeQualifier\":\"None\"}", 400},
        TemplateCase{"{\"Name\":\"A\",\"DisplayDigits\":\"x\"}", 400},
        TemplateCase{"{\"Name\":\"A\",\"CategoryNames\":[\"None\"]}", 400},
        TemplateCase{"{\"Name\":\"A\",\"Type\":\"int32\",\"DefaultValue\":7,\"TraitName\":\"LimitHi\"}", 201},
        TemplateCase{"{\"Name\":\"a\"}", 409}}) {
    EXPECT_EQ(house.post(attributes, c.body), c.status) << c.body;
  }
  const json::Value attribute =
      house.read("attributetemplates?path=\\\\PENSTOCK\\Plant\\ElementTemplates[T]|A");
  EXPECT_EQ(Door::text(attribute, "Type"), "Int32");
  EXPECT_EQ(attribute.find("DefaultValue")->to_string(), "7");
  EXPECT_EQ(Door::text(attribute, "TraitName"), "LimitHi");
  const std::string id = Door::text(attribute, "WebId");
  house.make("attributetemplates/" + id + "/attributetemplates", "{\"Name\":\"B\"}");
  EXPECT_EQ(house.names("attributetemplates/" + id + "/attributetemplates"), "B");
  EXPECT_EQ(house.status("attributetemplates?path=\\\\PENSTOCK\\Plant\\ElementTemplates[T]|A|B"), 200);
  EXPECT_EQ(house.patch("attributetemplates/" + id, "{\"DefaultValue\":null}"), 204);
  EXPECT_EQ(house.read("attributetemplates/" + id).find("DefaultValue"), nullptr);
  EXPECT_EQ(house.patch("elementtemplates/" + made, "{\"BaseTemplate\":\"A\"}"), 400) << "a base stays";
}

TEST(PiTemplates, ADerivedTemplateAndItsLinks) {
  AssetDoor house;
  const std::string list = "assetdatabases/" + house.database + "/elementtemplates";
  const std::string base = house.make(list, "{\"Name\":\"Base\"}");
  const std::string derived = house.make(list, "{\"Name\":\"Derived\",\"BaseTemplate\":\"Base\"}");
  house.make("elementtemplates/" + base + "/attributetemplates", "{\"Name\":\"Weight\"}");
  const json::Value object = house.read("elementtemplates/" + derived);
  EXPECT_EQ(Door::text(object, "BaseTemplate"), "Base");
  EXPECT_EQ(Door::text(house.follow(AssetDoor::link(object, "BaseTemplate")), "WebId"), base);
  const std::string element = house.make("assetdatabases/" + house.database + "/elements",
                                         "{\"Name\":\"E\",\"TemplateName\":\"derived\"}");
  EXPECT_EQ(house.names("elements/" + element + "/attributes"), "Weight");
  EXPECT_EQ(house.erase("elementtemplates/" + base), 409);
  EXPECT_EQ(house.patch("elements/" + element, "{\"TemplateName\":\"\"}"), 204);
  EXPECT_EQ(house.erase("elementtemplates/" + derived), 204);
  EXPECT_EQ(house.erase("elementtemplates/" + base), 204);
}

TEST(PiTemplates, ListsArePagedAndFiltered) {
  AssetDoor house;
  const std::string list = "assetdatabases/" + house.database + "/elementtemplates";
  for (const char* name : {"A1", "A2", "B1"}) house.make(list, std::string{"{\"Name\":\""} + name + "\"}");
  EXPECT_EQ(house.names(list + "?query=A*"), "A1 A2");
  EXPECT_EQ(house.names(list + "?sortOrder=Descending&maxCount=2"), "B1 A2");
  const json::Value page = house.read(list + "?maxCount=2");
  const json::Value next = house.follow(AssetDoor::link(page, "Next"));
  EXPECT_EQ(next.find("Items")->array().size(), 1u);
  EXPECT_EQ(AssetDoor::link(next, "Next"), "");
  EXPECT_EQ(house.status(list + "?sortField=Colour"), 400);
}

TEST(PiCategories, AreCheckedListedAndKept) {
  AssetDoor house;
  const std::string base = "assetdatabases/" + house.database + "/";
  const std::string category = house.make(base + "elementcategories", "{\"Name\":\"Pumps\"}");
  house.make(base + "attributecategories", "{\"Name\":\"Limits\"}");
  EXPECT_EQ(house.post(base + "elements", R"({"Name":"E","CategoryNames":["Limits"]})"), 400);
  const std::string element = house.make(base + "elements", R"({"Name":"E","CategoryNames":["Pumps"]})");
  EXPECT_EQ(house.names("elements/" + element + "/categories"), "Pumps");
  EXPECT_EQ(house.names(base + "elements?categoryName=pum*"), "E");
  EXPECT_EQ(house.names(base + "elements?categoryName=x*"), "");
  const std::string attributes = "elements/" + element + "/attributes";
  EXPECT_EQ(house.post(attributes, R"({"Name":"A","CategoryNames":["Pumps"]})"), 400);
  const std::string attribute = house.make(attributes, R"({"Name":"A","CategoryNames":["limits"]})");
  EXPECT_EQ(house.names("attributes/" + attribute + "/categories"), "Limits");
  EXPECT_EQ(house.erase("elementcategories/" + category), 409);
  EXPECT_EQ(house.patch("elementcategories/" + category, "{\"Name\":\"Movers\"}"), 204);
  EXPECT_EQ(house.read("elements/" + element).find("CategoryNames")->to_string(), "[\"Movers\"]");
  EXPECT_EQ(house.patch("elements/" + element, "{\"CategoryNames\":[]}"), 204);
  EXPECT_EQ(house.erase("elementcategories/" + category), 204);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
