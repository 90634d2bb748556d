#pragma once

#include <optional>
#include <string>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/v2/wire.h"

/// Where API v2 and the catalog meet.
namespace penstock::dialects::energyview::v2 {

/// A series by its UUID: the point and the address under which API v1 knows it. Pointers are of the tables.
struct SeriesPlace {
  const catalog::AddressRow* address = nullptr;
  const Point* point = nullptr;
  const catalog::EvNode* node = nullptr;  ///< Null where a point was bound to a node that was never made.
  std::string_view tag;
};

/// The series of a domain with that UUID. Errors: invalid_parameter (no UUID), not_found.
Checked<SeriesPlace> find_series(const catalog::Tables& tables, const catalog::EvDomain& domain,
                                 std::string_view uuid);

/// A point as a series, or nothing if EnergyView can't show it. A point that was bound to several addresses
/// of the domain is a series at the first of them only.
std::optional<SeriesPlace> place_of(const catalog::Tables& tables, const catalog::EvDomain& domain,
                                    const catalog::AddressRow& address);

SeriesView view_of(const catalog::Tables& tables, const catalog::EvDomain& domain, const SeriesPlace& place);

/// The thing of a domain with that UUID. Errors: invalid_parameter (no UUID), not_found.
Checked<const catalog::EvNode*> find_thing(const catalog::Tables& tables, std::string_view domain,
                                           std::string_view uuid);

/// Makes a series. Errors: invalid_argument (unknown thing, name taken, bounds crossed), as
/// catalog::add_ev_series.
Result<SeriesView> add_series(catalog::Editor& editor, const std::string& domain, const SeriesWish& wish,
                              std::uint32_t creator, Timestamp now);

/// Changes the series of a point. Errors: not_found, and those of add_series.
Result<void> change_series(catalog::Editor& editor, const std::string& domain, PointId point,
                           const SeriesWish& wish, Timestamp now);

/// Takes a series and its data away. Errors: not_found.
Result<void> erase_series(catalog::Editor& editor, const std::string& domain, PointId point);

}  // namespace penstock::dialects::energyview::v2
