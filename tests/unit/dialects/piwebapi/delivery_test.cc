#include "door.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr char kOne[] = R"({"Timestamp":"2026-04-02T06:30:00Z","Value":1})";
constexpr char kList[] = R"([{"Timestamp":"2026-04-02T06:30:00Z","Value":1}])";
constexpr char kPartly[] =
    R"([{"Timestamp":"2026-04-02T06:30:00Z","Value":1},{"Timestamp":"2026-04-02T06:30:01Z","Value":"x"}])";
constexpr char kBad[] = R"([{"Timestamp":"2026-04-02T06:30:01Z","Value":"x"}])";

/// The batch that an answer names; 0 if it has no receipt.
std::uint64_t named(Door& door, const http::Response& response) {
  const auto receipt = response.headers.find("Penstock-Receipt");
  if (!receipt) return 0;
  const auto seq = door.archive().receipts().seq(*receipt);
  EXPECT_TRUE(seq.has_value()) << *receipt;
  return seq.value_or(0);
}

struct ReceiptCase {
  const char* name;
  const char* target;  ///< Behind /streams/<WebID>/.
  const char* body;
  int status;
  bool receipt;
};
const ReceiptCase kReceipts[] = {
    {"a value", "value", kOne, 202, true},
    {"Buffer", "value?bufferOption=Buffer", kOne, 202, true},
    {"DoNotBuffer", "value?bufferOption=DoNotBuffer", kOne, 204, false},
    {"a list", "recorded", kList, 202, true},
    {"a list with DoNotBuffer", "recorded?bufferOption=DoNotBuffer", kList, 204, false},
    {"a list that is taken in part", "recorded", kPartly, 207, true},
    {"the same with DoNotBuffer", "recorded?bufferOption=DoNotBuffer", kPartly, 207, false},
    {"a list of which nothing is taken", "recorded", kBad, 400, false},
    {"a list of nothing", "recorded", "[]", 204, false},
    {"a value that is refused", "value", R"({"Timestamp":"2026-04-02T06:30:01Z","Value":"x"})", 400, false},
};

TEST(PiReceipts, EveryAnswerWithA202NamesItsBatch) {
  Door door;
  const std::string id = door.webid("SINUSOID");
  for (const auto& c : kReceipts) {
    SCOPED_TRACE(c.name);
    const auto before = door.archive().stats().last_seq;
    const auto response = door.post("/piwebapi/streams/" + id + "/" + c.target, c.body);
    EXPECT_EQ(response.status, c.status) << response.body;
    const std::uint64_t seq = named(door, response);
    EXPECT_EQ(seq, c.receipt ? before + 1 : 0);
  }
}

TEST(PiReceipts, OfStreamsetsAndAttributes) {
  Door door;
  const std::string a = door.webid("SINUSOID"), b = door.webid("CDT158");
  const auto set = [&](const std::string& second) {
    return R"([{"WebId":")" + a + R"(","Items":)" + kList + R"(},{"WebId":")" + b + R"(","Items":)" + second +
           "}]";
  };
  const auto names_the_last = [&](const http::Response& response) {
    return named(door, response) == door.archive().stats().last_seq;
  };
  EXPECT_TRUE(names_the_last(door.post("/piwebapi/streamsets/recorded", set(kList))));
  const auto partly = door.post("/piwebapi/streamsets/recorded", set(kBad));
  EXPECT_EQ(partly.status, 207);
  EXPECT_TRUE(names_the_last(partly));
  EXPECT_EQ(named(door, door.post("/piwebapi/streamsets/recorded?bufferOption=DoNotBuffer", set(kBad))), 0u);
  EXPECT_TRUE(
      names_the_last(door.post("/piwebapi/streams/" + door.attribute("Temperature") + "/value", kOne)));
}

TEST(PiReceipts, BufferConfiguredOffWritesThrough) {
  Door::Options options;
  options.settings.buffering = false;
  Door door{options};
  const std::string stream = "/piwebapi/streams/" + door.webid("SINUSOID") + "/value";
  const auto response = door.post(stream, kOne);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(named(door, response), 0u);
  EXPECT_EQ(door.archive_switch().delivery, Delivery::direct);
  EXPECT_EQ(door.post(stream + "?bufferOption=Buffer", kOne).status, 503);
}

struct AwayCase {
  const char* name;
  const char* target;
  const char* body;
  bool buffering;
  int status;
};
const AwayCase kAway[] = {
    {"a value", "value", kOne, true, 202},
    {"a list", "recorded", kList, true, 202},
    {"a list, partly", "recorded", kPartly, true, 207},
    {"Buffer", "value?bufferOption=Buffer", kOne, true, 202},
    {"DoNotBuffer", "value?bufferOption=DoNotBuffer", kOne, true, 500},
    {"a list with DoNotBuffer", "recorded?bufferOption=DoNotBuffer", kList, true, 500},
    {"a value, buffer off", "value", kOne, false, 503},
    {"a list, buffer off", "recorded", kList, false, 503},
    {"DoNotBuffer, buffer off", "value?bufferOption=DoNotBuffer", kOne, false, 500},
};

TEST(PiDelivery, WhileTheArchiveIsAway) {
  for (const auto& c : kAway) {
    SCOPED_TRACE(c.name);
    Door::Options options;
    options.settings.buffering = c.buffering;
    Door door{options};
    door.archive_switch().away = true;
    const auto response = door.post("/piwebapi/streams/" + door.webid("SINUSOID") + "/" + c.target, c.body);
    EXPECT_EQ(response.status, c.status) << response.body;
    EXPECT_EQ(response.headers.has("Retry-After"), c.status == 503);
    EXPECT_FALSE(response.headers.has("Penstock-Stored")) << "nobody knows yet";
    EXPECT_EQ(named(door, response), c.status < 300 ? AwayArchive::kQueued : 0);
  }
}

TEST(PiDelivery, OfABatchWhileTheArchiveIsAway) {
  Door door;
  door.archive_switch().away = true;
  const std::string stream = "/streams/" + door.webid("SINUSOID");
  const auto entry = [&](const char* id, const std::string& target, const char* content) {
    return std::string{"\""} + id + R"(":{"Method":"POST","Resource":")" + stream + target +
           R"(","Content":)" + content + "}";
  };
  const json::Value answers = Door::parsed(
      door.post("/piwebapi/batch", "{" + entry("a", "/value", kOne) + "," + entry("b", "/recorded", kList) +
                                       "," + entry("c", "/value?bufferOption=DoNotBuffer", kOne) + "}"));
  for (const char* id : {"a", "b", "c"}) {
    SCOPED_TRACE(id);
    const json::Value& answer = *answers.find(id);
    const json::Value& headers = *answer.find("Headers");
    EXPECT_EQ(answer.find("Status")->as_int64(), *id == 'c' ? 500 : 202);
    EXPECT_EQ(headers.find("Penstock-Receipt") != nullptr, *id != 'c');
    EXPECT_EQ(headers.find("Penstock-Stored"), nullptr);
  }
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
