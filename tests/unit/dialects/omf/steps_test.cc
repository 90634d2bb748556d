#include "dialects/omf/steps.h"

#include "door.h"

namespace penstock::dialects::omf {
namespace {

using OmfSteps = OmfHouse;

std::string list_of(std::size_t n, const std::function<std::string(std::size_t)>& item) {
  std::string body = "[";
  for (std::size_t i = 0; i < n; ++i) body += (i == 0 ? "" : ",") + item(i);
  return body + "]";
}

PointWrite write_of(std::uint32_t point, std::size_t samples, std::size_t text_bytes = 0) {
  PointWrite write;
  write.point = PointId{point};
  write.run.kind = text_bytes == 0 ? Kind::float64 : Kind::text;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto time = Timestamp::from_unix_ns(static_cast<std::int64_t>(i));
    if (text_bytes == 0) {
      write.run.push(time, static_cast<double>(i));
    } else {
      write.run.push(time, std::string(text_bytes, 'x'));
    }
  }
  return write;
}

/// `1:3 2:2 | 2:1`: commands, each with its points and how many samples of them.
std::string commands(std::vector<PointWrite> writes, std::size_t bytes_max) {
  std::string text;
  std::size_t next = 0, at = 0;
  while (next < writes.size()) {
    if (!text.empty()) text += " |";
    for (const PointWrite& write : take_command(writes, next, at, bytes_max)) {
      if (!text.empty()) text += ' ';
      text += std::to_string(to_number(write.point)) + ":" + std::to_string(write.run.size());
    }
  }
  return text;
}

TEST(OmfCommands, AreCutWhereTheyAreFull) {
  // A write counts 160 bytes, a sample 40, a text 8 more than its length.
  const auto two = [] { return std::vector{write_of(1, 3), write_of(2, 3)}; };
  EXPECT_EQ(commands(two(), 10'000), "1:3 2:3");
  EXPECT_EQ(commands(two(), 560), "1:3 2:3");
  EXPECT_EQ(commands(two(), 559), "1:3 2:2 | 2:1");
  EXPECT_EQ(commands(two(), 290), "1:3 | 2:3");
  EXPECT_EQ(commands(two(), 240), "1:2 | 1:1 | 2:2 | 2:1");
  EXPECT_EQ(commands(two(), 1), "1:1 | 1:1 | 1:1 | 2:1 | 2:1 | 2:1") << "one sample is always taken";
  EXPECT_EQ(commands({write_of(1, 3, 1000)}, 2300), "1:2 | 1:1");
}

TEST(OmfCommands, KeepEverySampleInOrder) {
  std::vector<PointWrite> writes{write_of(1, 1000)};
  std::size_t next = 0, at = 0;
  penstock::Run all;
  all.kind = Kind::float64;
  while (next < writes.size()) {
    for (const PointWrite& piece : take_command(writes, next, at, 1000))
      all.append(piece.run, 0, piece.run.size());
  }
  EXPECT_EQ(all, write_of(1, 1000).run);
}

TEST_F(OmfSteps, AMessageLongerThanTheJournalIsKept) {
  // A segment of the journal has 1 MiB here; as one edit this would need about three.
  send("type", "create", kTankType);
  const auto containers = [](std::string_view id) {
    return list_of(10'000, [&](std::size_t i) {
      return R"({"id":")" + std::string{id} + std::to_string(i) + R"(","typeid":"Tank"})";
    });
  };
  EXPECT_EQ(send("container", "create", containers("tank.")).status, 201);
  EXPECT_EQ(archive_->catalog()->points.size(), 10'000u);
  reopen();
  EXPECT_EQ(archive_->catalog()->omf.containers.size(), 10'000u);
  EXPECT_EQ(send("container", "delete", containers("TANK.")).status, 200);
  EXPECT_EQ(archive_->catalog()->points.size(), 0u);
}

TEST_F(OmfSteps, OneBadItemOfManyIsNamedByItsPlace) {
  send("type", "create", kTankType);
  const Answer answer = send("container", "create", list_of(7'000, [](std::size_t i) {
                               return R"({"id":"t)" + std::to_string(i) + R"(","typeid":")" +
                                      (i == 6'543 ? "Nothing" : "Tank") + R"("})";
                             }));
  EXPECT_EQ(answer.summary(), (Lines{"6543:[E8675] 404"}));
  EXPECT_EQ(archive_->catalog()->points.size(), 6'999u);
}

TEST_F(OmfSteps, ManyInstancesOfOneItemAndTheirLinksAreKept) {
  send("type", "create", kSkidTypes);
  const std::string instances = list_of(3'000, [](std::size_t i) {
    const std::string n = std::to_string(i);
    return R"({"Key":"k)" + n + R"(","Title":"Skid )" + n + R"(","Vendor":")" + std::string(100, 'v') +
           R"("})";
  });
  const std::string links = list_of(2'999, [](std::size_t i) {
    return R"({"source":{"typeid":"Skid","index":"k0"},"target":{"typeid":"Skid","index":"k)" +
           std::to_string(i + 1) + R"("}})";
  });
  const Answer made =
      send("data", "create",
           R"([{"typeid":"Skid","values":)" + instances + R"(},{"typeid":"__Link","values":)" + links + "}]");
  EXPECT_EQ(made.status, 201) << made.body.to_string().substr(0, 400);
  EXPECT_EQ(made.summary(), Lines{});
  reopen();
  const auto catalog = archive_->catalog();
  EXPECT_EQ(catalog->omf.instances.size(), 3'000u);
  EXPECT_EQ(catalog->omf.links.size(), 2'999u);
}

TEST_F(OmfSteps, DefinitionsTooLargeToKeepAreRefusedByName) {
  send("type", "create", kTankType);
  const std::string text(5u << 20, 'x');
  EXPECT_EQ(send("container", "create",
                 R"([{"id":"a","typeid":"Tank"},{"id":"b","typeid":"Tank","description":")" + text +
                     R"("},{"id":"c","typeid":"Tank"}])")
                .summary(),
            (Lines{"1:[E9005] 400"}));
  EXPECT_EQ(archive_->catalog()->points.size(), 2u);
  EXPECT_EQ(send("type", "create",
                 R"([{"id":"T","classification":"static","description":")" + text +
                     R"(","properties":{"k":{"type":"string","isindex":true}}}])")
                .summary(),
            (Lines{"0:[E9005] 400"}));
  send("type", "create", kSkidTypes);
  EXPECT_EQ(send("data", "create",
                 R"([{"typeid":"Skid","values":[{"Key":"1","Title":"One","Vendor":")" +
                     std::string(800'000, 'v') + R"("}]}])")
                .summary(),
            Lines{});
  EXPECT_EQ(send("data", "create",
                 R"([{"typeid":"Skid","values":[{"Key":"2","Title":"Two","Vendor":")" + text +
                     R"("},{"Key":"3","Title":"Three"}]}])")
                .summary(),
            (Lines{"0:[E3004] 400"}));
  EXPECT_EQ(archive_->catalog()->omf.instances.size(), 2u);
}

}  // namespace
}  // namespace penstock::dialects::omf
