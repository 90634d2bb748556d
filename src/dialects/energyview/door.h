#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialects/common/zone.h"
#include "dialects/energyview/address.h"
#include "dialects/energyview/energyview.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/parse.h"
#include "dialects/energyview/rate_limit.h"
#include "dialects/energyview/v2/door.h"
#include "dialects/energyview/wire.h"

namespace penstock::dialects::energyview {

/// The routes of one domain and their short handlers.
class EnergyView final : public Dialect {
 public:
  EnergyView(House& house, Settings settings)
      : house_{house},
        settings_{settings},
        rate_limit_{settings.rate_limit},
        version_two_{house, settings.max_read_points, rate_limit_} {}

  std::string_view name() const override { return "energyview"; }
  http::BodyRule body_rule(const http::Request&) const override { return {kBodyBytesMax}; }
  Task<http::Response> handle(http::Request& request) override;

 private:
  /// What a handler knows of its caller and place.
  struct Call {
    std::string domain;
    Zone zone;
    auth::PrincipalPtr caller;
    Timestamp now;
  };

  Task<http::Response> post_timeseries(http::Request& request, const Call& call);
  /// The quick way for a body of few points each of many known series, answered without rows. Nothing was
  /// done if it is none.
  Task<std::optional<http::Response>> post_slice(const http::Request& request, const Call& call);
  WriteCommand command_of(const WriteOptions& options, const Call& call) const;
  http::Response answer_silent(const WriteResult& result) const;
  /// The points behind the entries, made where the settings allow it.
  Task<Checked<std::vector<PointId>>> points_of(const std::vector<SeriesEntry>& entries, const Call& call);
  http::Response get_timeseries(const http::Request& request, const Call& call) const;
  http::Response get_nodes(const Call& call) const;
  http::Response get_node(std::string_view node, const Call& call) const;
  http::Response get_metadata(std::string_view node, const Call& call) const;
  http::Response get_settings(const http::Request& request, const Target& target, const Call& call) const;

  /// All that changes nodes and settings: POST, PUT and DELETE of everything but time series.
  Task<http::Response> change_resource(http::Request& request, const Target& target, const Call& call);
  /// Runs an edit that `answer` speaks for once it is durable.
  Task<http::Response> commit(archive::Archive::Edit edit, http::Response answer, const Call& call);
  Task<http::Response> post_node(const http::Request& request, const Call& call);
  Task<http::Response> put_settings(const http::Request& request, const Target& target, const Call& call);

  http::Response get_tags(const Call& call) const;

  House& house_;
  const Settings settings_;
  RateLimit rate_limit_;
  v2::VersionTwo version_two_;
};

}  // namespace penstock::dialects::energyview
