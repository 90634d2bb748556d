#include "door.h"
#include "http/inflate.h"

namespace penstock::dialects::omf {
namespace {

/// The whole door, with people who may write, who may not, and nobody.
class OmfFront : public OmfHouse {
 protected:
  static void SetUpTestSuite() {
    auto writer = std::make_shared<auth::Principal>();
    writer->number = 1;
    writer->name = "demo";
    writer->grants = {{"*", auth::Right::read | auth::Right::write}};
    auto viewer = std::make_shared<auth::Principal>();
    viewer->number = 2;
    viewer->name = "viewer";
    viewer->grants = {{"*", static_cast<std::uint8_t>(auth::Right::read)}};
    std::vector<auth::Credential> credentials;
    credentials.push_back(
        {auth::Credential::Kind::password, "demo", auth::hash_secret("demo-secret"), writer});
    credentials.push_back(
        {auth::Credential::Kind::password, "viewer", auth::hash_secret("viewer-secret"), viewer});
    authenticator_ = std::make_unique<auth::Authenticator>(std::move(credentials), auth::TokenSettings{});
  }
  static void TearDownTestSuite() { authenticator_.reset(); }

  void SetUp() override {
    OmfHouse::SetUp();
    ASSERT_EQ(send("type", "create", kTankType).status, 201);
    ASSERT_EQ(send("container", "create", R"([{"id":"tank.level","typeid":"Tank"}])").status, 201);
    request_.method = http::Method::post;
    request_.method_text = "POST";
    request_.set_target("/piwebapi/omf");
    set("Authorization", "Basic " + base64_encode("demo:demo-secret"));
    set("messagetype", "data");
    set("messageformat", "json");
    set("omfversion", "1.2");
    request_.body.assign(kValue);
  }
  void set(const char* name, std::string value) { request_.headers.set(name, std::move(value)); }
  http::Response handle() {
    House house{*archive_, *authenticator_, [] { return kNoonNs; }, {}, "PENSTOCK", "Demo", csrf_, {}};
    const auto door = make_omf(house, settings_);
    return sync_wait(door->handle(request_));
  }

  static constexpr std::string_view kValue =
      R"([{"containerid":"tank.level","values":[{"Time":"2026-11-20T10:00:00Z","V":1}]}])";
  static std::unique_ptr<auth::Authenticator> authenticator_;
  CsrfDefense csrf_ = CsrfDefense::browser;
  http::Request request_;
};
std::unique_ptr<auth::Authenticator> OmfFront::authenticator_;

TEST_F(OmfFront, TakesValues) {
  for (const char* target :
       {"/piwebapi/omf", "/piwebapi/omf/", "/PIWebAPI/OMF", "https://hist:443/piwebapi/omf"}) {
    SCOPED_TRACE(target);
    request_.set_target(target);
    const http::Response response = handle();
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json; charset=utf-8");
    EXPECT_NE(response.body.find("\"Messages\":[]"), std::string::npos);
  }
  EXPECT_EQ(content("tank.level"), "10:00:00 1");
}

TEST_F(OmfFront, KnowsOnlyItsOwnPathAndMethod) {
  request_.set_target("/piwebapi/omf/more");
  EXPECT_EQ(handle().status, 404);
  request_.set_target("/piwebapi/omf");
  request_.method = http::Method::get;
  const http::Response response = handle();
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "POST");
}

TEST_F(OmfFront, AsksWhoIsThere) {
  for (const char* login : {"", "Basic !!!", "Basic ZGVtbzp3cm9uZw==", "Bearer nonsense"}) {
    SCOPED_TRACE(login);
    set("Authorization", login);
    const http::Response response = handle();
    EXPECT_EQ(response.status, 401);
    EXPECT_TRUE(response.headers.has("WWW-Authenticate"));
    EXPECT_NE(response.body.find("\"Message\""), std::string::npos);
  }
  set("Authorization", "Basic " + base64_encode("viewer:viewer-secret"));
  const http::Response response = handle();
  EXPECT_EQ(response.status, 403);
  EXPECT_NE(response.body.find("\"EventCode\":-1004"), std::string::npos);
  EXPECT_EQ(content("tank.level"), "");
}

TEST_F(OmfFront, AsksBrowsersForTheirHeader) {
  EXPECT_EQ(handle().status, 202);
  set("Origin", "http://elsewhere");
  const http::Response response = handle();
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("\"Errors\""), std::string::npos);
  set("X-Requested-With", "XMLHttpRequest");
  EXPECT_EQ(handle().status, 202);
  request_.headers.clear();
  csrf_ = CsrfDefense::strict;
  set("Authorization", "Basic " + base64_encode("demo:demo-secret"));
  EXPECT_EQ(handle().status, 400);
}

TEST_F(OmfFront, RefusesWhatIsTooLarge) {
  settings_.max_request_bytes = 64;
  http::Response response = handle();
  EXPECT_EQ(response.status, 413);
  EXPECT_NE(response.body.find("64"), std::string::npos);
  settings_.max_request_bytes = 4'194'304;
  request_.fault = http::Fault::body_too_large;
  response = handle();
  EXPECT_EQ(response.status, 413);
  EXPECT_NE(response.body.find("{\"Errors\":[\"Request body is larger than the allowed 4194304 bytes\"]}"),
            std::string::npos);
}

TEST_F(OmfFront, InflatesByTheHeaderOfOmf) {
  const std::string packed = http::gzip(kValue);
  request_.body.assign(packed);
  set("compression", "gzip");
  EXPECT_EQ(handle().status, 202);
  EXPECT_EQ(content("tank.level"), "10:00:00 1");

  request_.body.assign(packed);
  set("Content-Encoding", "gzip");
  EXPECT_EQ(handle().status, 202) << "said twice, packed once";
  request_.body.assign(http::gzip(packed));
  EXPECT_EQ(handle().status, 202) << "said twice, packed twice";

  request_.body.assign(kValue);
  const http::Response plain = handle();
  EXPECT_EQ(plain.status, 400);
  EXPECT_NE(plain.body.find("\"MessageIndex\":null"), std::string::npos);
  EXPECT_NE(plain.body.find("\"EventCode\":3001"), std::string::npos);

  settings_.max_inflated_bytes = 1000;
  request_.body.assign(http::gzip(std::string(100'000, ' ')));
  EXPECT_EQ(handle().status, 413);
}

TEST_F(OmfFront, ReportsAllHeaderFaultsTogether) {
  request_.headers.clear();
  set("Authorization", "Basic " + base64_encode("demo:demo-secret"));
  set("messagetype", "data");
  set("messageformat", "json");
  set("action", "merge");
  const http::Response response = handle();
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("\"EventCode\":2001"), std::string::npos);
  EXPECT_NE(response.body.find("\"EventCode\":2003"), std::string::npos);
  EXPECT_NE(response.body.find("\"MessageIndex\":null"), std::string::npos);
}

TEST_F(OmfFront, FillsExceptionInfoForWhoAsks) {
  request_.body.assign(R"([{"containerid":"nope","values":[]}])");
  EXPECT_NE(handle().body.find("\"ExceptionInfo\":null"), std::string::npos);
  set("Accept-Verbosity", "verbose");
  EXPECT_NE(handle().body.find("\"ExceptionInfo\":{\"Type\""), std::string::npos);
}

}  // namespace
}  // namespace penstock::dialects::omf
