#include "../away_archive.h"
#include "base/task.h"
#include "door.h"

namespace penstock::dialects::omf {
namespace {

class OmfDelivery : public OmfHouse {
 protected:
  void SetUp() override {
    OmfHouse::SetUp();
    EXPECT_EQ(send("type", "create",
                   R"([{"id":"T","type":"object","classification":"dynamic","properties":{
                     "t":{"type":"string","format":"date-time","isindex":true},"v":{"type":"number"}}}])")
                  .status,
              201);
    EXPECT_EQ(send("container", "create", R"([{"id":"c","typeid":"T"}])").status, 201);
  }
  static std::string values(std::size_t count) {
    std::string body = R"([{"containerid":"c","values":[)";
    for (std::size_t i = 0; i < count; ++i) {
      const Timestamp time =
          Timestamp::from_unix_ns(kNoonNs).plus_ns(-static_cast<std::int64_t>(i) * 1'000'000);
      body += (i == 0 ? "{\"t\":\"" : ",{\"t\":\"") + format_trimmed(time) + "\",\"v\":1}";
    }
    return body + "]}]";
  }
};

TEST_F(OmfDelivery, ValuesNameTheirBatches) {
  const Answer one = send("data", "create", values(2));
  EXPECT_EQ(one.status, 202);
  EXPECT_EQ(archive_->receipts().seq(one.headers.get("Penstock-Receipt")), archive_->stats().last_seq);
  EXPECT_EQ(one.headers.get("Penstock-Stored"), "2");
  EXPECT_FALSE(send("data", "create", "[]").headers.has("Penstock-Receipt"));
}

TEST_F(OmfDelivery, ValuesMayWait) {
  auto gate = std::make_unique<AwayArchive>(std::move(archive_));
  gate->away = true;
  archive_ = std::move(gate);
  const Answer queued = send("data", "create", values(2));
  EXPECT_EQ(queued.status, 202);
  EXPECT_FALSE(queued.headers.has("Penstock-Stored"));
  EXPECT_EQ(archive_->receipts().seq(queued.headers.get("Penstock-Receipt")), AwayArchive::kQueued);
}

}  // namespace
}  // namespace penstock::dialects::omf
