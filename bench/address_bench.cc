// Rooms: catalog dialects/piwebapi
// What finding a point by its address costs at each door, from the bytes of a request to the point, among few
// and among many. "per_address" is CPU time; "bytes" is what a row of that door takes in memory, beside the
// point.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "dialects/piwebapi/address.h"

namespace {

using namespace penstock;
using namespace penstock::catalog;

constexpr char kPartition[] = "5a6b1d0e-0000-4000-8000-000000000001";

double resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  double all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4096;
}

std::string tag_of(std::size_t i) {
  return "Plant7.Area" + std::to_string(i / 1000) + ".Sensor" + std::to_string(i);
}
std::uint64_t node_of(std::size_t i) {
  return 1 + i / 10;
}
std::string ev_tag_of(std::size_t i) {
  return "sensor-" + std::to_string(i % 10);
}
std::string bx_id_of(std::size_t i) {
  const std::string digits = std::to_string(i);
  return "5a6b1d0e-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

/// Points with an address at every door; and as many digital sets as a hundredth of them.
struct House {
  explicit House(std::size_t count) {
    fill(points_bytes, count, [&](std::size_t i) {
      PointRow row;
      row.id = id_of(i);
      row.tag = tag_of(i);
      row.type = PointType::float64;
      put(row);
    });
    fill(omf_bytes, count, [&](std::size_t i) {
      OmfContainer row;
      row.id = tag_of(i);
      row.type_id = "Simulation.Double";
      row.streams.push_back({"value", id_of(i), false});
      put(row);
      put(AddressRow{Door::omf, row.id + "|value", id_of(i)});
    });
    fill(ev_bytes, count, [&](std::size_t i) {
      put(AddressRow{Door::energyview, ev_address("plant", node_of(i), ev_tag_of(i)), id_of(i)});
    });
    fill(bx_bytes, count, [&](std::size_t i) {
      BxPoint row;
      row.partition = kPartition;
      row.id = bx_id_of(i);
      put(row);
      put(AddressRow{Door::building_x, BxPoint::address_of(kPartition, bx_id_of(i)), id_of(i)});
    });
    sets = std::max<std::size_t>(count / 100, 1);
    for (std::size_t i = 0; i < sets; ++i) {
      DigitalSetRow row;
      row.id = SetId{static_cast<std::uint32_t>(i + 1)};
      row.name = "States " + std::to_string(i);
      put(row);
    }
    identity.server_name = "PENSTOCK";
    identity.data_server = Uuid::random();
    std::mt19937 chance{7};
    // Among many, more different ones than the caches near the core hold.
    const std::size_t lookups = std::min<std::size_t>(count, 200'000);
    for (std::size_t i = 0; i < lookups; ++i) wanted.push_back(chance() % count);
  }

  static PointId id_of(std::size_t i) { return PointId{static_cast<std::uint32_t>(i + 1)}; }
  template <class Row>
  void put(const Row& row) {
    const auto applied = tables.table(Row::kTable)->apply(row.key(), Table<Row>::encode(row));
    if (!applied) std::abort();
  }
  template <class F>
  static void fill(double& bytes, std::size_t count, F&& make) {
    const double before = resident_bytes();
    for (std::size_t i = 0; i < count; ++i) make(i);
    bytes = (resident_bytes() - before) / static_cast<double>(count);
  }

  Tables tables;
  dialects::piwebapi::Identity identity;
  std::size_t sets = 0;
  std::vector<std::size_t> wanted;
  double points_bytes = 0, omf_bytes = 0, ev_bytes = 0, bx_bytes = 0;
};

const House& house_of(std::size_t count) {
  static std::map<std::size_t, std::unique_ptr<House>> all;
  auto& house = all[count];
  if (!house) house = std::make_unique<House>(count);
  return *house;
}

/// Looks all texts up in turn; `find` answers whether there was such an address.
template <class Texts, class F>
void measure(benchmark::State& state, const Texts& texts, double bytes, F&& find) {
  for (auto _ : state) {
    for (const auto& text : texts) {
      if (!find(text)) return state.SkipWithError("not found");
    }
  }
  state.counters["per_address"] =
      benchmark::Counter(static_cast<double>(texts.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  if (bytes > 0) state.counters["bytes"] = bytes;
}

template <class F>
std::vector<std::string> texts_of(const House& house, F&& text) {
  std::vector<std::string> texts;
  for (const std::size_t i : house.wanted) texts.push_back(text(i));
  return texts;
}

void webid(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  const dialects::piwebapi::Naming naming{house.identity, {}};
  const auto texts = texts_of(house, [&](std::size_t i) { return naming.point(House::id_of(i), tag_of(i)); });
  measure(state, texts, house.points_bytes, [&](const std::string& text) {
    const auto id = dialects::piwebapi::parse_webid(text);
    const auto point = dialects::piwebapi::find_point(house.tables, house.identity, *id);
    return point && (*point)->kind() == Kind::float64;
  });
}

void tag(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  measure(state, texts_of(house, tag_of), 0, [&](const std::string& text) {
    const Point* const point = house.tables.points.find_tag(text);
    return point != nullptr && point->kind() == Kind::float64;
  });
}

void tag_in_other_case(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  const auto texts = texts_of(house, [](std::size_t i) { return to_lower(tag_of(i)); });
  measure(state, texts, 0, [&](const std::string& text) {
    const Point* const point = house.tables.points.find_tag(text);
    return point != nullptr && point->kind() == Kind::float64;
  });
}

void omf_container(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  measure(state, texts_of(house, tag_of), house.omf_bytes, [&](const std::string& text) {
    const OmfContainer* const container = house.tables.omf.containers.find_id(text);
    const Point* const point =
        container == nullptr ? nullptr : house.tables.points.find(container->streams[0].point);
    return point != nullptr && point->kind() == Kind::float64;
  });
}

void energyview(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  std::string address;
  const auto numbers = house.wanted;
  measure(state, numbers, house.ev_bytes, [&](std::size_t i) {
    char tag_text[] = "sensor-0";
    tag_text[7] = static_cast<char>('0' + i % 10);
    address.clear();
    append_ev_address(address, "plant", node_of(i), tag_text);
    const auto id = house.tables.addresses.find(Door::energyview, address);
    const Point* const point = id ? house.tables.points.find(*id) : nullptr;
    return point != nullptr && point->kind() == Kind::float64;
  });
}

void building_x(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  measure(state, texts_of(house, bx_id_of), house.bx_bytes, [&](const std::string& text) {
    const auto id = house.tables.addresses.find(Door::building_x, BxPoint::address_of(kPartition, text));
    const Point* const point = id ? house.tables.points.find(*id) : nullptr;
    return point != nullptr && point->kind() == Kind::float64;
  });
}

void digital_set_name(benchmark::State& state) {
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < house.sets; ++i) texts.push_back("States " + std::to_string(i));
  measure(state, texts, 0,
          [&](const std::string& text) { return house.tables.digital_sets.find_name(text) != nullptr; });
}

BENCHMARK(webid)->Arg(1000)->Arg(1'000'000);
BENCHMARK(tag)->Arg(1000)->Arg(1'000'000);
BENCHMARK(tag_in_other_case)->Arg(1000)->Arg(1'000'000);
BENCHMARK(omf_container)->Arg(1000)->Arg(1'000'000);
BENCHMARK(energyview)->Arg(1000)->Arg(1'000'000);
BENCHMARK(building_x)->Arg(1000)->Arg(1'000'000);
BENCHMARK(digital_set_name)->Arg(1000)->Arg(100'000);

}  // namespace
