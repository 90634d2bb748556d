#pragma once

#include <memory>

#include "dialects/common/dialect.h"

namespace penstock::dialects {

namespace buildingx {

struct Settings {
  bool auto_create_points = false;    ///< A write to an unknown UUID makes a string point.
  bool lenient_content_type = false;  ///< Also take `charset=utf-8` and `application/json`.
  bool absolute_links = false;    ///< `links` with scheme and host; relative ones are the vendor's sample.
  std::int64_t max_future_s = 0;  ///< Times further ahead are refused; 0: none are.
  std::int64_t requests_per_second = 0;  ///< Of one client; more: 429. 0: no limit.
  std::int64_t token_failures_per_minute =
      60;  ///< Of one client id from one address; more: 429. 0: no limit.
};

}  // namespace buildingx

/// The door of the Siemens Building X Point Value Ingest API, with its token endpoint and the part of the
/// Operations API that reads back. It owns these first path segments: `oauth`, `.well-known`, `ingest`,
/// `operations`, `partitions`, and `api/openness`.
std::unique_ptr<Dialect> make_buildingx(House& house, buildingx::Settings settings);

}  // namespace penstock::dialects
