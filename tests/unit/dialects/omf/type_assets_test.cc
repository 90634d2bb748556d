#include "dialects/omf/type_assets.h"

#include "catalog/asset_rules.h"
#include "door.h"

namespace penstock::dialects::omf {
namespace {

class OmfTypeAssets : public OmfHouse {
 protected:
  Uuid database() const {
    const auto catalog = archive_->catalog();
    const auto* found = catalog->af_databases.find_name("Demo");
    return found == nullptr ? Uuid{} : found->id;
  }
  /// `Flow Double cubic meter per hour; State EnumerationValue(PumpState)`, hidden ones as `[__id]`.
  Lines attribute_templates(std::string_view name) const {
    const Uuid in = database();
    const auto catalog = archive_->catalog();
    const auto* row = catalog->af_templates.find_name(in, name);
    if (row == nullptr) return {"no template"};
    Lines lines;
    for (const auto* attribute : catalog->af_attribute_templates.children(row->id)) {
      std::string text =
          attribute->hidden ? "[" + attribute->name + "]" : attribute->name + " " + attribute->type;
      if (!attribute->type_qualifier.empty()) text += "(" + attribute->type_qualifier + ")";
      if (!attribute->units.empty()) text += " " + attribute->units;
      if (attribute->value) text += " = " + std::get<std::string>(attribute->value->value);
      lines.push_back(std::move(text));
    }
    return lines;
  }
  /// As a client of the PI Web API would.
  Result<void> edit(const std::function<Result<void>(catalog::Editor&)>& change) {
    archive::Archive::Edit run = change;
    auto done = sync_wait(archive_->change(std::move(run), Door::pi, 1));
    if (!done) return tl::unexpected(done.error());
    return {};
  }
};

TEST_F(OmfTypeAssets, TypesAreTemplatesAndEnumerationsAreSets) {
  EXPECT_EQ(send("type", "create", kSkidTypes).status, 201);
  EXPECT_EQ(attribute_templates("skid"), (Lines{"Key String", "Title String", "Vendor String", "[__id]",
                                                "[__indexProperty] = Key", "[__nameProperty] = Title"}));
  EXPECT_EQ(attribute_templates("SkidReading"),
            (Lines{"Flow Double cubic meter per hour", "State EnumerationValue(PumpState)", "T DateTime",
                   "[__indexProperty] = T"}));
  reopen();
  const Uuid in = database();
  const auto catalog = archive_->catalog();
  const auto* set = catalog->af_enumeration_sets.find_name(in, "PumpState");
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(set->values.size(), 3u);
  EXPECT_EQ(set->values[2].name, "Tripped");
  EXPECT_EQ(catalog->omf.find_type("PumpState")->asset, set->id);
}

TEST_F(OmfTypeAssets, EveryFormatHasItsAttributeType) {
  EXPECT_EQ(send("type", "create", R"([{"id":"All","classification":"static","properties":{
      "k":{"type":"string","isindex":true},"b":{"type":"boolean"},"i":{"type":"integer"},
      "i16":{"type":"integer","format":"int16"},"i64":{"type":"integer","format":"int64"},
      "u16":{"type":"integer","format":"uint16"},"u32":{"type":"integer","format":"uint32"},
      "u64":{"type":"integer","format":"uint64"},"n":{"type":"number"},"n64":{"type":"number","format":"float64"},
      "t":{"type":"string","format":"date-time"}}}])")
                .status,
            201);
  EXPECT_EQ(attribute_templates("All"),
            (Lines{"b Boolean", "i Int32", "i16 Int16", "i64 Int64", "k String", "n Single", "n64 Double",
                   "t DateTime", "u16 Int32", "u32 Int64", "u64 Double", "[__id]", "[__indexProperty] = k"}));
}

