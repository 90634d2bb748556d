#include "door.h"

namespace penstock::dialects::omf {
namespace {

constexpr std::string_view kArea = R"([{"id":"Area","classification":"static","type":"object","properties":{
    "Key":{"type":"string","isindex":true},"Size":{"type":"number","format":"float64"},"Note":{"type":["string","null"]}}}])";
constexpr std::string_view kInstances = R"([
    {"typeid":"Area","values":[{"Key":"North","Size":2.5,"Note":"cold"}]},
    {"typeid":"Skid","values":[{"Key":"S3","Title":"S3","Vendor":"Acme"}]}])";
constexpr std::string_view kLinks = R"([{"typeid":"__Link","values":[
    {"source":{"typeid":"Area","index":"North"},"target":{"typeid":"Skid","index":"S3"}},
    {"source":{"typeid":"Skid","index":"S3"},"target":{"containerid":"Plant7.Skid3"}},
    {"source":{"typeid":"Skid","index":"S3","property":"Main"},"target":{"containerid":"Plant7.Skid3","property":"Flow"}}]}])";

class OmfAssets : public OmfHouse {
 protected:
  void SetUp() override {
    OmfHouse::SetUp();
    ASSERT_EQ(send("type", "create", kSkidTypes).status, 201);
    ASSERT_EQ(send("type", "create", kArea).status, 201);
    ASSERT_EQ(send("container", "create", kSkidContainer).status, 201);
  }
};

TEST_F(OmfAssets, AreMadeConfirmedRefusedAndReplaced) {
  EXPECT_EQ(send("data", "create", kInstances).status, 201);
  EXPECT_EQ(attributes({"North"}), (Lines{"Key='North'", "Note='cold'", "Size=2.5"}));
  const Answer again = send("data", "create", kInstances);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.summary(), (Lines{"0:[W9022] 200", "1:[W9022] 200"}));
  const Answer different =
      send("data", "create", R"([{"typeid":"area","values":[{"Key":"NORTH","Size":3}]}])");
  EXPECT_EQ(different.summary(), Lines{"0:[E9023] 409"});
  EXPECT_EQ(send("data", "update", R"([{"typeid":"Area","values":[{"Key":"North","Size":"3"}]}])").status,
            200);
  EXPECT_EQ(attributes({"North"}), (Lines{"Key='North'", "Note", "Size=3"}));
  reopen();
  EXPECT_EQ(attributes({"North"}), (Lines{"Key='North'", "Note", "Size=3"}));
}

TEST_F(OmfAssets, AreRefusedOneByOne) {
  const Answer answer = send("data", "create", R"([
      {"typeid":"Area","values":[{"Key":"East","Size":"wide"},{"Key":"West","Size":1}]},
      {"typeid":"Area","values":[{"Size":1}]},
      {"typeid":"Area","values":[{"Key":"So*uth"}]},
      {"typeid":"SkidReading","values":[]},
      {"typeid":"Skid","values":[{"Key":"w2","Title":"West"}]},
      {"typeid":"Area","values":[{"Key":"Hill","Colour":"red"}]}])");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.summary(), (Lines{"0:[E3003] 400", "1:[E9031] 400", "2:[E-1007] 400", "3:[E9005] 400",
                                     "4:[E9024] 409", "5:[I6021] 201"}));
  EXPECT_EQ(attributes({"East"}), Lines{"no element East"});
  EXPECT_EQ(attributes({"West"}), (Lines{"Key='West'", "Note", "Size=1"}));
}

TEST_F(OmfAssets, TakeAttributesOfTheirOwn) {
  EXPECT_EQ(send("data", "create", R"([{"typeid":"Area","properties":{"Colour":{"type":"string"}},
      "values":[{"Key":"Hill","Colour":"red"}]}])")
                .status,
            201);
  EXPECT_EQ(attributes({"Hill"}), (Lines{"Colour='red'", "Key='Hill'", "Note", "Size"}));
}

