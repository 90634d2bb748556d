// What stands before every call: pages of other hosts, how often a client may call, how long a read may take.
#include "dialects/piwebapi/cors.h"
#include "dialects/piwebapi/rate_limit.h"
#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

TEST(PiCors, PreflightsAreAnsweredAsTheSettingsSay) {
  struct Case {
    const char* name;
    const char* origins;
    const char* methods;
    bool credentials;
    const char* origin;
    const char* method;
    int status;  // 0: not a question for us.
    const char* allowed;
  };
  const Case cases[] = {
      {"off", "", "*", false, "https://a", "GET", 0, ""},
      {"everybody", "*", "*", false, "https://a", "GET", 204, "*"},
      {"everybody, with credentials", "*", "*", true, "https://a", "GET", 204, "https://a"},
      {"one origin", "https://a", "GET", false, "https://a", "get", 204, "https://a"},
      {"another origin", "https://a", "GET", false, "https://b", "GET", 400, ""},
      {"another port", "https://a", "GET", false, "https://a:8443", "GET", 400, ""},
      {"another method", "https://a", "GET", false, "https://a", "PUT", 400, ""},
      {"no origin", "https://a", "GET", false, "", "GET", 0, ""},
      {"no method", "https://a", "GET", false, "https://a", "", 0, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Cors cors;
    if (*c.origins != '\0') cors.origins = {c.origins};
    cors.methods = {c.methods};
    cors.supports_credentials = c.credentials;
    http::Request request;
    request.method = http::Method::options;
    if (*c.origin != '\0') request.headers.add("Origin", c.origin);
    if (*c.method != '\0') request.headers.add("Access-Control-Request-Method", c.method);
    const auto answer = answer_preflight(cors, request);
    EXPECT_EQ(answer ? answer->status : 0, c.status);
    if (!answer) continue;
    EXPECT_EQ(answer->headers.get("Access-Control-Allow-Origin"), c.allowed);
    EXPECT_EQ(answer->headers.has("Access-Control-Allow-Credentials"), c.credentials);
  }
}

TEST(PiCors, AnAnswerNamesTheOriginOnce) {
  Door::Options options;
  options.settings.cors.origins = {"https://a"};
  options.settings.cors.methods = {"GET"};
  Door door{options};
  const auto ask = [&](http::Method method, const char* origin) {
    return door.send(method, "/piwebapi/", "",
                     {{"Origin", origin}, {"Access-Control-Request-Method", "GET"}});
  };
  for (const auto method : {http::Method::get, http::Method::options}) {
    EXPECT_EQ(ask(method, "https://a").headers.all("Access-Control-Allow-Origin").size(), 1u);
    EXPECT_EQ(ask(method, "https://b").headers.all("Access-Control-Allow-Origin").size(), 0u);
  }
}

TEST(PiRateLimit, CountsEachClientByItself) {
  RateLimit limit{2, 1'000};
  EXPECT_TRUE(limit.admits("a", 0));
  EXPECT_TRUE(limit.admits("a", 500));
  EXPECT_FALSE(limit.admits("a", 999));
  EXPECT_TRUE(limit.admits("b", 999));
  EXPECT_TRUE(limit.admits("a", 1'000));
  EXPECT_TRUE(limit.admits("a", 1'001));
  EXPECT_FALSE(limit.admits("a", 1'002));
  RateLimit none{0, 1'000};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(none.admits("a", 0));
}

TEST(PiReadTimeout, LateReadsAre408AndShortOnesAreNotAsked) {
  Door::Options options;
  options.settings.server_read_timeout_s = 0;
  Door door{options};
  const std::string url = "/piwebapi/streams/" + door.webid("SINUSOID");
  EXPECT_EQ(door.post(url + "/value", R"({"Value":1,"Timestamp":"2026-04-02T06:00:00Z"})").status, 202);
  for (const char* read : {"/summary", "/plot", "/interpolated", "/recorded?maxCount=100000"}) {
    EXPECT_EQ(door.get(url + read).status, 408) << read;
  }
  EXPECT_EQ(door.get(url + "/value").status, 200);
  EXPECT_EQ(door.get("/piwebapi/calculation/times?time=*&expression='SINUSOID'").status, 408);
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
