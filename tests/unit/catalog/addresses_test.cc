#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

using Key = std::pair<Door, std::string>;

std::vector<std::string> below(const Addresses& addresses, Door door, const std::string& prefix,
                               const std::string& rest = {}) {
  std::vector<std::string> found;
  addresses.each_below(door, prefix, rest, [&](const AddressRow& row) {
    found.push_back(row.address);
    return true;
  });
  return found;
}

TEST(Addresses, AgreeWithAMapOverManyChanges) {
  Addresses addresses;
  std::map<Key, PointId> model;
  std::mt19937 chance{9};
  const Door kDoors[] = {Door::omf, Door::building_x, Door::energyview};
  for (int step = 0; step < 30'000; ++step) {
    const Door door = kDoors[chance() % 3];
    const std::string address = std::to_string(chance() % 30) + "/" + std::to_string(chance() % 60);
    const PointId point{1 + static_cast<std::uint32_t>(chance() % 500)};
    const bool grows = step / 5'000 % 2 == 0;
    if (chance() % 4 == 0 ? grows : !grows) {
      ASSERT_TRUE(addresses.apply(AddressRow::key_of(door, address), std::nullopt));
      model.erase({door, address});
    } else {
      const AddressRow row{door, address, point};
      ASSERT_TRUE(addresses.apply(row.key(), Addresses::encode(row)));
      model[{door, address}] = point;
    }
    ASSERT_EQ(addresses.size(), model.size());
    const auto known = model.find({door, address});
    ASSERT_EQ(addresses.find(door, address),
              known == model.end() ? std::nullopt : std::optional{known->second});
    std::set<Key> of;
    for (const auto& [key, id] : model) {
      if (id == point) of.insert(key);
    }
    std::set<Key> found;
    for (const AddressRow* row : addresses.of(point))
      EXPECT_TRUE(found.emplace(row->door, row->address).second);
    ASSERT_EQ(found, of);
    if (step % 500 != 0) continue;
    for (const std::string prefix : {"", "1", "1/", "29/5", "x"}) {
      std::vector<std::string> expected;
      for (const auto& [key, id] : model) {
        if (key.first == door && key.second.starts_with(prefix)) expected.push_back(key.second);
      }
      ASSERT_EQ(below(addresses, door, prefix), expected) << prefix;
      std::erase_if(expected, [&](const std::string& each) { return each < prefix + "4"; });
      ASSERT_EQ(below(addresses, door, prefix, "4"), expected) << prefix;
    }
  }
}

TEST(Addresses, ThatAreManyStayInOrder) {
  Addresses addresses;
  std::vector<std::string> all;
  for (int i = 0; i < 5'000; ++i) all.push_back("domain/" + std::to_string(i));
  std::mt19937 chance{1};
  std::shuffle(all.begin(), all.end(), chance);
  const auto put = [&](const std::string& address) {
    const AddressRow row{Door::energyview, address, PointId{1}};
    ASSERT_TRUE(addresses.apply(row.key(), Addresses::encode(row)));
  };
  for (const std::string& address : all) put(address);
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 5 == 0) {
      kept.push_back(all[i]);
    } else {
      ASSERT_TRUE(addresses.apply(AddressRow::key_of(Door::energyview, all[i]), std::nullopt));
    }
  }
  std::sort(kept.begin(), kept.end());
  EXPECT_EQ(below(addresses, Door::energyview, "domain/"), kept);
  EXPECT_EQ(below(addresses, Door::energyview, "domain/", "9").front(),
            *std::lower_bound(kept.begin(), kept.end(), "domain/9"));
  EXPECT_TRUE(below(addresses, Door::building_x, "").empty());
  EXPECT_EQ(addresses.of(PointId{1}).size(), kept.size());
}

TEST(OmfContainers, AreFoundInAnyLetterCaseAndByType) {
  OmfContainers containers;
  const auto put = [&](const std::string& id, const std::string& type) {
    OmfContainer row;
    row.id = id;
    row.type_id = type;
    ASSERT_TRUE(containers.apply(row.key(), OmfContainers::encode(row)));
  };
  for (int i = 0; i < 1'000; ++i) put("Pump" + std::to_string(i), i % 2 == 0 ? "Even" : "Odd");
  EXPECT_EQ(containers.find_id("pUMP17")->id, "Pump17");
  EXPECT_EQ(containers.find_id("Pump1000"), nullptr);
  put("PUMP17", "even");
  EXPECT_EQ(containers.size(), 1'000u) << "the same container, spelled anew";
  EXPECT_EQ(containers.find_id("Pump17")->id, "PUMP17");
  EXPECT_EQ(containers.encoded(OmfContainer::key_of("pump17")),
            OmfContainers::encode(*containers.find_id("pump17")));
  for (int i = 0; i < 1'000; ++i) {
    const bool is_odd = i % 2 == 1 && i != 17;
    ASSERT_NE(containers.find_of_type(is_odd ? "ODD" : "EVEN"), nullptr);
    ASSERT_TRUE(containers.apply(OmfContainer::key_of("Pump" + std::to_string(i)), std::nullopt));
  }
  EXPECT_EQ(containers.find_of_type("Even"), nullptr);
  EXPECT_EQ(containers.find_of_type("Odd"), nullptr);
  EXPECT_EQ(containers.size(), 0u);
}

TEST(BxPoints, AreFoundByTheirWholeAddress) {
  FlatTable<BxPoint> points;
  for (const char* id : {"a", "ab", "a/b"}) {
    BxPoint row;
    row.partition = "p";
    row.id = id;
    ASSERT_TRUE(points.apply(row.key(), encode_row(row)));
  }
  EXPECT_EQ(points.size(), 3u);
  EXPECT_EQ(points.find("p/ab")->id, "ab");
  EXPECT_EQ(points.find("p/a/b")->id, "a/b");
  for (const char* key : {"p", "p/", "pa/b", "/a", "p/abc", ""}) EXPECT_EQ(points.find(key), nullptr) << key;
}

}  // namespace
}  // namespace penstock::catalog
