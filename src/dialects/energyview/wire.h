#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"
#include "model/value.h"

namespace penstock::dialects::energyview {

inline constexpr std::size_t kBodyBytesMax = 16u << 20;

/// A node as a client names it: by its number inside the domain, or by its UUID.
struct NodeRef {
  bool by_uuid = false;
  std::uint64_t id = 0;
  Uuid uuid;

  std::string to_string() const { return by_uuid ? uuid.to_string() : std::to_string(id); }
};

/// One object of the array of *"Write TimeSeries data"*. Times are cut to their microsecond, in the order
/// sent.
struct SeriesEntry {
  NodeRef node;
  bool has_second_name = false;  ///< Both `node_id` and `node_uuid` were given; they must mean one node.
  Uuid second_name;
  std::string tag;
  Run data;  ///< float64
};

enum class Overwrite : std::uint8_t { none, update_window, replace_window };

struct WriteOptions {
  bool silent = false;
  Overwrite overwrite = Overwrite::none;
};

/// Words of both versions of the API; each has some that the other lacks.
enum class Resolution : std::uint8_t {
  none,
  microseconds,
  milliseconds,
  second,
  minute,
  minute5,
  minute10,
  minute15,
  minute20,
  minute30,
  hour,
  day,
  week,
  month,
  year,
  decade,
  century,
  millennia
};
enum class Aggregate : std::uint8_t { avg, min, max, sum, count };

/// *"Read TimeSeries data"*: everything that a query can ask for.
struct ReadQuery {
  std::vector<NodeRef> nodes;  ///< Empty with `all_nodes`.
  std::vector<std::string> tags;
  bool all_nodes = true, all_tags = true;
  bool one_node = false, one_tag = false;  ///< Named in the singular form: unknown is an error.
  Timestamp start = Timestamp::min(), end = Timestamp::max();  ///< Both included.
  Resolution resolution = Resolution::none;
  Aggregate aggregate = Aggregate::avg;
  bool epoch = false;
};

}  // namespace penstock::dialects::energyview