TEST_F(OmfTypeAssets, TellWhatTheTypeTells) {
  EXPECT_EQ(send("type", "create",
                 R"([{"id":"Full","name":"Full name","version":"2.0.0.1","description":"All of it",
      "tags":["Pumps","Site A"],"metadata":{"owner":"me","level":3},"extrapolation":"none",
      "classification":"dynamic","properties":{"t":{"type":"string","format":"date-time","isindex":true},
      "v":{"type":"number","name":"Value","description":"What it is"},"q":{"type":"integer","isquality":true}}}])")
                .status,
            201);
  EXPECT_EQ(attribute_templates("Full"), (Lines{"q Int32", "t DateTime", "Value Single",
                                                "[__indexProperty] = t", "[__qualityProperty] = q"}));
  const Uuid in = database();
  const auto catalog = archive_->catalog();
  const auto* row = catalog->af_templates.find_name(in, "Full");
  EXPECT_EQ(row->description, R"(Full name\2.0.0.1\All of it)");
  EXPECT_EQ(row->categories, (Lines{"Pumps", "Site A"}));
  EXPECT_NE(catalog->af_categories.find_name(in, catalog::AfCategoryKind::element, "Site A"), nullptr);
  EXPECT_EQ(row->extended, (catalog::Properties{{"OmfClassification", "dynamic"},
                                                {"OmfTypeId", "Full"},
                                                {"OmfExtrapolation", "none"},
                                                {"owner", "me"},
                                                {"level", "3"}}));
}

TEST_F(OmfTypeAssets, InstancesFollowTheirTemplate) {
  send("type", "create", kSkidTypes);
  EXPECT_EQ(send("data", "create", R"([{"typeid":"Skid","properties":{"Colour":{"type":"string"}},
      "values":[{"Key":"S3","Title":"Skid 3","Vendor":"Acme","Colour":"red"}]}])")
                .status,
            201);
  const Uuid in = database();
  const auto catalog = archive_->catalog();
  const auto* element = catalog->af_elements.find_child(in, "Skid 3");
  ASSERT_NE(element, nullptr);
  EXPECT_EQ(element->template_name, "Skid");
  Lines found;
  for (const auto* attribute : catalog->af_attributes.children(element->id)) {
    found.push_back(attribute->name + (attribute->from_template ? " of the template" : "") +
                    (attribute->hidden ? ", hidden" : "") +
                    (attribute->value ? ": " + std::get<std::string>(attribute->value->value) : ""));
  }
  EXPECT_EQ(found, (Lines{"Colour: red", "Key of the template: S3", "Title of the template: Skid 3",
                          "Vendor of the template: Acme", "__id of the template, hidden: S3",
                          "__indexProperty of the template, hidden: Key",
                          "__nameProperty of the template, hidden: Title"}));
}

TEST_F(OmfTypeAssets, AreDeletedWithTheTypeUnlessSomebodyUsesThem) {
  send("type", "create", kSkidTypes);
  const Uuid in = database();
  catalog::AfElement element;
  element.id = Uuid::random();
  element.database = element.parent = in;
  element.name = "By hand";
  element.template_name = "Skid";
  ASSERT_TRUE(
      edit([&](catalog::Editor& editor) { return catalog::add_element(editor, element); }).has_value());
  EXPECT_EQ(send("type", "delete", R"([{"id":"Skid"}])").summary(), Lines{"0:[E9004] 409"});
  ASSERT_TRUE(
      edit([&](catalog::Editor& editor) { return catalog::erase_element(editor, element.id); }).has_value());
  EXPECT_EQ(send("type", "delete", R"([{"id":"Skid"},{"id":"SkidReading"},{"id":"PumpState"}])").status, 200);
  const auto catalog = archive_->catalog();
  EXPECT_EQ(catalog->af_templates.size(), 0u);
  EXPECT_EQ(catalog->af_attribute_templates.size(), 0u);
  EXPECT_EQ(catalog->af_enumeration_sets.size(), 0u);
}

TEST_F(OmfTypeAssets, ATemplateOfTheSameNameThatIsNotOursIsAConflict) {
  send("type", "create", kTankType);  // Makes the database.
  const Uuid in = database();
  catalog::AfElementTemplate row;
  row.id = Uuid::random();
  row.database = in;
  row.name = "SKID";
  catalog::AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = in;
  set.name = "PumpState";
  set.values = {{Uuid::random(), 0, "Off", ""}};
  ASSERT_TRUE(edit([&](catalog::Editor& editor) -> Result<void> {
                TRY_VOID(catalog::add_enumeration_set(editor, set));
                editor.put(row);
                return {};
              }).has_value());
  EXPECT_EQ(send("type", "create", kSkidTypes).summary(),
            (Lines{"0:[E1006] 409", "1:[E1006] 409", "2:[E8675] 404"}));
}

