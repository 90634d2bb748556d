#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "catalog/table.h"
#include "model/point.h"

namespace penstock::catalog {

struct EvDomain;

/// What API v2 knows of a series beyond its point and its address. A series that v2 never changed has no such
/// row. Key: the number of the point, big-endian.
struct EvSeries {
  static constexpr TableId kTable = TableId::ev_series;
  PointId point{};
  std::string name;  ///< Empty: the tag of API v1.
  std::optional<double> lower_bound, upper_bound;
  std::vector<std::string> labels;  ///< API v2 calls them tags.
  std::uint32_t creator = 0;        ///< Number of a principal; 0: not known.

  static std::string key_of(PointId point);
  std::string key() const { return key_of(point); }
  void encode(ByteWriter& out) const;
  static std::optional<EvSeries> decode(std::string_view key, ByteReader& in);
};

/// UUIDs of API v2 (RFC 9562, version 8): the seed of the domain with the number of a point or of a principal
/// in it. So a million series need no index for them, and a UUID stays with its point.
Uuid ev_series_uuid(const EvDomain& domain, PointId point);
Uuid ev_user_uuid(const EvDomain& domain, std::uint32_t principal);
/// The point whose UUID this is, whether it exists or not. Nothing if the domain never made this UUID.
std::optional<PointId> parse_ev_series_uuid(const EvDomain& domain, const Uuid& uuid);

}  // namespace penstock::catalog
