#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace penstock::dialects::energyview {

/// An address of Door::energyview taken apart.
struct SeriesAddress {
  std::uint64_t node = 0;
  std::string_view tag;
};

/// Nothing for a series that its node has lost. `domain_size` is the length of the domain's name.
inline std::optional<SeriesAddress> parse_series_address(std::string_view address, std::size_t domain_size) {
  SeriesAddress parsed;
  const char* const begin = address.data() + domain_size + 1;
  const char* const end = address.data() + address.size();
  const auto [slash, error] = std::from_chars(begin, end, parsed.node);
  if (error != std::errc{} || slash == end || *slash != '/') return std::nullopt;
  parsed.tag = std::string_view{slash + 1, static_cast<std::size_t>(end - slash - 1)};
  if (!catalog::is_ev_tag(parsed.tag)) return std::nullopt;
  return parsed;
}

/// Prefixes of addresses: all of a domain, all of a node.
inline std::string domain_prefix(std::string_view domain) {
  return std::string{domain} + "/";
}
inline std::string node_prefix(std::string_view domain, std::uint64_t node) {
  return catalog::ev_address(domain, node, {});
}

/// Calls `f(const SeriesAddress&, const catalog::AddressRow&)` for the addresses that begin with `prefix`,
/// which names the domain and may name a node, until it answers false.
template <class F>
void each_series(const catalog::Tables& tables, std::string_view domain, const std::string& prefix, F&& f) {
  tables.addresses.each_below(Door::energyview, prefix, {}, [&](const catalog::AddressRow& row) {
    const auto parsed = parse_series_address(row.address, domain.size());
    return !parsed || f(*parsed, row);
  });
}

}  // namespace penstock::dialects::energyview