TEST_F(OmfTypeAssets, ASetOfTheSameValuesIsUsedAndStays) {
  send("type", "create", kTankType);
  catalog::AfEnumerationSet set;
  set.id = Uuid::random();
  set.database = database();
  set.name = "pumpstate";
  set.values = {{Uuid::random(), 0, "STOPPED", ""},
                {Uuid::random(), 1, "Running", ""},
                {Uuid::random(), 2, "Tripped", ""}};
  ASSERT_TRUE(
      edit([&](catalog::Editor& editor) { return catalog::add_enumeration_set(editor, set); }).has_value());
  EXPECT_EQ(send("type", "create", kSkidTypes).status, 201);
  EXPECT_EQ(send("type", "create", kSkidTypes).status, 200);
  for (int pass = 0; pass < 2; ++pass) send("type", "delete", kSkidTypes);
  EXPECT_EQ(archive_->catalog()->omf.types.size(), 1u);
  EXPECT_NE(archive_->catalog()->af_enumeration_sets.find(set.id), nullptr);
}

TEST_F(OmfTypeAssets, ATemplateDeletedByHandIsMadeAgain) {
  send("type", "create", kSkidTypes);
  const auto erase = [&] {
    return edit([](catalog::Editor& editor) -> Result<void> {
      const auto* type = editor.tables().omf.find_type("Skid");
      editor.erase(catalog::AfElementTemplate{*editor.tables().af_templates.find(type->asset)});
      return {};
    });
  };
  ASSERT_TRUE(erase().has_value());
  EXPECT_EQ(send("type", "create", kSkidTypes).status, 200);
  EXPECT_EQ(attribute_templates("Skid").size(), 6u);
  ASSERT_TRUE(erase().has_value());
  EXPECT_EQ(send("data", "create", R"([{"typeid":"Skid","values":[{"Key":"1","Title":"One"}]}])").status,
            201);
  EXPECT_EQ(attribute_templates("Skid").size(), 6u);
}

TEST(OmfAttributeNames, AreFriendlyWhereTheyAreFree) {
  const auto names = [](std::vector<std::pair<std::string, std::string>> given) {
    std::vector<catalog::OmfProperty> properties;
    for (auto& [key, name] : given) {
      properties.emplace_back();
      properties.back().key = key;
      properties.back().name = name;
    }
    return attribute_names(properties);
  };
  EXPECT_EQ(names({{"a", ""}, {"b", "Bee"}}), (Lines{"a", "Bee"}));
  EXPECT_EQ(names({{"a", "B"}, {"b", ""}}), (Lines{"a", "b"})) << "a name that is another's key";
  EXPECT_EQ(names({{"a", "Same"}, {"b", "same"}}), (Lines{"Same", "b"}));
  EXPECT_EQ(names({{"a", "b"}, {"b", "a"}}), (Lines{"a", "b"}));
}

class OmfParents : public OmfHouse {
 protected:
  void SetUp() override {
    OmfHouse::SetUp();
    send("type", "create",
         R"([{"id":"N","classification":"static","properties":{"k":{"type":"string","isindex":true}}}])");
    send("data", "create", R"([{"typeid":"N","values":[{"k":"a"},{"k":"b"},{"k":"c"},{"k":"x"}]}])");
  }
  static std::string link(std::string_view source, std::string_view target) {
    return R"({"source":{"typeid":"N","index":")" + std::string{source} +
           R"("},"target":{"typeid":"N","index":")" + std::string{target} + R"("}})";
  }
  Answer links(std::string_view action,
               std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
    std::string body = R"([{"typeid":"__Link","values":[)";
    for (const auto& [source, target] : all) {
      if (body.back() == '}') body += ',';
      body += link(source, target);
    }
    return send("data", action, body + "]}]");
  }
  bool is_at(std::initializer_list<std::string_view> path) const {
    return attributes(path) == Lines{"k='" + std::string{*(path.end() - 1)} + "'"};
  }
};