TEST_F(OmfAssets, AreLinkedWithEachOtherAndWithContainers) {
  ASSERT_EQ(send("data", "create", kInstances).status, 201);
  const Answer linked = send("data", "create", kLinks);
  EXPECT_EQ(linked.status, 201);
  EXPECT_EQ(linked.summary(), Lines{});
  const Lines expected{"Key='S3'",
                       R"(Main=\\PENSTOCK\Plant7.Skid3.Flow)",
                       R"(Skid3.Flow=\\PENSTOCK\Plant7.Skid3.Flow)",
                       R"(Skid3.State=\\PENSTOCK\Plant7.Skid3.State)",
                       "Title='S3'",
                       "Vendor='Acme'"};
  EXPECT_EQ(attributes({"North", "S3"}), expected);
  EXPECT_EQ(attributes({"S3"}), Lines{"no element S3"});

  const Answer again = send("data", "update", kLinks);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.summary(), Lines{});
  EXPECT_EQ(attributes({"North", "S3"}), expected);

  EXPECT_EQ(send("data", "delete", kLinks).status, 200);
  EXPECT_EQ(attributes({"S3"}), (Lines{"Key='S3'", "Title='S3'", "Vendor='Acme'"}));
  EXPECT_EQ(send("data", "delete", kLinks).status, 200);
}

TEST_F(OmfAssets, AreNotLinkedWithWhatIsMissing) {
  ASSERT_EQ(send("data", "create", kInstances).status, 201);
  const auto link = [&](std::string_view source, std::string_view target) {
    return send("data", "create",
                R"([{"typeid":"__LINK","values":[{"source":)" + std::string{source} + R"(,"target":)" +
                    std::string{target} + "}]}]");
  };
  constexpr std::string_view kNorth = R"({"typeid":"Area","index":"North"})",
                             kS3 = R"({"typeid":"Skid","index":"S3"})";
  const Answer no_type = link(R"({"typeid":"Nope","index":"x"})", kS3);
  EXPECT_EQ(no_type.summary(), Lines{"0:[E555] 404"});
  EXPECT_NE(no_type.body.to_string().find("\"EventCode\":556"), std::string::npos);
  const Answer no_source = link(R"({"typeid":"Area","index":"South"})", kS3);
  EXPECT_EQ(no_source.summary(), Lines{"0:[E555] 404"});
  EXPECT_EQ(no_source.body.to_string().find("\"EventCode\":556"), std::string::npos);
  EXPECT_EQ(link(kNorth, R"({"typeid":"Skid","index":"S4"})").summary(), Lines{"0:[E9021] 404"});
  EXPECT_EQ(link(kNorth, R"({"containerid":"nope"})").summary(), Lines{"0:[E5002] 404"});
  EXPECT_EQ(link(kNorth, R"({"containerid":"Plant7.Skid3","property":"Nope"})").summary(),
            Lines{"0:[E9005] 400"});
  EXPECT_EQ(link(R"({"containerid":"Plant7.Skid3"})", kNorth).summary(), Lines{"0:[E1002] 501"});
  EXPECT_EQ(link(R"({"typeid":"Area"})", R"({"typeid":"Skid"})").summary(), Lines{"0:[E1002] 501"});
  EXPECT_EQ(link(kNorth, "{}").summary(), Lines{"0:[E9031] 400"});
  EXPECT_EQ(link(R"({"typeid":"Skid","index":"_ROOT"})", kS3).summary(), Lines{"0:[W1005] 200"});
  EXPECT_EQ(link(kNorth, kS3).status, 201);
  EXPECT_EQ(link(kS3, kNorth).summary(), Lines{"0:[E9025] 409"});
  EXPECT_EQ(link(R"({"typeid":"Skid","index":"S3","property":"Vendor"})",
                 R"({"containerid":"Plant7.Skid3","property":"Flow"})")
                .summary(),
            Lines{"0:[E9025] 409"});
}

