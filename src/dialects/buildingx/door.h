#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "dialects/buildingx/address.h"
#include "dialects/buildingx/buildingx.h"
#include "dialects/buildingx/errors.h"
#include "dialects/buildingx/rate.h"
#include "dialects/buildingx/render.h"
#include "dialects/buildingx/wire.h"

namespace penstock::dialects::buildingx {

/// A point found under its address. Borrows from the catalog.
struct Located {
  PointId id;
  PointFormat format;
};

/// Nothing if no point has that address.
std::optional<Located> locate(const catalog::Tables& tables, std::string_view address);

/// `what` is a point, a device or a location.
Problem not_found(std::string_view what, std::string_view id);
inline Problem point_not_found(std::string_view id) {
  return not_found("point", id);
}
Problem missing_permission();

enum class Deed { read_points, read_values, write_values };

/// The route table and its short handlers.
class BuildingX final : public Dialect {
 public:
  BuildingX(House& house, Settings settings)
      : house_{house},
        settings_{settings},
        requests_{static_cast<double>(settings.requests_per_second),
                  static_cast<double>(settings.requests_per_second)},
        token_failures_{static_cast<double>(settings.token_failures_per_minute) / 60.0,
                        static_cast<double>(settings.token_failures_per_minute)} {}

  std::string_view name() const override { return "buildingx"; }
  http::BodyRule body_rule(const http::Request&) const override { return {kBodyBytesMax}; }
  Task<http::Response> handle(http::Request& request) override;

 private:
  using Authorized = tl::expected<auth::PrincipalPtr, http::Response>;

  Task<http::Response> post_token(http::Request& request);
  Task<http::Response> post_values(http::Request& request, const Target& target);
  http::Response get_values(const http::Request& request, const Target& target);
  http::Response get_point(const http::Request& request, const Target& target);
  http::Response get_points(const http::Request& request, const Target& target);

  http::Response get_devices(const http::Request& request, const Target& target);
  http::Response get_locations(const http::Request& request, const Target& target);
  http::Response get_account(const http::Request& request, const Target& target);

  /// Who the token speaks for.
  Authorized authenticate(const http::Request& request);
  /// Token, then the right of the client inside the partition. A partition that is unknown and one that is
  /// not granted answer alike, so that ids can't be probed. Of a read also Accept, and the client's rate.
  Authorized authorize(const http::Request& request, const Target& target, Deed deed);
  /// The refusal of a client that has used up its requests.
  std::optional<http::Response> refuse_rate(const auth::Principal& caller);
  static std::optional<http::Response> refuse_accept(const http::Request& request);
  std::optional<http::Response> refuse_media(http::Request& request) const;
  std::string base_url(const http::Request& request) const;
  /// "/partitions/{P}/{rest}", whatever the prefix of the call was; with scheme and host where so set.
  std::string link(const http::Request& request, const Target& target, std::string_view rest) const;
  std::optional<ValueRow> newest_row(std::string_view address, PointId id) const;

  House& house_;
  const Settings settings_;
  RateLimiter requests_, token_failures_;
};

}  // namespace penstock::dialects::buildingx