TEST_F(OmfParents, AnElementIsShownBelowEachOfThem) {
  EXPECT_EQ(links("create", {{"a", "x"}, {"b", "x"}}).summary(), Lines{});
  EXPECT_TRUE(is_at({"a", "x"}));
  EXPECT_TRUE(is_at({"b", "x"}));
  EXPECT_FALSE(is_at({"x"}));
  EXPECT_EQ(links("create", {{"a", "x"}, {"b", "x"}}).status, 200);
  reopen();
  EXPECT_TRUE(is_at({"b", "x"}));
  EXPECT_EQ(links("delete", {{"a", "x"}}).status, 200);
  EXPECT_FALSE(is_at({"a", "x"}));
  EXPECT_TRUE(is_at({"b", "x"}));
  EXPECT_EQ(links("delete", {{"b", "x"}}).status, 200);
  EXPECT_TRUE(is_at({"x"})) << "without a link it is at the root again";
}

TEST_F(OmfParents, TheRootIsOneMoreOfThem) {
  EXPECT_EQ(links("create", {{"_ROOT", "x"}}).summary(), Lines{"0:[W1005] 200"});
  EXPECT_EQ(links("create", {{"a", "x"}}).status, 201);
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_TRUE(is_at({"x"}));
    EXPECT_TRUE(is_at({"a", "x"}));
    EXPECT_EQ(links("create", {{"__root", "x"}, {"a", "x"}}).status, 200);
  }
  EXPECT_EQ(links("delete", {{"_ROOT", "x"}}).status, 200);
  EXPECT_FALSE(is_at({"x"}));
  EXPECT_TRUE(is_at({"a", "x"}));
}

TEST_F(OmfParents, NobodyIsHisOwnAncestor) {
  EXPECT_EQ(links("create", {{"a", "b"}, {"c", "x"}, {"b", "x"}}).status, 201);
  EXPECT_EQ(links("create", {{"x", "a"}}).summary(), Lines{"0:[E9025] 409"}) << "through the second parent";
  EXPECT_EQ(links("create", {{"x", "x"}}).summary(), Lines{"0:[E9025] 409"});
}

TEST_F(OmfParents, ADeletedOneLeavesTheOthers) {
  links("create", {{"a", "x"}, {"b", "x"}, {"a", "c"}});
  EXPECT_EQ(send("data", "delete", R"([{"typeid":"N","values":[{"k":"a"}]}])").status, 200);
  EXPECT_TRUE(is_at({"b", "x"}));
  EXPECT_FALSE(is_at({"x"}));
  EXPECT_TRUE(is_at({"c"}));
  EXPECT_EQ(archive_->catalog()->omf.links.size(), 1u);
}

TEST_F(OmfParents, NamesAreUniqueBelowEach) {
  send("type", "create", R"([{"id":"M","classification":"static","properties":{
      "k":{"type":"string","isindex":true},"n":{"type":"string","isname":true}}}])");
  links("create", {{"a", "x"}});
  EXPECT_EQ(send("data", "create", R"([{"typeid":"M","values":[{"k":"1","n":"X"}]},
      {"typeid":"__Link","values":[{"source":{"typeid":"N","index":"b"},"target":{"typeid":"M","index":"1"}}]}])")
                .summary(),
            Lines{});
  EXPECT_EQ(links("create", {{"b", "x"}}).summary(), Lines{"0:[E9024] 409"});
  EXPECT_EQ(send("data", "update", R"([{"typeid":"M","values":[{"k":"1","n":"Y"}]}])").status, 200);
  EXPECT_EQ(links("create", {{"b", "x"}}).status, 201);
  EXPECT_EQ(send("data", "update", R"([{"typeid":"M","values":[{"k":"1","n":"x"}]}])").summary(),
            Lines{"0:[E9024] 409"});
}

TEST_F(OmfParents, ChainsHaveABound) {
  std::string values, pairs;
  for (int i = 0; i < 70; ++i) {
    values += std::string{i == 0 ? "" : ","} + R"({"k":"n)" + std::to_string(i) + R"("})";
    if (i > 0)
      pairs += std::string{i == 1 ? "" : ","} + link("n" + std::to_string(i), "n" + std::to_string(i - 1));
  }
  send("data", "create", R"([{"typeid":"N","values":[)" + values + "]}]");
  const Answer answer = send("data", "create", R"([{"typeid":"__Link","values":[)" + pairs + "]}]");
  EXPECT_EQ(answer.status, 409);
  EXPECT_NE(answer.body.to_string().find("\"EventCode\":1006"), std::string::npos);
  EXPECT_EQ(archive_->catalog()->omf.links.size(), 59u + 9u) << "a new chain begins where one was full";
}

}  // namespace
}  // namespace penstock::dialects::omf