TEST_F(OmfAssets, AreDeletedWithTheirLinks) {
  ASSERT_EQ(send("data", "create", kInstances).status, 201);
  ASSERT_EQ(send("data", "create", kLinks).status, 201);
  EXPECT_EQ(send("data", "delete",
                 R"([{"typeid":"Area","values":[{"Key":"North"}]},{"typeid":"Nope","values":[{"a":1}]}])")
                .status,
            200);
  EXPECT_EQ(attributes({"North"}), Lines{"no element North"});
  EXPECT_EQ(attributes({"S3"}).size(), 6u);
  EXPECT_EQ(send("container", "delete", R"([{"id":"Plant7.Skid3"}])").status, 200);
  EXPECT_EQ(attributes({"S3"}), (Lines{"Key='S3'", "Title='S3'", "Vendor='Acme'"}));
  EXPECT_EQ(send("type", "delete", R"([{"id":"Area"}])").status, 200);
}

// The calls of Fledge's north plugin with linked types, which sends all of them after each restart.
TEST_F(OmfHouse, TakesTheSequenceOfAFledgeNodeTwice) {
  const std::string types = R"([
      {"id":"Double64","type":"object","classification":"dynamic","properties":{"Double64":{"type":["number","null"],"format":"float64"},"Time":{"type":"string","format":"date-time","isindex":true}}},
      {"id":"Integer64","type":"object","classification":"dynamic","properties":{"Integer64":{"type":["integer","null"],"format":"int64"},"Time":{"type":"string","format":"date-time","isindex":true}}},
      {"id":"String","type":"object","classification":"dynamic","properties":{"String":{"type":["string","null"]},"Time":{"type":"string","format":"date-time","isindex":true}}}])";
  const std::string asset = R"([{"id":"FledgeAsset","type":"object","classification":"static","properties":{
      "AssetId":{"type":"string","isindex":true},"Location":{"type":"string"},"Company":{"type":"string"}}}])";
  const std::string containers = R"([
      {"id":"pump1.rpm","typeid":"Double64","name":"rpm","datasource":"Fledge"},
      {"id":"pump1.starts","typeid":"Integer64","name":"starts","datasource":"Fledge","propertyoverrides":{"Integer64":{"uom":"count"}}}])";
  const std::string data = R"([
      {"typeid":"FledgeAsset","values":[{"AssetId":"pump1","Location":"Palo Alto","Company":"ACME"}]},
      {"typeid":"__Link","values":[{"source":{"typeid":"FledgeAsset","index":"pump1"},"target":{"containerid":"pump1.rpm"}}]},
      {"containerid":"pump1.rpm","values":[{"Double64":1480.5,"Time":"2026-11-20T11:00:00.000001Z"}]},
      {"typeid":"__Link","values":[{"source":{"typeid":"FledgeAsset","index":"pump1"},"target":{"containerid":"pump1.starts"}}]},
      {"containerid":"pump1.starts","values":[{"Integer64":12,"Time":"2026-11-20T11:00:00.000001Z"}]},
      {"containerid":"pump1.rpm","values":[{"Double64":1481,"Time":"2026-11-20T11:00:01Z"}]}])";
  for (int pass = 0; pass < 2; ++pass) {
    SCOPED_TRACE(pass);
    EXPECT_EQ(send("Type", "create", types).status, pass == 0 ? 201 : 200);
    EXPECT_EQ(send("Type", "create", asset).status, pass == 0 ? 201 : 200);
    EXPECT_EQ(send("Container", "create", containers).status, pass == 0 ? 201 : 200);
    EXPECT_EQ(send("Data", "update", data).status, 202);
    reopen();
  }
  EXPECT_EQ(content("pump1.rpm"), "11:00:00.000001 1480.5; 11:00:01 1481");
  EXPECT_EQ(content("pump1.starts"), "11:00:00.000001 12");
  EXPECT_EQ(point("pump1.starts").eng_units, "count");
  EXPECT_EQ(point("pump1.rpm").point_source, "Fledge");
  EXPECT_EQ(attributes({"pump1"}),
            (Lines{"AssetId='pump1'", "Company='ACME'", "Location='Palo Alto'", R"(rpm=\\PENSTOCK\pump1.rpm)",
                   R"(starts=\\PENSTOCK\pump1.starts)"}));
}

}  // namespace
}  // namespace penstock::dialects::omf
