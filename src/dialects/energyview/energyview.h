#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "dialects/common/dialect.h"

namespace penstock::dialects {

namespace energyview {

/// What a write to an unknown node or tag does.
enum class AutoCreate {
  none,  ///< 400.
  tags,  ///< A known node gets the tag.
  nodes  ///< And an unknown node, by UUID or positive id, is made.
};
/// What a write without `overwrite` does where the time is taken.
enum class OnDuplicate {
  keep,   ///< The stored value stays, the new one is dropped.
  reject  ///< 409, and nothing of the request is stored.
};
/// The answer to the one-point form without `silent`.
enum class SingleReply { array, object };

struct Settings {
  AutoCreate auto_create = AutoCreate::none;
  OnDuplicate on_duplicate = OnDuplicate::keep;
  SingleReply single_reply = SingleReply::array;
  std::size_t max_read_points = 5'000'000;
  std::int64_t rate_limit = 0;  ///< Requests per second and domain; 0: no limit.
};

/// Errors: invalid_argument if a domain can't have that time zone.
Result<void> check_timezone(std::string_view name);

}  // namespace energyview

/// The door of the NODA EnergyView API v1: `/{domain}/api/v1/…` and `/~{domain}/api/v1/…` for every domain of
/// the catalog, and of API v2: `/api/v2/…`. It answers all paths of these shapes, also for domains that it
/// does not know.
std::unique_ptr<Dialect> make_energyview(House& house, energyview::Settings settings);

}  // namespace penstock::dialects
