#include "dialects/piwebapi/webid.h"

#include <gtest/gtest.h>

namespace penstock::dialects::piwebapi {
namespace {

const Uuid kNone;

Uuid uuid(const char* text) {
  return *text == '\0' ? kNone : *Uuid::parse(text);
}

constexpr WebIdOwner kNobody = WebIdOwner::none;

struct Vector {
  const char* text;
  WebIdForm form;
  WebIdKind kind;
  WebIdOwner owner;
  const char* server;
  const char* parent;
  const char* id;
  std::int32_t point;
  const char* path;
};

// Ids and names of the second half.
constexpr char kHist[] = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
constexpr char kAf[] = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
constexpr char kPlant[] = "0a1b2c3d-4e5f-4607-8899-aabbccddeeff";
constexpr char kPump[] = "11111111-2222-4333-8444-555555555555";
constexpr char kFlow[] = "01234567-89ab-4cde-8f01-23456789abcd";
// Of the vendor's published samples.
constexpr char kPubAf[] = "96f9a00e-4d80-471f-aba9-ea89a1db402c";
constexpr char kPubElement[] = "cbb28260-853d-11e4-80c5-00155d844304";
constexpr char kPubSet[] = "8e77fc4f-ac91-4029-81d6-fb66bd01d431";

const Vector kVectors[] = {
    {"I1DS1km7hQHxB0i6-VfC-9MwAA", WebIdForm::id_only, WebIdKind::data_server, kNobody,
     "85bb49d6-f101-4807-baf9-57c2fbd33000", "", "85bb49d6-f101-4807-baf9-57c2fbd33000", 0, ""},
    {"F1DS9gA_4i5ui0aJABcUJd1W1gUEk0REVWUEk", WebIdForm::full, WebIdKind::data_server, kNobody,
     "e23f00f6-6e2e-468b-8900-171425dd56d6", "", "e23f00f6-6e2e-468b-8900-171425dd56d6", 0, "PI4DEVPI"},
    {"I1DPa70Wf0zBA06CLkV9ovNQgQCAAAAA", WebIdForm::id_only, WebIdKind::point, kNobody,
     "7f16bd6b-c14c-4e03-822e-457da2f35081", "", "", 8, ""},
    {"F1DP72-6XVl5302c_uD52V8M7AAwAAAAUElBRlNFUlZFUjIwMThcQ0RUMTU4", WebIdForm::full, WebIdKind::point,
     kNobody, "5dba6fef-7959-4ddf-9cfe-e0f9d95f0cec", "", "", 3, "PIAFSERVER2018\\CDT158"},
    {"F1DPXo6Tq7dbDESaFakUUXB--wRQcAAAUElTUlZUXEFGU0RLV1NfU0lOVVNPSUQ", WebIdForm::full, WebIdKind::point,
     kNobody, "ab938e5e-5bb7-440c-9a15-a91451707efb", "", "", 1861, "PISRVT\\AFSDKWS_SINUSOID"},
    {"I1RSDqD5loBNH0erqeqJodtALA", WebIdForm::id_only, WebIdKind::asset_server, kNobody, kPubAf, "", kPubAf,
     0, ""},
    {"I1RDDqD5loBNH0erqeqJodtALAquulo6433EKdHra7fsmL0g", WebIdForm::id_only, WebIdKind::database, kNobody,
     kPubAf, "", "a3a5ebaa-37ae-42dc-9d1e-b6bb7ec98bd2", 0, ""},
    {"I1EmDqD5loBNH0erqeqJodtALAYIKyyz2F5BGAxQAVXYRDBA", WebIdForm::id_only, WebIdKind::element, kNobody,
     kPubAf, "", kPubElement, 0, ""},
    {"I1AbEDqD5loBNH0erqeqJodtALAYIKyyz2F5BGAxQAVXYRDBAGyPedZG1sUmxOOclp3Flwg", WebIdForm::id_only,
     WebIdKind::attribute, WebIdOwner::element, kPubAf, kPubElement, "75de231b-b591-49b1-b138-e725a77165c2",
     0, ""},
    {"I1MSRDqD5loBNH0erqeqJodtALAT_x3jpGsKUCB1vtmvQHUMQ", WebIdForm::id_only, WebIdKind::enumeration_set,
     WebIdOwner::asset_server, kPubAf, "", kPubSet, 0, ""},
    {"I1MVRDqD5loBNH0erqeqJodtALAT_x3jpGsKUCB1vtmvQHUMQlIYqmOlvs0ygEQnSeGSe7w", WebIdForm::id_only,
     WebIdKind::enumeration_value, WebIdOwner::asset_server, kPubAf, kPubSet,
     "982a8694-6fe9-4cb3-a011-09d278649eef", 0, ""},
    {"F1EmcaZI8jdsuU6iCfbmKdB6iQ2IKkNIvq7RGxjQBQVoy5FQUFJSSkJTUlZWTTE3MFxQUklPIC0gQ8OBTENVTE9TXEZQU08gQlJBVk"
     "8",
     WebIdForm::full, WebIdKind::element, kNobody, "f248a671-6c37-4eb9-a209-f6e629d07a89", "",
     "34a482d8-ea8b-11ed-b18d-0050568cb915", 0, "PRRJBSRVVM170\\PRIO - C\u00c1LCULOS\\FPSO BRAVO"},

    {"F1DS4AQlP4lP00GaDAMF6CwzAQSElTVDAx", WebIdForm::full, WebIdKind::data_server, kNobody, kHist, "", kHist,
     0, "HIST01"},
    {"I1DS4AQlP4lP00GaDAMF6CwzAQ", WebIdForm::id_only, WebIdKind::data_server, kNobody, kHist, "", kHist, 0,
     ""},
    {"P1DSSElTVDAx", WebIdForm::path_only, WebIdKind::data_server, kNobody, "", "", "", 0, "HIST01"},
    {"F1DP4AQlP4lP00GaDAMF6CwzAQWRsAAASElTVDAxXExJTkUxLlRFTVA", WebIdForm::full, WebIdKind::point, kNobody,
     kHist, "", "", 7001, "HIST01\\LINE1.TEMP"},
    {"I1DP4AQlP4lP00GaDAMF6CwzAQWRsAAA", WebIdForm::id_only, WebIdKind::point, kNobody, kHist, "", "", 7001,
     ""},
    {"P1DPSElTVDAxXExJTkUxLlRFTVA", WebIdForm::path_only, WebIdKind::point, kNobody, "", "", "", 0,
     "HIST01\\LINE1.TEMP"},
    {"L1DPWRsAAA", WebIdForm::local_id_only, WebIdKind::point, kNobody, "", "", "", 7001, ""},
    {"D1DPWRsAAA", WebIdForm::default_id_only, WebIdKind::point, kNobody, "", "", "", 7001, ""},
    {"I1RSELina62d0UGAtADAT9QwyA", WebIdForm::id_only, WebIdKind::asset_server, kNobody, kAf, "", kAf, 0, ""},
    {"P1RSQUYwMQ", WebIdForm::path_only, WebIdKind::asset_server, kNobody, "", "", "", 0, "AF01"},
    {"I1RDELina62d0UGAtADAT9QwyAPSwbCl9OB0aImaq7zN3u_w", WebIdForm::id_only, WebIdKind::database, kNobody,
     kAf, "", kPlant, 0, ""},
    {"P1RDQUYwMVxQTEFOVA", WebIdForm::path_only, WebIdKind::database, kNobody, "", "", "", 0, "AF01\\PLANT"},
    {"I1EmELina62d0UGAtADAT9QwyAERERESIiM0OERFVVVVVVVQ", WebIdForm::id_only, WebIdKind::element, kNobody, kAf,
     "", kPump, 0, ""},
    {"P1EmQUYwMVxQTEFOVFxMSU5FIDFcUFVNUA", WebIdForm::path_only, WebIdKind::element, kNobody, "", "", "", 0,
     "AF01\\PLANT\\LINE 1\\PUMP"},
    {"I1AbEELina62d0UGAtADAT9QwyAERERESIiM0OERFVVVVVVVQZ0UjAauJ3kyPASNFZ4mrzQ", WebIdForm::id_only,
     WebIdKind::attribute, WebIdOwner::element, kAf, kPump, kFlow, 0, ""},
    {"P1AbEQUYwMVxQTEFOVFxMSU5FIDFcUFVNUHxGTE9X", WebIdForm::path_only, WebIdKind::attribute,
     WebIdOwner::element, "", "", "", 0, "AF01\\PLANT\\LINE 1\\PUMP|FLOW"},
    {"L1AbEERERESIiM0OERFVVVVVVVQZ0UjAauJ3kyPASNFZ4mrzQ", WebIdForm::local_id_only, WebIdKind::attribute,
     WebIdOwner::element, "", kPump, kFlow, 0, ""},
    {"L1DPAQAAAA", WebIdForm::local_id_only, WebIdKind::point, kNobody, "", "", "", 1, ""},
    {"L1DP_____w", WebIdForm::local_id_only, WebIdKind::point, kNobody, "", "", "", -1, ""},
};

TEST(WebId, VectorsInBothDirections) {
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(v.text);
    WebId expected;
    expected.form = v.form;
    expected.kind = v.kind;
    expected.owner = v.owner;
    expected.server = uuid(v.server);
    expected.parent = uuid(v.parent);
    expected.id = uuid(v.id);
    expected.point = v.point;
    expected.path = v.path;
    const auto parsed = parse_webid(v.text);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(*parsed, expected);
    EXPECT_EQ(render_webid(expected), v.text);
  }
}

TEST(WebId, PathsAreWrittenInUpperCase) {
  WebId id;
  id.form = WebIdForm::path_only;
  id.path = "\\\\hist01\\Line1.Temp";
  EXPECT_EQ(render_webid(id), "P1DPSElTVDAxXExJTkUxLlRFTVA");
  EXPECT_EQ(webid_path("\\\\a\\stra\u00dfe \u00e9"), "A\\STRA\u00dfE \u00c9");
}

TEST(WebId, AcceptsPaddingAndTheCapitalMarkerOfOneClient) {
  EXPECT_EQ(parse_webid("L1DPWRsAAA==")->point, 7001);
  EXPECT_EQ(parse_webid("P1ABEQUYwMVxQTEFOVFxMSU5FIDFcUFVNUHxGTE9X")->kind, WebIdKind::attribute);
}

TEST(WebId, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "F",
                           "F1",
                           "F1DP",
                           "f1DPWRsAAA",
                           "X1DPWRsAAA",
                           "L0DPWRsAAA",
                           "L2DPWRsAAA",
                           "L1ZZWRsAAA",
                           "L1dpWRsAAA",
                           "L1DPWRsAA",
                           "L1DPWRsAAAA",
                           "L1DPWRs+AA",
                           "I1DP4AQlP4lP00GaDAMF6CwzAQ",
                           "F1DP4AQlP4lP00GaDAMF6CwzAQWRsAAA",
                           "F1ABEQUYwMVxQTEFOVFxMSU5FIDFcUFVNUHxGTE9X",
                           "P1AbXQUYwMQ",
                           "P1DP",
                           "not a webid",
                           "your-web-id"}) {
    const auto parsed = parse_webid(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(parsed.error().detail, "Unknown or invalid WebID format: \"" + std::string{text} + "\".");
  }
}

TEST(WebId, LocalFormsOfServersMeanTheServer) {
  EXPECT_EQ(parse_webid("L1DS")->kind, WebIdKind::data_server);
  EXPECT_EQ(parse_webid("D1RS")->kind, WebIdKind::asset_server);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
