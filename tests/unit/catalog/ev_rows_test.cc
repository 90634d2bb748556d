#include <gtest/gtest.h>

#include "catalog/energyview.h"

namespace penstock::catalog {
namespace {

template <class Row>
Row read_again(const Row& row) {
  const std::string bytes = Table<Row>::encode(row);
  ByteReader reader{bytes};
  auto read = Row::decode(row.key(), reader);
  EXPECT_TRUE(read && reader.ok() && reader.at_end());
  EXPECT_EQ(Table<Row>::encode(*read), bytes);
  return *std::move(read);
}

TEST(EvRows, AreReadAsTheyWereWritten) {
  EvNode node;
  node.domain = "town";
  node.id = 7;
  node.metadata = {{"lat", "55"}};
  node.labels = {"a", "b"};
  node.creator = 300;
  const EvNode read = read_again(node);
  EXPECT_EQ(read.labels, node.labels);
  EXPECT_EQ(read.creator, 300u);
  EXPECT_EQ(read_again(EvDomain{"town", "Europe/Stockholm", Uuid::random()}).timezone, "Europe/Stockholm");
  EvSeries series;
  series.point = PointId{77};
  series.name = "Supply temp";
  series.upper_bound = 1.5;
  series.labels = {"GT31"};
  const EvSeries again = read_again(series);
  EXPECT_EQ(again.point, series.point);
  EXPECT_FALSE(again.lower_bound.has_value());
  EXPECT_EQ(again.upper_bound, 1.5);
}

TEST(EvRows, OfOlderVersionsLackWhatWasAdded) {
  std::string bytes;
  ByteWriter domain{bytes};
  domain.u8(1);
  domain.text("UTC");
  ByteReader in{bytes};
  const auto read = EvDomain::decode("town", in);
  ASSERT_TRUE(read && in.ok());
  EXPECT_EQ(read->seed, Uuid{});

  const Uuid uuid = Uuid::random();
  std::string first;
  ByteWriter oldest{first};
  oldest.u8(1);
  oldest.fixed(uuid);
  oldest.u8(1);
  for (const char* text : {"Roof", "on it", "Kelp-Basic", "sensor"}) oldest.text(text);
  ByteReader first_in{first};
  const auto first_read = EvNode::decode(EvNode::key_of("town", 7), first_in);
  ASSERT_TRUE(first_read && first_in.ok() && first_in.at_end());
  EXPECT_EQ(first_read->domain + std::to_string(first_read->id), "town7");
  EXPECT_EQ(first_read->uuid, uuid);
  EXPECT_TRUE(first_read->made_by_uuid && first_read->enabled && !first_read->is_public);
  EXPECT_EQ(first_read->name + "/" + first_read->description + "/" + first_read->device + "/" +
                first_read->designation,
            "Roof/on it/Kelp-Basic/sensor");
  EXPECT_TRUE(first_read->metadata.empty() && first_read->labels.empty() && first_read->state.empty());

  EvNode node;
  node.domain = "town";
  node.id = 7;
  node.metadata = {{"lat", "55"}};
  // Version 2 ended behind the metadata: without the empty list of labels and the creator.
  std::string older = Table<EvNode>::encode(node);
  older[0] = 2;
  older.resize(older.size() - 2);
  ByteReader older_in{older};
  const auto older_read = EvNode::decode(node.key(), older_in);
  ASSERT_TRUE(older_read && older_in.ok() && older_in.at_end());
  EXPECT_EQ(older_read->metadata, node.metadata);
  older[0] = 4;
  ByteReader newer_in{older};
  EXPECT_FALSE(EvNode::decode(node.key(), newer_in).has_value());
}

TEST(EvUuids, LeadBackToTheirPointAndToNoOther) {
  const EvDomain town{"town", "UTC", Uuid::random()}, other{"other", "UTC", Uuid::random()};
  for (const std::uint32_t number : {1u, 255u, 0x12345678u, 0x7fffffffu}) {
    const PointId point{number};
    const Uuid uuid = ev_series_uuid(town, point);
    EXPECT_EQ(parse_ev_series_uuid(town, uuid), point);
    EXPECT_EQ(parse_ev_series_uuid(other, uuid), std::nullopt);
    EXPECT_EQ(parse_ev_series_uuid(town, ev_user_uuid(town, number)), std::nullopt);
    EXPECT_EQ(uuid.to_string()[14], '8');
  }
  EXPECT_EQ(parse_ev_series_uuid(town, Uuid::random()), std::nullopt);
}

}  // namespace
}  // namespace penstock::catalog
